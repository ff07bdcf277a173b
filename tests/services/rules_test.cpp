// Every pair of states by every kind of transition, and what may be edited when.
#include "services/tasks/rules.hpp"

#include <cmath>
#include <map>
#include <set>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

constexpr TaskState states[] = {draft, pending, running, completed, failed, aborted, published};
constexpr Transition kinds[] = {Transition::enqueue,  Transition::dequeue, Transition::start,
                                Transition::complete, Transition::fail,    Transition::abort,
                                Transition::publish,  Transition::reset,   Transition::client,
                                Transition::retry};

using Move = std::tuple<Transition, TaskState, TaskState>;

/// Written out once more, by hand: the table is what this test holds.
const std::set<Move>& legal() {
  static const std::set<Move> all = [] {
    std::set<Move> out = {
        {Transition::enqueue, draft, pending},       {Transition::retry, failed, pending},
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
        // A pending task goes back to where it came from, and nowhere else.
        const bool back =
            kind == Transition::dequeue && from == pending && legal().count({kind, from, to}) != 0;
        const std::string id = back ? h.pending_from(project, to) : h.task_in(project, from);
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
  const Ordinal other = h.store->find(h.store->collection("tasks"), h.task(project));
  const auto when = [](const std::string& what) -> std::set<TaskState> {
    if (what == "name" || what == "description" || what == "tags")
      return {draft, pending, running, completed, failed, aborted, published};
    if (what == "user" || what == "derived_from" || what == "properties")
      return {draft, pending, running, completed, failed, aborted};
    if (what == "progress" || what == "iteration") return {running};
    return {draft};
  };
  const std::map<std::string, Value> fields = {{"name", std::string("new")},
                                               {"description", std::string("new")},
                                               {"user", std::string("new")},
                                               {"type", std::string("testing")},
                                               {"artifact_uri", std::string("new")},
                                               {"output_destination", std::string("new")},
                                               {"source_name", std::string("new")},
                                               {"source_type", std::string("new")},
                                               {"repository", std::string("new")},
                                               {"branch", std::string("new")},
                                               {"source_tag", std::string("new")},
                                               {"commit", std::string("new")},
                                               {"entry_point", std::string("new")},
                                               {"working_dir", std::string("new")},
                                               {"binary", std::string("new")},
                                               {"parent", other},
                                               {"derived_from", other},
                                               {"progress", 12.5},
                                               {"iteration", std::int64_t{7}}};
  for (const auto state : states) {
    const std::string id = h.task_in(project, state);
    const auto edit = [&](const Patch& patch) {
      h.with(id, [&](Transaction& t, const Tasks::Head& head) {
        h.tasks().edit(t, h.me, head, patch);
      });
    };
    const auto refused = [&](const std::string& what, const Patch& patch) {
      const auto events = h.history(id).size();
      const Error e = error_of([&] { edit(patch); });
      CHECK(e.code() == ErrorCode::conflict);
      CHECK(e.field() == what);
      CHECK(Json::parse(e.detail())["state"] == std::string(name(state)));
      CHECK(h.history(id).size() == events);
    };
    for (const std::string what : {"tags", "params", "properties", "configuration", "container"}) {
      INFO(name(state) << " " << what);
      const Patch patch = Patch().put(what, "k", "v");
      if (when(what).count(state) == 0) {
        refused(what, patch);
      } else {
        edit(patch);
        CHECK(h.task_cell(id, entry(what, "k")) == Value{std::string("v")});
      }
    }
    for (const auto& [what, value] : fields) {
      INFO(name(state) << " " << what);
      const Patch patch = Patch().set(what, value);
      if (when(what).count(state) == 0) {
        refused(what, patch);
      } else {
        edit(patch);
        CHECK(h.task_cell(id, field(what)) == value);
      }
    }
    for (const std::string what : {"diff", "requirements"}) {
      INFO(name(state) << " " << what);
      const std::string body =
          what == "diff" ? R"({"diff":"+x"})" : R"({"requirements":{"pip":"numpy"}})";
      Patch patch;
      patch.body = body;
      if (when(what).count(state) == 0) {
        refused(what, patch);
      } else {
        edit(patch);
        CHECK(h.history(id).back().body["new"][what] == Json::parse(body)[what]);
      }
    }
    for (const std::string what :
         {"state", "archived", "project", "created", "started", "completed", "published", "updated",
          "reason", "queue", "queued_from", "desired_state", "stop_deadline", "worker",
          "lease_until", "attempt", "run_time", "goals_met", "active"}) {
      INFO(name(state) << " " << what);
      CHECK(error_of([&] { edit(Patch().set(what, Value{})); }).code() == ErrorCode::invalid);
    }
  }
}

TEST_CASE("values that a task cannot have") {
  Host h;
  const Ordinal project = h.project("p");
  const std::string grandparent = h.task(project, draft), parent = h.task(project, draft),
                    id = h.task(project, draft), running_one = h.task(project, running);
  const auto ordinal = [&](const std::string& task) {
    return h.store->find(h.store->collection("tasks"), task);
  };
  const auto refused = [&](const std::string& task, const Patch& patch) {
    return error_of([&] {
      h.with(task, [&](Transaction& t, const Tasks::Head& head) {
        h.tasks().edit(t, h.me, head, patch);
      });
    });
  };
  CHECK(refused(id, Patch().set("type", std::string("magic"))).field() == "type");
  CHECK(refused(id, Patch().set("type", Value{})).field() == "type");
  CHECK(refused(running_one, Patch().set("progress", 100.5)).field() == "progress");
  CHECK(refused(running_one, Patch().set("progress", std::nan(""))).field() == "progress");
  Patch body;
  body.body = R"({"notebook":"x"})";
  CHECK(refused(id, body).field() == "notebook");
  body.body = R"({"requirements":["numpy"]})";
  CHECK(refused(id, body).field() == "requirements");
  // Nobody is his own ancestor.
  for (const auto& [child, above] : {std::pair(id, parent), std::pair(parent, grandparent)})
    h.with(child, [&, a = above](Transaction& t, const Tasks::Head& head) {
      h.tasks().edit(t, h.me, head, Patch().set("parent", t.find(h.tasks().collection(), a)));
    });
  CHECK(refused(grandparent, Patch().set("parent", ordinal(id))).field() == "parent");
  CHECK(refused(id, Patch().set("parent", ordinal(id))).field() == "parent");
  CHECK(refused(id, Patch().set("derived_from", ordinal(id))).field() == "derived_from");
  NewTask task;
  task.project = project;
  task.type = "magic";
  CHECK(error_of([&] {
          h.store->write([&](Transaction& t) { h.tasks().create(t, h.me, task); });
        }).field() == "type");
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
