#include "gallery.hpp"

#include <cmath>
#include <limits>
#include <random>

namespace podium::test {
namespace {

using namespace chart_kit;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double noon = 1'790'000'000'000;

/// Names as people have them, then those that try to break a chart.
std::string odd_name(std::size_t i) {
  static const std::vector<std::string> names = {
      "</script><script>alert(1)</script>",
      "params.lr[0]\\.x",
      "it's \"quoted\"",
      "datum.x + ']'",
      "line\nbreak\tand\x01 control",
      "",
      "عربي \xe2\x80\xaeمرحبا",
      "模型一号",
      "a-very-long-name-of-an-experiment-whose-tail-differs-from-others-seed-0001",
      "a-very-long-name-of-an-experiment-whose-tail-differs-from-others-seed-0002",
      "__proto__",
      "same",
      "same"};
  return names[i % names.size()];
}

std::vector<Subject> subjects(std::size_t n, bool odd = false) {
  std::vector<Subject> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back({"0193a5c0ffee" + std::to_string(100000 + i),
                   odd ? odd_name(i) : "resnet-" + std::to_string(i + 1)});
  return out;
}

Curves curves(std::size_t n, std::size_t points, bool odd = false) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, 0.02);
  Curves c;
  c.frame.title = "loss";
  c.x.title = "step";
  c.y.title = "loss";
  const auto of = subjects(n, odd);
  for (std::size_t i = 0; i < n; ++i) {
    Curves::Curve curve;
    curve.of = of[i];
    curve.metric = "loss";
    const double rate = 0.5 + static_cast<double>(i % 17) / 10;
    for (std::size_t k = 0; k < points; ++k) {
      const double x = static_cast<double>(k) * 10;
      curve.x.push_back(x);
      curve.y.push_back(std::exp(-rate * x / static_cast<double>(points) / 3) +
                        static_cast<double>(i) / static_cast<double>(n) / 3 + noise(random));
    }
    c.curves.push_back(std::move(curve));
  }
  return c;
}

Dimension numbers(const std::string& name, std::vector<double> values) {
  Dimension out;
  out.name = name;
  for (const double v : values) {
    out.values.emplace_back(v);
    out.numbers.emplace_back(v);
  }
  return out;
}

Dimension texts(const std::string& name, std::vector<std::string> values) {
  Dimension out;
  out.name = name;
  for (auto& v : values) {
    out.values.emplace_back(std::move(v));
    out.numbers.emplace_back(std::nullopt);
  }
  return out;
}

std::vector<double> random_numbers(std::size_t n, unsigned seed, double least, double most,
                                   bool log = false) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> even(log ? std::log(least) : least,
                                              log ? std::log(most) : most);
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(log ? std::exp(even(random)) : even(random));
  return out;
}

std::vector<std::string> random_texts(std::size_t n, unsigned seed,
                                      const std::vector<std::string>& of) {
  std::mt19937 random(seed);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(of[random() % of.size()]);
  return out;
}

