// The task table's questions: filters of columns against a slow reference, orders, menus, and the
// rows of a listing.
#include "services/table/table.hpp"

#include <cmath>
#include <random>
#include <set>

#include "fixture.hpp"
#include "query/podium_vocabulary.hpp"

using namespace podium;
using namespace podium::test;
using podium::host::ColumnFilter;

namespace {

/// What a task of the tests has; the reference looks at this alone.
struct Known {
  std::string id = {}, name = {}, state = "running";
  bool archived = false;
  std::map<std::string, std::string> params = {}, tags = {};
  std::map<std::string, double> metrics = {};
};

std::string project_id(Host& h, Ordinal project) {
  std::string id;
  h.store->get(h.store->collection("projects"), project, {},
               [&](const Row& row) { id = row.id(); });
  return id;
}

class Sample {
 public:
  explicit Sample(Host& h, std::string project = "0") : api(h), project_(std::move(project)) {}
  Known& add(Known k) {
    Json body = {
        {"project", project_}, {"state", "running"}, {"params", k.params}, {"tags", k.tags}};
    if (!k.name.empty()) body["name"] = k.name;
    k.id = api("POST", "/api/v1/tasks", body).json["id"];
    Json metrics = Json::array();
    for (const auto& [key, value] : k.metrics)
      metrics.push_back(
          {{"key", key}, {"points", {{1, 1000, std::isnan(value) ? Json("NaN") : Json(value)}}}});
    if (!metrics.empty())
      api("POST", "/api/v1/tasks/" + k.id + "/log", {{"metrics", std::move(metrics)}});
    if (k.archived) api("POST", "/api/v1/tasks/" + k.id + "/archive");
    all.push_back(std::move(k));
    return all.back();
  }
  /// Names of the rows of an answer.
  std::vector<std::string> ask(Json question) {
    question["columns"] = {"name"};
    if (!question.contains("archived")) question["archived"] = "both";
    const auto answer = api("POST", "/api/v1/tasks/query", question);
    std::vector<std::string> out;
    for (const auto& row : answer.json["rows"]) out.push_back(row[0]);
    return out;
  }
  template <class F>
  std::set<std::string> expected(F&& matches) const {
    std::set<std::string> out;
    for (const Known& k : all)
      if (matches(k)) out.insert(k.name);
    return out;
  }
  Api api;
  std::vector<Known> all;

 private:
  std::string project_;
};

std::set<std::string> set_of(const std::vector<std::string>& v) { return {v.begin(), v.end()}; }

Json filters(Json one) { return {{"filters", Json::array({std::move(one)})}}; }

}  // namespace

