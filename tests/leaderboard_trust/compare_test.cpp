// All candidates together, against a slow way to the same ranks.
#include <algorithm>
#include <cmath>

#include "bootstrap.hpp"
#include "podium/random.hpp"
#include "support.hpp"
#include "trust.hpp"

using namespace podium::leaderboard;
using podium::RandomStream;
using namespace podium::leaderboard::statistics;

namespace {

Samples around(double middle, double spread, std::size_t n, std::uint64_t seed,
               std::size_t groups = 1) {
  Samples made;
  for (std::size_t g = 0; g < groups; ++g) {
    auto& group = made.groups.emplace_back();
    made.weights.push_back(1);
    for (std::size_t i = 0; i < n; ++i)
      group.push_back(middle + spread * (RandomStream(seed).fraction(g * n + i) - 0.5));
  }
  return made;
}

TrustQuestion question(std::vector<Samples> candidates) {
  TrustQuestion made;
  made.candidates = std::move(candidates);
  made.seed = 11;
  made.replicates = 400;
  return made;
}

void same(const std::vector<CandidateTrust>& a, const std::vector<CandidateTrust>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t c = 0; c < a.size(); ++c) {
    const auto& x = a[c];
    const auto& y = b[c];
    CHECK(x.n == y.n);
    CHECK(x.mean.same(y.mean));
    CHECK(x.low.same(y.low));
    CHECK(x.high.same(y.high));
    CHECK(x.error.same(y.error));
    CHECK(x.rank_low == y.rank_low);
    CHECK(x.rank_high == y.rank_high);
    CHECK(x.first == y.first);
    CHECK(x.expected_rank == y.expected_rank);
    CHECK(x.group == y.group);
    CHECK(x.p == y.p);
    CHECK(x.why == y.why);
  }
}

/// A board of everything: many and few tasks, one, equal ones, infinite ones, several data sets.
std::vector<Samples> board(std::uint64_t seed, std::size_t count) {
  std::vector<Samples> made;
  for (std::uint64_t c = 0; c < count; ++c) {
    const RandomStream s(seed * 1000 + c);
    const auto n = 1 + s.index(0, 14);
    made.push_back(
        around(s.fraction(1), s.index(2, 6) == 0 ? 0 : 0.4, n, s.at(3), 1 + s.index(4, 2)));
    if (s.index(5, 20) == 0) made.back().groups[0][0] = std::numeric_limits<double>::infinity();
  }
  return made;
}

}  // namespace

TEST_CASE("Ranks are those of a slow count over the replicates") {
  const auto direction = GENERATE(Direction::max, Direction::min);
  const auto fold = GENERATE(Fold::mean, Fold::median, Fold::best);
  std::vector<Samples> candidates;
  for (std::uint64_t c = 0; c < 9; ++c)
    candidates.push_back(around(static_cast<double>(c % 5) * 0.05, 0.3, 8 + c % 3, c));
  candidates.push_back(candidates[4]);  // ties with it in every replicate
  auto asked = question(candidates);
  asked.direction = direction;
  asked.fold = fold;
  const auto made = trust(asked);
  std::vector<std::vector<double>> drawn;
  for (const auto& c : candidates) drawn.push_back(replicates(c, asked));
  double all_first = 0;
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    std::vector<std::size_t> low;
    std::vector<std::size_t> high;
    double first = 0;
    double sum = 0;
    for (std::size_t b = 0; b < asked.replicates; ++b) {
      std::size_t better = 0;
      std::size_t equal = 0;
      for (const auto& other : drawn) {
        better += direction == Direction::max ? other[b] > drawn[c][b] : other[b] < drawn[c][b];
        equal += other[b] == drawn[c][b];
      }
      low.push_back(better + 1);
      high.push_back(better + equal);
      sum += static_cast<double>(low.back() + high.back()) / 2;
      if (better == 0) first += 1.0 / static_cast<double>(equal);
    }
    std::sort(low.begin(), low.end());
    std::sort(high.begin(), high.end());
    CHECK(made[c].rank_low == low[9]);  // 0.025 * 399 = 9.975
    CHECK(made[c].rank_high == high[390]);
    CHECK(made[c].first == Approx(first / 400));
    CHECK(made[c].expected_rank == Approx(sum / 400));
    all_first += made[c].first;
  }
  CHECK(all_first == Approx(1));
}

