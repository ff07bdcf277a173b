#pragma once
// Seeded stores, filters and orders, and what looking at every record answers.
#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "memory_engine.hpp"
#include "podium/storage_kit/planner.hpp"

namespace podium::test {

class Questions {
 public:
  explicit Questions(unsigned seed) : random_(seed) {}

  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool chance(int percent) { return below(100) < percent; }

  std::string text() {
    static const std::vector<std::string> texts = {"a",
                                                   "b",
                                                   "adam",
                                                   "sgd",
                                                   "0.1",
                                                   "1e-1",
                                                   "0.10",
                                                   "7",
                                                   "-3",
                                                   "",
                                                   "Ünder",
                                                   "9x",
                                                   std::string(64, 'q'),
                                                   std::string(70, 'q') + "1",
                                                   std::string(70, 'q') + "2",
                                                   "1e999"};
    return texts[static_cast<std::size_t>(below(static_cast<int>(texts.size())))];
  }
  double number() {
    static const double numbers[] = {0,
                                     0.1,
                                     0.5,
                                     0.9,
                                     7,
                                     -3,
                                     1e300,
                                     std::numeric_limits<double>::infinity(),
                                     -std::numeric_limits<double>::infinity()};
    return chance(60) ? below(20) / 20.0 : numbers[below(9)];
  }
  double nan() { return std::numeric_limits<double>::quiet_NaN(); }

  MemoryStore store(int tasks) {
    MemoryStore s;
    Collection projects;
    projects.name = "projects";
    Collection c;
    c.name = "tasks";
    c.fields = {{"project", Type::reference, "projects", OnErase::cascade},
                {"state", Type::text},
                {"archived", Type::boolean},
                {"start", Type::time},
                {"score", Type::real},
                {"note", Type::text},
                {"owner", Type::reference, "projects"},
                {"level", Type::scalar}};
    c.partition = "project";
    c.keys = {{"by_start", {"project", "archived", "start"}},
              {"by_state", {"project", "state"}},
              {"by_score", {"score"}},
              {"wide", {"state", "score", "start"}},
              {"by_level", {"level", "start"}}};
    c.maps = {{"params", true}, {"tags", false}};
    c.series = {{"metrics"}};
    Collection inputs;
    inputs.name = "inputs";
    inputs.sequence = true;
    inputs.fields = {{"task", Type::reference, "tasks", OnErase::cascade},
                     {"name", Type::text},
                     {"size", Type::integer}};
    inputs.keys = {{"by_name", {"name"}}};
    for (const auto& d : {projects, c, inputs}) {
      s.collections[d.name] = d;
      s.records[d.name];
    }
    for (Ordinal o = 1; o <= tasks; ++o) {
      if (chance(10)) continue;
      MemoryRecord r;
      r.ordinal = o;
      r.id = "id" + std::to_string(below(1000000)) + "_" + std::to_string(o);
      r.fields["project"] = chance(95) ? Value{std::int64_t{below(3) + 1}} : Value{};
      r.fields["state"] = chance(95) ? Value{std::string(chance(50)   ? "running"
                                                         : chance(70) ? "failed"
                                                                      : "draft")}
                                     : Value{};
      r.fields["archived"] = chance(90) ? Value{chance(20)} : Value{};
      r.fields["start"] = chance(90) ? Value{std::int64_t{below(300)}} : Value{};
      r.fields["score"] = chance(15) ? Value{} : chance(10) ? Value{nan()} : Value{number()};
      r.fields["note"] = chance(80) ? Value{text()} : Value{};
      r.fields["level"] = chance(80) ? Value{text()} : Value{};
      r.fields["owner"] = chance(50) ? Value{std::int64_t{below(2) + 1}} : Value{};
      for (const char* key : {"lr", "opt", "rare"})
        if (chance(key[0] == 'r' ? 3 : 80))
          r.entries[{"params", key}] = chance(50) ? std::to_string(below(20) / 20.0) : text();
      if (chance(70)) r.entries[{"tags", "t"}] = text();
      for (const char* key : {"acc", "loss"})
        if (chance(85)) r.last[{"metrics", key, ""}] = chance(10) ? nan() : number();
      if (chance(20)) r.last[{"metrics", "acc", "val"}] = number();
      for (int i = below(3); i > 0; --i) {
        MemoryRecord input;
        input.ordinal = static_cast<Ordinal>(s.records["inputs"].size()) + 1;
        input.id = std::to_string(input.ordinal);
        input.fields["task"] = o;
        input.fields["name"] = text();
        input.fields["size"] = std::int64_t{below(10)};
        s.records["inputs"].push_back(std::move(input));
      }
      s.records["tasks"].push_back(std::move(r));
    }
    return s;
  }

  Compare cmp() { return static_cast<Compare>(below(6) + 1); }

