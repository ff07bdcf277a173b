#include "student.hpp"

#include <cmath>
#include <limits>

namespace podium::leaderboard::statistics {
namespace {

/// The continued fraction of the regularised incomplete beta function, by Lentz's method. It
/// converges fast for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = std::numeric_limits<double>::min();
  const auto kept = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1;
  double d = 1 / kept(1 - (a + b) * x / (a + 1));
  double h = d;
  for (int m = 1; m < 10'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept(1 + even * d);
    c = kept(1 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept(1 + odd * d);
    c = kept(1 + odd / c);
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

double beta_below(double a, double b, double x, double rest) {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log(rest));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, rest) / b;
}

}  // namespace

double student_tail(double t, double freedom) {
  const double square = t * t;
  if (freedom >
      1e5) {  // the logarithms of gamma cancel; Wallace's approximation errs by its square
    const double near = std::isinf(freedom) ? std::abs(t)
                                            : std::sqrt(freedom * std::log1p(square / freedom)) *
                                                  (8 * freedom + 1) / (8 * freedom + 3);
    const double half = std::erfc(near / std::sqrt(2.0)) / 2;
    return t >= 0 ? half : 1 - half;
  }
  // Both parts by themselves: 1 - x would lose the digits of a small one.
  const double part = std::isinf(square) ? 0 : freedom / (freedom + square);
  const double rest = std::isinf(square) ? 1 : square / (freedom + square);
  const double half = beta_below(freedom / 2, 0.5, part, rest) / 2;
  return t >= 0 ? half : 1 - half;
}

double student_quantile(double tail, double freedom) {
  double low = 0;
  double high = 1;
  while (student_tail(high, freedom) > tail) {
    low = high;
    high *= 2;
  }
  for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
    const double middle = (low + high) / 2;
    (student_tail(middle, freedom) > tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace podium::leaderboard::statistics
