// Which curves there are, and reading them.
#include "series.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "hash.hpp"
#include "podium/chart_kit/colors.hpp"
#include "podium/http/message.hpp"
#include "podium/plugin.hpp"
#include "podium/service/tasks.hpp"
#include "sampling.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t most_series = 5000;
constexpr std::int64_t most_points = 4'000'000, kept_of_a_bucket = 4;
constexpr std::int64_t most_folded = 10'000'000;  // points of one metric that are held at once

bool wanted(const std::vector<MetricName>& metrics, std::string_view key, std::string_view scope) {
  return metrics.empty() || std::any_of(metrics.begin(), metrics.end(), [&](const MetricName& m) {
           return m.key == key && (!m.scope || *m.scope == scope);
         });
}

/// Texts that spell the same number are one value.
using GroupKey = std::vector<std::tuple<int, double, std::string>>;

std::vector<Group> group(PluginContext& context, const Reader& reader, const Principal& who,
                         const Selected& selected, const std::vector<std::string>& by) {
  const Frame frame = read_frame(context, reader, who, selected.tasks, by, "group");
  std::map<GroupKey, Group> groups;  // numbers first, then texts, missing last
  for (std::size_t t = 0; t < selected.tasks.size(); ++t) {
    GroupKey key;
    for (const Frame::Column& c : frame.columns) {
      if (c.numbers[t] && !std::isnan(*c.numbers[t]))
        key.emplace_back(0, *c.numbers[t], "");
      else if (std::holds_alternative<std::monostate>(c.values[t]))
        key.emplace_back(2, 0.0, "");
      else
        key.emplace_back(1, 0.0, text_of(c.values[t]));
    }
    Group& g = groups[key];
    if (g.tasks.empty())
      for (const Frame::Column& c : frame.columns) {
        const std::string text = text_of(c.values[t]);
        g.values.push_back(c.values[t]);
        g.label += (g.label.empty() ? "" : ", ") + c.name + "=" +
                   (std::holds_alternative<std::monostate>(c.values[t]) ? "none" : text);
      }
    g.tasks.push_back(t);
  }
  std::vector<Group> out;
  for (auto& [key, g] : groups) {
    g.color = chart_kit::color_of(g.label);
    out.push_back(std::move(g));
  }
  return out;
}

/// The whole numbers that lie within bounds, as the store takes them.
std::int64_t whole(double bound, bool lower) {
  constexpr double edge = 9223372036854775808.0;  // 2^63
  const double at = lower ? std::ceil(bound) : std::floor(bound);
  if (at >= edge) return std::numeric_limits<std::int64_t>::max();
  if (at < -edge) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(at);
}

class Curves {
 public:
  Curves(PluginContext& context, const Reader& reader, const Principal& who, const SeriesPlan& plan,
         const SeriesQuestion& asked)
      : context_(context), reader_(reader), who_(who), plan_(plan), asked_(asked) {}

  /// The curve of an entry in the order of x, every point of the range.
  Curve whole_curve(const SeriesPlan::Entry& e, std::int64_t& left_out) {
    Curve curve = asked_.x == X::metric ? against_metric(e, left_out) : points_of(e, 0);
    if (asked_.spacing == Buckets::log) drop_below_zero(curve, left_out);
    return curve;
  }
  /// The curve as the store samples it.
  Curve sampled(const SeriesPlan::Entry& e) { return points_of(e, asked_.buckets); }

  /// Nothing has to be done to the points but what the store does.
  bool plain() const {
    return asked_.smoothing.kind == Smoothing::Kind::none && asked_.x != X::metric &&
           asked_.spacing == Buckets::even && plan_.groups.empty();
  }

 private:
  PointsQuery query(const SeriesPlan::Entry& e, std::string_view key,
                    std::string_view scope) const {
    PointsQuery q;
    q.record = plan_.selected.tasks[e.task].ordinal;
    q.series = "metrics";
    q.key = key;
    q.scope = scope;
    return q;
  }