TEST_CASE("filters of columns: against a slow reference, and back from their text") {
  Host h;
  Sample t(h);
  std::mt19937 random(7);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  const char* const lrs[] = {"0.1", "1e-1", "0.01", "fast", "", "-3", "NaN"};
  const double values[] = {0.5, -2, 1e-5, 0, NAN};
  for (int i = 0; i < 40; ++i) {
    Known k;
    k.name = "task " + std::to_string(i);
    if (below(4) != 0) k.params["lr"] = lrs[below(7)];
    if (below(3) != 0) k.metrics["a.c@c"] = values[below(5)];
    for (const char* word : {"x", "y", "z"})
      if (below(3) == 0) k.tags[word] = "";
    t.add(k);
  }
  const auto check = [&](const Json& filter, const std::set<std::string>& expected) {
    INFO(filter.dump());
    CHECK(set_of(t.ask(filters(filter))) == expected);
    // The text says the same, and so do the conditions that are read back from it.
    const auto faces = t.api("POST", "/api/v1/tasks/filter", filters(filter)).json;
    if (!faces["filter"].is_null()) {
      CHECK(set_of(t.ask({{"filter", faces["filter"]}})) == expected);
      Json again = {{"filters", faces["filters"]}, {"filter", faces["rest"]}};
      CHECK(set_of(t.ask(again)) == expected);
    }
  };
  for (int round = 0; round < 60; ++round) {
    // A set of values of a parameter: texts, null, kept or left out.
    Json list = Json::array();
    std::set<std::string> texts;
    const bool null = below(3) == 0, exclude = below(2) == 0;
    for (unsigned i = below(3); i > 0; --i) {
      const std::string text = lrs[below(7)];
      texts.insert(text);
      list.push_back(text);
    }
    if (null) list.push_back(nullptr);
    check({{"column", "params.lr"}, {exclude ? "not_in" : "in", list}},
          t.expected([&](const Known& k) {
            const auto lr = k.params.find("lr");
            const bool among = lr == k.params.end() ? null : texts.contains(lr->second);
            return among != exclude;
          }));
    // A range of a metric with an awkward name.
    const double from = values[below(4)], to = values[below(4)];
    const bool open = below(3) == 0;
    check({{"column", "metrics.`a.c@c`"}, {"from", from}, {"to", open ? Json() : Json(to)}},
          t.expected([&](const Known& k) {
            const auto m = k.metrics.find("a.c@c");
            return m != k.metrics.end() && m->second >= from && (open || m->second <= to);
          }));
    // Tags, three ways.
    Json include = Json::array(), out = Json::array();
    std::set<std::string> in_words, out_words;
    bool in_null = false, out_null = false;
    for (const char* word : {"x", "y", "z"}) {
      const auto way = below(3);
      if (way == 1) include.push_back(word), in_words.insert(word);
      if (way == 2) out.push_back(word), out_words.insert(word);
    }
    if (below(5) == 0) include.push_back(nullptr), in_null = true;
    if (below(5) == 0) out.push_back(nullptr), out_null = true;
    const bool all = below(2) == 0;
    Json tags = {{"column", "tags"}, {all ? "all" : "any", include}, {"not", out}};
    check(tags, t.expected([&](const Known& k) {
      bool any_of = in_null && k.tags.empty(), all_of = !in_null || k.tags.empty();
      for (const auto& word : in_words) {
        any_of = any_of || k.tags.contains(word);
        all_of = all_of && k.tags.contains(word);
      }
      bool none_of = !(out_null && k.tags.empty());
      for (const auto& word : out_words) none_of = none_of && !k.tags.contains(word);
      const bool included = include.empty() || (all ? all_of : any_of);
      return included && none_of;
    }));
  }
  // NaN is a value of its own.
  check({{"column", "metrics.`a.c@c`"}, {"in", {"NaN"}}}, t.expected([](const Known& k) {
    const auto m = k.metrics.find("a.c@c");
    return m != k.metrics.end() && std::isnan(m->second);
  }));
}

