#include "podium/front_kit/answer_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace podium::front {
namespace {

std::string table_text(const Json& table, const DrawOptions& options, std::size_t most) {
  if (most == 0) return draw_table(table, options);
  Json some = table;
  const std::size_t all = some.at("rows").size();
  if (all > most)
    some["rows"].erase(some["rows"].begin() + static_cast<std::ptrdiff_t>(most),
                       some["rows"].end());
  std::string out = draw_table(some, options);
  if (all > most || table.value("truncated", false))
    out += fmt::format("({} of {} rows)\n", std::min(all, most),
                       table.contains("of")              ? table.at("of").dump()
                       : table.value("truncated", false) ? "more"
                                                         : std::to_string(all));
  return out;
}

/// What a figure shows is its table; a terminal draws no more of it.
std::string figure_text(const Json& figure, const DrawOptions& options, std::size_t most) {
  const std::string title = safe(figure.value("title", ""));
  return (title.empty() ? title : title + '\n') + table_text(figure.at("table"), options, most);
}

}  // namespace

std::string text_of(const Json& answer, const DrawOptions& options, std::size_t most_rows) {
  const std::string kind = answer.at("kind");
  if (kind == "table") return table_text(answer, options, most_rows);
  if (kind == "details") return draw_details(answer, options);
  if (kind == "chart") return draw_chart(answer, options);
  if (kind == "figure") return figure_text(answer, options, most_rows);
  if (kind == "text") return answer.at("text");
  if (kind == "progress")
    return fmt::format("job {}: {}, {} of {}\n", answer.at("job").get<std::string>(),
                       answer.at("state").get<std::string>(), answer.at("done").dump(),
                       answer.at("total").dump());
  if (kind == "question")
    return safe(answer.at("text").get<std::string>()) + '\n' +
           draw_details(answer.at("details"), options);
  return answer.dump() + '\n';
}

std::vector<std::string> problem_lines(const Json& problem, std::string_view program) {
  std::vector<std::string> lines = {safe(problem.value("detail", ""))};
  const Json facts = problem.value("facts", Json::object());
  if (facts.contains("line") && problem.contains("position")) {
    const std::string text = facts.at("line");
    const std::size_t position = std::min(problem.at("position").get<std::size_t>(), text.size());
    lines.push_back("  " + safe(text));
    lines.push_back("  " + std::string(width_of(safe(text.substr(0, position))), ' ') + "^");
  }
  if (facts.contains("corrected"))
    lines.push_back(
        fmt::format("  perhaps: {}{}", program, safe(facts.at("corrected").get<std::string>())));
  return lines;
}

}  // namespace podium::front
