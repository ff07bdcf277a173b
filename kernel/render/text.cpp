#include "kernel/render/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/draw.hpp"

namespace podium::kernel {
namespace {

using host::cli::safe;

constexpr host::cli::DrawOptions drawn{120, false};

std::string table_text(const Json& table, std::size_t most) {
  Json some = table;
  const std::size_t all = some.at("rows").size();
  if (all > most)
    some["rows"].erase(some["rows"].begin() + static_cast<std::ptrdiff_t>(most),
                       some["rows"].end());
  std::string out = host::cli::draw_table(some, drawn);
  if (all > most || table.value("truncated", false))
    out += fmt::format("({} of {} rows)\n", std::min(all, most),
                       table.contains("of")              ? table.at("of").dump()
                       : table.value("truncated", false) ? "more"
                                                         : std::to_string(all));
  return out;
}

}  // namespace

std::string text_of(const Json& answer, std::size_t most) {
  const std::string kind = answer.at("kind");
  if (kind == "table") return table_text(answer, most);
  if (kind == "details") return host::cli::draw_details(answer, drawn);
  if (kind == "chart") return host::cli::draw_chart(answer, drawn);
  if (kind == "text") return answer.at("text");
  if (kind == "progress")
    return fmt::format("job {}: {}, {} of {}\n", answer.at("job").get<std::string>(),
                       answer.at("state").get<std::string>(), answer.at("done").dump(),
                       answer.at("total").dump());
  if (kind == "question")
    return safe(answer.at("text").get<std::string>()) + '\n' +
           host::cli::draw_details(answer.at("details"), drawn);
  return answer.dump() + '\n';
}

std::vector<std::string> problem_lines(const Json& problem) {
  std::vector<std::string> lines = {safe(problem.value("detail", ""))};
  const Json facts = problem.value("facts", Json::object());
  if (facts.contains("line") && problem.contains("position")) {
    const std::string text = facts.at("line");
    const std::size_t position = std::min(problem.at("position").get<std::size_t>(), text.size());
    lines.push_back("  " + safe(text));
    lines.push_back("  " + std::string(host::cli::width_of(safe(text.substr(0, position))), ' ') +
                    "^");
  }
  if (facts.contains("corrected"))
    lines.push_back("  perhaps: " + safe(facts.at("corrected").get<std::string>()));
  return lines;
}

}  // namespace podium::kernel
