#pragma once
// The command language in a terminal: names bound to results, questions, long work, live answers.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/history_file.hpp"
#include "cli/interrupts.hpp"
#include "cli/line_editor.hpp"
#include "cli/options.hpp"
#include "podium/front_kit/carry_out.hpp"
#include "podium/front_kit/cell.hpp"
#include "podium/front_kit/http_client.hpp"
#include "podium/front_kit/local_podium.hpp"
#include "podium/front_kit/results.hpp"

namespace podium::host::cli {

class Shell final : public front::Attendant {
 public:
  /// `usual` are the options of the program; a line may have others. `person`: somebody types.
  Shell(Options usual, bool person);
  ~Shell() override;

  int run();

  front::HttpAnswer post(const std::string& path, const std::string& body) override;
  bool confirm(const front::Json& question) override;
  bool watch(const front::Json& progress) override;

 private:
  enum class Next { command, again, end };
  /// The next command, lines that a backslash continues joined.
  Next read(std::string& line);
  /// Carries a line out; returns its exit code. What goes wrong is said.
  int execute(std::string line);
  int carry_out(const front::Command&, const Options&);
  /// A command of the shell's own; false when it is none.
  bool run_own(const std::vector<front::Word>& words);
  void connect(const std::string& where);
  void go_to(front::HostAddress);
  void select(const std::string& name, const std::string& which);
  void remember_rows(const std::string& name, const front::Json& answer);
  front::Completion complete(std::string_view line, std::size_t cursor);
  /// Options of a line, and for those that it does not say those of the program.
  Options with_usual(Options) const;

  const Options usual_;
  const bool person_;
  Interrupts interrupts_;
  front::HostAddress address_;
  std::unique_ptr<front::HttpClient> host_, quick_;  ///< the second one for completion
  std::unique_ptr<front::LocalPodium> local_;
  front::Results results_;
  std::map<std::string, std::vector<std::string>, std::less<>> rows_;  ///< ids shown, by name
  std::unique_ptr<LineEditor> editor_;
  HistoryFile history_;
  Options now_;           ///< of the command that runs
  std::string last_run_;  ///< of an action that can be undone
  bool asked_ = false, ended_ = false;
};

}  // namespace podium::host::cli
