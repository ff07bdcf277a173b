#pragma once
// A store and the reference beside it, changed by the same random writes and asked the same random
// questions.
#include <functional>
#include <random>

#include "conformance.hpp"
#include "reference.hpp"

namespace podium::conformance {

class Twin {
 public:
  explicit Twin(std::uint64_t seed);

  /// One transaction of one to four random changes; now and then one that throws after it wrote.
  void write();
  /// Inserts `n` tasks with entries and points at once, so that plans for many records are taken.
  void grow(int n);
  /// Asks one random question in every form and compares; fails the test with the question when
  /// they differ.
  void ask();
  /// Compares every record, map, series and point.
  void compare_all();
  Opened& store() { return store_; }

 private:
  struct Change {
    std::function<void(Transaction&)> on_store;
    std::function<void()> on_world;
  };
  Change insert_project();
  Change insert_task();
  Change insert_input();
  Change update_tasks();
  Change put_entries();
  Change append_points();
  Change erase_something();
  void apply(const std::vector<Change>&, bool throws);
  void erase_from_world(const std::string& collection, Ordinal);

  std::uint64_t roll(std::uint64_t n) { return random_() % n; }
  bool chance(int percent) { return roll(100) < static_cast<std::uint64_t>(percent); }
  std::string text();
  std::string key();
  double real();
  Value value_for(const Field&);
  Ordinal any_of(const std::string& collection);
  std::vector<Ordinal> some_of(const std::string& collection, std::size_t most);
  Path path_in(const Collection&);
  Value value_at(const Collection&, const Path&);
  Filter leaf(const Collection&, bool may_any);
  Filter filter(const Collection&, int depth, bool may_any);
  Order order(const Collection&);
  void ask_aggregate(const std::string& collection, const Filter&);

  std::mt19937_64 random_;
  Opened store_;
  reference::World world_;
  int made_ = 0;
};

}  // namespace podium::conformance
