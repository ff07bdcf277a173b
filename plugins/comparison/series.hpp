#pragma once
// Curves of metrics over tasks: what is asked, and what is drawn. Plain data.
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "podium/chart_kit/smoothing.hpp"
#include "selection.hpp"

namespace podium {
class Cancel;
}

namespace podium::comparison {

/// A metric by key; without a scope, in every scope that it was measured on.
struct MetricName {
  std::string key;
  std::optional<std::string> scope = {};
  bool operator==(const MetricName&) const = default;
};

/// What goes to the right.
enum class X : std::uint8_t {
  step = 1,
  time,     ///< milliseconds UTC
  elapsed,  ///< milliseconds since the task's `started`, or since its first point without one
  metric,   ///< the last value of another metric at the same step
};

using chart_kit::Smoothing;

/// How points are put into buckets, of which first, min, max and last are kept.
enum class Buckets : std::uint8_t {
  even = 1,  ///< equal numbers of points, as the store does it
  width,     ///< equal widths of x
  log,       ///< equal widths of log x; what is not above 0 is left out
};

/// What is drawn around the mean of a group.
enum class Band : std::uint8_t { none = 1, spread, range };

struct SeriesQuestion {
  std::vector<MetricName> metrics = {};  ///< none: all
  X x = X::step;
  MetricName x_metric = {};
  double from = -std::numeric_limits<double>::infinity();  ///< of x, both ends included
  double to = std::numeric_limits<double>::infinity();
  Smoothing smoothing = {};
  bool originals = false;  ///< the curves as they were logged, too
  Buckets spacing = Buckets::even;
  std::uint32_t buckets = 600;
  std::vector<std::string> group_by = {};  ///< names of the query language: params.lr, tags.team
  Band band = Band::spread;
};

/// Points in the order of x; both vectors are of one length.
struct Curve {
  std::vector<double> x, y;
};

/// One curve: of a metric of a task, or of a metric of a group of tasks.
struct Series {
  std::string key, scope;
  std::size_t owner = 0;  ///< index into `SeriesAnswer::selected.tasks`, or into `groups`
  std::string label, color;
  std::int64_t of = 0;        ///< points that were logged (of a group: of all its tasks)
  std::int64_t left_out = 0;  ///< points within the range that have no x, or none on a log axis
  Curve line;
  Curve original;                 ///< when asked for
  std::vector<double> low, high;  ///< of a group with a band: as long as `line`
  std::vector<double> tasks;      ///< of a group: how many tasks each point is the mean of
};

/// Tasks that have the same values in what they are grouped by.
struct Group {
  std::vector<Value> values;       ///< one a name of `group_by`
  std::vector<std::size_t> tasks;  ///< indexes into `selected.tasks`
  std::string label, color;        ///< "params.lr=0.1, tags.team=cv"
};

struct SeriesAnswer {
  Selected selected;
  std::vector<Group> groups;   ///< empty unless grouped
  std::vector<Series> series;  ///< by metric (key, scope), then by owner
};

/// Which curves there are: known before a point is read.
struct SeriesPlan {
  struct Entry {
    std::string key, scope;
    std::size_t task = 0;  ///< index into the selected tasks
    Summary summary;
  };
  Selected selected;
  std::vector<Entry> entries;  ///< by (key, scope, task)
  std::vector<Group> groups;   ///< when grouped
};

/// The series of the tasks that are asked for (none named: all), in that order. Throws `too_large`.
std::vector<SeriesPlan::Entry> find_series(PluginContext&, const Reader&, const Principal&,
                                           const Selected&, const std::vector<MetricName>& metrics,
                                           std::size_t most);
/// Throws `too_large` when it would be too many curves or points, `invalid` for a name in `group`.
SeriesPlan plan_series(PluginContext&, const Reader&, const Principal&, Selected,
                       const SeriesQuestion&);
/// A number that changes when anything changes that the curves or their legend are made of.
std::uint64_t fingerprint(const SeriesPlan&);
/// The reader is the plan's. Throws `cancelled`.
SeriesAnswer read_series(PluginContext&, const Reader&, const Principal&, SeriesPlan,
                         const SeriesQuestion&, const Cancel&);

}  // namespace podium::comparison
