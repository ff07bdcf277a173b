// POST /api/v1/comparisons/charts and /importance, and the rows of a chart by URL.
#include "plots/routes.hpp"

#include <nlohmann/json.hpp>

#include "charts/chart_request.hpp"
#include "charts/chart_schemas.hpp"
#include "charts/charts.hpp"
#include "podium/http/input.hpp"
#include "podium/http/json_depth.hpp"
#include "podium/http/percent.hpp"
#include "podium/plugin.hpp"
#include "route_parts.hpp"

namespace podium::comparison {
namespace {

constexpr const char* data_path = "/api/v1/comparisons/charts/data";
constexpr std::size_t longest_url = 6000;

void write_cell(JsonWriter& w, const Value& value) {
  std::visit(
      [&](const auto& v) {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>)
          w.null();
        else
          w.value(v);
      },
      value);
}

void write_table(JsonWriter& w, const AnswerTable& table) {
  w.key("table").object().key("columns").array();
  for (const auto& column : table.columns)
    w.object().key("name").value(column.name).key("type").value(name(column.type)).end_object();
  w.end_array().key("rows").array();
  for (const auto& row : table.rows) {
    w.array();
    for (const Value& value : row) write_cell(w, value);
    w.end_array();
  }
  w.end_array().key("truncated").value(table.truncated).key("of");
  if (table.of)
    w.value(*table.of);
  else
    w.null();
  w.end_object();
}

void write_figure(JsonWriter& w, const AnswerFigure& figure, bool table) {
  w.key("title").value(figure.title).key("media_type").value(figure.media_type);
  w.key("specification").raw(figure.specification);
  if (table) write_table(w, figure.table);
}

/// Where the rows of a question are: the question itself is in the URL.
std::string data_url(const Request& request) {
  Json body = Json::parse(request.body());
  for (const char* member : {"data", "table", "title", "width", "height"}) body.erase(member);
  const std::string url = std::string(data_path) + "?request=" + percent_encoded(body.dump());
  if (url.size() > longest_url)
    throw Error(ErrorCode::too_large,
                "the question is too long for a URL; name a project and a filter instead of tasks, "
                "or take the data inline")
        .in("data");
  return url;
}

Response chart(PluginContext& context, Request& request) {
  Members body = Members::of_body(request);
  ChartRequest asked = read_chart(body);
  if (asked.by_url) asked.chart.frame.data_url = data_url(request);
  return side_by_side(context, request, asked.selection,
                      [&](const Reader& reader, const Selected& selected, JsonWriter& w) {
                        const auto drawn = draw_chart(context, reader, request.who(), selected,
                                                      asked.chart, request.cancel());
                        w.key("kind").value(asked.chart.kind);
                        write_figure(w, drawn.figure, asked.table);
                      });
}

Response rows(PluginContext& context, Request& request) {
  const auto text = Parameters(request).text("request");
  if (!text) throw Error(ErrorCode::invalid, "'request' is missing").in("request");
  if (!json_depth_ok(*text, input::max_depth))
    throw Error(ErrorCode::invalid, "'request' is nested too deeply").in("request");
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object())
    throw Error(ErrorCode::invalid, "'request' must be a JSON object").in("request");
  Members body(json, "");
  ChartRequest asked = read_chart(body);
  asked.chart.frame.data_url = data_path;  // the rows apart; where they are does not matter here
  asked.chart.frame.table_rows = 0;
  Response response;
  context.store().read([&](const Reader& reader) {
    const Selected selected = select(context, reader, request.who(), asked.selection);
    response.body =
        draw_chart(context, reader, request.who(), selected, asked.chart, request.cancel()).rows;
  });
  return response;
}

void write_optional(JsonWriter& w, const char* member, const std::optional<double>& value) {
  w.key(member);
  if (value)
    w.value(*value);
  else
    w.null();
}

Response importance(PluginContext& context, Request& request) {
  Members body = Members::of_body(request);
  const ImportanceRequest asked = read_importance(body);
  return side_by_side(
      context, request, asked.selection,
      [&](const Reader& reader, const Selected& selected, JsonWriter& w) {
        const Explained found =
            explain(context, reader, request.who(), selected, asked.importance, request.cancel());
        w.key("target").value(found.target);
        w.key("counted").value(static_cast<std::int64_t>(found.tasks));
        w.key("score").value(found.score);
        w.key("trees").value(static_cast<std::int64_t>(found.forest.trees));
        w.key("seed").value(static_cast<std::int64_t>(found.forest.seed));
        w.key("parameters").array();
        for (const auto& p : found.parameters) {
          w.object().key("name").value(p.name).key("kind").value(p.categorical ? "text" : "number");
          w.key("importance").value(p.importance).key("deviation").value(p.deviation);
          w.key("share").value(p.share);
          write_optional(w, "pearson", p.pearson);
          write_optional(w, "spearman", p.spearman);
          w.key("tasks").value(static_cast<std::int64_t>(p.tasks));
          w.key("distinct").value(static_cast<std::int64_t>(p.distinct)).end_object();
        }
        w.end_array().key("notices").array();
        for (const std::string& notice : found.notices) w.value(notice);
        w.end_array().key("figure").object();
        write_figure(w, draw(found, asked.frame).figure, asked.table);
        w.end_object();
      });
}

Route route_of(PluginContext& context, const char* method, const char* path, const char* summary,
               Response (*answer)(PluginContext&, Request&), std::string request_schema,
               std::string answer_schema) {
  Route route;
  route.method = method;
  route.path = path;
  route.permission = "task.read";
  route.summary = summary;
  route.handler =
      Handler([&context, answer](Request& request) { return answer(context, request); });
  route.body = request_schema.empty() ? BodyKind::none : BodyKind::text;
  route.request_schema = std::move(request_schema);
  route.answer_schema = std::move(answer_schema);
  return route;
}

}  // namespace

std::vector<Route> chart_routes(PluginContext& context) {
  std::vector<Route> table;
  table.push_back(
      route_of(context, "POST", "/api/v1/comparisons/charts",
               "A chart of tasks, as a specification of Vega-Lite or Vega and as a table", chart,
               schemas::chart_request(), schemas::chart()));
  Route& data = table.emplace_back(route_of(context, "GET", data_path,
                                            "The rows of a chart that has its data by URL", rows,
                                            "", schemas::chart_rows()));
  Parameter asked{"request", "the body of the request for the chart, as JSON"};
  asked.required = true;
  data.parameters = {asked};
  table.push_back(route_of(context, "POST", "/api/v1/comparisons/importance",
                           "How much a metric hangs on each parameter", importance,
                           schemas::importance_request(), schemas::importance()));
  table.push_back(route_of(context, "POST", "/api/v1/comparisons/plots",
                           "Plots that tasks logged: which there are, or some laid over each other",
                           plots, schemas::plots_request(), schemas::plots()));
  return table;
}

}  // namespace podium::comparison
