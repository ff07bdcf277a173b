// The engine that takes tasks one by one, beside one that is made anew of the same tasks.
#include "engine.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "definition_json.hpp"
#include "key.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::leaderboard;

namespace {

std::shared_ptr<const Definition> defined(const Json& json) {
  return std::make_shared<const Definition>(read_definition(json, "definition"));
}

std::string group(const std::string& name) {
  std::string key;
  append(key, key_part(KeyPart::Kind::param, "g", name));
  return key;
}

Entry task(Ordinal ordinal, const std::string& in, std::vector<Number> values) {
  Entry e;
  e.task = ordinal;
  e.id = "t" + std::to_string(ordinal);
  e.started = ordinal * 10;
  e.ended = ordinal * 10 + 5;
  e.key = group(in);
  e.values = std::move(values);
  return e;
}

/// What of an engine is told.
std::string told(const Engine& e) {
  std::string out;
  for (std::size_t i = 0; i < e.candidates().size(); ++i) {
    const Candidate& c = *e.candidates()[i];
    out += (i < e.ranked() ? std::to_string(e.rank(i)) : "-") + " " + c.id;
    for (const auto* numbers : {&c.folded.values, &c.folded.spread, &c.folded.columns})
      for (const Number& n : *numbers) out += n.there ? " " + std::to_string(n.value) : " none";
    for (const auto i2 : c.folded.counted) out += " " + c.tasks[i2].id;
    for (const auto& reason : c.folded.reasons) out += " " + reason + ";";
    out += "\n";
  }
  return out;
}

std::vector<std::string> places(const Engine& e) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < e.candidates().size(); ++i)
    out.push_back((i < e.ranked() ? std::to_string(e.rank(i)) : "-") + " " +
                  label_of(e.candidates()[i]->key));
  return out;
}

const double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("whatever order tasks come and go in, the ranking is that of a fresh engine") {
  const Json primary = {{"metric", "a"}};
  const std::vector<Json> definitions = {
      {{"primary", primary}},
      {{"primary", {{"metric", "a"}, {"direction", "min"}, {"fold", "median"}}},
       {"metrics", {{{"metric", "b"}, {"fold", "last"}}}},
       {"least_tasks", 2},
       {"qualify",
        {{{"scope", "task"}, {"metric", "b"}, {"min", 0.2}},
         {{"scope", "candidate"}, {"metric", "a"}, {"max", 0.8}}}}},
      {{"primary", primary},
       {"tie_precision", 0.25},
       {"tie_breaks", {"cheaper", "earlier"}},
       {"columns", {{{"name", "c"}, {"kind", "cost"}, {"from", {{"tag", "c"}}}, {"of", "total"}}}}},
      {{"primary", primary},
       {"across", "mean"},
       {"datasets",
        {{{"name", "d0"}, {"digest", "x"}, {"weight", 3}}, {{"name", "d1"}, {"digest", "x"}}}}},
      {{"kind", "teams"}, {"primary", primary}, {"metrics", {{{"metric", "b"}}}}},
      {{"primary", {{"metric", "a"}, {"fold", "max"}}},
       {"mode", "compatible"},
       {"datasets", {{{"name", "d0"}, {"digest", "x"}}}},
       {"qualify", {{{"scope", "task"}, {"metric", "a"}, {"min", 0.1}}}}}};
  for (std::size_t which = 0; which < definitions.size(); ++which) {
    const auto definition = defined(definitions[which]);
    std::mt19937 random(static_cast<unsigned>(7 + which));
    const auto any = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    Engine one(definition);
    std::vector<DatasetIndex> sets;
    for (const char* name : {"d0", "d1", "d2"}) sets.push_back(one.dataset({name, "x"}));
    Wanted wanted;
    const auto want = [&] {
      wanted = {};
      for (std::size_t i = 0; i < definition->datasets.size(); ++i) {
        wanted.listed.push_back(sets[i]);
        wanted.weights.push_back(definition->datasets[i].weight);
      }
      for (const DatasetIndex i : sets)
        if (any(3) != 0) wanted.effective.push_back(i);
    };
    want();
    one.want(wanted);
    std::map<Ordinal, Entry> there;
    for (int step = 0; step < 400; ++step) {
      const auto ordinal = static_cast<Ordinal>(1 + any(60));
      if (any(4) == 0) {
        CHECK(one.remove(ordinal) == (there.erase(ordinal) != 0));
      } else {
        const auto number = [&]() -> Number {
          const unsigned n = any(12);
          return n == 0 ? Number() : n == 1 ? Number(not_a_number) : Number(n / 8.0);
        };
        std::vector<Number> values;
        for (std::size_t m = 0; m < definition->metrics.size(); ++m) values.push_back(number());
        Entry e = task(ordinal, "g" + std::to_string(any(6)), std::move(values));
        for (std::size_t c = 0; c < definition->columns.size(); ++c) e.columns.push_back(number());
        for (const DatasetIndex i : sets)
          if (any(2) != 0) e.datasets.push_back(i);
        there.insert_or_assign(ordinal, e);
        one.put(std::move(e));
      }
      if (step % 50 == 49) {
        want();
        one.want(wanted);
      }
      if (step % 7 != 0) continue;
      Engine fresh(definition);
      for (const char* name : {"d0", "d1", "d2"}) fresh.dataset({name, "x"});
      fresh.want(wanted);
      std::vector<Entry> all;
      for (const auto& [o, e] : there) all.push_back(e);
      std::shuffle(all.begin(), all.end(), random);
      fresh.load(std::move(all));
      REQUIRE(told(one) == told(fresh));
    }
  }
}

