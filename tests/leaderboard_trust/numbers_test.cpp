// Streams and Student's t, against constants of the reference program of SplitMix64 and scipy.
#include "podium/random.hpp"
#include "student.hpp"
#include "support.hpp"

using namespace podium::leaderboard::statistics;
using podium::RandomStream;

TEST_CASE("A stream is SplitMix64, by position") {
  CHECK(RandomStream(42).at(0) == 0xbdd732262feb6e95);
  std::uint64_t state = 7;
  for (std::uint64_t k = 0; k < 100; ++k) {
    state += 0x9e3779b97f4a7c15;
    CHECK(RandomStream(7).at(k) == RandomStream::mix(state));
  }
  CHECK(RandomStream(1).derived(2).at(0) != RandomStream(1).derived(3).at(0));
  CHECK(RandomStream(1).derived(2).at(0) != RandomStream(2).derived(1).at(0));
}

TEST_CASE("Places are within their range, and each comes") {
  std::vector<int> times(7, 0);
  for (std::uint64_t k = 0; k < 7000; ++k) ++times.at(RandomStream(3).index(k, 7));
  for (const int t : times) CHECK((t > 850 && t < 1150));
  for (std::uint64_t k = 0; k < 1000; ++k) {
    CHECK(RandomStream(3).index(k, 1) == 0);
    CHECK(RandomStream(3).fraction(k) > 0);
    CHECK(RandomStream(3).fraction(k) < 1);
  }
}

TEST_CASE("Student's tail") {
  struct Case {
    double t, freedom, tail;
  };
  const auto c =
      GENERATE(Case{0, 1, 0.5}, Case{1, 1, 0.25}, Case{2.5, 3, 0.04385332350403278},
               Case{12.7, 1, 0.025012163844672083}, Case{4.3, 2, 0.025028577058545796},
               Case{40, 7, 7.951089992425182e-10}, Case{1000, 2.5, 2.274746394830745e-08},
               Case{0.001, 50, 0.49960304738775085}, Case{6, 1e6, 9.86924906177215e-10},
               Case{1.96, 1e9, 0.024997895286864812});
  CHECK(student_tail(c.t, c.freedom) == Approx(c.tail).epsilon(1e-9).margin(0));
  CHECK(student_tail(-c.t, c.freedom) == Approx(1 - c.tail).epsilon(1e-9));
}

TEST_CASE("Student's quantile") {
  struct Case {
    double tail, freedom, t;
  };
  const auto c = GENERATE(Case{0.025, 1, 12.706204736174705}, Case{0.025, 2, 4.302652729749464},
                          Case{0.025, 6, 2.4469118511449794}, Case{0.005, 3, 5.840909309733357},
                          Case{0.25, 4.7, 0.730227781246547}, Case{1e-6, 3, 103.29946778041935},
                          Case{0.025, 1e5, 1.95998770753461}, Case{0.4, 11, 0.25955586047627044});
  CHECK(student_quantile(c.tail, c.freedom) == Approx(c.t).epsilon(1e-10));
}
