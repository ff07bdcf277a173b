// What the writer keeps of the record that it read last, beside a model that keeps nothing: random
// reads and changes within one transaction.
#include <fmt/format.h>

#include <functional>
#include <map>
#include <random>
#include <stdexcept>

#include "fixture.hpp"

using namespace podium;
using podium::sqlite::test::Opened;
using podium::test::error_of;
using podium::test::TemporaryFolder;

namespace {

struct Task {
  std::int64_t version = 1, priority = 0, points = 0;
  std::string state, tag;
  bool operator==(const Task&) const = default;
};
using World = std::map<Ordinal, Task>;

class Mixed {
 public:
  Mixed(Opened& a, unsigned seed) : a_(a), random_(seed), project_(a.project("p")) {}

  void transaction(bool throws) {
    World next = world_;
    const auto seed = random_();
    try {
      a_.store->write([&](Transaction& t) {
        // It may be run again, from the start.
        next = world_;
        std::mt19937 again(static_cast<unsigned>(seed));
        random_ = again;
        for (int i = 0; i < 25; ++i) step(t, next);
        for (const auto& [task, known] : next) look(t, next, task);
        if (throws) throw std::runtime_error("taken back");
      });
      world_ = std::move(next);
    } catch (const std::runtime_error& e) {
      if (!throws || std::string(e.what()) != "taken back") throw;
    }
    a_.store->write([&](Transaction& t) {
      for (const auto& [task, known] : world_) look(t, world_, task);
    });
  }

 private:
  Ordinal some(const World& world) {
    if (world.empty() || random_() % 12 == 0) return gone_;
    return std::next(world.begin(), static_cast<std::ptrdiff_t>(random_() % world.size()))->first;
  }

  void look(Transaction& t, const World& world, Ordinal task,
            const std::function<void()>& inside = {}) {
    const Column columns[] = {value_of(field("state")), value_of(field("priority")),
                              value_of(entry("tags", "k")),
                              value_of(series("metrics", "loss", Statistic::count))};
    Task found;
    const auto known = world.find(task);
    const bool there = t.get(a_.tasks, task, columns, [&](const Row& row) {
      if (inside) inside();
      if (!inside) found.version = row.version();
      const auto text = [&](std::size_t i) {
        const Cell cell = row.cell(i);
        const auto* held = std::get_if<std::string_view>(&cell);
        return held == nullptr ? std::string() : std::string(*held);
      };
      const auto number = [&](std::size_t i) {
        const Cell cell = row.cell(i);
        const auto* held = std::get_if<std::int64_t>(&cell);
        return held == nullptr ? 0 : *held;
      };
      found.state = text(0);
      found.tag = text(2);
      found.priority = number(1);
      found.points = number(3);
    });
    REQUIRE(there == (known != world.end()));
    if (!there) return;
    if (inside) found.version = known->second.version;
    REQUIRE(found == known->second);
  }

  void set(Transaction& t, World& world, Ordinal task) {
    Patch patch;
    const auto known = world.find(task);
    Task next = known == world.end() ? Task{} : known->second;
    std::string state, tag;
    if (random_() % 2 != 0) patch.set("state", next.state = fmt::format("s{}", random_() % 3));
    if (random_() % 2 != 0)
      patch.set("priority", next.priority = static_cast<std::int64_t>(random_() % 3));
    if (random_() % 3 == 0) {
      tag = next.tag = fmt::format("t{}", random_() % 3);
      patch.put("tags", "k", tag);
    }
    // As it is, as it is not, or without a look.
    Filter still;
    bool holds = known != world.end();
    if (const auto kind = random_() % 3; kind != 0 && holds) {
      still = eq(record_version(), known->second.version + (kind == 1 ? 0 : 1));
      holds = kind == 1;
    }
    REQUIRE(t.update(a_.tasks, {&task, 1}, still, patch) == (holds ? 1 : 0));
    if (!holds || next == known->second) return;
    ++next.version;
    known->second = next;
  }

  void step(Transaction& t, World& world) {
    const Ordinal task = some(world);
    switch (random_() % 9) {
      case 0:
      case 1:
      case 2:
        return look(t, world, task);
      case 3:
      case 4:
        return set(t, world, task);
      case 5: {  // changed while it is looked at
        const World before = world;
        look(t, before, task, [&] { set(t, world, task); });
        return look(t, world, task);
      }
      case 6: {
        const auto known = world.find(task);
        if (known == world.end()) return;
        const Point point{next_++, 1, 0.5};
        const SeriesPoints one{"loss", "", {&point, 1}};
        t.append(a_.tasks, task, "metrics", {&one, 1});
        ++known->second.points;
        return;
      }
      case 7: {
        look(t, world, task);
        const std::string id = fmt::format("input {}", next_++);
        NewRecord input{id, {}};
        input.content.set("task", task);
        if (world.contains(task))
          t.insert(a_.inputs, input);
        else
          REQUIRE(error_of([&] { t.insert(a_.inputs, input); }).code() == ErrorCode::not_found);
        return;
      }
      default: {
        if (world.size() > 3) {
          look(t, world, task);
          t.erase(a_.tasks, {&task, 1});
          if (world.erase(task) != 0) gone_ = task;
          return look(t, world, task);
        }
        const std::string id = fmt::format("task {}", next_++);
        NewRecord record{id, {}};
        record.content.set("project", project_).set("priority", std::int64_t{0});
        world.emplace(t.insert(a_.tasks, record), Task{});
      }
    }
  }

  Opened& a_;
  std::mt19937 random_;
  Ordinal project_, gone_ = 1'000'000;
  std::int64_t next_ = 0;
  World world_;
};

}  // namespace

TEST_CASE("what is read in a transaction is what was written before, whatever was read last") {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    TemporaryFolder folder;
    Opened a(folder.path(), seed % 2 == 0);
    Mixed mixed(a, seed);
    INFO("seed " << seed);
    for (int i = 0; i < 40; ++i) mixed.transaction(i % 5 == 4);
    CHECK(a.faults() == std::vector<std::string>{});
  }
}