TEST_CASE("NaN and missing values neither rank nor displace; 0 and infinities rank") {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const char* direction : {"max", "min"}) {
    Engine e(defined({{"primary", {{"metric", "a"}, {"direction", direction}, {"fold", "best"}}}}));
    e.put(task(1, "zero", {0.0}));
    e.put(task(2, "good", {0.5}));
    e.put(task(3, "nan", {not_a_number}));
    e.put(task(4, "none", {Number()}));
    e.put(task(5, "top", {infinity}));
    const bool max = std::string(direction) == "max";
    CHECK(places(e) == std::vector<std::string>{max ? "1 g=top" : "1 g=zero", "2 g=good",
                                                max ? "3 g=zero" : "3 g=top", "- g=nan",
                                                "- g=none"});
    CHECK(e.candidates()[3]->folded.reasons == std::vector<std::string>{"a is NaN"});
    CHECK(e.candidates()[4]->folded.reasons == std::vector<std::string>{"it has no value of a"});
    const auto before = places(e);
    e.put(task(6, "good", {not_a_number}));
    CHECK(places(e) == before);
  }
}

TEST_CASE("equals share a rank, the earlier first; unless earlier breaks ties") {
  for (const bool distinct : {false, true}) {
    Json json = {{"primary", {{"metric", "a"}}}};
    if (distinct) json["tie_breaks"] = {"metrics", "earlier"};
    Engine e(defined(json));
    e.put(task(4, "d", {0.5}));
    e.put(task(3, "c", {0.7}));
    e.put(task(2, "b", {0.7}));
    e.put(task(1, "a", {0.9}));
    CHECK(places(e) == (distinct ? std::vector<std::string>{"1 g=a", "2 g=b", "3 g=c", "4 g=d"}
                                 : std::vector<std::string>{"1 g=a", "2 g=b", "2 g=c", "4 g=d"}));
  }
}

TEST_CASE("a team is its best task, with all values of that task") {
  Engine e(defined({{"kind", "teams"},
                    {"primary", {{"metric", "a"}}},
                    {"metrics", {{{"metric", "b"}}}},
                    {"columns",
                     {{{
                           "name",
                           "last",
                       },
                       {"from", {{"tag", "x"}}},
                       {"relative", "max"}},
                      {{"name", "spent"}, {"from", {{"tag", "x"}}}, {"of", "total"}}}}}));
  const auto submit = [&](Ordinal o, const std::string& team, double a, double b, double x) {
    Entry t = task(o, team, {a, b});
    t.columns = {x, x};
    e.put(std::move(t));
  };
  submit(1, "red", 0.9, 0.1, 10);
  submit(2, "red", 0.5, 0.8, 30);
  submit(3, "blue", 0.7, 0.3, 40);
  const Candidate& red = *e.candidates()[0];
  CHECK(label_of(red.key) == "g=red");
  CHECK(red.folded.values[0].value == 0.9);
  CHECK(red.folded.values[1].value == 0.1);
  CHECK(red.folded.columns[0].value == 10);
  CHECK(red.folded.columns[1].value == 40);
  CHECK(red.folded.counted.size() == 2);
  CHECK(e.relative(red, 0).value == 25);
  e.remove(1);
  CHECK(label_of(e.candidates()[0]->key) == "g=blue");
}
