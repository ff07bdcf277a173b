#include "commands/front_members.hpp"

#include <vector>

#include "commands/verbs/chart.hpp"
#include "commands/verbs/views.hpp"
#include "podium/http/json_writer.hpp"
#include "query/vocabularies.hpp"
#include "services/table/table.hpp"

namespace podium::host::commands {
namespace {

/// The project of `in vision` or `in vision/`, by its id when it has a record of its own.
void write_project(JsonWriter& w, const Parts& parts, const Call& call) {
  if (!call.has("in")) return;
  std::string project = call.text("in");
  const bool below = project.ends_with('/');
  if (below) {
    project.pop_back();
  } else {
    const auto projects = call.projects().value_or(std::vector<Ordinal>());
    for (const Ordinal o : projects)
      parts.projects->get(parts.core->store, call.who(), o, {},
                          [&](const Row& row) { project = row.id(); });
  }
  w.key("project").value(project).key("scope").value(below ? "subprojects" : "project");
}

void write_question(JsonWriter& w, const Parts& parts, const Call& call, const AnswerTable& table) {
  // A filter that the language cannot print is one that a front end cannot go on with.
  const auto filter = parts.table->text(call.filter("where", parts.words->of("tasks")));
  if (call.has("where") && !filter) return;
  w.key("question").object();
  write_project(w, parts, call);
  if (call.has("where")) w.key("filter").value(*filter);
  if (call.has("all")) w.key("archived").value("both");
  w.key("order").array();
  for (const CommandWord& item : call.words("sort")) w.value(item.text);
  w.end_array().key("columns").array();
  for (const auto& column : table.columns) w.value(column.name);
  w.end_array();
  if (const auto limit = call.number("limit")) w.key("limit").value(*limit);
  w.end_object();
}

}  // namespace

std::string front_members(const Parts& parts, const Call& call, const Answer& answer) {
  const std::string& verb = call.parsed().verb.text;
  std::string out;
  JsonWriter w(out);
  w.object();
  const auto* table = std::get_if<AnswerTable>(&answer.content);
  if (verb == "tasks" && table != nullptr && !call.has("group by") && !call.has("cursor"))
    write_question(w, parts, call, *table);
  if (verb == "view" && !call.arguments().empty()) write_view_question(w, parts, call);
  if (verb == "chart") write_draw(w, call);
  w.end_object();
  return out.substr(1, out.size() - 2);
}

}  // namespace podium::host::commands
