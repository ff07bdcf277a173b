// Which routes there are, and those of curves, values and colours.
#include "routes.hpp"

#include "charts/charts.hpp"
#include "colors.hpp"
#include "hash.hpp"
#include "podium/http/input.hpp"
#include "podium/plugin.hpp"
#include "route_parts.hpp"
#include "schemas.hpp"
#include "selection.hpp"
#include "series_input.hpp"
#include "series_writer.hpp"
#include "values.hpp"

namespace podium::comparison {
namespace {

/// Of what was asked, in which form, and of what the answer would be made of.
std::string series_tag(const SeriesPlan& plan, std::string_view body, bool binary) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string tag = "\"";
  for (std::uint64_t part : {fingerprint(plan), hash_of(body) ^ (binary ? 1u : 0u)})
    for (int i = 0; i < 16; ++i, part >>= 4) tag += digits[part & 15];
  return tag + '"';
}

ValuesQuestion read_values_question(Members& body) {
  ValuesQuestion q;
  q.metrics = read_metrics(body);
  const Json* better = body.any("better");
  if (better == nullptr || better->is_null()) return q;
  if (!better->is_object() || better->size() > 1000)
    throw input::wrong(body.path("better"), "must be an object of at most 1000 metrics");
  for (const auto& [key, value] : better->items()) {
    const std::string path = body.path("better") + "." + key;
    const std::string word = input::text_of(value, path, 8);
    if (word != "max" && word != "min") throw input::wrong(path, "must be max or min");
    q.better[key] = word == "max" ? Better::max : Better::min;
  }
  return q;
}

void write(JsonWriter& w, const MetricValues& m) {
  constexpr const char* names[] = {"", "max", "min"};
  w.object().key("key").value(m.key).key("scope").value(m.scope).key("better");
  if (m.better == Better::unknown)
    w.null().key("by").null();
  else
    w.value(names[static_cast<std::size_t>(m.better)])
        .key("by")
        .value(m.from_goal ? "goal" : "request");
  w.key("single").value(m.single).key("values").array();
  for (const auto& cell : m.cells) {
    if (cell.points == 0) {
      w.null();
      continue;
    }
    w.array();
    for (const double v : cell.values) w.value(v);
    w.end_array();
  }
  w.end_array().key("points").array();
  for (const auto& cell : m.cells) w.value(cell.points);
  w.end_array().key("equal").array();
  for (const bool e : m.equal) w.value(e);
  w.end_array().key("best").array();
  for (const auto& tasks : m.best) {
    w.array();
    for (const std::size_t t : tasks) w.value(static_cast<std::int64_t>(t));
    w.end_array();
  }
  w.end_array().end_object();
}

}  // namespace

Response ComparisonRoutes::series(Request& request) const {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body);
  const SeriesQuestion asked = read_series_question(body);
  body.finish();
  const bool binary = request.header("Accept").find(binary_type) != std::string_view::npos;
  Response response;
  context_.store().read([&](const Reader& reader) {
    response = Response();
    const Principal& who = request.who();
    SeriesPlan plan =
        plan_series(context_, reader, who, select(context_, reader, who, selection), asked);
    const std::string tag = series_tag(plan, request.body(), binary);
    response.headers.emplace_back("ETag", tag);
    response.headers.emplace_back("Vary", "Accept");
    if (request.header("If-None-Match").find(tag) != std::string_view::npos) {
      response.status = 304;
      return;
    }
    const SeriesAnswer answer =
        read_series(context_, reader, who, std::move(plan), asked, request.cancel());
    response.body = binary ? series_binary(answer, asked) : series_json(answer, asked);
    if (binary) response.content_type = binary_type;
  });
  return response;
}

Response ComparisonRoutes::values(Request& request) const {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body);
  const ValuesQuestion asked = read_values_question(body);
  body.finish();
  return side_by_side(
      context_, request, selection,
      [&](const Reader& reader, const Selected& selected, JsonWriter& w) {
        w.key("statistics").array();
        for (const char* s : value_statistics) w.value(s);
        w.end_array().key("metrics").array();
        for (const MetricValues& m : read_values(context_, reader, request.who(), selected, asked))
          write(w, m);
        w.end_array();
      });
}

Response ComparisonRoutes::colors(Request& request) const {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body, most_charted);
  body.finish();
  return side_by_side(context_, request, selection,
                      [](const Reader&, const Selected&, JsonWriter&) {});
}

Response ComparisonRoutes::keep(Request& request) const {
  Members body = Members::of_body(request);
  const Json* given = body.any("colors");
  if (given == nullptr || !given->is_object() || given->size() > most_charted)
    throw input::wrong("colors", "must be an object of colours by task id, at most 2000");
  std::vector<std::pair<std::string, std::optional<std::string>>> wanted;
  Selection selection;
  for (const auto& [id, value] : given->items()) {
    std::optional<std::string> color;
    if (!value.is_null()) {
      color = normal_color(input::text_of(value, "colors." + id, 32));
      if (!color) throw input::wrong("colors." + id, "must be a colour as \"#4c78a8\", or null");
    }
    wanted.emplace_back(id, color);
    selection.ids.push_back(id);
  }
  body.finish();
  keep_colors(context_, request.who(), wanted);
  if (selection.ids.empty()) selection.limit = 0;
  return side_by_side(context_, request, selection,
                      [](const Reader&, const Selected&, JsonWriter&) {});
}

void ComparisonRoutes::add_side_by_side(std::vector<Route>& table) {
  const auto add = [&](const char* method, const char* path, const char* summary,
                       Response (ComparisonRoutes::*handler)(Request&) const,
                       std::string request_schema, std::string answer_schema) -> Route& {
    Route& route = table.emplace_back();
    route.method = method;
    route.path = path;
    route.permission = "task.read";
    route.summary = summary;
    route.handler = Handler([this, handler](Request& r) { return (this->*handler)(r); });
    route.request_schema = std::move(request_schema);
    route.answer_schema = std::move(answer_schema);
    return route;
  };
  Route& curves = add("POST", "/api/v1/series", "Curves of metrics of up to 200 tasks, sampled",
                      &ComparisonRoutes::series, schemas::series_request(), schemas::series());
  curves.answer_types = {"application/json", binary_type};
  Parameter known{"If-None-Match", "the ETag of an answer before: 304 when it would be the same"};
  known.in = Parameter::In::header;
  curves.parameters = {known};
  add("POST", "/api/v1/comparisons/values",
      "Metrics by task: last, least, greatest, first and mean, with the best marked",
      &ComparisonRoutes::values, schemas::values_request(), schemas::values());
  add("POST", "/api/v1/comparisons/colors", "The colours of tasks", &ComparisonRoutes::colors,
      schemas::selection_request(most_charted), schemas::selected());
  add("PUT", "/api/v1/comparisons/colors", "Gives tasks colours, everywhere",
      &ComparisonRoutes::keep, schemas::colors_request(), schemas::selected())
      .permission = "comparison.write";
}

std::vector<Route> ComparisonRoutes::routes() {
  std::vector<Route> table;
  add_side_by_side(table);
  add_outputs(table);
  add_saved(table);
  for (Route& route : chart_routes(context_)) table.push_back(std::move(route));
  return table;
}

}  // namespace podium::comparison
