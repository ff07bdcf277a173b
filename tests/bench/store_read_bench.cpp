// What reads cost, in CPU time on a warm cache: 100,000 tasks (or as many as the first argument
// says) with 5 metrics, 10 params and 6 tags, nine tenths in one project, the rest in 200 small
// ones. Prints one line a question.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>

#include "../storage_sqlite/filled.hpp"
#include "podium/storage_kit/points.hpp"

using namespace podium;

namespace {

double cpu_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

std::vector<Collection> declared() {
  Collection projects;
  projects.name = "projects";
  projects.fields = {{"name", Type::text}};
  Collection tasks;
  tasks.name = "tasks";
  tasks.fields = {{"project", Type::reference, "projects", OnErase::cascade},
                  {"state", Type::text},
                  {"archived", Type::boolean},
                  {"start", Type::time},
                  {"name", Type::text}};
  tasks.partition = "project";
  tasks.keys = {{"by_start", {"project", "archived", "start"}},
                {"by_state", {"project", "state", "archived"}}};
  tasks.maps = {{"params"}, {"tags"}};
  tasks.series = {{"metrics"}};
  Collection inputs;
  inputs.name = "inputs";
  inputs.sequence = true;
  inputs.fields = {{"task", Type::reference, "tasks", OnErase::cascade},
                   {"name", Type::text},
                   {"context", Type::text}};
  inputs.keys = {{"by_name", {"name", "context"}}};
  return {projects, tasks, inputs};
}

const char* const states[] = {"completed", "running", "failed", "draft"};

void fill(test::Filled& filled, Ordinal tasks) {
  std::mt19937_64 random(1);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const auto& p = *filled.shared.catalog()->find("projects");
  const auto& t = *filled.shared.catalog()->find("tasks");
  const auto& i = *filled.shared.catalog()->find("inputs");
  filled.writer.execute("PRAGMA synchronous = OFF; BEGIN");
  for (Ordinal o = 1; o <= 201; ++o) {
    test::MemoryRecord r;
    r.ordinal = o;
    r.id = "p" + std::to_string(o);
    r.fields["name"] = r.id;
    filled.insert(p, r);
  }
  for (Ordinal o = 1; o <= tasks; ++o) {
    test::MemoryRecord r;
    r.ordinal = o;
    r.id = fmt::format("{:032x}", o * 0x9E3779B97F4A7C15u);
    r.fields["project"] = o % 10 == 0 ? Ordinal{2} + static_cast<Ordinal>(below(200)) : Ordinal{1};
    r.fields["state"] = std::string(states[below(20) < 14 ? 0 : below(4)]);
    r.fields["archived"] = below(10) == 0;
    r.fields["start"] =
        std::int64_t{1700000000000} + o * 1000 + static_cast<std::int64_t>(below(100000));
    r.fields["name"] = "task " + std::to_string(o);
    r.entries[{"params", "lr"}] = std::vector<std::string>{
        "0.1", "0.01", "0.001", "1e-4", "0.3", "0.03", "0.003", "3e-4", "1", "2"}[below(10)];
    r.entries[{"params", "seed"}] = std::to_string(below(100000));
    r.entries[{"params", "optimizer"}] = std::vector<std::string>{"adam", "sgd", "lion"}[below(3)];
    for (int k = 0; k < 7; ++k)
      r.entries[{"params", "p" + std::to_string(k)}] = std::to_string(below(1000));
    r.entries[{"tags", "user"}] = "user" + std::to_string(below(30));
    r.entries[{"tags", "team"}] = "team" + std::to_string(below(33));
    for (int k = 0; k < 3; ++k)
      r.entries[{"tags", "t" + std::to_string(k)}] = "value " + std::to_string(below(500));
    if (o % 10000 == 7)
      r.entries[{"tags", "rare"}] = "yes";
    else
      r.entries[{"tags", "note"}] =
          "a note of some length, number " + std::to_string(below(1000000));
    for (const char* m : {"acc", "loss", "f1", "auc", "time"})
      if (below(20) != 0) r.last[{"metrics", m, ""}] = static_cast<double>(below(1000000)) / 1e6;
    filled.insert(t, r);
    test::MemoryRecord input;
    input.ordinal = o;
    input.fields["task"] = o;
    input.fields["name"] = "set" + std::to_string(below(1000));
    input.fields["context"] = std::string(below(2) != 0 ? "train" : "eval");
    filled.insert(i, input);
  }
  // One long series.
  const auto& series = t.one_series("metrics");
  const std::int64_t key = filled.key("long");
  filled.writer
      .prepare(fmt::format("INSERT INTO {} VALUES (-1, 1, ?1, 0, 0,0,0,0, 0,0,0,0, 0,0,0,0, "
                           "0,0,0,0, 1024000, 0, 0, 0, 1000)",
                           series.summaries))
      .bind(key)
      .run();
  for (int c = 0; c < 1000; ++c) {
    std::vector<Point> points;
    for (int k = 0; k < 1024; ++k)
      points.push_back(
          {c * 1024 + k, 1700000000000 + c * 1024 + k, static_cast<double>(below(1000000))});
    const auto range = kit::range_of(points);
    const std::string bytes = kit::encode_chunk(points);
    filled.writer
        .prepare(fmt::format("INSERT INTO {} VALUES (-1, ?, ?, ?, ?, ?, ?, ?)", series.chunks))
        .bind(c, range.count, range.first_step, range.last_step, range.first_time, range.last_time,
              sqlite::Blob{bytes})
        .run();
  }
  filled.writer.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

std::string only;  // measure the questions with this in their name, longer
std::size_t most_runs = 50;
double budget_ms = 300;

template <class F>
void measure(const char* what, F&& ask) {
  if (std::string_view(what).find(only) == std::string_view::npos) return;
  std::size_t rows = ask();
  ask();
  std::vector<double> times;
  const double start = cpu_ms();
  while (times.size() < 5 || (times.size() < most_runs && cpu_ms() - start < budget_ms)) {
    const double before = cpu_ms();
    ask();
    times.push_back(cpu_ms() - before);
  }
  std::sort(times.begin(), times.end());
  std::printf("%-72s %9.3f ms  %zu\n", what, times[times.size() / 2], rows);
}

}  // namespace

int main(int argc, char** argv) {
  const Ordinal tasks = argc > 1 ? std::atoll(argv[1]) : 100000;
  if (argc > 2) {
    only = argv[2];
    most_runs = 100000;
    budget_ms = 3000;
  }
  test::Filled filled(declared());
  fill(filled, tasks);
  const CollectionId c = filled.id("tasks");
  using P = std::int64_t;
  const Filter project = eq(field("project"), P{1});
  const Filter live = eq(field("archived"), false);
  const Path acc = series("metrics", "acc"), loss = series("metrics", "loss");
  const Order by_start = {{field("start"), true, false}}, by_acc = {{acc, true, false}};

  std::vector<Column> table;
  for (const char* f : {"name", "state", "start"}) table.push_back(value_of(field(f)));
  for (const char* k : {"lr", "seed", "optimizer", "p0", "p1", "p2", "p3", "p4", "p5", "p6"})
    table.push_back(value_of(entry("params", k)));
  for (const char* k : {"user", "team", "t0", "t1", "t2", "note"})
    table.push_back(value_of(entry("tags", k)));
  for (const char* k : {"acc", "loss", "f1", "auc", "time"})
    table.push_back(value_of(series("metrics", k)));

  const auto page = [&](Filter f, Order o, std::vector<Column> columns = {},
                        std::string cursor = {}) {
    std::size_t rows = 0;
    filled.read([&](const Reader& r) {
      Query q{c, std::move(f), std::move(o), 100, std::move(cursor), std::move(columns)};
      return r.query(q, [&](const Row& row) {
        for (std::size_t i = 0; i < q.columns.size(); ++i) rows += row.cell(i).index() == 99;
        ++rows;
        return true;
      });
    });
    return rows;
  };
  const auto deep = [&](Filter f, const Order& o) {
    Query q{c, std::move(f), o, static_cast<std::uint64_t>(tasks / 2)};
    return filled.read([&](const Reader& r) { return r.query(q, [](const Row&) { return true; }); })
        .cursor;
  };

  measure("nothing: a snapshot",
          [&] { return filled.read([](const Reader&) { return std::size_t{0}; }); });
  measure("first page by start, live", [&] { return page(all_of({project, live}), by_start); });
  measure("first page by metric", [&] { return page(project, by_acc); });
  measure("first page by metric, live", [&] { return page(all_of({project, live}), by_acc); });
  measure("first page by param (number)", [&] {
    return page(project, {{entry("params", "seed"), false, false}});
  });
  measure("first page by (start desc, id)", [&] {
    return page(all_of({project, live}),
                {{field("start"), true, false}, {record_id(), false, false}});
  });
  const std::string middle = deep(project, by_acc);
  measure("deep page by metric", [&] { return page(project, by_acc, {}, middle); });
  const std::string far = deep(all_of({project, live}), by_start);
  measure("deep page by start, live", [&] {
    return page(all_of({project, live}), by_start, {}, far);
  });
  measure("first page by metric, 24 columns", [&] { return page(project, by_acc, table); });
  measure("first page by start, live, 24 columns", [&] {
    return page(all_of({project, live}), by_start, table);
  });
  measure("all projects by metric", [&] { return page({}, by_acc); });
  measure("a small project by metric", [&] { return page(eq(field("project"), P{77}), by_acc); });
  measure("acc > .9 and lr = .1, order acc", [&] {
    return page(all_of({project, compare(acc, Compare::gt, 0.9), eq(entry("params", "lr"), 0.1)}),
                by_acc);
  });
  measure("acc > .9 and lr = .1, order start", [&] {
    return page(
        all_of({project, live, compare(acc, Compare::gt, 0.9), eq(entry("params", "lr"), 0.1)}),
        by_start);
  });
  measure("acc < .05 order acc desc", [&] {
    return page(all_of({project, compare(acc, Compare::lt, 0.05)}), by_acc);
  });
  measure("rare tag, order start", [&] {
    return page(all_of({project, eq(entry("tags", "rare"), std::string("yes"))}), by_start);
  });
  measure("rare tag or a seed, order start", [&] {
    return page(all_of({project, any_of({eq(entry("tags", "rare"), std::string("yes")),
                                         eq(entry("params", "seed"), 77.0)})}),
                by_start);
  });
  measure("any(name, context), order start", [&] {
    return page(all_of({project, any("inputs", "task",
                                     all_of({eq(field("name"), std::string("set5")),
                                             eq(field("context"), std::string("train"))}))}),
                by_start);
  });
  measure("two 3 % filters, order start", [&] {
    return page(all_of({project, eq(entry("tags", "user"), std::string("user3")),
                        eq(entry("tags", "team"), std::string("team3"))}),
                by_start);
  });
  measure("three 5-10 % filters, order acc", [&] {
    return page(all_of({project, compare(loss, Compare::lt, 0.07), eq(entry("params", "lr"), 0.1),
                        compare(series("metrics", "f1"), Compare::gt, 0.93)}),
                by_acc);
  });
  measure("a 33 % param, order start", [&] {
    return page(all_of({project, live, eq(entry("params", "optimizer"), std::string("sgd"))}),
                by_start);
  });
  measure("NOT with a rare result", [&] {
    return page(all_of({project, not_(compare(acc, Compare::gt, 0.0001)), is_null(acc, true)}),
                by_start);
  });
  measure("LIKE without a hit", [&] {
    return page(
        all_of({project, pattern(Filter::Op::like, entry("tags", "note"), "%no such thing%")}),
        by_start);
  });
  measure("order by state (no index that leads), metric", [&] {
    return page(project, {{field("name"), false, false}, {acc, true, false}});
  });
  const auto list = [&](Filter f, Order o) {
    return filled.read([&](const Reader& r) { return r.ids(c, f, o).size(); });
  };
  measure("listing by metric", [&] { return list(project, by_acc); });
  // The same by hand: those with the metric by its index, then those without it.
  const auto& last_values =
      filled.shared.catalog()->find("tasks")->one_series("metrics").last_values;
  const auto key = filled.key("acc");
  measure("listing by metric, hand-written SQL", [&] {
    std::vector<Ordinal> ids;
    auto with = filled.writer.prepare(fmt::format(
        "SELECT owner FROM {} WHERE part = 1 AND key = ? AND scope = 0 ORDER BY rank, value DESC",
        last_values));
    for (with.bind(key); with.step();) ids.push_back(with.integer(0));
    auto without = filled.writer.prepare(
        fmt::format("SELECT rid FROM {} t WHERE f_project = 1 AND NOT EXISTS (SELECT 1 FROM {} "
                    "WHERE owner = t.rid AND key = ? AND "
                    "scope = 0) ORDER BY rid",
                    filled.shared.catalog()->find("tasks")->table,
                    filled.shared.catalog()->find("tasks")->one_series("metrics").summaries));
    for (without.bind(key); without.step();) ids.push_back(without.integer(0));
    return ids.size();
  });
  measure("listing by start, live", [&] { return list(all_of({project, live}), by_start); });
  measure("listing by metric, live and acc > .5", [&] {
    return list(all_of({project, live, compare(acc, Compare::gt, 0.5)}), by_acc);
  });
  measure("listing, acc > .5 and loss < .5, by start", [&] {
    return list(all_of({project, compare(loss, Compare::lt, 0.5), compare(acc, Compare::gt, 0.5)}),
                by_start);
  });
  const auto facets = [&](Filter f, std::vector<Path> groups) {
    std::size_t n = 0;
    filled.read([&](const Reader& r) {
      Aggregate a{c, std::move(f), std::move(groups), {{}}};
      r.aggregate(a, [&](auto, auto) {
        ++n;
        return true;
      });
      return 0;
    });
    return n;
  };
  measure("group by (state, archived)", [&] {
    return facets(project, {field("state"), field("archived")});
  });
  measure("group by a tag", [&] { return facets(project, {entry("tags", "user")}); });
  measure("group by a param of numbers", [&] { return facets(project, {entry("params", "lr")}); });
  measure("group by state, lr = .1", [&] {
    return facets(all_of({project, eq(entry("params", "lr"), 0.1)}), {field("state")});
  });
  const auto points = [&](PointsQuery q) {
    q.collection = c;
    q.record = 1;
    q.series = "metrics";
    q.key = "long";
    std::size_t n = 0;
    filled.read([&](const Reader& r) {
      r.points(q, [&](std::span<const Point> block) {
        n += block.size();
        return true;
      });
      return 0;
    });
    return n;
  };
  PointsQuery q;
  measure("1M points", [&] { return points(q); });
  q.buckets = 500;
  measure("1M points in 500 buckets", [&] { return points(q); });
  q.buckets = 0;
  q.evenly = 320;
  measure("1M points, 320 evenly", [&] { return points(q); });
  q = {};
  q.from = 500000;
  q.limit = 1000;
  measure("1000 points from the middle", [&] { return points(q); });
}
