#include "services/views/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "services/api/table_input.hpp"

namespace podium::host {
namespace {

constexpr std::size_t most_columns = 500, most_keys = 8, most_filters = 100;

std::string item(const std::string& list, std::size_t i) { return fmt::format("{}[{}]", list, i); }

std::optional<int> small(Members& m, std::string_view name, int least, int most) {
  const auto value = m.integer(name, least, most);
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

constexpr std::pair<TableArchived, const char*> archived_names[] = {
    {TableArchived::no, "no"}, {TableArchived::yes, "yes"}, {TableArchived::both, "both"}};

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

ViewState usual_state() {
  ViewState s;
  for (std::string& name : Table::usual_columns()) s.columns.push_back({std::move(name)});
  s.order = {"started desc"};
  return s;
}

OrderItem order_item_of(const std::string& text, const Table& table) {
  std::string_view rest = text;
  while (!rest.empty() && is_blank(rest.back())) rest.remove_suffix(1);
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  OrderItem out;
  const auto ends = [&](std::string_view word) {
    if (rest.size() <= word.size() || !is_blank(rest[rest.size() - word.size() - 1])) return false;
    return std::equal(word.begin(), word.end(),
                      rest.end() - static_cast<std::ptrdiff_t>(word.size()),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  };
  if (ends("desc") || ends("asc")) {
    out.descending = ends("desc");
    rest.remove_suffix(out.descending ? 4 : 3);
    while (!rest.empty() && is_blank(rest.back())) rest.remove_suffix(1);
  }
  out.name = table.canonical(std::string(rest));
  return out;
}

std::string text_of(const OrderItem& o) { return o.descending ? o.name + " desc" : o.name; }

ViewState read_view_state(Members& body, const Table& table) {
  ViewState s;
  if (const Json* columns = body.array("columns", most_columns)) {
    for (std::size_t i = 0; i < columns->size(); ++i) {
      const std::string path = item(body.path("columns"), i);
      Members m((*columns)[i], path);
      ViewColumn c;
      const auto name = m.text("name", 10'000);
      if (!name || name->empty())
        throw Error(ErrorCode::invalid, "a column of a view needs a 'name'").in(path + ".name");
      c.name = table.canonical(*name);
      c.width = small(m, "width", 1, 10'000);
      c.digits = small(m, "digits", 1, 17);
      c.hidden = m.boolean("hidden").value_or(false);
      c.pinned = m.boolean("pinned").value_or(false);
      c.exact = m.boolean("exact").value_or(false);
      m.finish();
      const bool twice = std::any_of(s.columns.begin(), s.columns.end(),
                                     [&](const ViewColumn& other) { return other.name == c.name; });
      if (twice)
        throw Error(ErrorCode::invalid, fmt::format("the column '{}' is there twice", c.name))
            .in(path + ".name");
      s.columns.push_back(std::move(c));
    }
  } else {
    s.columns = usual_state().columns;
  }
  if (const Json* order = body.array("order", most_keys)) {
    for (std::size_t i = 0; i < order->size(); ++i)
      s.order.push_back(text_of(
          order_item_of(input::text_of((*order)[i], item(body.path("order"), i), 10'000), table)));
  } else {
    s.order = usual_state().order;
  }
  s.filter = body.text("filter", 100'000).value_or("");
  if (const Json* filters = body.array("filters", most_filters))
    for (std::size_t i = 0; i < filters->size(); ++i) {
      s.filters.push_back(column_filter_of((*filters)[i], item(body.path("filters"), i)));
      s.filters.back().column = table.canonical(s.filters.back().column);
    }
  s.search = body.text("search", 1000).value_or("");
  if (const auto archived = body.text("archived", 16)) {
    const auto* known = std::find_if(std::begin(archived_names), std::end(archived_names),
                                     [&](const auto& a) { return a.second == *archived; });
    if (known == std::end(archived_names))
      throw Error(ErrorCode::invalid, "'archived' must be no, yes or both")
          .in(body.path("archived"));
    s.archived = known->first;
  }
  s.digits = small(body, "digits", 1, 17);
  body.finish();
  return s;
}

Json json_of(const ViewState& s) {
  Json out = {{"columns", Json::array()}, {"order", s.order}};
  for (const ViewColumn& c : s.columns) {
    Json column = {{"name", c.name}};
    if (c.width) column["width"] = *c.width;
    if (c.digits) column["digits"] = *c.digits;
    if (c.hidden) column["hidden"] = true;
    if (c.pinned) column["pinned"] = true;
    if (c.exact) column["exact"] = true;
    out["columns"].push_back(std::move(column));
  }
  out["filter"] = s.filter;
  out["filters"] = Json::array();
  for (const ColumnFilter& f : s.filters) out["filters"].push_back(json_of(f));
  out["search"] = s.search;
  for (const auto& [archived, name] : archived_names)
    if (s.archived == archived) out["archived"] = name;
  if (s.digits) out["digits"] = *s.digits;
  return out;
}

bool same(const ViewState& a, const ViewState& b) { return json_of(a) == json_of(b); }

std::vector<std::string> notices_of(const ViewState& s, const Table& table) {
  std::vector<std::string> out;
  const auto note = [&](const std::string& what, auto&& attempt) {
    try {
      attempt();
    } catch (const Error& e) {
      out.push_back(fmt::format("{} is not shown: {}", what, e.what()));
    }
  };
  for (const ViewColumn& c : s.columns)
    note(fmt::format("the column '{}'", c.name), [&] { table.column(c.name); });
  for (const std::string& o : s.order)
    note(fmt::format("the order '{}'", o), [&] { table.order_key(o); });
  note("the filter", [&] { table.parse(s.filter); });
  for (const ColumnFilter& f : s.filters)
    note(fmt::format("the filter of '{}'", f.column), [&] { table.lower(f); });
  return out;
}

std::string view_state_schema() {
  return R"({"type":"object","additionalProperties":false,"properties":{)"
         R"("columns":{"type":["array","null"],"maxItems":500,"items":{"type":"object",)"
         R"("required":["name"],"additionalProperties":false,"properties":{)"
         R"("name":{"type":"string","minLength":1},"width":{"type":["integer","null"],)"
         R"("minimum":1,"maximum":10000},"digits":{"type":["integer","null"],"minimum":1,)"
         R"("maximum":17},"hidden":{"type":["boolean","null"]},"pinned":{"type":["boolean",)"
         R"("null"]},"exact":{"type":["boolean","null"]}}}},"order":{"type":["array","null"],)"
         R"("maxItems":8,"items":{"type":"string"}},"filter":{"type":["string","null"]},)"
         R"("filters":)" +
         column_filters_schema() +
         R"(,"search":{"type":["string","null"]},"archived":{"type":["string","null"],)"
         R"("enum":["no","yes","both",null]},"digits":{"type":["integer","null"],"minimum":1,)"
         R"("maximum":17,"description":"significant digits of floats"}}})";
}

}  // namespace podium::host
