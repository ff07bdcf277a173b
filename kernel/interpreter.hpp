#pragma once
// Carries out what is typed into cells.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host.hpp"
#include "live.hpp"
#include "notebook.hpp"
#include "outputs.hpp"
#include "podium/front_kit/cell.hpp"
#include "podium/front_kit/completion.hpp"
#include "podium/front_kit/results.hpp"
#include "widgets.hpp"

namespace podium::kernel {

/// Why a cell failed, as the protocol tells it.
struct Failure {
  std::string name, value;
  std::vector<std::string> trace;
};

using front::Command;
using front::Completion;
using front::Results;

class Interpreter {
 public:
  /// `esm_file` is the front end of the widgets; without one there are none.
  Interpreter(Notebook&, std::string esm_file);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  std::optional<Failure> execute(const std::string& cell);
  /// A user expression: its value as the protocol has it.
  Json evaluate(const std::string& expression);
  Completion complete(const std::string& cell, std::size_t byte);
  /// By MIME type what is known of what stands there; empty: nothing.
  Json inspect(const std::string& cell, std::size_t byte);
  bool is_complete(const std::string& cell) const { return front::is_whole(cell); }
  void on_comm(const CommMessage&);
  Json comms(const std::string& target) const;
  void shut_down();

 private:
  /// Runs a command of the front end's own; false when it is none.
  bool run_own(const Command&);
  void connect(const std::string& where);
  void run(const Command&);
  /// The answer of the host, and what was asked: waits, questions and jobs are gone through.
  Json answer_to(const Command&, std::string& request);
  HttpAnswer ask(const HttpCall&, std::chrono::milliseconds most = {});
  Json call(const std::string& path, const Json& request, std::chrono::milliseconds most = {});
  /// Asks the person; false: not to be done.
  bool confirmed(const Json& question);
  /// Watches a job to its end; an interrupt leaves it alone, a button stops it.
  void watch(const Json& progress);
  void open_task(const std::string& task, const std::string& table, const Json& parent);

  Notebook& notebook_;
  Host host_;
  Widgets widgets_;
  Live live_;
  Results results_;
  Look look_;
  Outputs outputs_;
  std::string last_run_;          ///< of an action that can be undone
  std::set<std::string> opened_;  ///< displays of opened tasks
};

}  // namespace podium::kernel