  Curve points_of(const SeriesPlan::Entry& e, std::uint32_t buckets) {
    PointsQuery q = query(e, e.key, e.scope);
    const bool step = asked_.x == X::step;
    q.by = step ? PointsQuery::By::step : PointsQuery::By::time;
    std::int64_t start = 0;
    if (asked_.x == X::elapsed) start = start_of(e);
    if (std::isfinite(asked_.from)) q.from = whole(asked_.from + static_cast<double>(start), true);
    if (std::isfinite(asked_.to)) q.to = whole(asked_.to + static_cast<double>(start), false);
    if (asked_.from == INFINITY || asked_.to == -INFINITY || q.from > q.to) return {};
    q.buckets = buckets;
    Curve curve;
    const auto most = static_cast<std::size_t>(
        buckets == 0 ? e.summary.count
                     : std::min<std::int64_t>(e.summary.count, kept_of_a_bucket * buckets));
    curve.x.reserve(most);
    curve.y.reserve(most);
    context_.tasks().points(reader_, who_, q, [&](std::span<const Point> points) {
      for (const Point& p : points) {
        curve.x.push_back(static_cast<double>(step ? p.step : p.time - start));
        curve.y.push_back(p.value);
      }
      return true;
    });
    return curve;
  }

  /// When the task started; else the first point of this curve.
  std::int64_t start_of(const SeriesPlan::Entry& e) const {
    if (const auto& started = plan_.selected.tasks[e.task].started) return *started;
    PointsQuery q = query(e, e.key, e.scope);
    q.by = PointsQuery::By::time;
    q.limit = 1;
    std::int64_t start = 0;
    context_.tasks().points(reader_, who_, q, [&](std::span<const Point> points) {
      start = points.front().time;
      return false;
    });
    return start;
  }

  /// The scope in which the task has the metric of the axis: that of the curve, else none.
  std::string axis_scope(const SeriesPlan::Entry& e) {
    if (asked_.x_metric.scope) return *asked_.x_metric.scope;
    auto& scopes = axis_scopes_;
    const Ordinal task = plan_.selected.tasks[e.task].ordinal;
    auto at = scopes.find(task);
    if (at == scopes.end()) {
      at = scopes.emplace(task, std::set<std::string>()).first;
      Column column = whole_series("metrics");
      column.path.key = asked_.x_metric.key;
      context_.tasks().get(reader_, who_, task, std::span<const Column>(&column, 1),
                           [&](const Row& row) {
                             for (const SeriesEntry& s : row.series(0))
                               at->second.insert(std::string(s.scope));
                           });
    }
    return at->second.contains(e.scope) ? e.scope : "";
  }

  Curve against_metric(const SeriesPlan::Entry& e, std::int64_t& left_out) {
    // In the order of step, time and value: the last of a step stands at its end.
    std::vector<std::pair<std::int64_t, double>> axis;
    context_.tasks().points(reader_, who_, query(e, asked_.x_metric.key, axis_scope(e)),
                            [&](std::span<const Point> points) {
                              for (const Point& p : points)
                                if (!axis.empty() && axis.back().first == p.step)
                                  axis.back().second = p.value;
                                else
                                  axis.emplace_back(p.step, p.value);
                              return true;
                            });
    std::vector<std::pair<double, double>> rows;
    auto at = axis.begin();
    context_.tasks().points(
        reader_, who_, query(e, e.key, e.scope), [&](std::span<const Point> points) {
          for (const Point& p : points) {
            while (at != axis.end() && at->first < p.step) ++at;
            if (at == axis.end() || at->first != p.step || !std::isfinite(at->second)) {
              ++left_out;
              continue;
            }
            if (at->second >= asked_.from && at->second <= asked_.to)
              rows.emplace_back(at->second, p.value);
          }
          return true;
        });
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Curve curve;
    for (const auto& [x, y] : rows) {
      curve.x.push_back(x);
      curve.y.push_back(y);
    }
    return curve;
  }

