#include "services/api/output.hpp"

#include "podium/http/input.hpp"
#include "services/core.hpp"
#include "services/history/history.hpp"

namespace podium::host {

std::vector<Column> field_columns(std::span<const std::string_view> names) {
  std::vector<Column> out;
  out.reserve(names.size() + 4);
  for (const auto name : names) out.push_back(value_of(field(std::string(name))));
  return out;
}

void write_fields(JsonWriter& w, const Row& row, std::span<const std::string_view> names,
                  std::size_t first) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Cell cell = row.cell(first + i);
    if (std::holds_alternative<std::monostate>(cell)) continue;
    w.key(names[i]);
    write_cell(w, cell);
  }
}

void write_map(JsonWriter& w, std::span<const MapEntry> entries) {
  w.object();
  for (const auto& e : entries) w.key(e.key).value(e.text);
  w.end_object();
}

void write_summary(JsonWriter& w, const Summary& s) {
  const auto point = [&](std::string_view name, std::string_view step, const Point& p) {
    w.key(name).value(p.value).key(step).value(p.step);
  };
  point("last", "last_step", s.last);
  w.key("last_time").value(s.last.time);
  point("first", "first_step", s.first);
  w.key("first_time").value(s.first.time);
  point("min", "min_step", s.min);
  point("max", "max_step", s.max);
  w.key("count").value(s.count).key("sum").value(s.sum);
}

void write_series(JsonWriter& w, std::span<const SeriesEntry> series) {
  w.array();
  for (const auto& s : series) {
    w.object().key("key").value(s.key);
    if (!s.scope.empty()) w.key("scope").value(s.scope);
    write_summary(w, s.summary);
    w.end_object();
  }
  w.end_array();
}

void write_body_members(JsonWriter& w, const Cell& body) {
  const auto* text = std::get_if<std::string_view>(&body);
  if (text != nullptr && text->size() > 2) w.raw(text->substr(1, text->size() - 2));
}

Response list_response(std::string_view name, FunctionRef<Page(JsonWriter&)> items) {
  std::string body;
  JsonWriter w(body);
  w.object().key(name).array();
  const Page page = items(w);
  w.end_array();
  write_cursor(w, page.cursor);
  w.end_object();
  return json_response(std::move(body));
}

void close(OwnedJson& record, std::string_view name, const Records& owners, const Reader& reader,
           const Principal& who) {
  owners.get(reader, who, record.owner, {}, [&](const Row& row) {
    record.json += ',';
    append_json_string(record.json, name);
    record.json += ':';
    append_json_string(record.json, row.id());
  });
  record.json += '}';
}

Response owned_list(const Core& core, const Records& records, const Records& projects,
                    std::string_view name, const Principal& who, const Query& query,
                    FunctionRef<OwnedJson(const Row&)> write) {
  Response answer;
  core.store.read([&](const Reader& reader) {
    std::vector<OwnedJson> rows;
    const Page page = records.query(reader, who, query, [&](const Row& row) {
      rows.push_back(write(row));
      return true;
    });
    answer = list_response(name, [&](JsonWriter& w) {
      for (auto& row : rows) {
        close(row, "project", projects, reader, who);
        w.raw(row.json);
      }
      return page;
    });
  });
  return answer;
}

Response json_response(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

Response json_response(std::string body, std::int64_t version) {
  Response response = json_response(std::move(body));
  response.headers.emplace_back("ETag", etag(version));
  return response;
}

Ordinal find_visible(const Records& records, const Reader& reader, const Principal& who,
                     std::string_view what, std::string_view id) {
  const Ordinal ordinal = records.find(reader, who, id);
  if (ordinal == 0) throw no_such(what, id);
  return ordinal;
}

}  // namespace podium::host
