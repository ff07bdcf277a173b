#pragma once
// An axis of a chart that is drawn here, as SVG or as pixels.
#include <vector>

namespace podium::front {

/// Values to places, and where it is marked. First `take` all values, then `finish`.
class Axis {
 public:
  void take(double value);
  /// The least value is at `from`, the greatest at `to`. An axis of one value, or of none, is
  /// widened; one that reaches 0 is never logarithmic.
  void finish(bool log, double from, double to);
  double at(double value) const;
  std::vector<double> marks() const;
  double least() const { return least_; }
  double most() const { return most_; }

 private:
  bool any_ = false, log_ = false;
  double least_ = 0, most_ = 1, from_ = 0, to_ = 1;
};

}  // namespace podium::front
