#include "cli/command_line.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/chart_file.hpp"
#include "cli/exit_codes.hpp"
#include "cli/follow.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/answer_text.hpp"
#include "podium/front_kit/draw.hpp"
#include "podium/front_kit/http_client.hpp"

namespace podium::host::cli {
namespace {

using namespace front;

using OrderedJson = nlohmann::ordered_json;

Error usage_error(const std::string& sentence) { return Error(ErrorCode::invalid, sentence); }

std::size_t number_of(std::string_view option, const std::string& text) {
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc() || stop != end)
    throw usage_error(fmt::format("{} needs a whole number, not '{}'", option, text));
  return number;
}

/// A value bound to a name: a number, true, false or null as in JSON, else a text.
OrderedJson bound_value(const std::string& text) {
  const OrderedJson value = OrderedJson::parse(text, nullptr, false);
  if (value.is_number() || value.is_boolean() || value.is_null() || value.is_string()) return value;
  return text;
}

std::size_t terminal_width(const CommandLine& line) {
  if (line.width > 0) return line.width;
  if (isatty(STDOUT_FILENO) == 0) return 0;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string request_of(const CommandLine& line, std::int64_t waited) {
  OrderedJson request;
  request["argv"] = line.argv;
  for (const std::string& bind : line.binds) {
    const std::size_t equals = bind.find('=');
    if (equals == 0 || equals == bind.npos)
      throw usage_error(fmt::format("--bind needs NAME=VALUE, not '{}'", bind));
    request["bind"][bind.substr(0, equals)] = bound_value(bind.substr(equals + 1));
  }
  if (line.dry_run) request["dry_run"] = true;
  if (line.budget > 0) request["budget"] = line.budget;
  if (!line.idempotency_key.empty()) request["idempotency_key"] = line.idempotency_key;
  if (waited > 0) request["waited"] = waited;
  return request.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// Says what a problem is, with a caret under the place; returns the exit code.
int say_problem(const HttpAnswer& answer, const CommandLine& line) {
  const OrderedJson problem = OrderedJson::parse(answer.body, nullptr, false);
  if (!problem.is_object() || !problem.contains("code")) {
    std::cerr << fmt::format(
        "podium: what answers there is no podium, or one without this command (HTTP {})\n",
        answer.status);
    return exit_no_host;
  }
  if (line.json || line.jsonl) {
    std::cout << answer.body << '\n';
  } else {
    std::cerr << "podium: ";
    for (const std::string& text : problem_lines(problem, "podium ")) std::cerr << text << '\n';
  }
  return exit_code_of(problem.at("code").get<std::string>());
}

/// Writes to a file, or with "" or "-" to standard output. Throws Error when that fails.
class Output {
 public:
  explicit Output(const std::string& name) : name_(name) {
    if (to_stdout()) return;
    file_.open(name, std::ios::binary | std::ios::trunc);
    check();
  }
  void write(std::string_view text) {
    (to_stdout() ? std::cout : file_).write(text.data(), static_cast<std::streamsize>(text.size()));
    check();
  }
  void close() {
    if (to_stdout()) {
      std::cout.flush();
    } else {
      file_.close();
    }
    check();
  }
  bool to_stdout() const { return name_.empty() || name_ == "-"; }

 private:
  void check() {
    if (to_stdout() ? !std::cout : !file_)
      throw Error(ErrorCode::internal,
                  "cannot write to " + (to_stdout() ? "standard output" : "'" + name_ + "'"));
  }
  std::string name_;
  std::ofstream file_;
};

void print(const CommandLine& line, std::string_view text) {
  Output out(line.out);
  out.write(text);
  out.close();
}

void say_what_is_missing(const OrderedJson& answer) {
  const std::string kind = answer.at("kind");
  if (kind != "table" && kind != "figure") return;
  const OrderedJson& table = kind == "figure" ? answer.at("table") : answer;
  if (!table.at("truncated").get<bool>()) return;
  std::cerr << fmt::format("{} of {} rows", table.at("rows").size(),
                           table.contains("of") ? table.at("of").dump() : "more");
  if (table.at("cursor").is_string())
    std::cerr << "; the next: --cursor " << table.at("cursor").get<std::string>();
  std::cerr << '\n';
}

int download(HttpClient& host, const CommandLine& line, const OrderedJson& file) {
  const std::string url = file.at("url");
  std::string name = line.out;
  if (name.empty() && file.value("keep", false)) name = file.at("name");
  Output out(name);
  const HttpAnswer answer = host.download(url, [&](std::string_view piece) {
    out.write(piece);
    return true;
  });
  out.close();
  if (answer.status != 200) return say_problem(answer, line);
  if (!out.to_stdout()) std::cerr << "written to " << safe(name) << '\n';
  return exit_ok;
}

/// A chart's picture or a figure's specification, where the name of the file asks for it; "" it
/// does not.
std::string file_of(const OrderedJson& answer, const std::string& kind, const std::string& name) {
  if (kind == "chart" && is_picture(name)) return picture_of(answer, name);
  if (kind != "figure") return {};
  if (is_picture(name))
    throw usage_error(
        "a figure is written as its specification, into a file .json, not as a picture");
  if (!name.ends_with(".json")) return {};
  if (answer.at("specification").is_null())
    throw usage_error("the specification of this figure is larger than --budget");
  return answer.at("specification").dump() + '\n';
}

void draw(const CommandLine& line, const OrderedJson& answer, const std::string& body) {
  const std::string kind = answer.at("kind");
  if (line.json) return print(line, body + '\n');
  if (line.jsonl) return print(line, jsonl_of(answer));
  if (line.csv) {
    if (kind != "table" && kind != "chart" && kind != "figure")
      throw usage_error(
          fmt::format("--csv is for tables, curves and figures; this answers {}", kind));
    return print(line, csv_of(answer));
  }
  DrawOptions options;
  options.width = terminal_width(line);
  options.local_time = !line.utc && options.width > 0;
  const std::string file = file_of(answer, kind, line.out);
  print(line, file.empty() ? text_of(answer, options) : file);
}

bool somebody_is_there() { return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0; }

/// Asks a person on the terminal, beside the answer that goes to stdout.
bool confirmed(const CommandLine& line, const OrderedJson& question) {
  DrawOptions options;
  options.width = line.width > 0 ? line.width : 80;
  options.local_time = !line.utc;
  std::cerr << text_of(question, options) << "Do it? [y/N] " << std::flush;
  std::string reply;
  std::getline(std::cin, reply);
  return reply == "y" || reply == "Y" || reply == "yes";
}

int run(CommandLine line) {
  HttpClient host(find_host(line.url));
  const auto began = std::chrono::steady_clock::now();
  const bool waits = !line.argv.empty() && line.argv.front() == "wait";
  std::int64_t waited = 0;
  while (true) {
    const HttpAnswer reply =
        host.post(waits ? "/api/v1/commands/wait" : "/api/v1/commands", request_of(line, waited));
    if (reply.status != 200) return say_problem(reply, line);
    const OrderedJson answer = OrderedJson::parse(reply.body, nullptr, false);
    if (!answer.is_object() || !answer.contains("kind"))
      throw Error(ErrorCode::unavailable, "what answers there is no podium");
    const std::string outcome = answer.value("outcome", "done");
    if (outcome == "pending") {
      waited = std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::steady_clock::now() - began)
                   .count();
      continue;
    }
    const bool question = answer.at("kind") == "question" && !line.dry_run;
    if (question && somebody_is_there()) {
      if (!confirmed(line, answer)) {
        std::cerr << "podium: nothing was done\n";
        return exit_question;
      }
      // Exactly what was shown: with its token, behind the verb, where no `--` has ended the
      // options.
      const std::string token = answer.value("token", "");
      line.argv.insert(line.argv.begin() + 1, token.empty() ? "--yes" : "--yes=" + token);
      continue;
    }
    if (answer.at("kind") == "progress" && !line.detach) {
      const std::string job = answer.at("job");
      if (!follow(host, job)) {
        std::cerr << how_to_go_on(job);
        return exit_interrupted;
      }
      line.argv = {"job", job};  // what became of it
      line.idempotency_key.clear();
      continue;
    }
    for (const auto& notice : answer.at("notices"))
      if (!line.json && !line.jsonl) std::cerr << safe(notice.get<std::string>()) << '\n';
    if (answer.at("kind") == "file" && !line.json) return download(host, line, answer);
    draw(line, answer, reply.body);
    if (!line.json) say_what_is_missing(answer);
    if (question) {
      std::cerr << "podium: nothing was done; say --yes to do it";
      if (answer.contains("token"))
        std::cerr << ", or --yes=" << answer.at("token").get<std::string>()
                  << " to do exactly this";
      std::cerr << '\n';
      return exit_question;
    }
    if (answer.at("kind") == "progress") std::cerr << how_to_go_on(answer.at("job"));
    return exit_code_of_outcome(outcome);
  }
}

}  // namespace

CommandLine read_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  struct Option {
    const char* name;
    bool* flag;
    std::function<void(const std::string&)> set;
  };
  const auto text = [](std::string& into) {
    return [&into](const std::string& value) { into = value; };
  };
  bool help = false;
  const Option options[] = {
      {"--url", nullptr, text(line.url)},
      {"--out", nullptr, text(line.out)},
      {"--idempotency-key", nullptr, text(line.idempotency_key)},
      {"--budget", nullptr, [&](const std::string& v) { line.budget = number_of("--budget", v); }},
      {"--width", nullptr, [&](const std::string& v) { line.width = number_of("--width", v); }},
      {"--bind", nullptr, [&](const std::string& v) { line.binds.push_back(v); }},
      {"--json", &line.json, {}},
      {"--jsonl", &line.jsonl, {}},
      {"--csv", &line.csv, {}},
      {"--utc", &line.utc, {}},
      {"--dry-run", &line.dry_run, {}},
      {"--detach", &line.detach, {}},
      {"--help", &help, {}},
      {"-h", &help, {}},
  };
  std::size_t i = 0;
  for (; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") break;
    const std::size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
    const std::string name = word.substr(0, equals);
    const auto option = std::find_if(std::begin(options), std::end(options),
                                     [&](const Option& o) { return name == o.name; });
    if (option == std::end(options)) {
      line.argv.push_back(word);
    } else if (option->flag != nullptr) {
      if (equals != word.npos) throw usage_error(fmt::format("{} takes no value", name));
      *option->flag = true;
    } else if (equals != word.npos) {
      option->set(word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      option->set(words[++i]);
    } else {
      throw usage_error(fmt::format("{} needs a value behind it", name));
    }
  }
  line.argv.insert(line.argv.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  if (line.json + line.jsonl + line.csv > 1)
    throw usage_error("--json, --jsonl and --csv exclude each other");
  if (help && !line.argv.empty() && line.argv.front() != "help")
    line.argv = {"help", line.argv.front()};
  return line;
}

int run_command(const std::vector<std::string>& words) {
  try {
    return run(read_command_line(words));
  } catch (const Error& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return exit_code_of(name(e.code()));
  } catch (const std::exception& e) {
    std::cerr << "podium: " << e.what() << '\n';
    return exit_failed;
  }
}

}  // namespace podium::host::cli
