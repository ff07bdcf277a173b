// Declarations: contradictions, migrations, look-ups, what fits them.
#include "podium/storage_kit/declaration.hpp"

#include <functional>

#include "support.hpp"

using namespace podium;
using namespace podium::kit;
using podium::test::error_of;

namespace {

Collection tasks() {
  Collection c;
  c.name = "tasks";
  c.fields = {{"project", Type::reference, "projects", OnErase::cascade},
              {"state", Type::text},
              {"start", Type::time},
              {"steps", Type::integer},
              {"score", Type::real},
              {"archived", Type::boolean},
              {"label", Type::scalar}};
  c.keys = {{"by_start", {"project", "archived", "start"}, false}, {"by_state", {"state"}, true}};
  c.partition = "project";
  c.maps = {{"params", true}, {"notes", false}};
  c.series = {{"metrics", LastRule::step_time_value}, {"system", LastRule::time_step}};
  c.body = true;
  return c;
}

Collection inputs() {
  Collection c;
  c.name = "inputs";
  c.fields = {{"task", Type::reference, "tasks", OnErase::cascade}, {"name", Type::text}};
  return c;
}

class Known final : public Declarations {
 public:
  const Collection& by_name(std::string_view name) const override {
    if (name == "inputs") return inputs_;
    if (name == "tasks") return tasks_;
    throw Error(ErrorCode::invalid, "no such collection");
  }

