#include "interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "modules.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/answer_text.hpp"
#include "podium/front_kit/carry_out.hpp"
#include "podium/front_kit/draw.hpp"
#include "podium/front_kit/undo.hpp"

namespace podium::kernel {

using front::command_at;
using front::commands_of;
using front::Refused;
using front::Word;
using front::words_of;

namespace {

Failure failure_of(const Json& problem) {
  Failure failure;
  failure.name = problem.value("code", "failed");
  failure.trace = front::problem_lines(problem);
  failure.value = failure.trace.front();
  return failure;
}

Error wrong(const std::string& sentence) { return Error(ErrorCode::invalid, sentence); }

/// How long somebody who types waits for completion or inspection.
constexpr std::chrono::milliseconds patience{2000};
constexpr const char* local_address = "http://127.0.0.1:5000";

}  // namespace

Interpreter::Interpreter(Notebook& notebook, std::string esm_file)
    : notebook_(notebook),
      host_(notebook),
      widgets_(notebook, host_, std::move(esm_file)),
      live_(notebook, host_),
      results_([this](const std::string& path, const std::string& body) {
        return host_.ask({path, body});
      }),
      outputs_(notebook, host_, widgets_, live_, look_) {
  widgets_.on_selection(
      [this](const std::string& name, const Json& selection) { results_.select(name, selection); });
  widgets_.on_run([this](const std::string& run) { last_run_ = run; });
  widgets_.on_open([this](const std::string& task, const std::string& table, const Json& parent) {
    open_task(task, table, parent);
  });
}
Interpreter::~Interpreter() = default;

std::optional<Failure> Interpreter::execute(const std::string& cell) {
  try {
    widgets_.drop(notebook_.cell());
    live_.drop(notebook_.cell());
    for (const Command& command : commands_of(cell)) {
      if (notebook_.interrupted()) throw Interrupted();
      if (!run_own(command)) run(command);
    }
    return std::nullopt;
  } catch (const Refused& refused) {
    return failure_of(refused.problem);
  } catch (const Interrupted&) {
    const std::string sentence = "interrupted; what the host had begun by then may be done";
    return Failure{"interrupted", sentence, {sentence}};
  } catch (const Error& e) {
    return Failure{std::string(name(e.code())), e.what(), {e.what()}};
  } catch (const std::exception& e) {
    return Failure{"internal", e.what(), {e.what()}};
  }
}

void Interpreter::connect(const std::string& where) {
  const HostAddress before = host_.address();
  if (where == "local") {
    // One that runs on this machine is that one.
    host_.connect(front::find_host(local_address));
    try {
      call("/api/v1/commands", nullptr);
    } catch (const Error&) {
      host_.start_local();
    }
  } else {
    host_.connect(front::find_host(where));
  }
  try {
    HttpAnswer answer = host_.ask({"/api/v1/commands"});
    if (answer.status == 401 || answer.status == 403) {
      // A token is typed where nobody sees it and no notebook keeps it.
      const auto token = notebook_.ask("Token for " + host_.address().url + ": ", true);
      if (!token) throw Error(ErrorCode::denied, "this podium wants a token: set PODIUM_TOKEN");
      HostAddress with = host_.address();
      with.authorization = "Bearer " + *token;
      host_.connect(std::move(with));
      answer = host_.ask({"/api/v1/commands"});
    }
    front::told(answer);
  } catch (...) {
    host_.connect(before);
    throw;
  }
  notebook_.print("connected to " + host_.address().url + "\n");
}

bool Interpreter::run_own(const Command& command) {
  const std::vector<Word> words = words_of(command.line);
  const std::string& first = words.front().text;
  if (first == "connect") {
    if (words.size() > 2) throw wrong("'connect' takes one address, or the word 'local'");
    if (words.size() == 1) {
      if (host_.address().url.empty()) host_.connect(front::find_host({}));  // says what is wrong
      notebook_.print("connected to " + host_.address().url + "\n");
    } else {
      connect(words[1].text);
    }
    return true;
  }
  if (first == "set") {
    std::size_t rows = 0;
    const std::string number = words.size() == 3 ? words[2].text : std::string();
    const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), rows);
    constexpr std::size_t most = 1000;
    if (words.size() != 3 || words[1].text != "rows" || code != std::errc() || *end != '\0' ||
        rows < 1 || rows > most)
      throw wrong(fmt::format("'set rows N' sets how many rows are shown, 1 to {}", most));
    look_.rows = look_.text_rows = rows;
    return true;
  }
  if (first == "widgets") {
    if (words.size() != 2 || (words[1].text != "on" && words[1].text != "off"))
      throw wrong("'widgets' takes 'on' or 'off'");
    look_.widgets = words[1].text == "on";
    if (const std::string why = look_.widgets ? widgets_.why_not() : ""; !why.empty())
      throw Error(ErrorCode::unavailable, why);
    return true;
  }
  return false;
}

