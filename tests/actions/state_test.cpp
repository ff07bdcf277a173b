// Queues, aborting, publishing: that actions hand on what the services do, and tell of it.
#include "world.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

struct Fixture : World {
  Ordinal p = project("p");

  std::string child_of(const std::string& parent, TaskState s) {
    const std::string id = task_in(p, s);
    set_parent(id, parent);
    return id;
  }
  std::string queue_of(const std::string& id) const { return referred(id, "queue", "queues"); }
};

}  // namespace

TEST_CASE("enqueueing names a queue by name or id, and tells when nobody watches it") {
  Fixture h;
  const std::string gpu = h.queue("gpu"), busy = h.queue("busy", true);
  const std::string a = h.task_in(h.p, draft), b = h.task_in(h.p, aborted),
                    c = h.task_in(h.p, draft);
  const Json alone = h.ok("enqueue", a, {{"queue", "gpu"}});
  CHECK(alone["message"] ==
        "nobody takes tasks from the queue 'gpu' at present; start an agent for it");
  CHECK(h.queue_of(a) == gpu);
  CHECK(!h.ok("enqueue", b, {{"queue", busy}}).contains("message"));
  CHECK(h.queue_of(b) == busy);
  h.ok("enqueue", c);
  CHECK(!h.queue_of(c).empty());
  // Undone, each is what it was before.
  const std::string d = h.task_in(h.p, draft), e = h.task_in(h.p, aborted);
  h.undo(h.run("enqueue", {{"ids", {d, e}}}, {{"queue", "gpu"}, {"front", true}}));
  CHECK(h.state(d) == "draft");
  CHECK(h.state(e) == "aborted");
}

TEST_CASE("an unknown queue fails each task, in a dry run too") {
  Fixture h;
  const std::string id = h.task_in(h.p, draft);
  CHECK_THAT(h.refused("enqueue", id, {{"queue", "nowhere"}}),
             Catch::Matchers::StartsWith("not_found: "));
  const Json dry = h.run("enqueue", id, {{"queue", "nowhere"}}, {{"dry_run", true}});
  CHECK(dry["failed_count"] == 1);
  CHECK(h.state(id) == "draft");
}

TEST_CASE("a pending task moves to another queue and still knows what it was before") {
  Fixture h;
  const std::string first = h.queue("first"), second = h.queue("second");
  const std::string id = h.task_in(h.p, aborted);
  h.ok("enqueue", id, {{"queue", "first"}});
  const Json run = h.run("requeue", id, {{"queue", "second"}});
  CHECK(h.queue_of(id) == second);
  CHECK(h.ok("requeue", id, {{"queue", "second"}})["message"] == "it is in that queue already");
  h.undo(run);
  CHECK(h.queue_of(id) == first);
  CHECK(h.ok("dequeue", id)["message"] == "it is aborted again");
  CHECK(h.state(id) == "aborted");
}

TEST_CASE("a retry does with the outputs as is said") {
  Fixture h;
  const auto failed_task = [&] {
    const std::string id = h.task_in(h.p, running);
    const Point point{1, 1, 0.5};
    const SeriesPoints series{"loss", "", {&point, 1}};
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      TaskLog log;
      log.metrics = {&series, 1};
      h.tasks().log(t, h.me, head, log);
      h.tasks().transition(t, h.me, h.tasks().require(t, h.me, id), failed, Transition::fail);
    });
    return id;
  };
  const Path loss = series("metrics", "loss");
  for (const auto& [outputs, stays] :
       {std::pair{"go_on", true}, std::pair{"keep", false}, std::pair{"discard", false}}) {
    INFO(outputs);
    const std::string id = failed_task();
    h.ok("retry", id, {{"outputs", outputs}}, {{"dry_run", true}});
    CHECK(h.state(id) == "failed");
    h.ok("retry", id, {{"outputs", outputs}});
    CHECK(h.state(id) == "pending");
    CHECK((h.task_cell(id, loss) != Value{}) == stays);
  }
  CHECK(error_of([&] {
          h.run("retry", failed_task(), {{"outputs", "burn"}});
        }).code() == ErrorCode::invalid);
}