TEST_CASE("filters of columns: dates, durations, references, and what is refused") {
  Host h;
  Sample t(h);
  const Ordinal vision = h.project("vision"), below = h.project("vision/mnist"),
                other = h.project("visions");
  std::int64_t n = 0;
  for (const Ordinal project : {vision, below, other}) {
    ++n;
    const std::string id = h.task(project);
    const auto c = h.store->collection("tasks");
    const Ordinal o = h.store->find(c, id);
    h.store->transact([&](Transaction& tx) {
      tx.update(c, std::span(&o, 1), {},
                Patch()
                    .set("name", "of " + std::to_string(n))
                    .set("run_time", 3'600'000 * n)
                    .set("started", 1'764'000'000'000 + n));
    });
  }
  const auto names = [&](Json q) { return set_of(t.ask(std::move(q))).size(); };
  CHECK(names({{"project", "vision"}}) == 1);
  CHECK(names({{"project", "vision"}, {"scope", "subprojects"}}) == 2);
  CHECK(names({{"scope", "all"}}) == 3);
  CHECK(error_of([&] { names({{"project", "nobody's"}}); }).field() == "project");
  CHECK(error_of([&] { names({{"scope", "subprojects"}}); }).field() == "scope");
  CHECK(names(filters({{"column", "project"}, {"in", {"vision/"}}})) == 2);
  CHECK(names(filters({{"column", "project.name"}, {"in", {"visions"}}})) == 1);
  CHECK(names({{"filter", "project.name like 'vision/%' or project.name is null"}}) == 1);
  CHECK(names(filters({{"column", "parent"}, {"in", {nullptr}}})) == 3);
  CHECK(names(filters({{"column", "run_time"}, {"from", "1h30m"}, {"to", "2h"}})) == 1);
  CHECK(names({{"filter", "run_time >= '2h' and run_time < '1d'"}}) == 2);
  // 2025-11-24T16:00:00Z; a day as the upper end is the whole of it.
  CHECK(names(filters({{"column", "started"}, {"to", "2025-11-24"}})) == 3);
  CHECK(names(filters({{"column", "started"}, {"from", "2025-11-25"}})) == 0);
  const auto refused = [&](Json f) {
    return error_of([&] { names(filters(std::move(f))); }).field();
  };
  CHECK(refused({{"column", "stat"}, {"in", {"x"}}}) == "filters[0]");
  CHECK(refused({{"column", "name = 'x' or archived"}, {"in", {"x"}}}) == "filters[0].column");
  CHECK(refused({{"column", "state"}, {"in", {"walking"}}}) == "filters[0]");
  CHECK(refused({{"column", "state"}}) == "filters[0]");
  CHECK(refused({{"column", "state"}, {"in", {"x"}}, {"from", 1}}) == "filters[0]");
  CHECK(refused({{"column", "run_time"}, {"from", "soon"}}) == "filters[0]");
  CHECK(refused({{"column", "state"}, {"is", 1}}) == "filters[0].is");
}

TEST_CASE("archived tasks are asked for") {
  Host h;
  Sample t(h);
  t.add({"", "here"});
  Known gone{"", "gone"};
  gone.archived = true;
  t.add(gone);
  const auto ask = [&](Json q) {
    q["columns"] = {"name"};
    return t.api("POST", "/api/v1/tasks/query", q).json["rows"];
  };
  CHECK(ask(Json::object()) == Json::array({Json::array({"here"})}));
  CHECK(ask({{"archived", "yes"}}) == Json::array({Json::array({"gone"})}));
  CHECK(ask({{"archived", "both"}}).size() == 2);
  CHECK(ask({{"filter", "archived"}}) == Json::array({Json::array({"gone"})}));
  CHECK(ask({{"filter", "name = 'gone' or archived"}, {"archived", "no"}}).empty());
}

TEST_CASE("search finds names, descriptions and ids as they are written") {
  Host h;
  Sample t(h);
  const auto a = t.add({"", "Net 100%_Ünder"});
  const auto b = t.add({"", "net 100xx"});
  t.api("PATCH", "/api/v1/tasks/" + b.id, {{"description", "the (second) try"}});
  CHECK(t.ask({{"search", "nET 100"}}).size() == 2);
  CHECK(t.ask({{"search", "100%_ü"}}) == std::vector<std::string>{"Net 100%_Ünder"});
  CHECK(t.ask({{"search", "(SECOND)"}}) == std::vector<std::string>{"net 100xx"});
  CHECK(t.ask({{"search", a.id}}) == std::vector<std::string>{"Net 100%_Ünder"});
  CHECK(t.ask({{"search", ".*"}}).empty());
}