TEST_CASE("The answer does not depend on the number of threads, nor on what was asked before") {
  const auto fold = GENERATE(Fold::mean, Fold::median, Fold::last, Fold::sum);
  const auto drawn = GENERATE(Drawn::tasks, Drawn::datasets);
  const auto across = GENERATE(Across::pooled, Across::mean);
  TrustMemory memory;
  for (std::uint64_t seed = 1; seed < 4; ++seed) {
    auto asked = question(board(seed, 90));
    asked.fold = fold;
    asked.drawn = drawn;
    asked.across = across;
    const auto one = trust(asked);
    asked.threads = 3;
    same(one, trust(asked));
    asked.threads = 8;
    same(one, memory.answer(asked));
    asked.threads = 1;
    same(one, memory.answer(asked));
  }
}

TEST_CASE("A task resamples its candidate alone, and the order changes nobody") {
  auto asked = question(board(5, 40));
  TrustMemory memory;
  memory.answer(asked);
  const auto before = memory.resampled();
  asked.candidates[7].groups[0].push_back(0.5);
  std::rotate(asked.candidates.begin(), asked.candidates.begin() + 9, asked.candidates.end());
  const auto made = memory.answer(asked);
  CHECK(memory.resampled() == before + 1);
  same(made, trust(asked));
  auto other = asked;
  other.seed += 1;
  same(memory.answer(other), trust(other));
}

TEST_CASE("Candidates far apart are groups of their own") {
  const auto made = trust(question({around(9, .1, 10, 1), around(8, .1, 4, 2), around(8, .1, 4, 3),
                                    around(1, .1, 2, 4), around(0.98, .1, 1, 5)}));
  CHECK(made[0].group == 1);
  CHECK(made[0].letter == "a");
  CHECK(made[0].first == 1);
  CHECK((made[0].rank_low == 1 && made[0].rank_high == 1));
  CHECK(made[1].letter == "b");
  CHECK(made[2].letter == "b");
  CHECK((made[1].rank_low == 2 && made[1].rank_high == 3));
  CHECK(made[3].letter == made[4].letter);
  CHECK(made[4].borrowed);
  CHECK(made[4].why == "no interval: one task only");
  CHECK(made[1].p < 0.05);
}

TEST_CASE("Candidates that are alike are one group, also when there are many") {
  std::vector<Samples> candidates;
  for (std::uint64_t c = 0; c < 60; ++c) candidates.push_back(around(1, 1, 12, c));
  const auto made = trust(question(candidates));
  const auto in_first =
      std::count_if(made.begin(), made.end(), [](const auto& c) { return c.group == 1; });
  CHECK(in_first >= 57);
}

TEST_CASE("Holm's adjustment separates among a thousand, where replicates alone could not") {
  std::vector<Samples> candidates{around(9, .1, 10, 1)};
  for (std::uint64_t c = 0; c < 999; ++c) candidates.push_back(around(1, .1, 10, c));
  const auto made = trust(question(candidates));
  for (std::size_t c = 1; c < made.size(); ++c) REQUIRE(made[c].group == 2);
}

TEST_CASE("With no candidate that has two tasks there are no ranks, and it is said why") {
  const auto made = trust(question({around(2, 0, 1, 1), around(1, 0, 1, 2)}));
  for (const auto& c : made) {
    CHECK(c.group == 0);
    CHECK(c.rank_low == 0);
    CHECK(
        c.why ==
        "no interval: one task only; nothing tells how much a score varies, so there are no ranks "
        "and groups");
  }
  CHECK(trust(question({})).empty());
}

TEST_CASE("A spread of nothing separates what is different, and nothing else") {
  const auto made = trust(question({around(2, 0, 9, 1), around(2, 0, 9, 1), around(1, 0, 9, 2)}));
  CHECK(made[0].group == 1);
  CHECK(made[1].group == 1);
  CHECK(made[2].group == 2);
  CHECK(made[0].first == 0.5);
  CHECK((made[1].rank_low == 1 && made[1].rank_high == 2));
}

TEST_CASE("The order of names is a to z, then aa") {
  std::vector<Samples> candidates;
  for (std::uint64_t c = 0; c < 28; ++c)
    candidates.push_back(around(100 - static_cast<double>(c), .01, 20, c));
  const auto made = trust(question(candidates));
  CHECK(made[25].letter == "z");
  CHECK(made[26].letter == "aa");
  CHECK(made[27].letter == "ab");
}

TEST_CASE("Few tasks are not told apart too easily") {
  // Two tasks each of the same distribution: about one in twenty leaders may seem better.
  int apart = 0;
  for (std::uint64_t trial = 0; trial < 300; ++trial) {
    auto a = around(0, 1, 3, 2 * trial + 1);
    auto b = around(0, 1, 3, 2 * trial + 2);
    const auto sum = [](const Samples& s) {
      return s.groups[0][0] + s.groups[0][1] + s.groups[0][2];
    };
    if (sum(a) < sum(b)) std::swap(a, b);
    apart += trust(question({a, b}))[1].group == 2;
  }
  CHECK(apart < 30);
}
