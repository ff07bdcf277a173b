// POST /api/v1/tasks/query
#include <algorithm>
#include <nlohmann/json.hpp>

#include "services/api/output.hpp"
#include "services/api/table.hpp"
#include "services/api/table_input.hpp"
#include "services/api/task_handlers.hpp"

namespace podium::host {
namespace {

struct Asked {
  TableQuestion question;
  std::uint64_t limit = 100;
  std::string cursor;
  std::optional<std::uint64_t> offset;  ///< present: a window of a listing
  std::string listing;
};

Asked read(Request& request) {
  Members body = Members::of_body(request);
  Asked a;
  a.question = read_table_question(body);
  read_table_columns(body, a.question, {"id", "name", "state", "project", "started", "completed"});
  a.limit = static_cast<std::uint64_t>(body.integer("limit", 1, 1000).value_or(100));
  a.cursor = body.text("cursor", 100'000).value_or("");
  if (const auto offset = body.integer("offset", 0, std::numeric_limits<std::int64_t>::max()))
    a.offset = static_cast<std::uint64_t>(*offset);
  if (const auto listing = body.text("listing", 64)) {
    a.listing = *listing;
    if (!a.offset) a.offset = 0;
  }
  body.finish();
  if (a.offset && !a.cursor.empty())
    throw Error(ErrorCode::invalid, "a page by 'cursor' has no 'offset' and no 'listing'")
        .in("cursor");
  return a;
}

}  // namespace

void write_table_row(JsonWriter& w, const TableRow& row, std::span<const TableColumn> columns) {
  w.array();
  for (std::size_t i = 0; i < columns.size(); ++i) write_table_cell(w, row, columns[i], i);
  w.end_array();
}

Response query_tasks(const Core& core, const ApiServices& services, Request& request) {
  const Asked asked = read(request);
  const Principal& who = request.who();
  const Table& table = services.table;
  const PreparedTable prepared = table.prepare(core.store, who, asked.question);
  std::string body;
  const auto begin = [&](JsonWriter& w) {
    w.object().key("columns").array();
    for (const auto& c : prepared.columns) w.value(c.name);
    w.end_array();
  };
  if (!asked.offset) {
    core.store.read([&](const Reader& reader) {
      body.clear();
      JsonWriter w(body);
      begin(w);
      w.key("rows").array();
      const Page page =
          table.query(reader, who, prepared, asked.limit, asked.cursor, [&](const TableRow& row) {
            write_table_row(w, row, prepared.columns);
            return true;
          });
      w.end_array();
      write_cursor(w, page.cursor);
      w.end_object();
    });
    return json_response(std::move(body));
  }
  const auto found = find_listing(core, services, who, asked.question, prepared, asked.listing);
  const auto window = found.listing->window(*asked.offset, asked.limit);
  core.store.read([&](const Reader& reader) {
    body.clear();
    JsonWriter w(body);
    begin(w);
    w.key("listing").value(found.listing->id).key("moved").value(found.moved);
    w.key("revision").value(found.listing->revision);
    w.key("total").value(static_cast<std::int64_t>(found.listing->ordinals.size()));
    w.key("offset").value(static_cast<std::int64_t>(*asked.offset)).key("rows").array();
    auto next = window.begin();
    table.rows(reader, who, prepared.columns, window, [&](const TableRow& row) {
      for (; *next != row.ordinal(); ++next) w.null();  // gone, or hidden
      ++next;
      write_table_row(w, row, prepared.columns);
      return true;
    });
    for (; next != window.end(); ++next) w.null();
    w.end_array().key("cursor").null().end_object();
  });
  return json_response(std::move(body));
}

}  // namespace podium::host