void add_curves(std::vector<Example>& out) {
  out.push_back({"curves", draw(curves(5, 60))});
  out.push_back({"curves-20", draw(curves(20, 100))});
  out.push_back({"curves-200", draw(curves(200, 100))});
  out.push_back({"curves-none", draw(curves(0, 0))});
  Curves odd = curves(13, 30, true);
  odd.frame.title = "loss of \"everything\" <b>";
  odd.frame.subtitle = "log axes; NaN, infinities and numbers below 0 among the values";
  odd.x.log = odd.y.log = true;
  odd.curves[0].y[5] = nan;
  odd.curves[1].y[6] = inf;
  odd.curves[2].y[7] = -1;
  odd.curves[3].x[3] = nan;
  for (double& y : odd.curves[4].y) y = nan;
  odd.curves[5].x.resize(1);
  odd.curves[5].y.resize(1);
  odd.curves[5].x[0] = 50;
  out.push_back({"curves-odd", draw(odd)});
  Curves band = curves(3, 60);
  band.frame.title = "accuracy by params.arch";
  band.band = "mean ± standard deviation";
  for (auto& curve : band.curves) {
    for (std::size_t k = 0; k < curve.y.size(); ++k) {
      curve.low.push_back(curve.y[k] - 0.08);
      curve.high.push_back(curve.y[k] + 0.08);
    }
    curve.of.label = "params.arch=" + curve.of.label;
  }
  out.push_back({"curves-band", draw(band)});
  band.y.log = true;
  band.curves[0].low[10] = -0.5;
  out.push_back({"curves-band-log", draw(band)});
  Curves smooth = curves(4, 200);
  smooth.frame.title = "smoothed, with what was logged behind";
  smooth.x.time = true;
  smooth.x.title = "time";
  for (auto& curve : smooth.curves) {
    for (double& x : curve.x) x = noon + x * 60'000;
    curve.original_x = curve.x;
    curve.original_y = curve.y;
    for (std::size_t k = 1; k < curve.y.size(); ++k)
      curve.y[k] = 0.9 * curve.y[k - 1] + 0.1 * curve.y[k];
  }
  out.push_back({"curves-time-originals", draw(smooth)});
  Curves several = curves(4, 50);
  several.frame.title = "three metrics";
  for (const char* metric : {"acc[val].x", "lr\\."}) {
    Curves more = curves(4, 50);
    for (auto& curve : more.curves) {
      curve.metric = metric;
      for (double& y : curve.y) y = 100 - 30 * y;
      several.curves.push_back(std::move(curve));
    }
  }
  several.y.title = "";
  out.push_back({"curves-metrics", draw(several)});
  several.frame.title = "three metrics, of sizes for an axis each";
  several.layout = Curves::Layout::fitting;
  out.push_back({"curves-fitting-apart", draw(several)});
  Curves together = curves(3, 50);
  together.frame.title = "in training and in validation";
  together.y.title = "";
  together.layout = Curves::Layout::fitting;
  for (auto& curve : curves(3, 50).curves) {
    curve.metric = "val_loss";
    for (double& y : curve.y) y = y * 1.2 + 0.1;
    together.curves.push_back(std::move(curve));
  }
  out.push_back({"curves-together", draw(together)});
  Curves near = curves(4, 400);
  near.frame.title =
      "colors that are too near each other; points that tell when they are pointed at";
  const char* colors[] = {"#4c78a8", "#4c78a8", "#f58518", "#4c7cb0"};
  for (std::size_t i = 0; i < 4; ++i) near.curves[i].of.color = colors[i];
  out.push_back({"curves-near-colors", draw(near)});
  Curves zoomed = curves(3, 80);
  zoomed.frame.title = "a range";
  zoomed.x.least = 200;
  zoomed.x.most = 500;
  zoomed.y.most = 0.9;
  out.push_back({"curves-range", draw(zoomed)});
  Curves by_url = curves(2, 10);
  by_url.frame.data_url = "/api/v1/comparisons/charts/data?request=%7B%7D";
  out.push_back({"curves-url", draw(by_url)});
}

Bars bars(std::size_t n, const std::vector<double>& sizes, bool odd = false) {
  Bars b;
  b.frame.title = "Summary";
  b.subjects = subjects(n, odd);
  for (std::size_t m = 0; m < sizes.size(); ++m) {
    Bars::Measure measure;
    measure.name = odd ? odd_name(m) + std::to_string(m) : "metric " + std::to_string(m + 1);
    for (const double v : random_numbers(n, 3 + static_cast<unsigned>(m), 0.4, 1))
      measure.values.emplace_back(v * sizes[m]);
    b.measures.push_back(std::move(measure));
  }
  return b;
}

void add_bars(std::vector<Example>& out) {
  out.push_back({"bars", draw(bars(6, {1}))});
  out.push_back({"bars-clustered", draw(bars(5, {1, 0.9, 1.1}))});
  out.push_back({"bars-apart", draw(bars(8, {1, 300, 2e-6}))});
  out.push_back({"bars-large", draw(bars(5, {3e11, 2e11}))});
  out.push_back({"bars-200", draw(bars(200, {1}))});
  out.push_back({"bars-200-apart", draw(bars(200, {1, 2, 3}))});
  out.push_back({"bars-none", draw(bars(0, {1, 1}))});
  Bars odd = bars(13, {1, 1, 1}, true);
  odd.measures[0].values[0] = nan;
  odd.measures[0].values[1] = -inf;
  odd.measures[1].values[2] = std::nullopt;
  odd.measures[2].values[3] = -0.4;
  out.push_back({"bars-odd", draw(odd)});
  odd.log = true;
  out.push_back({"bars-log", draw(odd)});
  Bars spread = bars(4, {1, 0.8});
  for (auto& measure : spread.measures)
    for (const auto& v : measure.values) {
      measure.low.emplace_back(*v - 0.1);
      measure.high.emplace_back(*v + 0.1);
    }
  out.push_back({"bars-spread", draw(spread)});
}

