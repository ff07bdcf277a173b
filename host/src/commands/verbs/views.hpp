#pragma once
// The question behind the rows of a saved view.
#include "commands/parts.hpp"
#include "podium/extension/verb.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::host::commands {

/// Of a command `view NAME`: the member `question`, as POST /api/v1/tasks/query takes it. Nothing
/// when there is no such view (any more).
void write_view_question(JsonWriter&, const Parts&, const VerbCall&);

}  // namespace podium::host::commands
