#include "podium/front_kit/undo.hpp"

#include <nlohmann/json.hpp>

#include "podium/error.hpp"
#include "podium/front_kit/cell.hpp"

namespace podium::front {

void keep_undoable(const Json& answer, std::string& last_run) {
  if (answer.value("entity", "") != "action_run") return;
  const Json fields = answer.value("fields", Json::object());
  if (fields.value("undoable", false)) last_run = fields.value("run", last_run);
}

std::string undo_of(const std::string& line, const std::string& last_run) {
  const auto words = words_of(line);
  if (words.size() != 1 || words.front().text != "undo") return line;
  if (last_run.empty())
    throw Error(ErrorCode::invalid,
                "nothing was done from here that can be undone; 'undo RUN' names a run");
  return line + " " + last_run;
}

}  // namespace podium::front
