#include "podium/front_kit/svg_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <span>

#include "podium/front_kit/chart_axis.hpp"
#include "podium/front_kit/chart_data.hpp"
#include "podium/front_kit/draw.hpp"
#include "podium/front_kit/escape.hpp"

namespace podium::front {
namespace {

constexpr double width = 800, height = 480, left = 80, right = 20, top = 20, bottom = 46;
constexpr std::size_t most_named = 20;  // curves in the legend
constexpr std::size_t most_bars = 100, longest_name = 40;

/// Cut in the middle: the ends of names differ.
std::string short_name(const std::string& name) {
  if (width_of(name) <= longest_name) return name;
  const auto boundary = [&](std::size_t at) {
    while (at < name.size() && (static_cast<unsigned char>(name[at]) & 0xc0) == 0x80) ++at;
    return at;
  };
  return name.substr(0, boundary(longest_name / 2)) + "…" +
         name.substr(boundary(name.size() - longest_name / 2));
}

std::string time_text(double milliseconds) {
  const auto seconds = static_cast<std::time_t>(std::floor(milliseconds / 1000));
  std::tm parts{};
  char text[32];
  if (gmtime_r(&seconds, &parts) == nullptr) return fmt::format("{:.10g}", milliseconds);
  return {text, std::strftime(text, sizeof text, "%m-%d %H:%M:%S", &parts)};
}

class Page {
 public:
  Page() {
    out_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
        width, height);
  }
  void text(double x, double y, const char* anchor, const std::string& what,
            const std::string& colour = "#333333") {
    out_ +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" fill=\"{}\">{}</text>\n", x,
                    y, anchor, colour, escaped(safe(what)));
  }
  void frame(const Axis& x, const Axis& y, bool time, const std::string& x_name,
             const std::string& y_name) {
    out_ += fmt::format("<path d=\"M{} {}V{}H{}\" fill=\"none\" stroke=\"#888888\"/>\n", left, top,
                        height - bottom, width - right);
    for (const double m : y.marks()) {
      out_ += fmt::format("<path d=\"M{} {:.1f}H{}\" stroke=\"#e4e4e4\"/>\n", left, y.at(m),
                          width - right);
      text(left - 6, y.at(m) + 4, "end", fmt::format("{:.4g}", m));
    }
    if (time) {
      text(left, height - bottom + 16, "start", time_text(x.least()));
      text(width - right, height - bottom + 16, "end", time_text(x.most()));
    } else if (!x_name.empty()) {
      for (const double m : x.marks())
        text(x.at(m), height - bottom + 16, "middle", fmt::format("{:.10g}", m));
    }
    text((left + width - right) / 2, height - 8, "middle", x_name);
    text(left, top - 6, "start", short_name(y_name));
  }
  void line(const std::vector<std::pair<double, double>>& points, const Axis& x, const Axis& y,
            const std::string& colour, bool dashed, double opacity) {
    // A gap ends a line; a point between two gaps is a dot.
    const auto gap = [](const auto& p) { return std::isnan(p.second); };
    for (auto first = std::find_if_not(points.begin(), points.end(), gap); first != points.end();) {
      const auto last = std::find_if(first, points.end(), gap);
      piece({first, last}, x, y, colour, dashed, opacity);
      first = std::find_if_not(last, points.end(), gap);
    }
  }
  void piece(std::span<const std::pair<double, double>> points, const Axis& x, const Axis& y,
             const std::string& colour, bool dashed, double opacity) {
    if (points.size() == 1) {
      out_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>\n",
                          x.at(points[0].first), y.at(points[0].second), colour);
      return;
    }
    std::string path;
    for (const auto& [px, py] : points) path += fmt::format("{:.1f},{:.1f} ", x.at(px), y.at(py));
    out_ += fmt::format(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"{}{}/>\n", path,
        colour, dashed ? " stroke-dasharray=\"6 3\"" : "",
        opacity < 1 ? fmt::format(" opacity=\"{}\"", opacity) : "");
  }
  void band(const std::vector<ChartCurve::Span>& spans, const Axis& x, const Axis& y,
            const std::string& colour) {
    if (spans.size() < 2) return;
    std::string path;
    for (const auto& s : spans) path += fmt::format("{:.1f},{:.1f} ", x.at(s.x), y.at(s.high));
    for (auto s = spans.rbegin(); s != spans.rend(); ++s)
      path += fmt::format("{:.1f},{:.1f} ", x.at(s->x), y.at(s->low));
    out_ += fmt::format("<polygon points=\"{}\" fill=\"{}\" opacity=\"0.2\"/>\n", path, colour);
  }
  void box(double x, double y, double w, double h, const std::string& colour, double opacity) {
    out_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" "
        "opacity=\"{}\"/>\n",
        x, y, w, h, colour, opacity);
  }
  std::string finish() { return std::move(out_) + "</svg>\n"; }

 private:
  std::string out_;
};

