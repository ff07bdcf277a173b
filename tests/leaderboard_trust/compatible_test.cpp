// OptScale's algorithm, where HTTP does not reach: what its list of boards shows, and what it
// leaves open.
#include "engine.hpp"
#include "support.hpp"

using namespace podium::leaderboard;

namespace {

Definition definition(Fold fold = Fold::mean, Direction direction = Direction::max) {
  Definition made;
  made.mode = Mode::compatible;
  Metric metric;
  metric.name = metric.metric = "acc";
  metric.fold = fold;
  metric.direction = direction;
  made.metrics = {metric};
  return made;
}

Entry entry(double value, std::vector<DatasetIndex> datasets) {
  Entry made;
  made.values = {Number(value)};
  made.datasets = std::move(datasets);
  return made;
}

/// Data sets 0, 1 and 2 are live and were run on.
Wanted wanted(std::vector<DatasetIndex> listed) {
  Wanted made;
  made.weights.assign(listed.size(), 1.0);
  made.effective = listed;
  made.listed = std::move(listed);
  return made;
}

class Board {
 public:
  Board(Definition definition, Wanted wanted)
      : definition_(std::move(definition)), wanted_(std::move(wanted)) {}
  void add(std::vector<Entry> tasks) {
    auto& candidate = candidates_.emplace_back(std::make_unique<Candidate>());
    candidate->tasks = std::move(tasks);
    candidate->folded = compatible::fold(definition_, wanted_, candidate->tasks);
  }
  Number best() const {
    std::vector<const Candidate*> all;
    for (const auto& candidate : candidates_) all.push_back(candidate.get());
    return compatible::best(definition_, wanted_, all);
  }

 private:
  Definition definition_;
  Wanted wanted_;
  std::vector<std::unique_ptr<Candidate>> candidates_;
};

}  // namespace

TEST_CASE("Without chosen data sets the best of all values is shown, and 0 is not seen") {
  Board board(definition(Fold::mean, Direction::min), wanted({}));
  CHECK(!board.best().there);
  board.add({entry(3, {}), entry(5, {0})});
  board.add({entry(2, {1})});
  board.add({entry(0, {})});
  CHECK(board.best().value == 2);
}

TEST_CASE("With chosen ones it is of those that were run on all of them, over these alone") {
  Board board(definition(), wanted({0, 1}));
  board.add({entry(0.9, {0})});
  CHECK(!board.best().there);
  board.add({entry(0.4, {0}), entry(0.6, {1}), entry(1, {2})});
  CHECK(board.best().value == Approx(0.5));
  // Read by a rule of coverage too: qualification is more than what is chosen, the value is not.
  Wanted more = wanted({0, 1});
  more.effective = {0, 1, 2};
  Board with_rule(definition(), more);
  with_rule.add({entry(0.4, {0}), entry(0.6, {1}), entry(1, {2})});
  CHECK(with_rule.best().value == Approx(0.5));
}

TEST_CASE("More qualification stands before a better value, and equal ones are left open") {
  const auto d = definition();
  const auto w = wanted({0, 1});
  const std::vector<Entry> one{entry(0.9, {0})};
  const std::vector<Entry> both{entry(0.1, {0}), entry(0.3, {1})};
  const std::vector<Entry> same{entry(0.2, {0, 1})};
  const std::vector<Entry> none{entry(std::numeric_limits<double>::quiet_NaN(), {0, 1})};
  const auto fold = [&](const std::vector<Entry>& tasks) { return compatible::fold(d, w, tasks); };
  CHECK(compatible::compare(d, fold(both), fold(one)) < 0);
  CHECK(compatible::compare(d, fold(one), fold(both)) > 0);
  CHECK(compatible::compare(d, fold(both), fold(same)) == 0);
  CHECK(compatible::compare(d, fold(none), fold(one)) > 0);
  CHECK(fold(both).qualified);
  CHECK(!fold(one).qualified);
  CHECK(!fold(none).qualified);
}
