#include "sampling.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_set>

namespace podium::comparison {
namespace {

/// Divides what lies between two x into places of equal width, of x or of log x.
class Places {
 public:
  Places(double first, double last, std::uint32_t n, bool log)
      : log_(log), first_(scale(first)), n_(n), width_((scale(last) - first_) / n) {}

  std::uint32_t of(double x) const {
    if (!(width_ > 0)) return 0;
    const double at = (scale(x) - first_) / width_;
    return at >= n_ ? n_ - 1 : at > 0 ? static_cast<std::uint32_t>(at) : 0;
  }
  double middle(std::uint32_t place) const {
    const double at = first_ + (place + 0.5) * width_;
    return log_ ? std::exp(at) : at;
  }

 private:
  double scale(double x) const { return log_ ? std::log(x) : x; }
  bool log_;
  double first_;
  std::uint32_t n_;
  double width_;
};

/// Goes over rows in order and keeps four of each bucket.
class Keeper {
 public:
  explicit Keeper(const Curve& curve) : curve_(curve) {}

  void add(std::size_t row, std::uint64_t bucket) {
    if (first_ && bucket != bucket_) flush();
    bucket_ = bucket;
    if (!first_) first_ = row;
    last_ = row;
    const double value = curve_.y[row];
    if (std::isnan(value)) return;
    if (!least_ || value < curve_.y[*least_]) least_ = row;
    if (!greatest_ || value > curve_.y[*greatest_]) greatest_ = row;
  }
  std::vector<std::size_t> finish() {
    if (first_) flush();
    return std::move(out_);
  }

 private:
  void flush() {
    std::size_t rows[4] = {*first_, last_, 0, 0};
    std::size_t n = 2;
    if (least_) rows[n++] = *least_;
    if (greatest_) rows[n++] = *greatest_;
    std::sort(rows, rows + n);
    out_.insert(out_.end(), rows, std::unique(rows, rows + n));
    first_.reset();
    least_.reset();
    greatest_.reset();
  }

  const Curve& curve_;
  std::vector<std::size_t> out_;
  std::uint64_t bucket_ = 0;
  std::optional<std::size_t> first_, least_, greatest_;
  std::size_t last_ = 0;
};

/// The different x of all curves, ascending, or nothing when there are more than `most`.
std::optional<std::vector<double>> different(std::span<const Curve> curves, std::uint32_t most) {
  std::unordered_set<double> seen;
  for (const Curve& curve : curves)
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (!std::isfinite(curve.y[i])) continue;
      seen.insert(curve.x[i]);
      if (seen.size() > most) return std::nullopt;
    }
  std::vector<double> out(seen.begin(), seen.end());
  std::sort(out.begin(), out.end());
  return out;
}

/// What a place has of the task that is gone over, and of all so far.
struct Place {
  double sum = 0;
  std::uint32_t values = 0;
  std::uint32_t tasks = 0;
  double mean = 0, squares = 0;  // of the tasks' means: Welford's
  double least = 0, greatest = 0;

  void value(double v) {
    least = tasks + values == 0 ? v : std::min(least, v);
    greatest = tasks + values == 0 ? v : std::max(greatest, v);
    sum += v;
    ++values;
  }
  void end_of_task() {
    if (values == 0) return;
    const double own = sum / values, before = own - mean;
    ++tasks;
    mean += before / tasks;
    squares += before * (own - mean);
    sum = 0;
    values = 0;
  }
};

}  // namespace

std::vector<std::size_t> rows_kept(const Curve& curve, Buckets spacing, std::uint32_t buckets) {
  const std::size_t total = curve.x.size();
  if (total == 0) return {};
  Keeper keeper(curve);
  if (spacing == Buckets::even) {
    // i * buckets / total, without the product: a row further, `buckets` parts of `total` more.
    std::uint64_t bucket = 0, part = 0;
    for (std::size_t i = 0; i < total; ++i) {
      keeper.add(i, bucket);
      part += buckets;
      bucket += part / total;
      part %= total;
    }
  } else {
    const Places places(curve.x.front(), curve.x.back(), buckets, spacing == Buckets::log);
    for (std::size_t i = 0; i < total; ++i) keeper.add(i, places.of(curve.x[i]));
  }
  return keeper.finish();
}

void sample(Curve& curve, Buckets spacing, std::uint32_t buckets) {
  const auto rows = rows_kept(curve, spacing, buckets);
  if (rows.size() == curve.x.size()) return;
  // Rows ascend, so what is written was read.
  for (std::size_t i = 0; i < rows.size(); ++i) {
    curve.x[i] = curve.x[rows[i]];
    curve.y[i] = curve.y[rows[i]];
  }
  curve.x.resize(rows.size());
  curve.y.resize(rows.size());
}

Fold fold(std::span<const Curve> curves, Buckets spacing, std::uint32_t most, Band band) {
  Fold out;
  const auto exact = different(curves, most);
  double first = INFINITY, last = -INFINITY;
  for (const Curve& curve : curves)
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      if (std::isfinite(curve.y[i])) {
        first = std::min(first, curve.x[i]);
        last = std::max(last, curve.x[i]);
      }
  if (first > last) return out;
  const Places even(first, last, most, spacing == Buckets::log);
  std::vector<Place> places(exact ? exact->size() : most);
  for (const Curve& curve : curves) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (!std::isfinite(curve.y[i])) continue;
      if (exact)
        while ((*exact)[at] < curve.x[i]) ++at;
      else
        at = even.of(curve.x[i]);
      places[at].value(curve.y[i]);
    }
    for (Place& place : places) place.end_of_task();
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place& place = places[i];
    if (place.tasks == 0) continue;
    out.line.x.push_back(exact ? (*exact)[i] : even.middle(static_cast<std::uint32_t>(i)));
    out.line.y.push_back(place.mean);
    out.tasks.push_back(place.tasks);
    if (band == Band::none) continue;
    if (band == Band::range) {
      out.low.push_back(place.least);
      out.high.push_back(place.greatest);
    } else {
      const double spread = place.tasks > 1 ? std::sqrt(place.squares / (place.tasks - 1)) : 0;
      out.low.push_back(place.mean - spread);
      out.high.push_back(place.mean + spread);
    }
  }
  return out;
}

}  // namespace podium::comparison
