// Every pair of states by every kind of transition, and what may be edited when.
#include "services/tasks/rules.hpp"

#include <set>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

constexpr TaskState states[] = {draft, pending, running, completed, failed, aborted, published};
constexpr Transition kinds[] = {Transition::enqueue,  Transition::dequeue, Transition::start,
                                Transition::complete, Transition::fail,    Transition::abort,
                                Transition::publish,  Transition::reset,   Transition::client};

using Move = std::tuple<Transition, TaskState, TaskState>;

/// Written out once more, by hand: the table is what this test holds.
const std::set<Move>& legal() {
  static const std::set<Move> all = [] {
    std::set<Move> out = {
        {Transition::enqueue, draft, pending},       {Transition::enqueue, failed, pending},
        {Transition::enqueue, aborted, pending},     {Transition::dequeue, pending, draft},
        {Transition::dequeue, pending, failed},      {Transition::dequeue, pending, aborted},
        {Transition::start, draft, running},         {Transition::start, pending, running},
        {Transition::start, completed, running},     {Transition::start, aborted, running},
        {Transition::complete, running, completed},  {Transition::complete, aborted, completed},
        {Transition::fail, running, failed},         {Transition::fail, aborted, failed},
        {Transition::abort, pending, aborted},       {Transition::abort, running, aborted},
        {Transition::publish, completed, published}, {Transition::publish, failed, published},
        {Transition::publish, aborted, published},   {Transition::reset, completed, draft},
        {Transition::reset, failed, draft},          {Transition::reset, aborted, draft}};
    for (const auto from : states)
      for (const auto to : states)
        if (from != published && to != published && to != pending)
          out.insert({Transition::client, from, to});
    return out;
  }();
  return all;
}

}  // namespace

TEST_CASE("every pair of states by every kind of transition") {
  Host h;
  const Ordinal project = h.project("p");
  for (const auto kind : kinds)
    for (const auto from : states)
      for (const auto to : states) {
        const std::string id = h.task_in(project, from);
        const auto before = h.history(id).size();
        INFO(name(kind) << ": " << name(from) << " -> " << name(to));
        const auto go = [&] {
          h.with(id, [&](Transaction& t, const Tasks::Head& head) {
            h.tasks().transition(t, h.me, head, to, kind, "because");
          });
        };
        if (legal().count({kind, from, to}) != 0) {
          go();
          CHECK(h.task_cell(id, field("state")) == Value{std::string(name(to))});
          const auto events = h.history(id);
          if (from == to) {
            CHECK(events.size() == before);
          } else {
            REQUIRE(events.size() == before + 1);
            CHECK(events.back().change == name(kind));
            CHECK(events.back().who == "local");
            CHECK(events.back().why == "because");
            CHECK(events.back().body["old"]["state"] == std::string(name(from)));
            CHECK(events.back().body["new"]["state"] == std::string(name(to)));
          }
        } else {
          CHECK(error_of(go).code() == ErrorCode::conflict);
          CHECK(h.task_cell(id, field("state")) == Value{std::string(name(from))});
          CHECK(h.history(id).size() == before);
        }
      }
}

TEST_CASE("dates follow the transitions") {
  Host h;
  const Ordinal project = h.project("p");
  const std::string id = h.task(project, draft);
  const auto go = [&](TaskState to, Transition kind, std::int64_t at) {
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().transition(t, h.me, head, to, kind, {}, at);
    });
  };
  const auto date = [&](const char* name) { return h.task_cell(id, field(name)); };
  CHECK(date("started") == Value{});
  go(running, Transition::start, 1000);
  CHECK(date("started") == Value{std::int64_t{1000}});
  go(completed, Transition::complete, 2000);
  CHECK(date("completed") == Value{std::int64_t{2000}});
  SECTION("running again clears the end") {
    go(running, Transition::start, 3000);
    CHECK(date("started") == Value{std::int64_t{3000}});
    CHECK(date("completed") == Value{});
  }
  SECTION("publishing") {
    go(published, Transition::publish, 4000);
    CHECK(date("published") == Value{std::int64_t{4000}});
  }
  SECTION("a client sets the end only when it gives one") {
    go(running, Transition::client, 0);
    CHECK(date("completed") == Value{std::int64_t{2000}});
    go(failed, Transition::client, 0);
    CHECK(date("completed") == Value{std::int64_t{2000}});
    go(failed, Transition::client, 5000);
    CHECK(date("completed") == Value{std::int64_t{5000}});
    CHECK(date("started") == Value{std::int64_t{1000}});
  }
  SECTION("a reset drops what the task made and keeps what it is") {
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      const Point p{1, 2, 0.5};
      const SeriesPoints s{"loss", "", {&p, 1}};
      const MapEntry param{"lr", "0.1"}, tag{"a", "b"};
      h.tasks().log(t, h.me, head, {{&param, 1}, {&tag, 1}, {&s, 1}});
      h.services->models().link(t, h.me, head, "m-out", true, 0);
      h.services->models().link(t, h.me, head, "m-in", false, 0);
    });
    go(draft, Transition::reset, 0);
    CHECK(date("started") == Value{});
    CHECK(date("completed") == Value{});
    CHECK(h.task_cell(id, series("metrics", "loss")) == Value{});
    CHECK(h.task_cell(id, entry("params", "lr")) == Value{std::string("0.1")});
    CHECK(h.task_cell(id, entry("tags", "a")) == Value{std::string("b")});
    CHECK(h.count("model_links") == 1);
    CHECK(h.count("model_links", eq(field("model"), std::string("m-in"))) == 1);
  }
}

