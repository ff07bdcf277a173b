#pragma once
// A line from a person at a terminal: editing, history, completion. The only part with libedit.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/interrupts.hpp"
#include "podium/front_kit/completion.hpp"

namespace podium::host::cli {

class LineEditor {
 public:
  using Complete = std::function<front::Completion(std::string_view line, std::size_t cursor)>;

  /// `complete` is asked at Tab. Ctrl-C ends a line that is being typed.
  LineEditor(Interrupts&, Complete complete);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class End { line, interrupted, closed };
  /// Reads a line, without its end. `plain`: without completion and history.
  End read(const std::string& prompt, std::string& line, bool plain = false);
  /// A line that is not shown while it is typed and that nothing remembers.
  End read_secret(const std::string& prompt, std::string& line);
  /// The arrow keys bring it back.
  void remember(const std::string& line);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::host::cli
