#pragma once
// Texts with substitutions: `{{task.id}}`, `{{task.name|url}}`, `{{secret:ci}}`.
#include <string>
#include <string_view>
#include <vector>

#include "podium/json.hpp"
#include "podium/store/filter.hpp"

namespace podium::custom {

/// What a substitution names.
struct Name {
  enum class Kind {
    task,       ///< `key` is a field, "id" or "project"
    param,      ///< of the task
    tag,        ///< of the task
    property,   ///< of the task
    metric,     ///< of the task, with a statistic
    parameter,  ///< of the action
    count,      ///< of the tasks of the request
    ids,        ///< of them
    who,
    why,
    secret,
  };
  Kind kind = Kind::task;
  std::string key;
  Statistic statistic = Statistic::last;
  std::string source;  ///< as written, for errors

  bool of_task() const { return kind <= Kind::metric; }
};

struct Piece {
  std::string text;  ///< as it is, unless it is a substitution
  bool substitution = false;
  Name name = {};
  bool url = false;  ///< `|url`
};

class Template {
 public:
  Template() = default;
  /// Throws `invalid` with `path`.
  Template(std::string_view text, const std::string& path);
  const std::vector<Piece>& pieces() const { return pieces_; }
  /// The text before the first substitution.
  std::string_view head() const;
  /// It is one substitution and nothing else.
  bool alone() const { return pieces_.size() == 1 && pieces_[0].substitution; }

 private:
  std::vector<Piece> pieces_;
};

}  // namespace podium::custom
