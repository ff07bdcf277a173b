// The menus of a task table: the values of a column, the columns there are, the faces of a filter.
#include <nlohmann/json.hpp>

#include "services/api/output.hpp"
#include "services/api/table.hpp"
#include "services/api/table_input.hpp"
#include "services/table/facets.hpp"

namespace podium::host {
namespace {

void write_value(JsonWriter& w, const Value& v) {
  if (const auto* text = std::get_if<std::string>(&v))
    w.value(*text);
  else if (const auto* flag = std::get_if<bool>(&v))
    w.value(*flag);
  else if (const auto* integer = std::get_if<std::int64_t>(&v))
    w.value(*integer);
  else if (const auto* number = std::get_if<double>(&v))
    w.value(*number);
  else
    w.null();
}

}  // namespace

Response table_facets(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const TableQuestion question = read_table_question(body);
  Facets::Asked asked;
  asked.column = body.text("column", 10'000).value_or("");
  asked.search = body.text("q", 1000).value_or("");
  asked.limit = static_cast<std::uint64_t>(body.integer("limit", 1, 1000).value_or(50));
  body.finish();
  if (asked.column.empty())
    throw Error(ErrorCode::invalid, "name the 'column' whose values are asked for").in("column");
  Facet facet;
  core.store.read([&](const Reader& reader) {
    facet = Facets(core, services.table).facet(reader, request.who(), question, asked);
  });
  std::string out;
  JsonWriter w(out);
  static constexpr const char* kinds[] = {"", "values", "range", "tags"};
  w.object().key("column").value(asked.column);
  w.key("kind").value(kinds[static_cast<int>(facet.kind)]);
  w.key("values").array();
  for (const Facet::Entry& e : facet.entries) {
    w.object().key("value");
    write_value(w, e.value);
    if (!e.label.empty()) w.key("label").value(e.label);
    w.key("count").value(e.count).key("chosen").value(e.chosen).end_object();
  }
  w.end_array().key("more").value(facet.more).key("min");
  write_value(w, facet.least);
  w.key("max");
  write_value(w, facet.greatest);
  w.end_object();
  return json_response(std::move(out));
}

namespace {

/// The fields as the column menu lists them.
struct FieldColumn {
  const char *name, *label;
  int width;
  bool shown;
};
constexpr FieldColumn field_columns_of_table[] = {
    {"id", "ID", 100, false},
    {"type", "TYPE", 115, true},
    {"name", "NAME", 400, true},
    {"tags", "TAGS", 300, true},
    {"state", "STATUS", 130, true},
    {"project.name", "PROJECT", 150, true},
    {"user", "USER", 115, false},
    {"started", "STARTED", 150, true},
    {"updated", "UPDATED", 150, true},
    {"iteration", "ITERATION", 115, true},
    {"description", "DESCRIPTION", 300, false},
    {"run_time", "RUN TIME", 115, false},
    {"parent.name", "PARENT TASK", 200, false},
    {"progress", "PROGRESS", 100, false},
    {"goals_met", "GOALS MET", 100, false},
    {"queue.name", "QUEUE", 115, false},
    {"worker", "WORKER", 150, false},
    {"created", "CREATED", 150, false},
    {"completed", "COMPLETED", 150, false},
    {"published", "PUBLISHED", 150, false},
    {"active", "ACTIVE", 150, false},
    {"archived", "ARCHIVED", 90, false},
    {"archived_at", "ARCHIVED AT", 150, false},
    {"attempt", "ATTEMPT", 90, false},
    {"reason", "REASON", 200, false},
    {"derived_from.name", "DERIVED FROM", 200, false},
    {"source_name", "SOURCE", 200, false},
    {"source_type", "SOURCE TYPE", 115, false},
    {"repository", "REPOSITORY", 200, false},
    {"branch", "BRANCH", 115, false},
    {"source_tag", "SOURCE TAG", 115, false},
    {"commit", "COMMIT", 115, false},
    {"entry_point", "ENTRY POINT", 150, false},
    {"working_dir", "WORKING DIRECTORY", 150, false},
    {"output_destination", "OUTPUT DESTINATION", 200, false},
    {"artifact_uri", "ARTIFACTS", 200, false},
};

}  // namespace

Response table_columns(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const TableQuestion question = read_table_question(body);
  const std::string search = body.text("q", 1000).value_or("");
  const auto limit = static_cast<std::uint64_t>(body.integer("limit", 1, 1000).value_or(200));
  const bool differ = body.boolean("differ").value_or(false);
  body.finish();
  const Table& table = services.table;
  const Facets facets(core, table);
  const Principal& who = request.who();
  std::string out;
  core.store.read([&](const Reader& reader) {
    const PreparedTable p = table.prepare(reader, who, question);
    out.clear();
    JsonWriter w(out);
    w.object().key("fields").array();
    for (const FieldColumn& f : field_columns_of_table) {
      const TableColumn column = table.column(f.name);
      w.object().key("name").value(f.name).key("label").value(f.label);
      w.key("width").value(f.width).key("shown").value(f.shown);
      if (differ && column.shows != TableColumn::Shows::map && f.name != std::string_view("id"))
        w.key("differs").value(facets.differs(reader, who, p, column.column.path));
      w.end_object();
    }
    w.end_array();
    bool any_more = false;
    for (const char* name : {"params", "tags", "properties", "metrics"}) {
      const bool series = name == std::string_view("metrics");
      bool more = false;
      const auto keys = facets.keys(reader, who, p, name, search, limit, more);
      any_more = any_more || more;
      w.key(name).array();
      for (const KeyEntry& e : keys) {
        w.object().key("name").value(e.name).key("key").value(e.key);
        if (series) w.key("scope").value(e.scope);
        w.key("count").value(e.count);
        if (differ)
          w.key("differs").value(facets.differs(
              reader, who, p,
              series ? podium::series(name, e.key, Statistic::last, e.scope) : entry(name, e.key)));
        w.end_object();
      }
      w.end_array();
    }
    w.key("more").value(any_more).end_object();
  });
  return json_response(std::move(out));
}

Response table_filter(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const TableQuestion question = read_table_question(body);
  body.finish();
  core.access.visible(request.who(), "tasks");
  const PreparedTable p = services.table.prepare(core.store, request.who(), question);
  std::string out;
  JsonWriter w(out);
  w.object().key("filter");
  if (const auto text = services.table.text(p.conditions))
    w.value(*text);
  else
    w.null();
  w.key("filters").array();
  std::vector<Filter> rest;
  for (const ColumnFilter& f : services.table.column_filters(p.conditions, rest))
    w.raw(json_of(f).dump());
  w.end_array().key("rest");
  if (const auto text = services.table.text(all_of(std::move(rest))))
    w.value(*text);
  else
    w.null();
  w.end_object();
  return json_response(std::move(out));
}

}  // namespace podium::host
