#pragma once
// Small texts that the tasks service says in several places.
#include <string>
#include <string_view>

#include "podium/service/tasks.hpp"
#include "services/history/history.hpp"

namespace podium::host {

inline Subject subject(const Tasks::Head& head) { return {Subject::Kind::task, head.ordinal}; }
inline Subject subject(Ordinal task) { return {Subject::Kind::task, task}; }

inline std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

inline std::string state_detail(TaskState state) {
  return "{\"state\":\"" + std::string(name(state)) + "\"}";
}

}  // namespace podium::host