std::string curves_svg(const ChartData& data) {
  Axis x, y;
  for (const ChartCurve& c : data.curves) {
    for (const auto& points : {c.raw, c.shown})
      for (const auto& [px, py] : points)
        if (!std::isnan(py)) x.take(px), y.take(py);
    for (const auto& s : c.band) y.take(s.low), y.take(s.high);
  }
  x.finish(false, left, width - right);
  y.finish(data.log, height - bottom, top);
  Page page;
  page.frame(x, y, data.by_time, data.x_name, data.y_name);
  std::size_t named = 0;
  for (const ChartCurve& c : data.curves) {
    page.band(c.band, x, y, c.colour);
    if (data.smooth > 0 && c.band.empty()) page.line(c.raw, x, y, c.colour, c.dashed, 0.25);
    page.line(c.shown, x, y, c.colour, c.dashed, 1);
    if (named++ < most_named)
      page.text(width - right - 4, top + 14 + 16 * static_cast<double>(named - 1), "end",
                short_name(c.name()), c.colour);
  }
  if (named > most_named)
    page.text(width - right - 4, top + 14 + 16 * static_cast<double>(most_named), "end",
              fmt::format("and {} more", named - most_named));
  return page.finish();
}

std::string bars_svg(const ChartData& data) {
  const std::size_t count = std::min(data.bars.size(), most_bars);
  const std::size_t measures = std::max<std::size_t>(data.measures.size(), 1);
  Axis x, y;
  if (!data.log) y.take(0);
  for (std::size_t i = 0; i < count; ++i)
    for (const double v : data.bars[i].values)
      if (std::isfinite(v) && (!data.log || v > 0)) y.take(v);
  x.take(0);
  x.take(static_cast<double>(count));
  x.finish(false, left, width - right);
  y.finish(data.log, height - bottom, top);
  Page page;
  std::string title;
  for (const std::string& m : data.measures) title += (title.empty() ? "" : ", ") + m;
  page.frame(x, y, false, "", title);
  const double slot = x.at(1) - x.at(0), bar = slot * 0.8 / static_cast<double>(measures);
  const double zero = y.at(data.log ? y.least() : 0);
  for (std::size_t i = 0; i < count; ++i) {
    const ChartBar& b = data.bars[i];
    for (std::size_t m = 0; m < b.values.size(); ++m) {
      const double v = b.values[m];
      if (!std::isfinite(v) || (data.log && v <= 0)) continue;
      const double to = y.at(v);
      page.box(x.at(static_cast<double>(i)) + slot * 0.1 + bar * static_cast<double>(m),
               std::min(to, zero), bar, std::abs(to - zero), b.colour,
               1 - 0.5 * static_cast<double>(m) / static_cast<double>(measures));
    }
    if (count <= 12)
      page.text(x.at(static_cast<double>(i) + 0.5), height - bottom + 16, "middle",
                short_name(b.name).substr(0, count <= 4 ? std::string::npos : 64));
  }
  if (data.bars.size() > count)
    page.text(width - right, height - 8, "end",
              fmt::format("the first {} of {}", count, data.bars.size()));
  return page.finish();
}

}  // namespace

std::string svg_of(const nlohmann::ordered_json& answer) {
  const ChartData data = chart_data(answer);
  if (answer.at("kind") == "chart") return curves_svg(data);
  return data.bars.empty() ? std::string() : bars_svg(data);
}

}  // namespace podium::front