HttpAnswer Interpreter::ask(const HttpCall& call, std::chrono::milliseconds most) {
  try {
    return host_.ask(call, most);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::unavailable) throw;
    throw Error(
        ErrorCode::unavailable,
        "no podium answers at " + host_.address().url +
            "; `connect local` starts one here, `connect http://HOST:PORT` goes to another");
  }
}

Json Interpreter::call(const std::string& path, const Json& request,
                       std::chrono::milliseconds most) {
  HttpCall call{path};
  if (!request.is_null()) call.body = request.dump(-1, ' ', false, Json::error_handler_t::replace);
  return front::told(ask(call, most));
}

void Interpreter::run(const Command& command) {
  std::string request;
  const Json answer = answer_to(command, request);
  if (!command.name.empty()) results_.bind(command.name, answer);
  outputs_.show(answer, command, request);
  if (answer.value("outcome", "done") == "failed" || answer.value("outcome", "") == "timed_out")
    throw Error(ErrorCode::conflict, answer.value("outcome", "") == "failed"
                                         ? "it was carried out and ended badly, see above"
                                         : "what was waited for did not happen in time");
}

Json Interpreter::answer_to(const Command& command, std::string& request) {
  struct Kernel final : front::Attendant {
    explicit Kernel(Interpreter& i) : interpreter(i) {}
    HttpAnswer post(const std::string& path, const std::string& body) override {
      return interpreter.ask({path, body});
    }
    bool confirm(const Json& question) override {
      if (!interpreter.confirmed(question)) throw Error(ErrorCode::conflict, "nothing was done");
      return true;
    }
    bool watch(const Json& progress) override {
      interpreter.watch(progress);
      return true;
    }
    Interpreter& interpreter;
  } kernel(*this);
  Json body = {{"line", front::undo_of(command.line, last_run_)}};
  if (const Json named = results_.spoken_of(command.line); !named.empty())
    body["selections"] = named;
  front::CarriedOut done = front::carry_out(kernel, std::move(body));
  request = std::move(done.request);
  front::keep_undoable(done.answer, last_run_);
  return std::move(done.answer);
}

bool Interpreter::confirmed(const Json& question) {
  notebook_.display(bundle_of(question, look_));
  const auto reply = notebook_.ask("Do it? [y/N] ", false);
  if (!reply) {
    if (notebook_.interrupted()) throw Interrupted();
    const std::string token = question.value("token", "");
    throw Error(
        ErrorCode::conflict,
        "nothing was done: nobody is there to answer; say 'yes'" +
            (token.empty() ? std::string() : ", or 'yes " + token + "' to do exactly this"));
  }
  return *reply == "y" || *reply == "Y" || *reply == "yes";
}

namespace {

/// The button below the progress of a job, while its cell waits and somebody is there to press it.
class CancelButton {
 public:
  CancelButton(Notebook& notebook, Host& host, Widgets& widgets, const std::string& job)
      : notebook_(notebook), widgets_(widgets), id_(Widgets::new_id()) {
    notebook_.display(
        widgets_.open(id_, Widgets::Small{"podium.cancel", cancel_module, Json::object(),
                                          [&host, job](const Json&) {
                                            host.ask_later(
                                                {"/api/v1/jobs/" + job + "/cancel", "{}"},
                                                [](const HttpAnswer*, const std::string&) {});
                                          }}),
        id_);
  }
  ~CancelButton() {
    Bundle nothing;
    nothing.data["text/plain"] = "";
    notebook_.update(nothing, id_);
    widgets_.close(id_);
  }
  CancelButton(const CancelButton&) = delete;
  CancelButton& operator=(const CancelButton&) = delete;

 private:
  Notebook& notebook_;
  Widgets& widgets_;
  const std::string id_;
};

}  // namespace