TEST_CASE("an archived task ends but does not begin") {
  Host h;
  const Ordinal project = h.project("p");
  const std::string id = h.task(project, running);
  const auto archive = [&](bool flag) {
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().archive(t, h.me, head, flag);
    });
  };
  const auto go = [&](TaskState to, Transition kind) {
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().transition(t, h.me, head, to, kind);
    });
  };
  archive(true);
  archive(true);
  CHECK(h.history(id).size() == 2);  // create, archive
  go(completed, Transition::complete);
  CHECK(error_of([&] { go(running, Transition::start); }).code() == ErrorCode::conflict);
  CHECK(error_of([&] { go(published, Transition::publish); }).code() == ErrorCode::conflict);
  archive(false);
  CHECK(h.task_cell(id, field("archived_at")) == Value{});
  go(running, Transition::start);
}

TEST_CASE("what may be edited in which state") {
  Host h;
  const Ordinal project = h.project("p");
  const std::set<std::string> always = {"name", "description", "tags"}, unpublished = {"user"};
  const std::vector<std::string> fields = {
      "name",        "description", "user",   "type",   "artifact_uri", "source_name",
      "source_type", "repository",  "branch", "commit", "parent"};
  const std::string parent = h.task(project);
  for (const auto state : states) {
    const std::string id = h.task_in(project, state);
    for (std::string what : {"tags", "params"}) {
      INFO(name(state) << " " << what);
      const auto edit = [&] {
        h.with(id, [&](Transaction& t, const Tasks::Head& head) {
          h.tasks().edit(t, h.me, head, Patch().put(what, "k", "v"));
        });
      };
      if (state == draft || always.count(what) != 0)
        edit();
      else
        CHECK(error_of(edit).code() == ErrorCode::conflict);
    }
    for (const auto& what : fields) {
      INFO(name(state) << " " << what);
      const Value value = what == "parent"
                              ? Value{h.store->find(h.store->collection("tasks"), parent)}
                              : Value{std::string("new")};
      const auto edit = [&] {
        h.with(id, [&](Transaction& t, const Tasks::Head& head) {
          h.tasks().edit(t, h.me, head, Patch().set(what, value));
        });
      };
      if (state == draft || always.count(what) != 0 ||
          (unpublished.count(what) != 0 && state != published)) {
        edit();
        CHECK(h.task_cell(id, field(what)) == value);
      } else {
        const Error e = error_of(edit);
        CHECK(e.code() == ErrorCode::conflict);
        CHECK(e.field() == what);
        CHECK(Json::parse(e.detail())["state"] == std::string(name(state)));
      }
    }
    for (const std::string what : {"state", "archived", "project", "created", "started",
                                   "completed", "published", "updated", "reason"}) {
      INFO(name(state) << " " << what);
      CHECK(error_of([&] {
              h.with(id, [&](Transaction& t, const Tasks::Head& head) {
                h.tasks().edit(t, h.me, head, Patch().set(what, Value{}));
              });
            }).code() == ErrorCode::invalid);
    }
  }
}

TEST_CASE("an edit's history has old and new, of what really changed") {
  Host h;
  const Ordinal project = h.project("p");
  const std::string parent = h.task(project), id = h.task(project, draft);
  const auto edit = [&](const Patch& patch, std::string_view why = {}) {
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().edit(t, h.me, head, patch, why);
    });
  };
  edit(Patch()
           .set("name", std::string("first"))
           .put("tags", "a", "1")
           .put("params", "x", "1")
           .put("params", "y", "2"),
       "wanted");
  auto events = h.history(id);
  REQUIRE(events.size() == 2);
  CHECK(events[1].change == "edit");
  CHECK(events[1].why == "wanted");
  CHECK(events[1].body["new"]["name"] == "first");
  CHECK(events[1].body["old"]["tags.a"] == nullptr);
  CHECK(events[1].body["new"]["tags.a"] == "1");
  edit(Patch().set("name", std::string("first")).put("tags", "a", "1"));
  CHECK(h.history(id).size() == 2);
  edit(Patch().clear("params").put("params", "x", "1").put("params", "z", "3").remove("tags", "a"));
  events = h.history(id);
  REQUIRE(events.size() == 3);
  CHECK(events[2].body["old"] == Json({{"params.y", "2"}, {"params.z", nullptr}, {"tags.a", "1"}}));
  CHECK(events[2].body["new"] ==
        Json({{"params.y", nullptr}, {"params.z", "3"}, {"tags.a", nullptr}}));
  edit(Patch().set("parent", h.store->find(h.store->collection("tasks"), parent)));
  CHECK(h.history(id).back().body["new"]["parent"] == parent);
}
