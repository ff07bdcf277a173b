// POST /api/v1/tasks/query
#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "services/api/input.hpp"
#include "services/api/output.hpp"
#include "services/api/task_handlers.hpp"
#include "services/history/history.hpp"

namespace podium::host {
namespace {

/// A read of one page may cost this much; beyond it the question must become narrower.
constexpr Budget budget{5'000'000, std::chrono::milliseconds(10'000)};

struct AskedColumn {
  std::string name;
  Column column;
  bool reference = false;  ///< written as the text id of a project or task
};

bool ends_in_direction(std::string_view text) {
  const auto space = text.find_last_of(" \t");
  if (space == std::string_view::npos) return false;
  std::string word(text.substr(space + 1));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word == "asc" || word == "desc";
}

AskedColumn column_of(const Core& core, const Vocabulary& words, const std::string& name) {
  if (name == "id") return {name, value_of(record_id())};
  if (name == "version") return {name, value_of(record_version())};
  if (name == "params" || name == "tags") return {name, whole_map(name)};
  if (name == "metrics") return {name, whole_series(name)};
  // A column is a name of the query language, without a direction.
  if (ends_in_direction(name))
    throw Error(ErrorCode::invalid, "a column has no direction; order it in 'order'");
  Path path = core.language.parse_order(name, words).path;
  const bool reference =
      path.kind == Path::Kind::field && (path.name == "project" || path.name == "parent");
  return {name, value_of(std::move(path)), reference};
}

template <class F>
auto in_field(const std::string& path, F&& fn) {
  try {
    return fn();
  } catch (Error& e) {
    if (e.field().empty()) e.in(path);
    throw;
  }
}

struct Question {
  std::vector<AskedColumn> columns;
  Query query;
};

Question read_question(const Core& core, const ApiServices& services, Request& request) {
  const Vocabulary& words = services.task_vocabulary;
  Members body = Members::of_body(request);
  Question q;
  std::vector<Filter> filters;
  if (const auto project = body.text("project", 64)) {
    const Ordinal ordinal = services.projects.find(core.store, request.who(), *project);
    if (ordinal == 0)
      throw Error(ErrorCode::not_found, "the project '" + *project + "' does not exist")
          .in("project");
    filters.push_back(eq(field("project"), ordinal));
  }
  const auto bindings = bindings_of(body);
  if (const auto text = body.text("filter", 100'000))
    filters.push_back(
        in_field("filter", [&] { return core.language.parse(*text, words, bindings); }));
  q.query.filter = all_of(std::move(filters));
  if (const Json* order = body.array("order", 8))
    for (std::size_t i = 0; i < order->size(); ++i) {
      const std::string path = "order[" + std::to_string(i) + "]";
      const std::string item = text_of((*order)[i], path, 10'000);
      q.query.order.push_back(
          in_field(path, [&] { return core.language.parse_order(item, words); }));
    }
  if (const Json* columns = body.array("columns", 200)) {
    for (std::size_t i = 0; i < columns->size(); ++i) {
      const std::string path = "columns[" + std::to_string(i) + "]";
      const std::string name = text_of((*columns)[i], path, 10'000);
      q.columns.push_back(in_field(path, [&] { return column_of(core, words, name); }));
    }
  } else {
    for (const char* name : {"id", "name", "state", "project", "started", "completed"})
      q.columns.push_back(column_of(core, words, name));
  }
  q.query.limit = static_cast<std::uint64_t>(body.integer("limit", 1, 1000).value_or(100));
  q.query.cursor = body.text("cursor", 100'000).value_or("");
  q.query.budget = budget;
  body.finish();
  return q;
}

/// Text ids of what the rows refer to, looked up together.
using Ids = std::map<std::pair<bool, Ordinal>, std::string>;  ///< (is a project, ordinal)

void look_up(const Records& records, const Reader& reader, const Principal& who, bool projects,
             Ids& ids) {
  std::vector<Ordinal> wanted;
  for (const auto& [key, id] : ids)
    if (key.first == projects) wanted.push_back(key.second);
  if (wanted.empty()) return;
  records.get(reader, who, wanted, {}, [&](const Row& row) {
    ids[{projects, row.ordinal()}] = row.id();
    return true;
  });
}

void write_row(JsonWriter& w, const Row& row, const std::vector<AskedColumn>& columns,
               const Ids& ids) {
  w.array();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i].column;
    if (column.kind == Column::Kind::whole_map) {
      write_map(w, row.map(i));
    } else if (column.kind == Column::Kind::whole_series) {
      write_series(w, row.series(i));
    } else if (const Cell cell = row.cell(i);
               columns[i].reference && std::holds_alternative<std::int64_t>(cell)) {
      const auto id = ids.find({column.path.name == "project", std::get<std::int64_t>(cell)});
      if (id == ids.end() || id->second.empty())
        w.null();
      else
        w.value(id->second);
    } else {
      write_cell(w, cell);
    }
  }
  w.end_array();
}

}  // namespace

Response query_tasks(const Core& core, const ApiServices& services, Request& request) {
  Question q = read_question(core, services, request);
  const Principal& who = request.who();
  std::vector<std::size_t> references;
  for (std::size_t i = 0; i < q.columns.size(); ++i)
    if (q.columns[i].reference) references.push_back(i);

  std::vector<Column> all;
  for (const auto& c : q.columns) all.push_back(c.column);
  std::string body;
  core.store.read([&](const Reader& reader) {
    body.clear();
    JsonWriter w(body);
    w.object().key("columns").array();
    for (const auto& c : q.columns) w.value(c.name);
    w.end_array().key("rows").array();
    Page page;
    Query query = q.query;
    Ids ids;
    if (references.empty()) {
      query.columns = all;
      page = services.tasks.query(reader, who, query, [&](const Row& row) {
        write_row(w, row, q.columns, ids);
        return true;
      });
    } else {  // first what the rows refer to, then the rows
      std::vector<Ordinal> rows;
      for (const std::size_t i : references) query.columns.push_back(all[i]);
      page = services.tasks.query(reader, who, query, [&](const Row& row) {
        rows.push_back(row.ordinal());
        for (std::size_t k = 0; k < references.size(); ++k)
          if (const Cell cell = row.cell(k); std::holds_alternative<std::int64_t>(cell))
            ids.try_emplace(
                {all[references[k]].path.name == "project", std::get<std::int64_t>(cell)});
        return true;
      });
      look_up(services.projects, reader, who, true, ids);
      look_up(services.tasks, reader, who, false, ids);
      services.tasks.get(reader, who, rows, all, [&](const Row& row) {
        write_row(w, row, q.columns, ids);
        return true;
      });
    }
    w.end_array();
    write_cursor(w, page.cursor);
    w.end_object();
  });
  return json_response(std::move(body));
}

}  // namespace podium::host