  Filter inner() {
    switch (below(5)) {
      case 0:
        return Filter{};
      case 1:
        return eq(field("name"), text());
      case 2:
        return all_of(
            {eq(field("name"), text()), compare(field("size"), Compare::gt, std::int64_t{3})});
      case 3:
        return compare(field("size"), cmp(), std::int64_t{below(10)});
      default:
        return pattern(Filter::Op::like, field("name"), "a%");
    }
  }

  Path path() {
    switch (below(13)) {
      case 0:
        return field("state");
      case 1:
        return field("start");
      case 2:
        return field("score");
      case 3:
        return field("note");
      case 4:
        return entry("params", chance(50) ? "lr" : "opt");
      case 5:
        return entry("params", "rare");
      case 6:
        return entry("tags", "t");
      case 7:
        return series("metrics", "acc");
      case 8:
        return series("metrics", "loss");
      case 9:
        return series("metrics", "acc", Statistic::last, "val");
      case 10:
        return series("metrics", "acc", Statistic::max);
      case 11:
        return field("level");
      default:
        return field("owner");
    }
  }

  Value literal(const Path& p) {
    if (p.kind == Path::Kind::series || p.name == "score")
      return chance(5)    ? Value{nan()}
             : chance(20) ? Value{std::int64_t{below(3)}}
                          : Value{number()};
    if (p.name == "start")
      return chance(30) ? Value{below(600) / 2.0} : Value{std::int64_t{below(300)}};
    if (p.name == "owner") return std::int64_t{below(3) + 1};
    if (p.name == "state") return std::string(chance(50) ? "running" : "failed");
    if ((p.kind == Path::Kind::map || p.name == "level") && chance(40)) return number();
    return text();
  }

  Filter leaf() {
    switch (below(14)) {
      case 0:
        return eq(field("project"), std::int64_t{below(4)});
      case 1:
        return in(field("project"), {std::int64_t{1}, std::int64_t{below(3) + 1}}, chance(10));
      case 2:
        return eq(field("archived"), chance(50));
      case 3:
        return any("inputs", "task", inner());
      case 4:
        return is_null(path(), chance(50));
      case 5: {
        const char* patterns[] = {"a%", "%1", "0.%", "q%", "%q2", "_", "sg%", ""};
        const Path p = chance(50)   ? entry("params", "opt")
                       : chance(50) ? field("note")
                                    : entry("params", "lr");
        return pattern(chance(60) ? Filter::Op::like : Filter::Op::ilike, p, patterns[below(8)],
                       chance(30));
      }
      case 6: {
        const Path p = path();
        return in(p, {literal(p), literal(p)}, chance(30));
      }
      case 7:
        return chance(50)
                   ? in(record_ordinal(), {std::int64_t{below(200)}, std::int64_t{below(200)}})
                   : compare(record_ordinal(), cmp(), std::int64_t{below(200)});
      default: {
        const Path p = path();
        return compare(p, cmp(), literal(p));
      }
    }
  }
  Filter filter(int depth) {
    const int kind = depth == 0 ? 0 : below(10);
    if (kind < 5) return leaf();
    if (kind == 5) return not_(filter(depth - 1));
    std::vector<Filter> arms;
    for (int i = below(3) + 1; i >= 0; --i) arms.push_back(filter(depth - 1));
    return kind < 9 ? all_of(std::move(arms)) : any_of(std::move(arms));
  }
  Order order() {
    Order o;
    for (int i = below(100) < 10 ? 0 : chance(70) ? 1 : 2; i > 0; --i) {
      Path p = chance(10)   ? record_id()
               : chance(10) ? record_ordinal()
               : chance(10) ? field("archived")
               : chance(5)  ? field("project")
                            : path();
      const bool text = p.kind == Path::Kind::map && chance(10);
      o.push_back({std::move(p), chance(50), text});
    }
    return o;
  }

 private:
  std::mt19937 random_;
};

/// The answer, by looking at every record.
inline std::vector<Ordinal> brute_force(const MemoryStore& store, const Filter& filter,
                                        const Order& order) {
  MemoryEngine engine(store, "tasks");
  const kit::Evaluator evaluator(filter);
  std::vector<std::pair<std::vector<kit::SortKey>, Ordinal>> rows;
  for (const MemoryRecord& r : store.records.at("tasks"))
    if (engine.seek(r.ordinal) && evaluator(engine))
      rows.emplace_back(kit::Planner::keys_of(engine, order, r.ordinal), r.ordinal);
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    return kit::compare(a.first, a.second, b.first, b.second, order) < 0;
  });
  std::vector<Ordinal> ordinals;
  for (const auto& row : rows) ordinals.push_back(row.second);
  return ordinals;
}

}  // namespace podium::test