  static void drop_below_zero(Curve& curve, std::int64_t& left_out) {
    // x ascends.
    const auto first = std::upper_bound(curve.x.begin(), curve.x.end(), 0.0) - curve.x.begin();
    left_out += first;
    curve.x.erase(curve.x.begin(), curve.x.begin() + first);
    curve.y.erase(curve.y.begin(), curve.y.begin() + first);
  }

  PluginContext& context_;
  const Reader& reader_;
  const Principal& who_;
  const SeriesPlan& plan_;
  const SeriesQuestion& asked_;
  std::map<Ordinal, std::set<std::string>> axis_scopes_;
};

std::uint64_t mixed(std::uint64_t h, std::uint64_t v) {
  h ^= v + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
  h ^= h >> 32;
  return h * 0xd6e8feb86659fd93ULL;
}
std::uint64_t mixed(std::uint64_t h, std::string_view text) {
  return mixed(mixed(h, text.size()), hash_of(text));
}
std::uint64_t mixed(std::uint64_t h, const Point& p) {
  h = mixed(h, static_cast<std::uint64_t>(p.step));
  h = mixed(h, static_cast<std::uint64_t>(p.time));
  return mixed(h, std::bit_cast<std::uint64_t>(p.value));
}

}  // namespace

std::vector<SeriesPlan::Entry> find_series(PluginContext& context, const Reader& reader,
                                           const Principal& who, const Selected& selected,
                                           const std::vector<MetricName>& metrics,
                                           std::size_t most) {
  std::vector<SeriesPlan::Entry> entries;
  std::vector<Column> columns;  // of named metrics only theirs are looked up
  std::set<std::string> keys;
  for (const MetricName& m : metrics) keys.insert(m.key);
  for (const std::string& key : keys) {
    columns.push_back(whole_series("metrics"));
    columns.back().path.key = key;
  }
  if (columns.empty()) columns.push_back(whole_series("metrics"));
  read_tasks(context, reader, who, selected.tasks, columns, [&](std::size_t task, const Row& row) {
    for (std::size_t c = 0; c < columns.size(); ++c)
      for (const SeriesEntry& s : row.series(c))
        if (wanted(metrics, s.key, s.scope))
          entries.push_back({std::string(s.key), std::string(s.scope), task, s.summary});
    if (entries.size() > most)
      throw Error(ErrorCode::too_large, "these are more than " + std::to_string(most) +
                                            " curves; name metrics or fewer tasks")
          .in("metrics");
  });
  std::sort(entries.begin(), entries.end(),
            [](const SeriesPlan::Entry& a, const SeriesPlan::Entry& b) {
              return std::tie(a.key, a.scope, a.task) < std::tie(b.key, b.scope, b.task);
            });
  return entries;
}

SeriesPlan plan_series(PluginContext& context, const Reader& reader, const Principal& who,
                       Selected selected, const SeriesQuestion& asked) {
  SeriesPlan plan;
  plan.selected = std::move(selected);
  if (!asked.group_by.empty())
    plan.groups = group(context, reader, who, plan.selected, asked.group_by);
  plan.entries = find_series(context, reader, who, plan.selected, asked.metrics, most_series);
  std::int64_t points = 0;
  if (!plan.groups.empty()) {
    for (std::size_t i = 0; i < plan.entries.size(); ++i) {
      const auto &e = plan.entries[i], &before = plan.entries[i == 0 ? 0 : i - 1];
      if (e.key != before.key || e.scope != before.scope) points = 0;
      points += e.summary.count;
      if (points > most_folded)
        throw Error(ErrorCode::too_large, "'" + e.key + "' has more than " +
                                              std::to_string(most_folded) +
                                              " points in these tasks; group fewer tasks")
            .in("group");
    }
    return plan;
  }
  for (const auto& e : plan.entries)
    points += std::min<std::int64_t>(e.summary.count, kept_of_a_bucket * asked.buckets) *
              (asked.originals ? 2 : 1);
  if (points > most_points)
    throw Error(ErrorCode::too_large, "these are up to " + std::to_string(points) +
                                          " points; at most " + std::to_string(most_points) +
                                          " are answered: ask for fewer buckets, tasks or metrics")
        .in("buckets");
  return plan;
}

