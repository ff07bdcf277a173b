#pragma once
// How `chart` says that its answer is to be drawn.
#include "commands/call.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::host::commands {

/// The member `draw` of its answer.
void write_draw(JsonWriter&, const Call&);

}  // namespace podium::host::commands
