// What a task costs, in tasks that are read and folded: counts, no clocks.
#include "fixture.hpp"
#include "key.hpp"

using namespace podium;
using namespace podium::test;
using namespace podium::leaderboard;

TEST_CASE("a new task folds its own candidate only: a thousandth of a rebuild") {
  Definition d;
  d.metrics.push_back({"acc", "acc", {}, Direction::max, Pick::last, 0, Fold::mean, {}, {}});
  Engine engine(std::make_shared<const Definition>(d));
  constexpr Ordinal tasks = 100'000, candidates = 1000;
  const auto entry = [&](Ordinal o) {
    Entry e;
    e.task = o;
    e.id = std::to_string(o);
    e.started = e.ended = o;
    std::string key;
    append(key, KeyPart::Kind::param, "g", std::to_string(o % candidates));
    e.key = std::move(key);
    e.values = {static_cast<double>(o * 7919 % 100'003)};
    return e;
  };
  std::vector<Entry> all;
  for (Ordinal o = 1; o <= tasks; ++o) all.push_back(entry(o));
  engine.load(std::move(all));
  const auto rebuild = engine.folded();
  CHECK(rebuild == tasks);
  engine.put(entry(tasks + 1));
  CHECK((engine.folded() - rebuild) * 900 <= rebuild);
  CHECK(engine.candidates().size() == candidates);
}

TEST_CASE("a board that is read again reads the tasks that changed, and those only") {
  BoardsHost host;
  for (int i = 0; i < 20; ++i)
    host.run({.metrics = {{"acc", i / 20.0}}, .params = {{"g", std::to_string(i % 4)}}});
  const auto id = host.board({{"primary", {{"metric", "acc"}}}, {"group_by", {{"params", {"g"}}}}});
  host.ranking(id);
  Desk desk(*host.library);
  const auto live = host.library->current(desk.require(host.caller, id));
  CHECK(live->rebuilds() == 1);
  const auto read = live->tasks_read();
  host.run({.metrics = {{"acc", 3}}, .params = {{"g", "1"}}});
  const Json rows = host.ranking(id)["rows"];
  CHECK(rows.at(0)["label"]["params"]["g"] == "1");
  CHECK(live->tasks_read() <= read + 2);  // while it ran, and when it had ended
  CHECK(live->rebuilds() == 1);
}