std::uint64_t fingerprint(const SeriesPlan& plan) {
  std::uint64_t h = plan.selected.more ? 1 : 2;
  for (const ComparedTask& t : plan.selected.tasks) {
    h = mixed(h, static_cast<std::uint64_t>(t.ordinal));
    h = mixed(h, static_cast<std::uint64_t>(t.version));
    h = mixed(mixed(mixed(h, t.label), t.color), t.project_id);
  }
  for (const std::string& id : plan.selected.missing) h = mixed(h, id);
  for (const SeriesPlan::Entry& e : plan.entries) {
    h = mixed(mixed(mixed(h, e.key), e.scope), e.task);
    h = mixed(mixed(mixed(h, e.summary.last), e.summary.first), e.summary.max);
    h = mixed(h, static_cast<std::uint64_t>(e.summary.count));
    h = mixed(h, std::bit_cast<std::uint64_t>(e.summary.sum));
  }
  for (const Group& g : plan.groups) {
    h = mixed(h, g.label);
    for (const std::size_t t : g.tasks) h = mixed(h, t);
  }
  return h;
}

SeriesAnswer read_series(PluginContext& context, const Reader& reader, const Principal& who,
                         SeriesPlan plan, const SeriesQuestion& asked, const Cancel& cancel) {
  SeriesAnswer out;
  Curves curves(context, reader, who, plan, asked);
  const auto go_on = [&] {
    if (cancel.cancelled()) throw Error(ErrorCode::cancelled, "the caller did not wait");
  };
  if (plan.groups.empty()) {
    for (const SeriesPlan::Entry& e : plan.entries) {
      go_on();
      const ComparedTask& task = plan.selected.tasks[e.task];
      Series& s = out.series.emplace_back();
      s.key = e.key;
      s.scope = e.scope;
      s.owner = e.task;
      s.label = task.label;
      s.color = task.color;
      s.of = e.summary.count;
      if (curves.plain()) {
        s.line = curves.sampled(e);
        if (asked.originals) s.original = s.line;
        continue;
      }
      s.line = curves.whole_curve(e, s.left_out);
      if (asked.originals) {
        s.original = s.line;
        sample(s.original, asked.spacing, asked.buckets);
      }
      smooth(asked.smoothing, s.line.x, s.line.y);
      sample(s.line, asked.spacing, asked.buckets);
    }
  } else {
    // Entries of one metric stand together.
    for (auto first = plan.entries.begin(); first != plan.entries.end();) {
      const auto last = std::find_if(first, plan.entries.end(), [&](const auto& e) {
        return e.key != first->key || e.scope != first->scope;
      });
      for (std::size_t g = 0; g < plan.groups.size(); ++g) {
        const auto& members = plan.groups[g].tasks;
        Series s;
        std::vector<Curve> own;
        for (auto e = first; e != last; ++e) {
          if (!std::binary_search(members.begin(), members.end(), e->task)) continue;
          go_on();
          own.push_back(curves.whole_curve(*e, s.left_out));
          smooth(asked.smoothing, own.back().x, own.back().y);
          s.of += e->summary.count;
        }
        if (own.empty()) continue;
        s.key = first->key;
        s.scope = first->scope;
        s.owner = g;
        s.label = plan.groups[g].label;
        s.color = plan.groups[g].color;
        Fold folded = fold(own, asked.spacing, asked.buckets, asked.band);
        s.line = std::move(folded.line);
        s.low = std::move(folded.low);
        s.high = std::move(folded.high);
        s.tasks = std::move(folded.tasks);
        out.series.push_back(std::move(s));
      }
      first = last;
    }
  }
  out.selected = std::move(plan.selected);
  out.groups = std::move(plan.groups);
  return out;
}

}  // namespace podium::comparison