TEST_CASE("orders: numbers by value, then texts, missing last both ways, by several keys") {
  Host h;
  const Ordinal zebra = h.project("zebra"), ant = h.project("ant");
  Sample in_zebra(h, project_id(h, zebra)), in_ant(h, project_id(h, ant));
  in_zebra.add({"", "a", "", false, {{"v", "1e-5"}}, {}, {{"m", 2}}});
  in_zebra.add({"", "b", "", false, {{"v", "-3"}}, {}, {{"m", NAN}}});
  in_ant.add({"", "c", "", false, {{"v", "10"}}, {}, {{"m", -1}}});
  in_ant.add({"", "d", "", false, {{"v", "9"}}, {}, {}});
  in_ant.add({"", "e", "", false, {{"v", "nine"}}, {}, {{"m", 2}}});
  in_ant.add({"", "f", "", false, {}, {}, {{"m", 0}}});
  const auto ordered = [&](Json order) {
    std::string out;
    for (const auto& name : in_ant.ask({{"order", order}, {"offset", 0}})) out += name;
    return out;
  };
  CHECK(ordered({"params.v"}) == "badcef");
  CHECK(ordered({"params.v desc"}) == "cdabef");
  CHECK(ordered({"metrics.m", "name"}) == "cfaebd");
  CHECK(ordered({"metrics.m desc", "name desc"}) == "eafcbd");
  CHECK(ordered({"project.name", "params.v desc"}) == "cdefab");
  CHECK(ordered({"project.name desc", "name desc"}) == "bafedc");
  CHECK(ordered({"metrics.m", "project.name"}) == "cfeabd");
  CHECK(ordered({"metrics.m", "project.name desc"}) == "cfaebd");
  CHECK(ordered({"project.name desc"}) == "bafedc");
  CHECK(ordered({"parent.name", "name"}) == "abcdef");
  // A page by cursor cannot walk names.
  CHECK(error_of([&] {
          in_ant.ask({{"order", {"project.name"}}});
        }).code() == ErrorCode::unsupported);
  CHECK(error_of([&] { in_ant.ask({{"order", {"project.name up"}}}); }).field() == "order[0]");
}

TEST_CASE("columns show references by id and by name") {
  Host h;
  const Ordinal project = h.project("vision");
  Sample t(h, project_id(h, project));
  const auto parent = t.add({"", "base"});
  t.api("POST", "/api/v1/tasks",
        {{"project", project_id(h, project)}, {"name", "child"}, {"parent", parent.id}});
  const auto rows =
      t.api("POST", "/api/v1/tasks/query",
            {{"columns", {"project", "project.name", "parent", "parent.name", "project.ordinal"}},
             {"filter", "parent.name = 'base'"}})
          .json["rows"];
  CHECK(rows ==
        Json::array({Json::array({project_id(h, project), "vision", parent.id, "base", project})}));
}

