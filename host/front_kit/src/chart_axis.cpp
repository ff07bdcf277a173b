#include "podium/front_kit/chart_axis.hpp"

#include <algorithm>
#include <cmath>

namespace podium::front {

void Axis::take(double value) {
  least_ = any_ ? std::min(least_, value) : value;
  most_ = any_ ? std::max(most_, value) : value;
  any_ = true;
}

void Axis::finish(bool log, double from, double to) {
  log_ = log && least_ > 0;
  from_ = from;
  to_ = to;
  if (!any_) least_ = log_ ? 1 : 0, most_ = log_ ? 10 : 1;
  if (most_ > least_) return;
  if (log_) {
    least_ /= 2;
    most_ *= 2;
  } else {
    const double by = std::max(std::abs(least_) / 10, 0.5);
    least_ -= by;
    most_ += by;
  }
}

double Axis::at(double value) const {
  const double part = log_ ? std::log(value / least_) / std::log(most_ / least_)
                           : (value - least_) / (most_ - least_);
  return from_ + part * (to_ - from_);
}

std::vector<double> Axis::marks() const {
  std::vector<double> out;
  if (log_) {
    for (double m = std::pow(10, std::ceil(std::log10(least_))); m <= most_ && out.size() < 12;
         m *= 10)
      out.push_back(m);
    if (out.size() < 2) out = {least_, most_};
    return out;
  }
  const double rough = (most_ - least_) / 5;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double step = rough / power < 1.5   ? power
                      : rough / power < 3.5 ? 2 * power
                      : rough / power < 7.5 ? 5 * power
                                            : 10 * power;
  for (double m = std::ceil(least_ / step) * step; m <= most_ && out.size() < 12; m += step)
    out.push_back(std::abs(m) < step / 1e6 ? 0 : m);
  return out;
}

}  // namespace podium::front