 private:
  Collection inputs_ = inputs(), tasks_ = tasks();
};

std::string problem(const std::function<void(Collection&)>& spoil) {
  Collection c = tasks();
  spoil(c);
  const Error e = error_of([&] { check(c); });
  CHECK(e.code() == ErrorCode::invalid);
  return e.what();
}

bool says(const std::string& message, const std::string& part) {
  INFO(message);
  return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a sound declaration passes") {
  CHECK_NOTHROW(check(tasks()));
  CHECK_NOTHROW(check(inputs()));
  Collection grown = tasks();
  grown.version = 3;
  grown.fields.push_back({"user", Type::text});
  grown.keys.push_back({"by_user", {"user"}, false});
  grown.maps.push_back({"extra", true});
  grown.steps = {{2, {"user"}, {}, {}, {}}, {3, {}, {"by_user"}, {"extra"}, {}}};
  CHECK_NOTHROW(check(grown));
  Collection owned = tasks();
  owned.name = "acme.notify/deliveries";
  CHECK_NOTHROW(check(owned));
}

TEST_CASE("contradictions are named") {
  for (const char* name : {"", "Tasks", "a/b/c", "/a", "a/", "a b", "tä"})
    CHECK(says(problem([&](Collection& c) { c.name = name; }), "name"));
  CHECK(says(problem([](Collection& c) { c.fields[1].name = "9a"; }), "9a"));
  CHECK(says(problem([](Collection& c) { c.fields[1].name = ""; }), "field"));
  CHECK(says(problem([](Collection& c) { c.fields[1].name = "start"; }), "twice"));
  CHECK(says(problem([](Collection& c) { c.keys[1].name = "by_start"; }), "twice"));
  CHECK(says(problem([](Collection& c) { c.maps[1].name = "params"; }), "twice"));
  CHECK(says(problem([](Collection& c) { c.series[1].name = "params"; }), "twice"));
  CHECK(says(problem([](Collection& c) { c.fields[0].target = ""; }), "target"));
  CHECK(says(problem([](Collection& c) { c.fields[1].target = "x"; }), "no reference"));
  CHECK(says(problem([](Collection& c) { c.fields[1].type = static_cast<Type>(99); }), "type"));
  CHECK(says(problem([](Collection& c) { c.keys[0].fields = {}; }), "no fields"));
  CHECK(says(problem([](Collection& c) { c.keys[0].fields = {"nix"}; }), "nix"));
  CHECK(says(problem([](Collection& c) { c.keys[0].fields = {"state", "state"}; }), "twice"));
  CHECK(says(problem([](Collection& c) { c.partition = "state"; }), "partition"));
  CHECK(says(problem([](Collection& c) { c.partition = "nix"; }), "partition"));
  CHECK(says(problem([](Collection& c) { c.version = 0; }), "version"));
  CHECK(says(problem([](Collection& c) { c.version = 2; }), "steps"));
  CHECK(says(problem([](Collection& c) { c.steps = {{2, {}, {}, {}, {}}}; }), "steps"));
  CHECK(says(problem([](Collection& c) {
               c.version = 3;
               c.steps = {{2, {}, {}, {}, {}}, {4, {}, {}, {}, {}}};
             }),
             "hole"));
  CHECK(says(problem([](Collection& c) {
               c.version = 2;
               c.steps = {{2, {"nix"}, {}, {}, {}}};
             }),
             "nix"));
  CHECK(says(problem([](Collection& c) {
               c.version = 3;
               c.steps = {{2, {"state"}, {"by_state"}, {}, {}}, {3, {"state"}, {}, {}, {}}};
             }),
             "two steps"));
  CHECK(says(problem([](Collection& c) {
               c.version = 2;
               c.steps = {{2, {"state"}, {}, {}, {}}};
             }),
             "older"));
  CHECK(says(problem([](Collection& c) {
               c.version = 2;
               c.steps = {{2, {"project"}, {"by_start"}, {}, {}}};
             }),
             "partition"));
  CHECK(says(problem([](Collection& c) { c.readers = "some"; }), "readers"));
}

TEST_CASE("declarations survive JSON") {
  Collection c = tasks();
  c.sequence = true;
  c.first = 0;
  c.readers = "all";
  c.version = 2;
  c.maps.push_back({"extra", true});
  c.steps = {{2, {}, {}, {"extra"}, {}}};
  const Collection back = collection_from_json(to_json(c));
  CHECK(to_json(back) == to_json(c));
  CHECK(back.fields[0].target == "projects");
  CHECK(back.fields[0].on_erase == OnErase::cascade);
  CHECK(back.series[1].last == LastRule::time_step);
  CHECK(back.first == 0);
  CHECK(back.sequence);
  CHECK(back.keys[1].unique);
  CHECK_FALSE(back.maps[1].indexed);
  CHECK(migration(c, back).empty());
  for (const char* bad : {"", "[]", "{}", "{\"name\":1}", "nonsense"})
    CHECK(error_of([&] { collection_from_json(bad); }).code() == ErrorCode::corrupt);
  std::string damaged = to_json(c);
  damaged.replace(damaged.find("cascade"), 7, "cascada");
  CHECK(error_of([&] { collection_from_json(damaged); }).code() == ErrorCode::corrupt);
}

TEST_CASE("migrations tell what must be made") {
  const Collection v1 = tasks();
  Collection v3 = tasks();
  v3.version = 3;
  v3.fields.push_back({"user", Type::text});
  v3.keys.push_back({"by_user", {"user"}, false});
  v3.maps.push_back({"extra", true});
  v3.series.push_back({"more", LastRule::time_step});
  v3.steps = {{2, {"user"}, {"by_user"}, {}, {}}, {3, {}, {}, {"extra"}, {"more"}}};
  check(v3);
  CHECK(migration(v1, v1).empty());
  CHECK(migration(v3, v3).empty());
  const Migration m = migration(v1, v3);
  CHECK(m.fields == std::vector<std::string>{"user"});
  CHECK(m.keys == std::vector<std::string>{"by_user"});
  CHECK(m.maps == std::vector<std::string>{"extra"});
  CHECK(m.series == std::vector<std::string>{"more"});
  Collection reordered = v1;
  std::swap(reordered.fields[1], reordered.fields[2]);
  CHECK(migration(v1, reordered).empty());

  const auto refused = [](const Collection& stored, const Collection& declared) {
    const Error e = error_of([&] { migration(stored, declared); });
    CHECK(e.code() == ErrorCode::invalid);
    return std::string(e.what());
  };
  const Error newer = error_of([&] { migration(v3, v1); });
  CHECK(newer.code() == ErrorCode::unsupported);
  CHECK(says(newer.what(), "version 3 of 'tasks'"));
  CHECK(says(newer.what(), "knows 1"));

  Collection c = v1;
  c.fields.push_back({"user", Type::text});
  CHECK(says(refused(v1, c), "user"));
  c = v1;
  c.fields.pop_back();
  CHECK(says(refused(v1, c), "label"));
  c = v1;
  c.fields[1].type = Type::scalar;
  CHECK(says(refused(v1, c), "state"));
  c = v1;
  c.keys[0].unique = true;
  CHECK(says(refused(v1, c), "by_start"));
  c = v1;
  c.maps[0].indexed = false;
  CHECK(says(refused(v1, c), "params"));
  c = v1;
  c.series[0].last = LastRule::time_step;
  CHECK(says(refused(v1, c), "metrics"));
  c = v1;
  c.partition = "";
  CHECK(says(refused(v1, c), "partition"));
  c = v1;
  c.body = false;
  CHECK(says(refused(v1, c), "body"));
  c = v1;
  c.sequence = true;
  CHECK(says(refused(v1, c), "id"));
  c = v3;
  c.steps[0].added_fields = {};
  CHECK(says(refused(v1, c), "user"));
  c = v3;
  c.steps[1].added_fields = {"state"};
  CHECK(says(refused(v1, c), "state"));
}

TEST_CASE("look-ups suggest the nearest name") {
  const Collection c = tasks();
  CHECK(field_of(c, "state").type == Type::text);
  CHECK(map_of(c, "params").indexed);
  CHECK(series_of(c, "system").last == LastRule::time_step);
  CHECK(key_of(c, "by_state").unique);
  const Error e = error_of([&] { field_of(c, "stat"); });
  CHECK(e.code() == ErrorCode::invalid);
  CHECK(std::string(e.what()) == "'tasks' has no field 'stat'; did you mean 'state'?");
  CHECK(std::string(error_of([&] { map_of(c, "xyzzy"); }).what()) == "'tasks' has no map 'xyzzy'");
  CHECK(nearest("parmas", {"state", "params"}) == "params");
  CHECK(nearest("metric", {"metrics", "matrix"}) == "metrics");
  CHECK(nearest("", {"a"}).empty());
  CHECK(nearest("zzz", {"state"}).empty());
  CHECK(nearest(std::string(10000, 'a'), {"state"}).empty());
}

TEST_CASE("filters must fit the declaration") {
  const Known known;
  const Collection c = tasks();
  using Op = Filter::Op;
  const auto fits = [&](const Filter& f) { CHECK_NOTHROW(check(f, c, known)); };
  const auto refused = [&](const Filter& f) {
    const Error e = error_of([&] { check(f, c, known); });
    CHECK(e.code() == ErrorCode::invalid);
    return std::string(e.what());
  };
  const std::int64_t one = 1;
  fits({});
  fits(none());
  fits(eq(field("state"), "x"));
  fits(eq(field("steps"), one));
  fits(eq(field("steps"), 1.5));
  fits(eq(field("score"), one));
  fits(eq(field("start"), 1.0));
  fits(eq(field("archived"), true));
  fits(eq(field("label"), "x"));
  fits(eq(field("label"), 1.0));
  fits(eq(field("project"), one));
  fits(eq(entry("params", "a.b"), one));
  fits(eq(series("metrics", "acc", Statistic::max, "ds"), 0.5));
  fits(eq(series("metrics", "acc", Statistic::count), one));
  fits(eq(record_id(), "x"));
  fits(eq(record_ordinal(), one));
  fits(eq(record_version(), one));
  fits(in(field("state"), {}));
  fits(is_null(field("archived")));
  fits(pattern(Op::like, record_id(), "a%"));
  fits(pattern(Op::ilike, entry("params", "x"), "a%"));
  fits(any("inputs", "task", eq(field("name"), "mnist")));
  fits(not_(all_of({eq(field("state"), "x"), any("inputs", "task", {})})));

  CHECK(says(refused(eq(field("stat"), "x")), "did you mean 'state'"));
  CHECK(says(refused(eq(entry("param", "x"), "x")), "did you mean 'params'"));
  CHECK(says(refused(eq(series("metric", "x"), 1.0)), "did you mean 'metrics'"));
  CHECK(says(refused(eq(field("state"), one)), "text"));
  CHECK(says(refused(eq(field("steps"), "1")), "number"));
  CHECK(says(refused(eq(field("steps"), true)), "number"));
  CHECK(says(refused(eq(field("archived"), one)), "true or false"));
  CHECK(says(refused(eq(field("label"), true)), "text or a number"));
  CHECK(says(refused(eq(field("project"), 1.0)), "ordinal"));
  CHECK(says(refused(eq(field("project"), "p")), "ordinal"));
  CHECK(says(refused(eq(record_id(), one)), "text"));
  CHECK(says(refused(eq(field("state"), Value{})), "IS NULL"));
  CHECK(says(refused(eq(record_body(), "x")), "body"));
  CHECK(says(refused(is_null(record_body())), "body"));
  CHECK(says(refused(in(field("state"), {Value("a"), Value(one)})), "text"));
  CHECK(says(refused(eq(field("state"), std::string("\xff"))), "UTF-8"));
  CHECK(says(refused(eq(entry("params", "x"), std::string("a\0b", 3))), "UTF-8"));
  CHECK(says(refused(pattern(Op::like, field("steps"), "1%")), "pattern"));
  CHECK(says(refused(pattern(Op::like, series("metrics", "a"), "1%")), "pattern"));
  CHECK(says(refused(pattern(Op::matches, field("state"), "(")), "expression"));
  CHECK(says(refused(any("inputs", "name", {})), "no reference"));
  CHECK(says(refused(any("inputs", "tusk", {})), "task"));
  CHECK(says(refused(any("nix", "task", {})), "no such"));
  CHECK(says(refused(any("tasks", "project", {})), "no reference"));
  CHECK(says(refused(any("inputs", "task", eq(field("state"), "x"))),
             "'inputs' has no field 'state'"));
  CHECK(says(refused(any("inputs", "task", any("inputs", "task", {}))), "deep"));
  Filter broken = eq(field("state"), "x");
  broken.values.clear();
  refused(broken);
  broken = not_(Filter{});
  broken.children.clear();
  refused(broken);
  broken = eq(field("state"), "x");
  broken.cmp = static_cast<Compare>(42);
  refused(broken);
  broken.op = static_cast<Op>(42);
  refused(broken);
  Filter deep = eq(field("state"), "x");
  for (int i = 0; i < 63; ++i) deep = not_(std::move(deep));
  fits(deep);
  CHECK(says(refused(not_(std::move(deep))), "64"));
}

TEST_CASE("orders must fit the declaration") {
  const Collection c = tasks();
  CHECK_NOTHROW(check(Order{}, c));
  CHECK_NOTHROW(check(Order{{field("start"), true, false},
                            {entry("params", "x"), false, true},
                            {record_id(), false, false},
                            {series("metrics", "a"), true, false}},
                      c));
  CHECK(error_of([&] {
          check(Order{{field("nix"), false, false}}, c);
        }).code() == ErrorCode::invalid);
  CHECK(error_of([&] {
          check(Order{{record_body(), false, false}}, c);
        }).code() == ErrorCode::invalid);
  CHECK(error_of([&] {
          check(Order{{field("start"), false, true}}, c);
        }).code() == ErrorCode::invalid);
}

TEST_CASE("kinds of changes merge") {
  constexpr int inserted = 1, updated = 2, erased = 3, nothing = 0;
  CHECK(merge_kinds(inserted, updated) == inserted);
  CHECK(merge_kinds(inserted, erased) == nothing);
  CHECK(merge_kinds(updated, updated) == updated);
  CHECK(merge_kinds(updated, erased) == erased);
  CHECK(merge_kinds(nothing, inserted) == inserted);
  CHECK(merge_kinds(nothing, updated) == updated);
  CHECK(merge_kinds(nothing, erased) == erased);
}
