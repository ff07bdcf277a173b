#pragma once
// What boards say, as tables and details. Each takes the JSON that the route of the same name
// answers (docs/leaderboards.md).
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "definition.hpp"
#include "podium/command/answer.hpp"
#include "podium/json.hpp"

namespace podium::leaderboard {

/// A board as the list shows it.
struct BoardLine {
  std::string id, name, project, link, description;
  std::shared_ptr<const Definition> definition = {};
  std::int64_t revision = 0, updated = 0;
  std::optional<std::int64_t> changed = {};
};
AnswerTable boards_table(const std::vector<BoardLine>&);
/// "max acc (mean of 3 or more)": what a board ranks by, in words.
std::string ranked_by(const Definition&);
/// "params.lr, tags.team": what tasks of a candidate have in common; "" of none.
std::string grouped_by(const Definition&);

/// "depth=8, lr=0.1", a team's or a task's name.
std::string label_text(const Json& label);
/// A number that JSON may spell as a text; missing of null.
std::optional<double> number_of(const Json&);

AnswerTable ranking_table(const Definition&, const Json& ranking);
AnswerTable trust_table(const Definition&, const Json& trust);
AnswerTable pareto_table(const Definition&, const Json& pareto);
AnswerTable ranks_table(const Definition&, const Json& ranks);
AnswerTable changes_table(const Definition&, const Json& changes);
AnswerTable history_table(const Definition&, const Json& history);
AnswerDetails candidate_details(const Definition&, const Json& candidate);
AnswerDetails goals_details(const Json& goals);
/// All of a definition, and what of it is not as in the project's template (member, board,
/// template; both as JSON).
AnswerDetails about(const BoardLine&, const std::vector<std::vector<Value>>& differences);

/// What is to be said beside an answer: in podium's own words.
std::vector<std::string> notices_of_ranking(const Json& ranking);
std::vector<std::string> notices_of_trust(const Definition&, const Json& trust);

}  // namespace podium::leaderboard
