#include "input.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "definition_json.hpp"
#include "podium/http/input.hpp"

namespace podium::leaderboard {

Draft read_draft(const Request& request, bool made) {
  Members m = Members::of_body(request);
  Draft out;
  out.name = m.text("name", 1000);
  out.description = m.text("description", 65'536);
  if (const Json* definition = m.any("definition"))
    out.definition = read_definition(*definition, "definition");
  if (made) {
    const Json* project = m.any("project");
    if (project && project->is_number_integer())
      out.project = project->dump();
    else if (project && !project->is_null())
      out.project = input::text_of(*project, "project", 500);
    out.from_template = m.boolean("template").value_or(false);
    out.view = m.text("view", 200);
  }
  m.finish();
  return out;
}

Definition read_template(const Request& request) {
  Members m = Members::of_body(request);
  const Json* definition = m.any("definition");
  m.finish();
  if (!definition) throw input::wrong("definition", "is needed");
  return read_definition(*definition, "definition");
}

Question read_question(const Request& request) {
  Members m = Members::of_body(request);
  Question out;
  const Json* project = m.any("project");
  if (!project) throw input::wrong("project", "is needed: an id or a name");
  out.project =
      project->is_number_integer() ? project->dump() : input::text_of(*project, "project", 500);
  const Json* definition = m.any("definition");
  if (!definition) throw input::wrong("definition", "is needed");
  out.definition = read_definition(*definition, "definition");
  out.limit = static_cast<std::uint64_t>(m.integer("limit", 1, 1000).value_or(100));
  out.offset = static_cast<std::uint64_t>(m.integer("offset", 0, 1'000'000'000).value_or(0));
  m.finish();
  return out;
}

std::optional<std::int64_t> wanted_version(const Request& request, const Board& board) {
  check_if_match(request, board.version);
  const std::string_view tag = request.header("If-Match");
  return tag.empty() || tag == "*" ? std::nullopt : std::optional(board.version);
}

std::optional<std::int64_t> moment(const Request& request, std::string_view parameter,
                                   const Desk& desk) {
  const auto text = Parameters(request).text(parameter);
  if (!text) return std::nullopt;
  const bool number =
      !text->empty() && text->size() <= 18 &&
      std::all_of(text->begin(), text->end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number) return std::stoll(*text);
  if (text->find('\'') == text->npos) try {
      // The query language is asked what it means.
      const Filter f = desk.context().query_language().parse("created <= '" + *text + "'",
                                                             desk.context().vocabulary("tasks"));
      if (f.op == Filter::Op::compare)
        if (const auto* at = std::get_if<std::int64_t>(&f.values.front())) return *at;
    } catch (const Error&) {
      // told below
    }
  throw input::wrong(
      std::string(parameter),
      "must be milliseconds, a date ('2026-11-24', '2026-11-24T10:00:00Z') or an age "
      "('-1d')");
}

}  // namespace podium::leaderboard
