// POST /api/v1/tasks/{id}/log
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/api/task_handlers.hpp"

namespace podium::host {
namespace {

constexpr std::size_t most_points = 1'000'000;

struct LoggedSeries {
  std::string key, scope;
  std::vector<Point> points;
};

std::vector<LoggedSeries> read_metrics(const Json& metrics, std::int64_t now) {
  std::vector<LoggedSeries> out;
  std::size_t total = 0;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    Members item(metrics[i], "metrics[" + std::to_string(i) + "]");
    LoggedSeries series;
    series.key = item.text("key", 1024).value_or("");
    if (series.key.empty())
      throw Error(ErrorCode::invalid, "a metric needs a key").in(item.path("key"));
    series.scope = item.text("scope", 1024).value_or("");
    const Json* points = item.array("points", 100'000);
    item.finish();
    if (!points) throw Error(ErrorCode::invalid, "a metric needs points").in(item.path("points"));
    if ((total += points->size()) > most_points)
      throw Error(ErrorCode::too_large, "at most 1000000 points in one call").in("metrics");
    series.points.reserve(points->size());
    for (std::size_t k = 0; k < points->size(); ++k) {
      const Json& p = (*points)[k];
      const std::string path = item.path("points") + "[" + std::to_string(k) + "]";
      if (!p.is_array() || p.size() != 3)
        throw Error(ErrorCode::invalid, "a point is [step, time, value]").in(path);
      series.points.push_back({input::integer_of(p[0], path + "[0]"),
                               p[1].is_null() ? now : input::integer_of(p[1], path + "[1]"),
                               input::real_of(p[2], path + "[2]")});
    }
    out.push_back(std::move(series));
  }
  return out;
}

}  // namespace

Response log_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const Entries params = entries_of(body, "params", false), tags = entries_of(body, "tags", false);
  std::vector<LoggedSeries> metrics;
  if (const Json* given = body.array("metrics", 10'000)) metrics = read_metrics(*given, core.now());
  body.finish();

  const auto param_views = params.views(), tag_views = tags.views();
  std::vector<SeriesPoints> series;
  std::int64_t points = 0;
  for (const auto& m : metrics) {
    series.push_back({m.key, m.scope, m.points});
    points += static_cast<std::int64_t>(m.points.size());
  }
  const Principal& who = request.who();
  core.store.write([&](Transaction& t) {
    const auto head = services.tasks.require(t, who, request.segment("id"));
    services.tasks.log(t, who, head, {param_views, tag_views, series});
  });
  std::string answer;
  JsonWriter w(answer);
  w.object().key("params").value(static_cast<std::int64_t>(param_views.size()));
  w.key("tags")
      .value(static_cast<std::int64_t>(tag_views.size()))
      .key("points")
      .value(points)
      .end_object();
  return json_response(std::move(answer));
}

}  // namespace podium::host
