// How much hangs on each parameter, beside how it is correlated.
#include <algorithm>
#include <cmath>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {

Chart draw(const Importance& m) {
  std::vector<Subject> subjects;
  for (const auto& bar : m.bars) subjects.push_back({bar.name, bar.name});
  const Names names = names_of(subjects);
  AnswerTable table = table_of({{"parameter"},
                                {"importance", CellType::real},
                                {"deviation", CellType::real},
                                {"correlation", CellType::real}});
  Rows rows;
  Json order = Json::array();
  for (std::size_t i = 0; i < m.bars.size(); ++i) {
    const auto& bar = m.bars[i];
    add_row(table, m.frame,
            {clean(bar.name), bar.importance, bar.deviation, cell(bar.correlation)});
    if (i >= m.most_shown || !std::isfinite(bar.importance)) continue;
    order.push_back(names.shown[i]);
    rows.row().text("t", names.shown[i]).text("f", clean(bar.name));
    rows.number("v", bar.importance);
    if (std::isfinite(bar.deviation))
      rows.number("l", bar.importance - bar.deviation).number("h", bar.importance + bar.deviation);
    rows.number("r", bar.correlation);
  }
  Frame frame = m.frame;
  if (m.bars.size() > m.most_shown)
    frame = noted(frame, {"the first " + std::to_string(m.most_shown) + " of " +
                          std::to_string(m.bars.size()) + " parameters"});
  Json y = channel("t", "nominal", "");
  y["sort"] = std::move(order);
  y["axis"] = {{"labelLimit", 220}, {"ticks", false}};
  const Json height = {{"step", 20}};
  const Json tips = Json::array({channel("f", "nominal", "parameter"),
                                 channel("v", "quantitative", m.importance_title),
                                 channel("r", "quantitative", m.correlation_title)});
  Axis along;
  along.title = m.importance_title;
  const Json x = position("v", along, true);
  Json low = x;
  low["field"] = "l";
  Json bars = {
      {"width", frame.width * 2 / 3},
      {"height", height},
      {"layer", Json::array({{{"mark", {{"type", "bar"}, {"color", "#4c78a8"}}},
                              {"encoding", {{"y", y}, {"x", x}, {"tooltip", tips}}}},
                             {{"mark", {{"type", "rule"}, {"color", "#777777"}}},
                              {"encoding", {{"y", y}, {"x", low}, {"x2", {{"field", "h"}}}}}}})}};
  Json r = channel("r", "quantitative", m.correlation_title);
  r["scale"] = {{"domain", {-1, 1}}};
  r["axis"] = {{"tickCount", 5}};
  Json named = y;
  named["axis"] = nullptr;
  Json sign = {{"condition", {{"test", "datum.r < 0"}, {"value", "#e45756"}}},
               {"value", "#54a24b"}};
  Json correlation = {{"width", frame.width / 3},
                      {"height", height},
                      {"mark", {{"type", "bar"}}},
                      {"encoding", {{"y", named}, {"x", r}, {"color", sign}, {"tooltip", tips}}}};
  Json spec = vega_lite(frame);
  spec["hconcat"] = Json::array({std::move(bars), std::move(correlation)});
  return finish(frame, std::move(spec), rows.take(), std::move(table));
}

}  // namespace podium::chart_kit
