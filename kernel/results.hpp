#pragma once
// Names bound to results: `tasks ... as best`, then `best` and `best.selected` in other commands.
// The host keeps nothing: they are sent with each command.
#include <map>
#include <string>

#include "kernel/host.hpp"
#include "kernel/notebook.hpp"

namespace podium::kernel {

class Results {
 public:
  explicit Results(Host& host) : host_(host) {}

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

  Host& host_;
  std::map<std::string, Json, std::less<>> selections_;
};

}  // namespace podium::kernel