void Interpreter::watch(const Json& progress) {
  const auto bundle = [this](const Json& now) { return bundle_of(now, look_); };
  const std::string job = progress.at("job"), id = Widgets::new_id();
  notebook_.display(bundle(progress), id);
  std::optional<CancelButton> button;
  using namespace std::chrono_literals;
  for (auto pause = 50ms;; pause = std::min(pause * 2, 500ms)) {
    try {
      Json now = progress;
      const Json told = call("/api/v1/jobs/" + job, nullptr);
      for (const char* member : {"state", "done", "total"})
        if (told.contains(member) && !told.at(member).is_null()) now[member] = told.at(member);
      notebook_.update(bundle(now), id);
      const std::string state = now.value("state", "");
      if (state == "done" || state == "failed" || state == "cancelled") return;
      // Not for what is over at once.
      if (pause >= 200ms && !button && look_.widgets && notebook_.somebody_is_there())
        button.emplace(notebook_, host_, widgets_, job);
      const auto until = std::chrono::steady_clock::now() + pause;
      if (!notebook_.wait([&] { return std::chrono::steady_clock::now() >= until; }, pause))
        throw Interrupted();
    } catch (const Interrupted&) {
      throw Error(ErrorCode::cancelled,
                  fmt::format("the job goes on; 'job {0}' watches it, 'cancel {0}' stops it", job));
    }
  }
}

/// The details of a task that somebody opened in a table, below it; those of another before are
/// replaced.
void Interpreter::open_task(const std::string& task, const std::string& table, const Json& parent) {
  const Json request = {{"argv", {"show", task}}};
  host_.ask_later(
      {"/api/v1/commands", request.dump(-1, ' ', false, Json::error_handler_t::replace)},
      [this, table, parent](const HttpAnswer* got, const std::string&) {
        const Json answer = got == nullptr ? Json() : Json::parse(got->body, nullptr, false);
        if (!answer.is_object() || !answer.contains("kind")) return;
        const std::string id = table + "-opened";
        notebook_.within(parent, [&] {
          if (opened_.insert(id).second)
            notebook_.display(bundle_of(answer, look_), id);
          else
            notebook_.update(bundle_of(answer, look_), id);
        });
      });
}

Json Interpreter::evaluate(const std::string& expression) {
  Failure failure;
  try {
    const auto commands = commands_of(expression);
    if (commands.size() != 1) throw wrong("an expression is one command");
    std::string request;
    const Json answer = answer_to(commands.front(), request);
    return {
        {"status", "ok"}, {"data", bundle_of(answer, look_).data}, {"metadata", Json::object()}};
  } catch (const Refused& refused) {
    failure = failure_of(refused.problem);
  } catch (const Interrupted&) {
    failure = {"interrupted", "interrupted", {}};
  } catch (const std::exception& e) {
    failure = {"failed", e.what(), {}};
  }
  return {{"status", "error"},
          {"ename", failure.name},
          {"evalue", failure.value},
          {"traceback", failure.trace}};
}

namespace {

constexpr front::OwnWord own_words[] = {
    {"connect", "goes to a podium: connect http://HOST:PORT, connect local"},
    {"set", "set rows N: how many rows a static table shows"},
    {"widgets", "widgets on, widgets off: tables that work, or static ones"}};

}  // namespace

Completion Interpreter::complete(const std::string& cell, std::size_t byte) {
  const Command at = command_at(cell, byte);
  const std::size_t cursor = std::min(byte - std::min(at.at, byte), at.line.size());
  Json answer;
  try {
    answer =
        call("/api/v1/commands/complete",
             {{"line", at.line}, {"cursor", cursor}, {"selections", results_.all()}}, patience);
  } catch (...) {
    // Nobody answers, or it took too long.
  }
  Completion found = front::completion_of(answer, at.line, cursor, own_words);
  found.begin += at.at;
  found.end += at.at;
  return found;
}

Json Interpreter::inspect(const std::string& cell, std::size_t byte) {
  const Command at = command_at(cell, byte);
  const std::size_t cursor = std::min(byte - std::min(at.at, byte), at.line.size());
  Json data = Json::object();
  for (const Word& word : words_of(at.line))
    for (const front::OwnWord& own : own_words)
      if (word.begin == 0 && cursor <= word.end && word.text == own.text)
        return {{"text/plain", own.note}, {"text/markdown", own.note}};
  try {
    const Json answer =
        call("/api/v1/commands/inspect",
             {{"line", at.line}, {"cursor", cursor}, {"selections", results_.all()}}, patience);
    if (!answer.value("found", false)) return data;
    data["text/plain"] = answer.at("text");
    data["text/markdown"] = answer.at("markdown");
  } catch (...) {
    return Json::object();
  }
  return data;
}

void Interpreter::on_comm(const CommMessage& message) { widgets_.on_comm(message); }
Json Interpreter::comms(const std::string& target) const { return widgets_.comms(target); }
void Interpreter::shut_down() {}

}  // namespace podium::kernel
