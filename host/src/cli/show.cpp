#include "cli/show.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/chart_file.hpp"
#include "cli/exit_codes.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/answer_text.hpp"

namespace podium::host::cli {
namespace {

using front::safe;
using Json = nlohmann::ordered_json;

Error usage_error(const std::string& sentence) { return Error(ErrorCode::invalid, sentence); }

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

void print(const Options& options, std::string_view text) {
  Output out(options.out);
  out.write(text);
  out.close();
}

void say_what_is_missing(const Json& answer) {
  const std::string kind = answer.at("kind");
  if (kind != "table" && kind != "figure") return;
  const Json& table = kind == "figure" ? answer.at("table") : answer;
  if (!table.at("truncated").get<bool>()) return;
  std::cerr << fmt::format("{} of {} rows", table.at("rows").size(),
                           table.contains("of") ? table.at("of").dump() : "more");
  if (table.at("cursor").is_string())
    std::cerr << "; the next: --cursor " << table.at("cursor").get<std::string>();
  std::cerr << '\n';
}

void download(front::HttpClient& host, const Options& options, const Json& file) {
  const std::string url = file.at("url");
  std::string name = options.out;
  if (name.empty() && file.value("keep", false)) name = file.at("name");
  Output out(name);
  const front::HttpAnswer answer = host.download(url, [&](std::string_view piece) {
    out.write(piece);
    return true;
  });
  out.close();
  if (answer.status != 200) front::told(answer);
  if (!out.to_stdout()) std::cerr << "written to " << safe(name) << '\n';
}

/// A chart's picture or a figure's specification, where the name of the file asks for it; "" it
/// does not.
std::string file_of(const Json& answer, const std::string& kind, const std::string& name) {
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

void draw(const Options& options, const Json& answer, const std::string& body) {
  const std::string kind = answer.at("kind");
  if (options.json) return print(options, body + '\n');
  if (options.jsonl) return print(options, front::jsonl_of(answer));
  if (options.csv) {
    if (kind != "table" && kind != "chart" && kind != "figure")
      throw usage_error(
          fmt::format("--csv is for tables, curves and figures; this answers {}", kind));
    return print(options, front::csv_of(answer));
  }
  const std::string file = file_of(answer, kind, options.out);
  print(options, file.empty() ? front::text_of(answer, draw_options(options)) : file);
}

}  // namespace

front::DrawOptions draw_options(const Options& options) {
  front::DrawOptions drawn;
  drawn.width = options.width;
  winsize size{};
  constexpr std::size_t usual = 80;
  if (drawn.width == 0 && isatty(STDOUT_FILENO) != 0)
    drawn.width =
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
  drawn.local_time = !options.utc && drawn.width > 0;
  return drawn;
}

void show_answer(const front::CarriedOut& done, const Options& options, front::HttpClient& host) {
  const Json& answer = done.answer;
  if (!options.json && !options.jsonl)
    for (const auto& notice : answer.at("notices"))
      std::cerr << safe(notice.get<std::string>()) << '\n';
  if (answer.at("kind") == "file" && !options.json) return download(host, options, answer);
  draw(options, answer, done.body);
  if (!options.json) say_what_is_missing(answer);
}

int say_problem(const front::Refused& refused, const Options& options, std::string_view program) {
  if (options.json || options.jsonl) {
    std::cout << refused.body << '\n';
  } else {
    std::cerr << "podium: ";
    for (const std::string& text : front::problem_lines(refused.problem, program))
      std::cerr << text << '\n';
  }
  return exit_code_of(refused.problem.at("code").get<std::string>());
}

}  // namespace podium::host::cli