TEST_CASE("clicking abort again does not put off the end of a task whose worker is dead") {
  Fixture h;
  const std::string id = h.task_in(h.p, running);
  h.hold(id, h.clock->load() + 1'000'000);
  const Json first = h.ok("abort", id, {{"grace", 5000}});
  CHECK(first["message"] == "its worker was asked to stop it");
  CHECK(h.state(id) == "running");
  const auto deadline = first["detail"]["deadline"];
  for (int i = 0; i < 3; ++i) {
    h.clock->fetch_add(1000);
    CHECK(h.ok("abort", id, {{"grace", 5000}})["detail"]["deadline"] == deadline);
  }
  h.clock->fetch_add(5000);
  h.ok("abort", id, {{"grace", 5000}});
  CHECK(h.state(id) == "aborted");
}

TEST_CASE("all children are aborted, at any depth or only a task's own, and the parent is left") {
  Fixture h;
  const auto family = [&](TaskState of_parent) {
    const std::string parent = h.task_in(h.p, of_parent);
    const std::string child = h.child_of(parent, running);
    return std::vector<std::string>{parent, child, h.child_of(parent, pending),
                                    h.child_of(parent, completed), h.child_of(child, running)};
  };
  const auto all = family(published);
  const Json dry = h.ok("abort-children", all[0], nullptr, {{"dry_run", true}});
  CHECK(dry["message"] == "3 child tasks would be aborted");
  CHECK(dry["detail"]["children"] == 3);
  CHECK(h.state(all[1]) == "running");
  CHECK(h.ok("abort-children", all[0], nullptr, {{"why", "enough"}})["message"] ==
        "3 child tasks aborted");
  CHECK(h.state(all[0]) == "published");
  for (const std::size_t i : {1, 2, 4}) CHECK(h.state(all[i]) == "aborted");
  CHECK(h.state(all[3]) == "completed");
  CHECK(h.history(all[4]).back().why == "enough");
  CHECK(h.refused("abort-children", all[0]) ==
        "conflict: It has no child that is running or pending.");

  const auto own = family(running);
  h.hold(own[1], h.clock->load() + 1'000'000);
  CHECK(h.available("abort-children", {{"ids", own}}) == 2);
  CHECK(h.ok("abort-children", own[0], {{"recursive", false}})["message"] ==
        "1 child task aborted and the workers of 1 asked to stop");
  CHECK(h.state(own[2]) == "aborted");
  CHECK(h.state(own[1]) == "running");
  CHECK(h.state(own[4]) == "running");
}

TEST_CASE("publishing tells the models, and one that is not ready fails its task alone") {
  Fixture h;
  const std::string a = h.task_in(h.p, completed), bad = h.task_in(h.p, completed),
                    c = h.task_in(h.p, failed);
  const std::string m1 = h.model(a), m2 = h.model(a);
  h.model(bad), h.model(bad, ModelStatus::pending), h.model(c);
  const Json dry = h.run("publish", {{"ids", {a, bad, c}}}, nullptr, {{"dry_run", true}});
  CHECK(dry["succeeded"][0]["message"] == "2 models would be published with it");
  CHECK(dry["failed_count"] == 1);
  CHECK(h.state(a) == "completed");
  const Json run = h.run("publish", {{"ids", {a, bad, c}}}, nullptr, {{"why", "good"}});
  CHECK(run["succeeded_count"] == 2);
  CHECK(run["failed_count"] == 1);
  CHECK(run["succeeded"][0]["id"] == a);
  CHECK(run["succeeded"][0]["detail"]["models"].size() == 2);
  CHECK(run["failed"][0]["id"] == bad);
  CHECK(run["failed"][0]["code"] == "conflict");
  CHECK(h.state(a) == "published");
  CHECK(h.state(bad) == "completed");
  CHECK(h.state(c) == "published");
}

TEST_CASE("one task that fails in the middle stops no other, and an unknown one is told") {
  Fixture h;
  const std::string a = h.task_in(h.p, draft), b = h.task_in(h.p, running),
                    c = h.task_in(h.p, draft);
  const Json run = h.run("enqueue", {{"ids", {a, b, "nobody", c}}});
  CHECK(run["matched"] == 4);
  CHECK(run["succeeded_count"] == 2);
  CHECK(run["failed_count"] == 2);
  CHECK(h.state(a) == "pending");
  CHECK(h.state(b) == "running");
  CHECK(h.state(c) == "pending");
  std::map<std::string, std::string> codes;
  for (const Json& failed : run["failed"]) codes[failed["id"]] = failed["code"];
  CHECK(codes == std::map<std::string, std::string>{{b, "conflict"}, {"nobody", "not_found"}});
}
