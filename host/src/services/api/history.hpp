#pragma once
// Entries of the history as an answer.
#include "podium/http/message.hpp"
#include "services/core.hpp"

namespace podium::host {

/// A page {"history":[...],"cursor"} of the entries that match, oldest first. Takes `limit` and
/// `cursor` of the request.
Response history_answer(const Core&, const Request&, Filter);

}  // namespace podium::host
