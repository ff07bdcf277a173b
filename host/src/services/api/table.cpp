// The task table's routes.
#include "services/api/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/storage_kit/declaration.hpp"
#include "query/podium_vocabulary.hpp"
#include "services/api/output.hpp"
#include "services/api/table_input.hpp"
#include "services/api/table_schemas.hpp"
#include "services/api/task_handlers.hpp"
#include "services/history/history.hpp"

namespace podium::host {
namespace {

/// What was asked, but for the columns.
std::string question_text(const TableQuestion& q) {
  Json json = {{"archived", static_cast<int>(q.archived)},
               {"filter", q.filter},
               {"search", q.search},
               {"order", q.order}};
  if (q.project) json["project"] = *q.project;
  if (q.scope) json["scope"] = static_cast<int>(*q.scope);
  for (const auto& b : q.bindings) {
    Json& value = json["bind"][b.name];
    if (b.value.text)
      value = *b.value.text;
    else if (b.value.boolean)
      value = *b.value.boolean;
    else if (b.value.integer)
      value = *b.value.integer;
    else if (b.value.number)
      value = *b.value.number;
  }
  for (const ColumnFilter& f : q.filters) json["filters"].push_back(json_of(f));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void children_of(const Filter& f, std::vector<std::string>& out) {
  if (f.op == Filter::Op::any) out.push_back(f.child);
  for (const Filter& child : f.children) children_of(child, out);
}

}  // namespace

Listings::Found find_listing(const Core& core, const ApiServices& services, const Principal& who,
                             const TableQuestion& question, const PreparedTable& prepared,
                             const std::string& id) {
  const std::string seen = kit::to_json(core.access.visible(who, "tasks"));
  Listings::Asked asked;
  asked.question = seen + question_text(question);
  asked.resolved = seen + kit::to_json(prepared.filter());
  asked.reads = {core.in.tasks};
  std::vector<std::string> others;
  children_of(prepared.conditions, others);
  for (const TableOrderKey& k : prepared.order) {
    asked.resolved += fmt::format("\n{}{} {}", k.key.descending ? "-" : "+",
                                  print(OrderKey{k.key.path}, services.table.words()), k.target);
    if (!k.target.empty()) others.push_back(k.target);
  }
  for (const std::string& name : others) asked.reads.push_back(core.store.collection(name));
  return services.listings.find(id, asked, [&](const Reader& reader) {
    return services.table.ordinals(reader, who, prepared);
  });
}

void write_table_cell(JsonWriter& w, const TableRow& row, const TableColumn& column,
                      std::size_t i) {
  if (column.shows == TableColumn::Shows::map)
    write_map(w, row.map(i));
  else if (column.shows == TableColumn::Shows::series)
    write_series(w, row.series(i));
  else
    write_cell(w, row.cell(i));
}

void add_table_routes(RouteTable& table, const Core& core, const ApiServices& services) {
  const auto handler = [&core,
                        services](Response (*answer)(const Core&, const ApiServices&, Request&)) {
    return [&core, services, answer](Request& r) { return answer(core, services, r); };
  };
  table.add("POST", "/api/v1/tasks/query", "task.read",
            "The tasks that match with the asked columns: a page by cursor, or with 'offset' a "
            "window of a listing",
            handler(query_tasks), schemas::table_query(), std::string(schemas::table_rows));
  table.add("POST", "/api/v1/tasks/facets", "task.read",
            "The menu of a column's filter, under all conditions but its own",
            handler(table_facets), schemas::facet_query(), std::string(schemas::facet));
  table.add("POST", "/api/v1/tasks/columns", "task.read",
            "The columns that the matching tasks could show, with how many have each",
            handler(table_columns), schemas::columns_query(), std::string(schemas::columns));
  table.add("POST", "/api/v1/tasks/filter", "task.read",
            "The two faces of a filter: its text, and its conditions column by column",
            handler(table_filter), schemas::filter_query(), schemas::filter_faces());
  table
      .add("POST", "/api/v1/tasks/export", "task.read",
           "Rows of a table as CSV or JSON lines, streamed", handler(export_tasks),
           schemas::export_query(), R"({"type":"string"})")
      .answers(200, {"text/csv", "application/x-ndjson"});
  table
      .add("GET", "/api/v1/tasks/export", "task.read",
           "The same as a link, with the table's own address", handler(export_link), "",
           R"({"type":"string"})")
      .with([] {
        std::vector<Parameter> all = {
            text_parameter("project", "id of the project"),
            choice_parameter("format", "csv if not said", {"csv", "jsonl"}),
            text_parameter("filename", "of the download")};
        for (const char* name : {"v", "vh", "scope", "cols", "sort", "f", "g", "q", "archived",
                                 "digits", "where", "sel", "tab"})
          all.push_back(text_parameter(name, "of the table's address"));
        return all;
      }())
      .answers(200, {"text/csv", "application/x-ndjson"});
}

}  // namespace podium::host
