// What completion knows of keys and values, against reading every task that the caller may see.
#include "commands/known_keys.hpp"

#include <fmt/format.h>

#include <map>
#include <random>
#include <set>

#include "../services/fixture.hpp"
#include "services/core.hpp"
#include "services/records.hpp"

using namespace podium;
using namespace podium::test;
using host::commands::KnownKeys;
using host::commands::KnownWords;

namespace {

/// Each caller sees what the test says.
class Shows final : public Access {
 public:
  Filter visible(const Principal& who, std::string_view) const override {
    who.mark_checked();
    return shown;
  }
  void require(const Principal&, std::string_view) const override {}
  Filter shown;
};

/// A host, and its tasks as one who does not see all of them reads them.
struct Guarded {
  Host h;
  Shows access;
  host::IdMaker ids{[] { return std::int64_t{1}; }};
  host::Core core{*h.store,    h.blobs,
                  *h.language, access,
                  {},          [] { return std::int64_t{1}; },
                  "",          "",
                  ids,         host::Collections(*h.store)};
  CollectionId tasks = h.tasks().collection();
  host::VisibleRecords records{core, tasks, "tasks"};

  Ordinal make(Transaction& t, Ordinal project, const std::map<std::string, std::string>& params,
               const std::vector<std::string>& metrics = {}, const std::string& name = "t") {
    NewTask n;
    n.project = project;
    n.name = name;
    n.state = TaskState::running;
    for (const auto& [key, text] : params) n.content.put("params", key, text);
    const Ordinal o = h.tasks().create(t, h.me, n);
    log(t, o, metrics);
    return o;
  }
  void log(Transaction& t, Ordinal o, const std::vector<std::string>& metrics) {
    const Point p{1, 2, 3};
    for (const auto& key : metrics) {
      const SeriesPoints s{key, "", {&p, 1}};
      t.append(tasks, o, "metrics", {&s, 1});
    }
  }
  /// All tasks that are seen, by brute force: how many have what, the newest `most` counted.
  std::map<std::string, std::int64_t> slowly(const Filter& among, const Path& group,
                                             std::int64_t most) {
    std::map<std::string, std::int64_t> out;
    const bool keys = group.kind != Path::Kind::field && group.key.empty();
    Query q;
    q.filter = among;
    q.order = {{record_ordinal(), true, false}};
    q.columns = {!keys                              ? value_of(group)
                 : group.kind == Path::Kind::series ? whole_series(group.name)
                                                    : whole_map(group.name)};
    std::int64_t rows = 0;
    records.query(*h.store, h.me, q, [&](const Row& row) {
      const std::int64_t one = rows++ < most ? 1 : 0;
      if (!keys) {
        const Cell cell = row.cell(0);
        if (const auto* text = std::get_if<std::string_view>(&cell)) out[std::string(*text)] += one;
      } else if (group.kind == Path::Kind::series) {
        for (const auto& e : row.series(0)) out[group.name + "." + std::string(e.key)] += one;
      } else {
        for (const auto& e : row.map(0)) out[group.name + "." + std::string(e.key)] += one;
      }
      return true;
    });
    return out;
  }
  KnownKeys known(Filter among) {
    return {records, *h.store, h.vocabularies->of("tasks"), h.me, std::move(among), limits};
  }
  /// Whether what is found of a group is what there is.
  void compare(const Filter& among, const Path& group) {
    const KnownWords found = group.key.empty() && group.kind != Path::Kind::field
                                 ? known(among).keys(group.name, "")
                                 : known(among).values(group, "");
    std::map<std::string, std::int64_t> got;
    for (const auto& w : found.words) CHECK(got.emplace(w.text, w.count).second);
    for (std::size_t i = 1; i < found.words.size(); ++i)
      CHECK(found.words[i - 1].count >= found.words[i].count);
    CHECK(found.looked_at <= static_cast<std::int64_t>(limits.newest));
    auto expected = slowly(among, group, found.of_newest ? found.looked_at : 100'000);
    // Which texts fields have only the newest tells.
    if (found.of_newest && group.kind == Path::Kind::field)
      std::erase_if(expected, [](const auto& e) { return e.second == 0; });
    const auto told = [](const auto& counts) {
      std::string out;
      for (const auto& [text, n] : counts) out += fmt::format("{}: {}, ", text, n);
      return out;
    };
    INFO(group.name << " " << group.key << (found.of_newest ? " of the newest" : ""));
    INFO("of " << found.looked_at);
    CHECK(told(got) == told(expected));
    of_newest += found.of_newest ? 1 : 0;
  }

  KnownKeys::Limits limits{{20'000, {}}, {5'000, {}}, 300};  // no wall time in a test
  int of_newest = 0;
};

}  // namespace

TEST_CASE("what is known of tasks is what they have, counted over all or the newest") {
  Guarded s;
  std::mt19937 random(7);
  const Ordinal projects[] = {1, s.h.project("other"), s.h.project("third")};
  s.h.store->write([&](Transaction& t) {
    random.seed(7);
    for (int i = 0; i < 200; ++i) {
      std::map<std::string, std::string> params;
      for (int k = 0; k < 6; ++k)
        if (random() % 2 == 0)
          params["p" + std::to_string(k)] = "adam" + std::to_string(random() % 4);
      if (i < 20) params["old"] = i % 2 == 0 ? "0.10" : "0.1";
      if (i % 50 == 0) params["mixed"] = i % 100 == 0 ? "7" : "";
      std::vector<std::string> metrics;
      if (random() % 2 == 0) metrics.push_back("loss");
      if (random() % 20 == 0) metrics.push_back("rare");
      s.make(t, projects[random() % 3], params, metrics, "n" + std::to_string(i % 5));
    }
  });
  const Filter shown[] = {{},
                          none(),
                          in(field("project"), {Value{projects[0]}, Value{projects[2]}}),
                          eq(field("name"), std::string("n3")),
                          not_(eq(field("name"), std::string("n3")))};
  const Filter among[] = {{},
                          eq(field("project"), projects[1]),
                          in(field("project"), {Value{projects[0]}, Value{projects[1]}})};
  for (const bool many : {false, true}) {
    // Many are more than it likes to look at.
    if (many) s.limits = {{150, {}}, {5'000, {}}, 5};
    s.of_newest = 0;
    for (const Filter& visible : shown)
      for (const Filter& tasks : among) {
        s.access.shown = visible;
        for (const Path& group : {entry("params", ""), series("metrics", ""), entry("params", "p1"),
                                  entry("params", "old"), entry("params", "mixed"),
                                  entry("params", "none"), field("name")})
          s.compare(tasks, group);
      }
    CHECK((s.of_newest > 20) == many);
  }
  s.access.shown = {};
  const KnownWords some = s.known({}).keys("params", "MS.P3");
  REQUIRE(some.words.size() == 1);
  CHECK(some.words[0].text == "params.p3");
}

TEST_CASE("a key is known from its first task to its last, to those who see it") {
  Guarded s;
  s.limits = {{60, {}}, {5'000, {}}, 5};
  const Ordinal other = s.h.project("other");
  std::vector<Ordinal> made;
  s.h.store->write([&](Transaction& t) {
    made.clear();
    for (int i = 0; i < 200; ++i)
      made.push_back(s.make(t, i % 2 == 0 ? 1 : other, {{"lr", "1"}}, {"loss"}));
  });
  const auto known = [&](const char* map, Filter among = {}) {
    const KnownWords found = s.known(std::move(among)).keys(map, "new");
    CHECK(found.of_newest);
    return found.words.size();
  };
  CHECK(known("params") + known("metrics") == 0);
  // By the oldest task, while others log.
  s.h.store->write([&](Transaction& t) {
    s.log(t, made[0], {"new"});
    for (const Ordinal o : made) s.log(t, o, {"acc"});
    const MapEntry entry{"new", "x"};
    t.put(s.tasks, made[0], "params", {&entry, 1}, PutMode::overwrite);
  });
  CHECK(known("params") == 1);
  CHECK(known("metrics") == 1);
  CHECK(known("metrics", eq(field("project"), other)) == 0);
  CHECK(s.known({}).values(entry("params", "new"), "").words.size() == 1);
  for (const Filter& hides : {not_(eq(record_ordinal(), made[0])), eq(field("project"), other)}) {
    s.access.shown = hides;
    CHECK(known("params") + known("metrics") == 0);
    CHECK(s.known({}).values(entry("params", "new"), "").words.empty());
  }
  s.access.shown = {};
  s.h.store->write([&](Transaction& t) { t.erase(s.tasks, {&made[0], 1}); });
  CHECK(known("params") + known("metrics") == 0);
}

TEST_CASE("tasks and projects with very many keys are looked at within bounds") {
  Guarded s;
  s.limits = {{500, {}}, {100, {}}, 300};
  s.h.store->write([&](Transaction& t) {
    for (int i = 0; i < 8; ++i) {
      std::map<std::string, std::string> params;
      for (int k = 0; k < 450; ++k) params[fmt::format("layer{}", k)] = "1";
      s.make(t, 1, params);
    }
  });
  const KnownWords found = s.known({}).keys("params", "");
  CHECK(found.of_newest);
  CHECK(found.looked_at == 1);  // as 300, 30 and 3 of them have too many
  CHECK(found.words.size() == 100);
  CHECK(s.known({}).keys("params", "layer44").words.size() == 11);

  // The seeks are too many in all projects, but not in those that were used last.
  for (int i = 0; i < 120; ++i) {
    const Ordinal project = s.h.project("p" + std::to_string(i));
    s.h.store->write([&](Transaction& t) {
      for (int k = 0; k < 4; ++k) s.make(t, project, {{k == 0 ? "first" : "lr", "1"}});
    });
  }
  s.limits = {{50, {}}, {100, {}}, 5};
  CHECK(s.known({}).keys("params", "first").words.size() == 1);
  s.limits.newest = 2;
  const KnownWords others = s.known({}).keys("params", "first");
  REQUIRE(others.words.size() == 1);
  CHECK(others.words[0].count == 0);
}
