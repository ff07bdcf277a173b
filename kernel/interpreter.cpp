#include "kernel/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/draw.hpp"
#include "kernel/render/html.hpp"
#include "kernel/render/text.hpp"
#include "podium/error.hpp"

namespace podium::kernel {
namespace {

/// What the host refused, as it told it.
struct Refused {
  Json problem;
};

Failure failure_of(const Json& problem) {
  Failure failure;
  failure.name = problem.value("code", "failed");
  failure.trace = problem_lines(problem);
  failure.value = failure.trace.front();
  return failure;
}

Error wrong(const std::string& sentence) { return Error(ErrorCode::invalid, sentence); }

Json parsed_answer(const HttpAnswer& answer) {
  Json body = Json::parse(answer.body, nullptr, false);
  if (answer.status == 200 && body.is_object()) return body;
  if (body.is_object() && body.contains("code")) throw Refused{std::move(body)};
  throw Error(ErrorCode::unavailable,
              fmt::format("what answers there is no podium, or one without this command (HTTP {})",
                          answer.status));
}

}  // namespace

Interpreter::Interpreter(Notebook& notebook, std::string)
    : notebook_(notebook), host_(notebook) {}
Interpreter::~Interpreter() = default;

std::optional<Failure> Interpreter::execute(const std::string& cell) {
  try {
    for (const Command& command : commands_of(cell)) {
      if (notebook_.interrupted()) throw Interrupted();
      if (!run_own(command)) show(answer_to(command), command);
    }
    return std::nullopt;
  } catch (const Refused& refused) {
    return failure_of(refused.problem);
  } catch (const Interrupted&) {
    return Failure{"interrupted",
                   "interrupted; what the host had begun by then may be done",
                   {"interrupted; what the host had begun by then may be done"}};
  } catch (const Error& e) {
    return Failure{std::string(name(e.code())), e.what(), {e.what()}};
  } catch (const std::exception& e) {
    return Failure{"internal", e.what(), {e.what()}};
  }
}

bool Interpreter::run_own(const Command& command) {
  const std::vector<Word> words = words_of(command.line);
  const std::string& first = words.front().text;
  if (first == "connect") {
    if (words.size() == 1) {
      notebook_.print("connected to " + host_.address().url + "\n", false);
      return true;
    }
    if (words.size() != 2) throw wrong("'connect' takes an address, or the word 'local'");
    if (words[1].text == "local")
      host_.start_local();
    else
      host_.connect(host::cli::find_host(words[1].text));
    parsed_answer(host_.ask({"/api/v1/commands"}));
    notebook_.print("connected to " + host_.address().url + "\n", false);
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
    rows_ = rows;
    return true;
  }
  if (first == "widgets") {
    if (words.size() != 2 || (words[1].text != "on" && words[1].text != "off"))
      throw wrong("'widgets' takes 'on' or 'off'");
    with_widgets_ = words[1].text == "on";
    return true;
  }
  return false;
}

Json Interpreter::answer_to(const Command& command) {
  Json request;
  request["line"] = command.line;
  return parsed_answer(host_.ask(
      {"/api/v1/commands", request.dump(-1, ' ', false, Json::error_handler_t::replace)}));
}

void Interpreter::show(const Json& answer, const Command&) {
  const std::string kind = answer.at("kind");
  for (const Json& notice : answer.at("notices"))
    notebook_.print(host::cli::safe(notice.get<std::string>()) + '\n', false);
  if (kind == "text") {
    notebook_.print(text_of(answer, rows_), false);
    return;
  }
  Bundle bundle;
  bundle.data["text/plain"] = text_of(answer, rows_);
  if (kind == "table") bundle.data["text/html"] = table_html(answer, rows_);
  if (kind == "details") bundle.data["text/html"] = details_html(answer, rows_);
  notebook_.display(bundle);
}

Json Interpreter::evaluate(const std::string& expression) {
  try {
    const auto commands = commands_of(expression);
    if (commands.size() != 1) throw wrong("an expression is one command");
    const Json answer = answer_to(commands.front());
    return {{"status", "ok"},
            {"data", {{"text/plain", text_of(answer, rows_)}}},
            {"metadata", Json::object()}};
  } catch (const Refused& refused) {
    const Failure f = failure_of(refused.problem);
    return {{"status", "error"}, {"ename", f.name}, {"evalue", f.value}, {"traceback", f.trace}};
  } catch (const Interrupted&) {
    return {{"status", "error"},
            {"ename", "interrupted"},
            {"evalue", "interrupted"},
            {"traceback", Json::array()}};
  } catch (const std::exception& e) {
    return {{"status", "error"},
            {"ename", "invalid"},
            {"evalue", e.what()},
            {"traceback", Json::array()}};
  }
}

Completion Interpreter::complete(const std::string&, std::size_t byte) {
  return {byte, byte, {}};
}
Json Interpreter::inspect(const std::string&, std::size_t) { return Json::object(); }
void Interpreter::on_comm(const CommMessage& message) {
  if (message.kind == CommMessage::Kind::open)
    notebook_.send({CommMessage::Kind::close, message.id, {}, Json::object(), Json::object()});
}
Json Interpreter::comms(const std::string&) const { return Json::object(); }
void Interpreter::shut_down() {}

}  // namespace podium::kernel
