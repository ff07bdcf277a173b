#include "student.hpp"

// Boost's functions of the gamma and beta families are safe in threads; std::lgamma is not: it
// writes the sign that it leaves out to a global.
#include <boost/math/distributions/students_t.hpp>

namespace podium::leaderboard::statistics {
namespace {

namespace math = boost::math;

using Policy = math::policies::policy<math::policies::promote_double<false>>;
using Student = math::students_t_distribution<double, Policy>;

}  // namespace

double student_tail(double t, double freedom) {
  return math::cdf(math::complement(Student(freedom), t));
}

double student_quantile(double tail, double freedom) {
  return math::quantile(math::complement(Student(freedom), tail));
}

}  // namespace podium::leaderboard::statistics