void add_points(std::vector<Example>& out) {
  Scatter s;
  s.frame.title = "params.lr and metrics.acc";
  s.subjects = subjects(60);
  s.across = numbers("params.lr", random_numbers(60, 1, 1e-5, 1, true));
  s.up = numbers("metrics.acc", random_numbers(60, 2, 0.5, 1));
  s.x.log = true;
  s.across.values[3] = Value();
  out.push_back({"scatter", draw(s)});
  s.color = texts("params.opt", random_texts(60, 3, {"adam", "sgd", "lion"}));
  out.push_back({"scatter-groups", draw(s)});
  s.color = numbers("params.depth", random_numbers(60, 4, 1, 50));
  s.color->values[7] = Value();
  out.push_back({"scatter-shaded", draw(s)});
  s.across =
      texts("params.arch", random_texts(60, 5, {odd_name(0), odd_name(1), odd_name(7), "b"}));
  out.push_back({"scatter-texts", draw(s)});
  s.color = texts("params.opt", random_texts(60, 6, {"adam", "sgd"}));
  for (std::size_t i = 0; i < 10; ++i) s.color->values[i] = Value();
  out.push_back({"scatter-missing-groups", draw(s)});
  s = {};
  s.subjects = subjects(2000);
  s.across = numbers("x.y[z]", random_numbers(2000, 6, -3, 3));
  s.up = numbers("up", random_numbers(2000, 7, -3, 3));
  out.push_back({"scatter-2000", draw(s)});
  s = {};
  out.push_back({"scatter-none", draw(s)});

  Boxes b;
  b.frame.title = "metrics.acc by params.opt";
  b.value.title = "metrics.acc";
  for (const char* name : {"adam", "sgd", "lion"}) {
    Boxes::Group group{{name, name},
                       random_numbers(20, 8 + static_cast<unsigned>(b.groups.size()), 0.5, 0.9)};
    for (std::size_t i = 0; i < 20; ++i) group.of.push_back("resnet-" + std::to_string(i));
    b.groups.push_back(std::move(group));
  }
  out.push_back({"box", draw(b)});
  for (std::size_t i = 0; i < 10; ++i)
    b.groups.push_back(
        {{odd_name(i), odd_name(i)}, {0.5, nan, inf, 0.6 + 0.01 * static_cast<double>(i)}});
  b.groups.push_back({{"none", "none"}, {}});
  out.push_back({"box-odd", draw(b)});
  for (unsigned i = 0; i < 187; ++i)
    b.groups.push_back(
        {{"g" + std::to_string(i), "seed=" + std::to_string(i)}, random_numbers(9, i, 0.4, 0.9)});
  b.frame.title = "200 groups";
  out.push_back({"box-200", draw(b)});

  Front f;
  f.frame.title = "score against energy";
  f.x.title = "kWh";
  f.y.title = "metrics.acc";
  const auto energy = random_numbers(40, 11, 0.1, 10, true);
  const auto noise = random_numbers(40, 12, -0.2, 0);
  const auto of = subjects(40);
  for (std::size_t i = 0; i < 40; ++i)
    f.points.push_back({of[i], energy[i], 0.8 + 0.06 * std::log(energy[i]) + noise[i]});
  f.x.log = true;
  for (auto& p : f.points) {
    p.on_front = true;
    for (const auto& q : f.points)
      if (q.x <= p.x && q.y >= p.y && (q.x < p.x || q.y > p.y)) p.on_front = false;
  }
  for (auto& p : f.points)
    if (p.on_front) {
      p.knee = true;
      break;
    }
  out.push_back({"front", draw(f)});
  f.points[0].x = nan;
  f.points[1].of.label = odd_name(0);
  f.points[1].on_front = true;
  f.x_up = true;
  f.x.log = false;
  out.push_back({"front-odd", draw(f)});
  out.push_back({"front-none", draw(Front{})});

  Intervals v;
  v.frame.title = "score with 95 % interval";
  v.value.title = "metrics.acc";
  for (std::size_t i = 0; i < 12; ++i) {
    const double at = 0.9 - 0.02 * static_cast<double>(i);
    v.rows.push_back({subjects(12)[i], at, at - 0.03, at + 0.02,
                      i < 4   ? "A"
                      : i < 9 ? "B"
                              : "C",
                      5});
  }
  out.push_back({"intervals", draw(v)});
  v.rows[1].low = -inf;
  for (std::size_t i = 0; i < 188; ++i)
    v.rows.push_back({{std::to_string(i), odd_name(i) + std::to_string(i)}, 0.5, 0.4, 0.6});
  out.push_back({"intervals-200", draw(v)});
}

