#pragma once
// What was typed into the shell, from one session to the next.
#include <string>
#include <vector>

namespace podium::host::cli {

class HistoryFile {
 public:
  /// PODIUM_HISTORY, else podium/history where XDG keeps state; an empty PODIUM_HISTORY keeps none.
  HistoryFile();

  /// The last lines, the oldest first.
  std::vector<std::string> read();
  /// Adds a line, so that two shells at once lose nothing of each other. A line that names a secret
  /// is not kept, nor one that begins with a blank. Nothing is said when it cannot be written: the
  /// history is a comfort.
  void add(const std::string& line);

 private:
  std::string file_;
};

/// Whether a line holds what nobody but its author may read: a password or token in an address.
bool has_secret(const std::string& line);

}  // namespace podium::host::cli
