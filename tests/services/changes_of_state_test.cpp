// Publishing, aborting, moving, and calls that meet each other.
#include <thread>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

struct Fixture : Host {
  Ordinal p = project("p");

  std::string state(const std::string& id) const {
    return std::get<std::string>(task_cell(id, field("state")));
  }
  Tasks::Publication publish(const std::string& id, bool dry = false) {
    return with(id, [&](Transaction& t, const Tasks::Head& head) {
      return tasks().publish(t, me, head, "good", dry);
    });
  }
  Tasks::Stop abort(const std::string& id, std::int64_t grace = 1000) {
    return with(id, [&](Transaction& t, const Tasks::Head& head) {
      return tasks().abort(t, me, head, "enough", grace);
    });
  }
  void hold(const std::string& id, std::int64_t until) {
    const Ordinal o = store->find(store->collection("tasks"), id);
    store->write([&](Transaction& t) {
      t.update(store->collection("tasks"), {&o, 1}, {},
               Patch().set("worker", std::string("w")).set("lease_until", until));
    });
  }
  std::string child_of(const std::string& parent, TaskState s) {
    const std::string id = task_in(p, s);
    const Ordinal o = store->find(store->collection("tasks"), id),
                  above = store->find(store->collection("tasks"), parent);
    store->write([&](Transaction& t) {
      t.update(store->collection("tasks"), {&o, 1}, {}, Patch().set("parent", above));
    });
    return id;
  }
  std::string model_status(const std::string& id) const {
    const auto c = store->collection("models");
    return std::get<std::string>(cell(c, store->find(c, id), field("status")));
  }
};

}  // namespace

TEST_CASE("publishing takes all the models, or nothing") {
  Fixture h;
  const std::string id = h.task_in(h.p, completed);
  const std::string a = h.model(id), b = h.model(id), c = h.model(id, ModelStatus::pending);
  const auto version = h.task_cell(id, record_version());
  const Error e = error_of([&] { h.publish(id); });
  CHECK(e.code() == ErrorCode::conflict);
  CHECK(e.field() == "models");
  CHECK(Json::parse(e.detail())["model"] == c);
  CHECK(h.state(id) == "completed");
  CHECK(h.model_status(a) == "ready");
  CHECK(h.task_cell(id, record_version()) == version);
  h.store->write([&](Transaction& t) {
    h.models().finalize(t, h.me, h.models().require(t, h.me, c), ModelStatus::ready);
  });
  CHECK(h.publish(id, true).models.size() == 3);
  CHECK(h.state(id) == "completed");
  CHECK(h.publish(id).models.size() == 3);
  CHECK(h.state(id) == "published");
  for (const auto& m : {a, b, c}) CHECK(h.model_status(m) == "published");

  // For ever: of the model only tags change, of the task name, description and tags.
  const auto refused = [&](auto&& fn) {
    return error_of([&] {
             h.store->write([&](Transaction& t) { fn(t, h.models().require(t, h.me, a)); });
           })
        .code();
  };
  CHECK(refused([&](Transaction& t, Ordinal m) {
          h.models().finalize(t, h.me, m, ModelStatus::upload_failed);
        }) == ErrorCode::conflict);
  CHECK(refused([&](Transaction& t, Ordinal m) {
          h.models().edit(t, h.me, m, Patch().put("params", "x", "1"));
        }) == ErrorCode::conflict);
  CHECK(refused([&](Transaction& t, Ordinal m) {
          const Point p{1, 2, 3};
          const SeriesPoints s{"k", "", {&p, 1}};
          h.models().log(t, h.me, m, {&s, 1});
        }) == ErrorCode::conflict);
  CHECK(refused([&](Transaction& t, Ordinal m) { h.models().remove(t, h.me, m); }) ==
        ErrorCode::conflict);
  h.store->write([&](Transaction& t) {
    h.models().edit(t, h.me, h.models().require(t, h.me, a), Patch().put("tags", "x", "1"));
  });
}