void add_parallel(std::vector<Example>& out) {
  Parallel p;
  p.frame.title = "parameters and metrics.acc";
  p.subjects = subjects(80);
  p.axes.push_back({numbers("params.lr", random_numbers(80, 1, 1e-5, 1, true)), true});
  p.axes.push_back({texts("params.opt", random_texts(80, 2, {"adam", "sgd", "lion"}))});
  p.axes.push_back({numbers("params.batch_size", random_numbers(80, 3, 8, 512))});
  p.axes.push_back({numbers("metrics.acc", random_numbers(80, 4, 0.3, 0.95))});
  p.axes[2].values.values[4] = Value();
  p.color = "metrics.acc";
  out.push_back({"parallel", draw(p)});
  p.axes[3].brush = std::pair(0.8, 0.95);
  p.axes[0].brush = std::pair(1e-4, 1e-1);
  out.push_back({"parallel-brushed", draw(p)});
  p.color = "";
  p.axes[3].brush.reset();
  p.axes[0].brush.reset();
  out.push_back({"parallel-plain", draw(p)});
  p.groups = texts("params.arch", random_texts(80, 9, {"cnn", "vit", odd_name(0)}));
  p.groups->values[7] = Value();
  out.push_back({"parallel-groups", draw(p)});
  Parallel odd;
  odd.frame.title = "odd";
  odd.frame.subtitle = "</script>";
  odd.subjects = subjects(13, true);
  odd.axes.push_back({numbers(odd_name(1), {0, -1, nan, inf, 1, 2, 3, 4, 5, 6, 7, 8, 9}), true});
  odd.axes.push_back({numbers("const", std::vector<double>(13, 5))});
  odd.axes.push_back({texts(odd_name(2), [] {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < 13; ++i) all.push_back(odd_name(i));
    return all;
  }())});
  odd.axes.push_back({numbers(odd_name(3), std::vector<double>(13, nan))});
  odd.axes.push_back({numbers("const log", std::vector<double>(13, 1e-3)), true});
  out.push_back({"parallel-odd", draw(odd)});
  Parallel wide;
  wide.frame.title = "2,000 tasks, 20 axes";
  wide.subjects = subjects(2000);
  for (unsigned k = 0; k < 19; ++k)
    wide.axes.push_back({numbers("params.some/parameter_" + std::to_string(k),
                                 random_numbers(2000, k, 0, std::pow(10, k % 7)))});
  wide.axes.push_back({texts("params.seed", [] {
    std::vector<std::string> all;
    for (int i = 0; i < 2000; ++i) all.push_back("seed" + std::to_string(i % 300));
    return all;
  }())});
  wide.color = "params.some/parameter_3";
  out.push_back({"parallel-2000", draw(wide)});
  out.push_back({"parallel-none", draw(Parallel{})});
}

void add_others(std::vector<Example>& out) {
  Importance m;
  m.frame.title = "What metrics.acc hangs on";
  m.importance_title = "drop of R² without it";
  for (std::size_t i = 0; i < 10; ++i)
    m.bars.push_back({"params.p" + std::to_string(i),
                      std::exp(-0.6 * static_cast<double>(i)) - 0.01,
                      0.05 / static_cast<double>(i + 1),
                      i % 3 == 2 ? std::optional<double>() : 0.9 - 0.2 * static_cast<double>(i)});
  out.push_back({"importance", draw(m)});
  m.bars[0].name = odd_name(0);
  m.bars[1].name = odd_name(8);
  m.bars[2].name = odd_name(2);
  m.bars[3].deviation = nan;
  for (std::size_t i = 0; i < 60; ++i) m.bars.push_back({"q" + std::to_string(i), 0, 0});
  out.push_back({"importance-70", draw(m)});
  out.push_back({"importance-none", draw(Importance{})});

  const auto ranks = [](std::size_t n, std::size_t steps, bool odd) {
    std::mt19937 random(5);
    Ranks r;
    r.frame.title = "Ranks";
    r.x.title = "time";
    r.x.time = true;
    std::vector<std::size_t> order(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = i;
    for (const Subject& of : subjects(n, odd)) r.paths.push_back({of, {}, {}});
    for (std::size_t k = 0; k < steps; ++k) {
      for (std::size_t j = 0; n > 1 && j < n / 3 + 1; ++j) {
        const std::size_t at = random() % (n - 1);
        std::swap(order[at], order[at + 1]);
      }
      for (std::size_t place = 0; place < n; ++place) {
        auto& path = r.paths[order[place]];
        path.x.push_back(noon + static_cast<double>(k) * 86'400'000);
        path.rank.push_back(k < order[place] % 5 ? std::optional<double>()
                                                 : static_cast<double>(place + 1));
      }
    }
    return r;
  };
  out.push_back({"ranks", draw(ranks(8, 12, false))});
  out.push_back({"ranks-odd", draw(ranks(13, 12, true))});
  out.push_back({"ranks-200", draw(ranks(200, 30, false))});
  out.push_back({"ranks-none", draw(Ranks{})});
}

}  // namespace

std::vector<Example> gallery() {
  std::vector<Example> out;
  add_curves(out);
  add_bars(out);
  add_points(out);
  add_parallel(out);
  add_others(out);
  return out;
}

}  // namespace podium::test
