// Ranks over time: a bump chart.
#include <algorithm>
#include <cmath>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {
namespace {

/// The last rank that each path has, if it has it at the end of all.
std::vector<std::optional<double>> last_ranks(const Ranks& r) {
  double end = -INFINITY;
  for (const auto& path : r.paths)
    for (const double x : path.x) end = std::max(end, x);
  std::vector<std::optional<double>> out;
  for (const auto& path : r.paths) {
    std::optional<double> last;
    for (std::size_t i = 0; i < std::min(path.x.size(), path.rank.size()); ++i)
      if (path.x[i] == end) last = path.rank[i];
    out.push_back(last);
  }
  return out;
}

}  // namespace

Chart draw(const Ranks& r) {
  const Names names = names_of(r.paths, &Ranks::Path::of);
  const auto last = last_ranks(r);
  const std::string x_name = r.x.title.empty() ? "x" : r.x.title;
  AnswerTable table = table_of(
      {{"name"}, {x_name, r.x.time ? CellType::time : CellType::real}, {"rank", CellType::real}});
  const auto most = static_cast<double>(r.most_shown);
  std::vector<std::size_t> used;
  double worst = 1;
  Rows rows;
  for (std::size_t p = 0; p < r.paths.size(); ++p) {
    const auto& path = r.paths[p];
    const std::size_t steps = std::min(path.x.size(), path.rank.size());
    const bool seen = std::any_of(path.rank.begin(), path.rank.end(),
                                  [&](const auto& rank) { return rank && *rank <= most; });
    if (seen) used.push_back(p);
    for (std::size_t i = 0; i < steps; ++i) {
      if (!std::isfinite(path.x[i])) continue;
      add_row(
          table, r.frame,
          {names.full[p], r.x.time ? Value(static_cast<std::int64_t>(path.x[i])) : Value(path.x[i]),
           cell(path.rank[i])});
      if (!seen) continue;
      rows.row().number("s", static_cast<double>(p)).number("x", path.x[i]);
      // Below the last rank that is shown a line has a gap.
      rows.number("y",
                  path.rank[i] && *path.rank[i] <= most ? path.rank[i] : std::optional<double>());
      if (path.rank[i] && std::isfinite(*path.rank[i])) worst = std::max(worst, *path.rank[i]);
      if (i + 1 == steps && last[p] && *last[p] <= most) rows.number("e", 1);
    }
  }
  worst = std::min(worst, most);
  Frame frame = r.frame;
  if (used.size() < r.paths.size())
    frame = noted(frame, {"those of " + std::to_string(r.paths.size()) +
                          " that were ever among the first " + std::to_string(r.most_shown)});
  // Twelve colors: more paths than that are told apart by pointing at them.
  Json color = colored("t", names, used, frame.width);
  color["legend"] = nullptr;
  const Json x = position("x", r.x);
  Json y = channel("y", "quantitative", "rank");
  y["scale"] = {
      {"reverse", true}, {"zero", false}, {"nice", false}, {"domain", {0.5, worst + 0.5}}};
  y["axis"] = {{"tickMinStep", 1}, {"grid", false}, {"format", "d"}};
  const Json tips = Json::array({channel("f", "nominal", "name"),
                                 channel("x", r.x.time ? "temporal" : "quantitative", x_name),
                                 channel("y", "quantitative", "rank")});
  const Json near = {{"condition", {{"param", "near"}, {"value", 1}, {"empty", true}}},
                     {"value", 0.15}};
  Json spec = vega_lite(frame);
  spec["width"] = frame.width;
  spec["height"] = std::max(frame.height, static_cast<int>(worst) * 16);
  spec["transform"] = Json::array({lookup(names, used)});
  const Json select = {
      {"type", "point"}, {"fields", {"t"}}, {"on", "mouseover"}, {"clear", "mouseout"}};
  spec["layer"] = Json::array(
      {{{"mark", {{"type", "line"}, {"interpolate", "monotone"}, {"strokeWidth", 2}}},
        {"encoding", {{"x", x}, {"y", y}, {"color", color}, {"opacity", near}}}},
       {{"params", Json::array({{{"name", "near"}, {"select", select}}})},
        {"mark", {{"type", "circle"}, {"size", 50}, {"opacity", 1}}},
        {"encoding", {{"x", x}, {"y", y}, {"color", color}, {"opacity", near}, {"tooltip", tips}}}},
       {{"transform", Json::array({{{"filter", "datum.e"}}})},
        {"mark", {{"type", "text"}, {"align", "left"}, {"dx", 8}, {"fontSize", 11}}},
        {"encoding",
         {{"x", x},
          {"y", y},
          {"color", color},
          {"opacity", near},
          {"text", {{"field", "t"}, {"type", "nominal"}}}}}}});
  return finish(frame, std::move(spec), rows.take(), std::move(table));
}

}  // namespace podium::chart_kit