TEST_CASE("an abort asks a live worker, and takes effect at once otherwise") {
  Fixture h;
  SECTION("nobody holds it") {
    const std::string id = h.task(h.p, running);
    CHECK(!h.abort(id).asked);
    CHECK(h.state(id) == "aborted");
    CHECK(h.task_cell(id, field("reason")) == Value{std::string("enough")});
    CHECK(h.task_cell(id, field("completed")) != Value{});
    CHECK(error_of([&] { h.abort(id); }).code() == ErrorCode::conflict);
  }
  SECTION("the lease ran out") {
    const std::string id = h.task(h.p, running);
    h.hold(id, h.clock->load() - 1);
    CHECK(!h.abort(id).asked);
    CHECK(h.state(id) == "aborted");
  }
  SECTION("a worker holds it") {
    const std::string id = h.task(h.p, running);
    h.hold(id, h.clock->load() + 3'600'000);
    const auto first = h.abort(id);
    CHECK(first.asked);
    CHECK(h.state(id) == "running");
    CHECK(h.task_cell(id, field("desired_state")) == Value{std::string("aborted")});
    const auto events = h.history(id).size();
    // Asking again does not put the end off.
    *h.clock += 500;
    const auto second = h.abort(id);
    CHECK(second.asked);
    CHECK(second.deadline == first.deadline);
    CHECK(h.history(id).size() == events);
    *h.clock += 1000;
    CHECK(!h.abort(id).asked);
    CHECK(h.state(id) == "aborted");
    for (const char* name : {"desired_state", "stop_deadline", "lease_until"})
      CHECK(h.task_cell(id, field(name)) == Value{});
    CHECK(h.task_cell(id, field("worker")) == Value{std::string("w")});
  }
  SECTION("a worker that finishes first wins") {
    const std::string id = h.task(h.p, running);
    h.hold(id, h.clock->load() + 3'600'000);
    h.abort(id);
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().transition(t, h.me, head, completed, Transition::complete);
    });
    CHECK(h.state(id) == "completed");
    CHECK(h.task_cell(id, field("desired_state")) == Value{});
  }
  SECTION("archiving a running task asks as well") {
    const std::string id = h.task(h.p, running);
    h.hold(id, h.clock->load() + 3'600'000);
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().archive(t, h.me, head, true, true);
    });
    CHECK(h.task_cell(id, field("archived")) == Value{true});
    CHECK(h.state(id) == "running");
    CHECK(h.task_cell(id, field("desired_state")) == Value{std::string("aborted")});
  }
}

TEST_CASE("active children, at any depth, below tasks of any state") {
  Fixture h;
  const std::string root = h.task_in(h.p, completed);
  const std::string a = h.child_of(root, running), b = h.child_of(root, completed),
                    c = h.child_of(b, pending), d = h.child_of(c, running);
  h.child_of(root, draft), h.child_of(d, failed);
  const auto below = [&](bool recursive) {
    return h.tasks().active_children(*h.store, h.me,
                                     h.store->find(h.store->collection("tasks"), root), recursive);
  };
  CHECK(below(true) == std::vector<std::string>{a, c, d});
  CHECK(below(false) == std::vector<std::string>{a});
}

TEST_CASE("moving to another project takes the models along") {
  Fixture h;
  const Ordinal other = h.project("q"), gone = h.project("gone");
  const std::string id = h.task_in(h.p, completed), model = h.model(id);
  h.with(id, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().move(t, h.me, head, other, "tidy");
  });
  CHECK(h.task_cell(id, field("project")) == Value{other});
  const auto models = h.store->collection("models");
  CHECK(h.cell(models, h.store->find(models, model), field("project")) == Value{other});
  const auto event = h.history(id).back();
  CHECK(event.change == "move");
  CHECK(event.why == "tidy");
  CHECK(event.body["new"]["project"] == h.id_of("projects", other));
  h.store->write([&](Transaction& t) { h.projects().archive(t, h.me, gone, true); });
  CHECK(error_of([&] {
          h.with(id, [&](Transaction& t, const Tasks::Head& head) {
            h.tasks().move(t, h.me, head, gone, {});
          });
        }).code() == ErrorCode::conflict);
}

TEST_CASE("a draft starts with its project's defaults") {
  Fixture h;
  h.store->write([&](Transaction& t) {
    t.update(h.store->collection("projects"), {&h.p, 1}, {},
             Patch()
                 .put("defaults", "lr", "0.1")
                 .put("defaults", "seed", "7")
                 .set("output_destination", std::string("s3://out")));
  });
  const Ordinal made = h.store->write([&](Transaction& t) {
    NewTask n;
    n.project = h.p;
    n.content.put("params", "lr", "0.2");
    return h.tasks().create(t, h.me, n);
  });
  const std::string id = h.id_of("tasks", made);
  CHECK(h.task_cell(id, entry("params", "lr")) == Value{std::string("0.2")});
  CHECK(h.task_cell(id, entry("params", "seed")) == Value{std::string("7")});
  CHECK(h.task_cell(id, field("output_destination")) == Value{std::string("s3://out")});
  CHECK(h.task_cell(h.task(h.p, running), entry("params", "seed")) == Value{});
}

