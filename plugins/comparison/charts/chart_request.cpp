#include "charts/chart_request.hpp"

#include <algorithm>
#include <cmath>

#include "podium/http/input.hpp"
#include "series_input.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t most_names = 101, longest_name = 10'000;

std::vector<std::string> names_in(Members& body, const char* member, std::size_t most) {
  std::vector<std::string> out;
  if (const Json* names = body.array(member, most))
    for (std::size_t i = 0; i < names->size(); ++i)
      out.push_back(input::text_of((*names)[i], body.path(member) + "[" + std::to_string(i) + "]",
                                   longest_name));
  return out;
}

chart_kit::Frame read_frame_members(Members& body) {
  chart_kit::Frame frame;
  frame.title = body.text("title", 500).value_or("");
  frame.width = static_cast<int>(body.integer("width", 200, 4000).value_or(frame.width));
  frame.height = static_cast<int>(body.integer("height", 100, 4000).value_or(frame.height));
  return frame;
}

/// {"metrics.acc": [0.8, 1]}
void read_brushes(Members& body, ChartQuestion& q) {
  const Json* brush = body.any("brush");
  if (brush == nullptr || brush->is_null()) return;
  if (!brush->is_object() || brush->size() > 20)
    throw input::wrong(body.path("brush"), "must be an object of at most 20 axes");
  for (const auto& [name, ends] : brush->items()) {
    const std::string path = body.path("brush") + "." + name;
    if (!ends.is_array() || ends.size() != 2 || !ends[0].is_number() || !ends[1].is_number())
      throw input::wrong(path, "must be two numbers, from and to");
    q.brushes.emplace_back(name, std::pair(ends[0].get<double>(), ends[1].get<double>()));
  }
}

std::string kinds_schema() {
  std::string out;
  for (const std::string& kind : chart_kinds()) out += (out.empty() ? "\"" : ",\"") + kind + "\"";
  return out;
}

constexpr const char* frame_schema =
    R"("title":{"type":["string","null"],"maxLength":500},)"
    R"("width":{"type":["integer","null"],"minimum":200,"maximum":4000},)"
    R"("height":{"type":["integer","null"],"minimum":100,"maximum":4000},)"
    R"("table":{"type":["boolean","null"],"description":"the same as a table, at most 1000 rows; )"
    R"(true when absent"})";

}  // namespace

ChartRequest read_chart(Members& body) {
  ChartRequest out;
  ChartQuestion& q = out.chart;
  const auto kind = body.text("kind", 64);
  if (!kind) throw input::wrong(body.path("kind"), "is missing: which chart");
  q.kind = *kind;
  out.selection = read_selection(body, most_in_chart(q.kind));
  if (q.kind == "curves") {
    q.series = read_series_question(body);
  } else {
    q.names = names_in(body, "names", most_names);
    if (q.kind == "box")
      for (std::string& name : names_in(body, "group", 1)) q.group = std::move(name);
    if (q.kind == "scatter" || q.kind == "parallel")
      q.color = body.text("color", longest_name).value_or("");
    if (q.kind == "summary") q.statistic = body.text("statistic", 16).value_or(q.statistic);
    if (q.kind == "parallel") read_brushes(body, q);
  }
  q.log_axes = names_in(body, "log", 20);
  q.frame = read_frame_members(body);
  if (const auto data = body.text("data", 16)) {
    if (*data != "inline" && *data != "url")
      throw input::wrong(body.path("data"), "must be inline or url");
    out.by_url = *data == "url";
  }
  out.table = body.boolean("table").value_or(true);
  body.finish();
  return out;
}

std::string chart_schema() {
  return R"("kind":{"enum":[)" + kinds_schema() +
         R"(]},"names":{"type":["array","null"],"maxItems":101,"items":{"type":"string"},)"
         R"("description":"of the query language; scatter: two; box: one; importance: the target )"
         R"(first; summary, parallel: absent, what is usual"},)"
         R"("color":{"type":["string","null"],"description":"of scatter and parallel"},)"
         R"("statistic":{"enum":["last","min","max","first","mean",null]},)"
         R"("brush":{"type":["object","null"],"maxProperties":20,"description":"of parallel: )"
         R"([from, to] by axis","additionalProperties":{"type":"array","minItems":2,"maxItems":2,)"
         R"("items":{"type":"number"}}},)"
         R"("log":{"type":["array","null"],"maxItems":20,"items":{"type":"string"},)"
         R"("description":"x, y; of parallel names"},)"
         R"("data":{"enum":["inline","url",null]},)" +
         std::string(frame_schema) + "," + series_schema();
}

ImportanceRequest read_importance(Members& body) {
  ImportanceRequest out;
  out.selection = read_selection(body, most_charted);
  const auto target = body.text("target", longest_name);
  if (!target) throw input::wrong(body.path("target"), "is missing: what is to be explained");
  out.importance.target = *target;
  out.importance.parameters = names_in(body, "parameters", 100);
  ForestOptions& forest = out.importance.forest;
  forest.trees = static_cast<std::size_t>(body.integer("trees", 10, 500).value_or(100));
  forest.repeats = static_cast<std::size_t>(body.integer("repeats", 1, 20).value_or(5));
  forest.tried = static_cast<std::size_t>(body.integer("tried", 1, 100).value_or(0));
  forest.seed =
      static_cast<std::uint64_t>(body.integer("seed", 0, 9'007'199'254'740'991).value_or(1));
  out.frame = read_frame_members(body);
  out.table = body.boolean("table").value_or(true);
  body.finish();
  return out;
}

std::string importance_schema() {
  return R"("target":{"type":"string","description":"a name of the query language: )"
         R"(metrics.acc, metrics.loss.min"},)"
         R"("parameters":{"type":["array","null"],"maxItems":100,"items":{"type":"string"},)"
         R"("description":"names of the query language; absent: all params that differ"},)"
         R"("trees":{"type":["integer","null"],"minimum":10,"maximum":500},)"
         R"("repeats":{"type":["integer","null"],"minimum":1,"maximum":20},)"
         R"("tried":{"type":["integer","null"],"minimum":1,"maximum":100,"description":"parameters )"
         R"(that a split looks at; a third of them when absent"},)"
         R"("seed":{"type":["integer","null"],"minimum":0,"maximum":9007199254740991},)" +
         std::string(frame_schema);
}

}  // namespace podium::comparison
