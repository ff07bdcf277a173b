#pragma once
// Names bound to results: `tasks ... as best`, then `best` and `best.selected` in other commands.
// The host keeps nothing: they are sent with each command.
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "podium/front_kit/http_client.hpp"
#include "podium/front_kit/json.hpp"

namespace podium::front {

class Results {
 public:
  /// Posts a body to a path of the host and waits for the answer.
  using Post = std::function<HttpAnswer(const std::string& path, const std::string& body)>;
  explicit Results(Post post) : post_(std::move(post)) {}

  /// What the answer is about is called `name` from now on. Throws Error for an answer that is
  /// about no tasks.
  void bind(const std::string& name, const Json& answer);
  /// What is selected in the table of that name: a selection as an action takes it, or null.
  void select(const std::string& name, const Json& selection);
  /// For `selections` of a command that may speak of them; empty when it cannot. Throws Error for
  /// a selection that is empty.
  Json spoken_of(const std::string& line) const;
  /// All that there are.
  Json all() const;

 private:
  Json ids_of(const Json& question) const;
  Json as_selection(const Json& question) const;

  Post post_;
  std::map<std::string, Json, std::less<>> selections_;
};

}  // namespace podium::front