TEST_CASE("menus: values without the column's own filter") {
  Host h;
  Sample t(h);
  t.add({"", "a", "", false, {{"lr", "0.1"}, {"opt", "adam"}}, {{"x", ""}}, {{"m", 3}}});
  t.add({"", "b", "", false, {{"lr", "0.1"}, {"opt", "sgd"}}, {{"x", ""}, {"y", ""}}, {{"m", -1}}});
  t.add({"", "c", "", false, {{"lr", "2"}, {"opt", "adam"}}, {}, {{"m", NAN}}});
  Known gone{"", "d", "", true, {{"lr", "9"}}, {{"z", ""}}, {{"m", 99}}};
  t.add(gone);
  const auto menu = [&](Json q) { return t.api("POST", "/api/v1/tasks/facets", q).json; };
  const auto counts = [](const Json& facet) {
    std::string out;
    for (const auto& e : facet["values"])
      out += (e["value"].is_null() ? "-" : e["value"].get<std::string>()) +
             (e["chosen"] == true ? "*" : "=") + std::to_string(e["count"].get<int>()) + " ";
    return out;
  };
  const auto lr = menu({{"column", "params.lr"}});
  CHECK(counts(lr) == "0.1=2 2=1 ");
  CHECK(lr["min"] == 0.1);
  CHECK(lr["max"] == 2.0);
  // Its own filter is left out, as text and as a column's; others count.
  Json q = {{"column", "params.lr"},
            {"filter", "params.lr = '2' and params.opt = 'adam'"},
            {"filters", {{{"column", "params.lr"}, {"in", {"2"}}}}}};
  CHECK(counts(menu(q)) == "2*1 0.1=1 ");
  q["column"] = "params.opt";
  CHECK(counts(menu(q)) == "adam=1 ");
  CHECK(counts(menu({{"column", "params.opt"}, {"q", "AD"}})) == "adam=2 ");
  const auto one = menu({{"column", "params.opt"}, {"limit", 1}});
  CHECK(counts(one) == "adam=2 ");
  CHECK(one["more"] == true);
  CHECK(counts(menu({{"column", "params.none"}})) == "-=3 ");
  CHECK(counts(menu({{"column", "state"}})) == "running=3 ");
  CHECK(counts(menu({{"column", "project"}})) == "Default=3 ");
  CHECK(counts(menu({{"column", "parent"}})) == "-=3 ");
  const auto tags = menu(
      {{"column", "tags"}, {"filters", {{{"column", "tags"}, {"any", {"y"}}, {"not", {"x"}}}}}});
  CHECK(tags["kind"] == "tags");
  CHECK(counts(tags) == "x*2 y*1 ");
  CHECK(counts(menu({{"column", "tags"}, {"filter", "params.lr = '2'"}})) == "");
  CHECK(counts(menu({{"column", "tags"}, {"archived", "both"}})) == "x=2 y=1 z=1 ");
  const auto m = menu({{"column", "metrics.m"}});
  CHECK(m["kind"] == "range");
  CHECK(m["min"] == -1.0);
  CHECK(m["max"] == 3.0);
  const auto max = menu({{"column", "metrics.m.max"}, {"filter", "name = 'a'"}});
  CHECK(max["max"] == 3.0);
  CHECK(menu({{"column", "metrics.none"}})["min"].is_null());
  CHECK(menu({{"column", "created"}})["min"].is_number_integer());
  CHECK(error_of([&] { menu({{"column", "stat"}}); }).field() == "column");
}

TEST_CASE("columns: the keys there are, and which differ") {
  Host h;
  Sample t(h);
  t.add({"",
         "a",
         "",
         false,
         {{"lr", "0.1"}, {"opt", "adam"}, {"a b", "1"}},
         {{"x", ""}},
         {{"m", 3}}});
  t.add({"", "b", "", false, {{"lr", "0.1"}, {"opt", "sgd"}}, {{"x", ""}}, {{"m", 3}, {"n", NAN}}});
  const auto columns = t.api("POST", "/api/v1/tasks/columns", {{"differ", true}}).json;
  const auto told = [&](const char* list) {
    std::set<std::string> out;
    for (const auto& e : columns[list])
      out.insert(e["name"].get<std::string>() + " " + std::to_string(e["count"].get<int>()) +
                 (e["differs"] == true ? " differs" : ""));
    return out;
  };
  CHECK(told("params") ==
        std::set<std::string>{"params.lr 2", "params.opt 2 differs", "params.`a b` 1 differs"});
  CHECK(told("tags") == std::set<std::string>{"tags.x 2"});
  CHECK(told("metrics") == std::set<std::string>{"metrics.m 2", "metrics.n 1 differs"});
  for (const auto& f : columns["fields"]) {
    INFO(f.dump());
    if (f["name"] == "name") CHECK(f["differs"] == true);
    if (f["name"] == "state") CHECK(f["differs"] == false);
    // Every column of the menu is one of the table, and a name of the language where it can be.
    CHECK(t.api("POST", "/api/v1/tasks/query", {{"columns", Json::array({f["name"]})}})
              .json["rows"]
              .size() == 2);
  }
  CHECK(t.api("POST", "/api/v1/tasks/columns", {{"q", "OP"}}).json["params"].size() == 1);
  const auto first = t.api("POST", "/api/v1/tasks/columns", {{"limit", 1}}).json;
  CHECK(first["params"].size() == 1);
  CHECK(first["more"] == true);
}