TEST_CASE("run time is from start to end, and missing while it runs") {
  Fixture h;
  const std::string id = h.task(h.p, draft);
  const auto go = [&](TaskState to, Transition kind, std::int64_t at) {
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().transition(t, h.me, head, to, kind, {}, at);
    });
  };
  go(running, Transition::start, 1000);
  CHECK(h.task_cell(id, field("run_time")) == Value{});
  go(aborted, Transition::abort, 3500);
  CHECK(h.task_cell(id, field("run_time")) == Value{std::int64_t{2500}});
  go(running, Transition::start, 5000);
  CHECK(h.task_cell(id, field("run_time")) == Value{});
  go(failed, Transition::client, 0);
  h.with(id, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().describe(t, h.me, head, Patch().set("completed", std::int64_t{5100}));
  });
  CHECK(h.task_cell(id, field("run_time")) == Value{std::int64_t{100}});
}

TEST_CASE("a call whose head is old is refused, and nothing changes") {
  Fixture h;
  const std::string id = h.task_in(h.p, completed);
  const auto old = h.with(id, [](Transaction&, const Tasks::Head& head) { return head; });
  h.with(id, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().edit(t, h.me, head, Patch().set("name", std::string("new")));
  });
  const auto events = h.history(id).size();
  const auto refused = [&](auto&& call) {
    const Error e = error_of([&] { h.store->write([&](Transaction& t) { call(t); }); });
    CHECK(e.code() == ErrorCode::conflict);
    CHECK(h.state(id) == "completed");
    CHECK(h.history(id).size() == events);
  };
  const Ordinal other = h.project("q");
  refused([&](Transaction& t) { h.tasks().publish(t, h.me, old); });
  refused([&](Transaction& t) { h.tasks().reset(t, h.me, old, {}); });
  refused([&](Transaction& t) { h.tasks().archive(t, h.me, old, true); });
  refused([&](Transaction& t) { h.tasks().move(t, h.me, old, other); });
  refused([&](Transaction& t) { h.tasks().edit(t, h.me, old, Patch().put("tags", "a", "b")); });
  refused([&](Transaction& t) { h.tasks().transition(t, h.me, old, running, Transition::start); });
  CHECK(h.count("attempts") == 0);
  CHECK(h.count("file_deletions") == 0);
}

TEST_CASE("of two that race, one wins and the other is told") {
  Fixture h;
  using Call = std::function<void(Transaction&, const Tasks::Head&)>;
  const Call abort = [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().abort(t, h.me, head, "one");
  };
  const Call enqueue = [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().enqueue(t, h.me, head, {});
  };
  const Call archive = [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().archive(t, h.me, head, true, true);
  };
  const auto race = [&](const std::string& id, const Call& one, const Call& two) {
    // Both have read the same head before either writes.
    const auto head = h.with(id, [](Transaction&, const Tasks::Head& at) { return at; });
    std::atomic<int> won = 0, conflicts = 0, others = 0;
    const auto run = [&](const Call& call) {
      try {
        h.store->write([&](Transaction& t) { call(t, head); });
        ++won;
      } catch (const Error& e) {
        ++(e.code() == ErrorCode::conflict ? conflicts : others);
      }
    };
    std::thread first([&] { run(one); }), second([&] { run(two); });
    first.join(), second.join();
    CHECK(won == 1);
    CHECK(conflicts == 1);
    CHECK(others == 0);
  };
  for (int i = 0; i < 10; ++i) {
    const std::string running_one = h.task(h.p, running);
    race(running_one, abort, abort);
    CHECK(h.history(running_one).size() == 2);
    const std::string drafted = h.task(h.p, draft);
    race(drafted, enqueue, archive);
    CHECK(h.history(drafted).size() == 2);
    const bool waits = h.state(drafted) == "pending";
    CHECK(h.task_cell(drafted, field("archived")) == Value{!waits});
    CHECK(h.count("queue_entries", eq(field("task"), h.store->find(h.store->collection("tasks"),
                                                                   drafted))) == (waits ? 1 : 0));
  }
}
