#pragma once
// The columns of a table that say which candidate a row is of.
#include <string>
#include <vector>

#include "definition.hpp"
#include "podium/command/answer.hpp"
#include "podium/json.hpp"

namespace podium::leaderboard {

/// A column for each tag and parameter that candidates have in common, while they are few; else one
/// with the whole label. Teams have one, tasks their id and name.
class LabelColumns {
 public:
  /// `rows` have the member "label".
  LabelColumns(const Definition&, const Json& rows);
  void declare(AnswerTable&) const;
  void append(std::vector<Value>& row, const Json& label) const;

 private:
  enum class Shape : std::uint8_t { parts = 1, whole, team, task } shape_ = Shape::parts;
  std::vector<std::pair<std::string, std::string>> parts_;  ///< member, key
};

}  // namespace podium::leaderboard
