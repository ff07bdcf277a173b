// archive, unarchive, reset, delete.
#include "world.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

struct Fixture : World {
  Ordinal p = project("p");

  /// Three metrics with two points each, and a model that is ready.
  std::string with_outputs() {
    const std::string id = task_in(p, running);
    const Point points[] = {{1, 1, 0.5}, {2, 2, 0.25}};
    const SeriesPoints curves[] = {{"a", "", points}, {"b", "", points}, {"c", "", points}};
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      TaskLog log;
      log.metrics = curves;
      tasks().log(t, me, head, log);
    });
    model(id);
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      tasks().transition(t, me, head, completed, Transition::complete);
    });
    return id;
  }
};

}  // namespace

TEST_CASE("archive and unarchive undo each other") {
  Fixture h;
  const std::string a = h.task_in(h.p, completed), b = h.task_in(h.p, pending);
  const Json away = h.run("archive", {{"ids", {a, b}}});
  CHECK(away["succeeded"][1]["message"] == "it left its queue and is aborted again");
  CHECK(h.archived(a));
  h.undo(away);
  CHECK(!h.archived(a));
  CHECK(!h.archived(b));
  CHECK(h.state(b) == "aborted");

  // What an MLflow client archived while it ran, and a person restored, goes on running.
  const std::string c = h.task_as(h.p, running, true);
  h.undo(h.run("unarchive", c));
  CHECK(h.archived(c));
  CHECK(h.state(c) == "running");
}

TEST_CASE("archiving stops what runs, by its worker when one holds it, and says so before") {
  Fixture h;
  const std::string alone = h.task_in(h.p, running), held = h.task_in(h.p, running),
                    waiting = h.task_in(h.p, pending);
  h.hold(held, h.clock->load() + 1'000'000);
  const Json all = {{"ids", {alone, held, waiting}}};
  const Json dry = h.run("archive", all, nullptr, {{"dry_run", true}});
  CHECK(dry["succeeded"][0]["message"] == "it is running and would be aborted");
  CHECK(dry["succeeded"][2]["message"] == "it is pending and would leave its queue");
  const Json run = h.run("archive", all);
  CHECK(run["succeeded"][0]["message"] == "it was aborted");
  CHECK(run["succeeded"][1]["message"] == "its worker was asked to stop it");
  CHECK(h.state(alone) == "aborted");
  CHECK(h.state(held) == "running");
  CHECK(h.archived(held));
  const std::string left = h.task_in(h.p, running);
  h.ok("archive", left, {{"stop", false}});
  CHECK(h.archived(left));
  CHECK(h.state(left) == "running");
}

TEST_CASE("what a reset or a deletion takes away is told before, and nothing is touched then") {
  Fixture h;
  const std::string id = h.with_outputs(), child = h.task_in(h.p, draft);
  h.set_parent(child, id);
  const auto version = h.task_cell(id, record_version());
  const auto models = h.count("models");
  const Json reset = h.ok("reset", id, nullptr, {{"dry_run", true}});
  CHECK(reset["message"] ==
        "3 metrics with 6 points, the files of 2 artifact folders and 1 model would be deleted");
  CHECK(reset["detail"]["points"] == 6);
  CHECK(h.ok("reset", id, {{"keep_attempt", true}}, {{"dry_run", true}})["message"] ==
        "its outputs would be kept as attempt 1");
  CHECK(h.task_cell(id, record_version()) == version);

  h.flag_archived(id);
  const Json gone = h.ok("delete", id, nullptr, {{"dry_run", true}});
  CHECK(gone["message"] ==
        "3 metrics with 6 points, the files of 2 artifact folders and 1 model would be deleted; 1 "
        "child task would lose the parent");
  CHECK(h.there(id));
  CHECK(h.count("models") == models);
  CHECK(
      h.ok("delete", id, nullptr, {{"why", "a mistake"}})["message"] ==
      "3 metrics with 6 points, the files of 2 artifact folders and 1 model deleted; 1 child task "
      "lost the parent");
  CHECK(!h.there(id));
  CHECK(h.there(child));
}

TEST_CASE("a reset keeps the attempt when it is told to, a deletion the models") {
  Fixture h;
  const std::string id = h.with_outputs();
  CHECK(h.ok("reset", id, {{"keep_attempt", true}})["message"] ==
        "its outputs are kept as attempt 1");
  CHECK(h.state(id) == "draft");
  CHECK(h.count("attempts") == 1);
  const std::string other = h.with_outputs();
  h.flag_archived(other);
  const auto models = h.count("models");
  h.ok("delete", other, {{"keep_models", true}});
  CHECK(!h.there(other));
  CHECK(h.count("models") == models);
}

TEST_CASE("what is published or in use is deleted only when that is said") {
  Fixture h;
  const std::string maker = h.with_outputs(), reader = h.task_in(h.p, draft);
  h.reads(reader, h.model(maker));
  h.flag_archived(maker);
  CHECK_THAT(h.refused("delete", maker), Catch::Matchers::Contains("another task reads the model"));
  CHECK(h.there(maker));
  h.ok("delete", maker, {{"used_too", true}});
  CHECK(!h.there(maker));
}
