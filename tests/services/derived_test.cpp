// iteration, active and run_time of tasks.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

void log_points(Host& h, const std::string& task, const std::string& key,
                const std::vector<Point>& points) {
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    const SeriesPoints series{key, "", points};
    h.tasks().log(t, h.me, head, {{}, {}, {&series, 1}});
  });
}
Value now(const Host& h, const std::string& task, const char* name) {
  return h.task_cell(task, field(name));
}
void await_is(Host& h, const std::string& task, const char* name, const Value& value) {
  await(*h.store, [&] { return now(h, task, name) == value; });
}
std::int64_t number(const Value& value) { return std::get<std::int64_t>(value); }

}  // namespace

TEST_CASE("iteration is the greatest step of the metrics, without machine statistics") {
  Host h(Host::Derive::yes);
  const std::string task = h.task(h.project("p"));
  log_points(h, task, "loss", {{7, 1, 0.5}, {3, 2, 0.4}});
  log_points(h, task, "system/cpu", {{900, 1, 0.5}});
  await_is(h, task, "iteration", std::int64_t{7});
  log_points(h, task, "acc", {{12, 1, 0.5}});
  await_is(h, task, "iteration", std::int64_t{12});
  log_points(h, task, "acc", {{-5, 1, 0.5}});
  const std::string negative = h.task(h.project("q"));
  log_points(h, negative, "acc", {{-5, 1, 0.5}});
  await_is(h, negative, "iteration", std::int64_t{-5});
  CHECK(now(h, task, "iteration") == Value{std::int64_t{12}});
}

TEST_CASE("derived fields leave the task's version, date and history alone") {
  Host h(Host::Derive::yes);
  Api api(h);
  const std::string task = h.task(h.project("p"));
  const auto before = api("GET", "/api/v1/tasks/" + task);
  log_points(h, task, "loss", {{7, 1, 0.5}});
  await_is(h, task, "iteration", std::int64_t{7});
  const auto after = api("GET", "/api/v1/tasks/" + task);
  CHECK(after.etag == before.etag);
  CHECK(after.json["updated"] == before.json["updated"]);
  CHECK(h.history(task).size() == 1);
  CHECK(api("PATCH", "/api/v1/tasks/" + task, {{"name", "n"}}, before.etag).json["name"] == "n");
}

TEST_CASE("a running task is alive when it does something; what ended is frozen") {
  Host h(Host::Derive::yes);
  const std::string task = h.task(h.project("p"));
  await(*h.store, [&] { return now(h, task, "active") != Value{}; });
  const auto started = number(now(h, task, "started"));
  *h.clock += 60'000;
  // A clock that stands still, or one of the future, is no reason to be taken for dead or immortal.
  log_points(h, task, "loss", {{1, 1, 0.5}});
  await(*h.store, [&] { return number(now(h, task, "active")) >= started + 60'000; });
  *h.clock += 60'000;
  const auto future = h.clock->load() + 1'000'000'000;
  log_points(h, task, "loss", {{2, future, 0.5}});
  await(*h.store, [&] { return number(now(h, task, "active")) >= started + 120'000; });
  CHECK(number(now(h, task, "active")) < future);
  CHECK(number(now(h, task, "run_time")) == number(now(h, task, "active")) - started);

  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().transition(t, h.me, head, TaskState::completed, Transition::complete, {},
                         started + 90'000);
  });
  await_is(h, task, "run_time", std::int64_t{90'000});
  const auto active = now(h, task, "active");
  *h.clock += 60'000;
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().edit(t, h.me, head, Patch().set("description", std::string("later")));
  });
  const std::string another = h.task(h.project("q"));  // heard of behind the edit
  await(*h.store, [&] { return now(h, another, "active") != Value{}; });
  CHECK(now(h, task, "active") == active);
  CHECK(now(h, task, "run_time") == Value{std::int64_t{90'000}});

  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().transition(t, h.me, head, TaskState::draft, Transition::reset);
  });
  await_is(h, task, "run_time", Value{});
  CHECK(now(h, task, "active") == Value{});
}

TEST_CASE("a task that never ran has no sign of life") {
  Host h(Host::Derive::yes);
  const Ordinal p = h.project("p");
  const std::string draft = h.task(p, TaskState::draft), running = h.task(p);
  await(*h.store, [&] { return now(h, running, "active") != Value{}; });
  CHECK(now(h, draft, "active") == Value{});
  CHECK(now(h, draft, "run_time") == Value{});
}

TEST_CASE("what changed while the host was away is derived when it is back") {
  Host h(Host::Derive::yes);
  const Ordinal p = h.project("p");
  const std::string task = h.task(p);
  log_points(h, task, "loss", {{1, 1, 0.5}});
  await_is(h, task, "iteration", std::int64_t{1});
  h.services->stop();
  log_points(h, task, "loss", {{5, 1, 0.5}});
  const std::string fresh = h.task(p);
  log_points(h, fresh, "loss", {{6, 1, 0.5}});
  CHECK(now(h, task, "iteration") == Value{std::int64_t{1}});
  h.restart();
  await_is(h, task, "iteration", std::int64_t{5});
  await_is(h, fresh, "iteration", std::int64_t{6});
}

TEST_CASE("a store whose tasks nobody derived is derived by a job") {
  Host h(Host::Derive::yes);
  const Ordinal p = h.project("p");
  h.services->stop();
  std::vector<std::string> tasks;
  for (int i = 0; i < 250; ++i) {
    tasks.push_back(h.task(p));
    log_points(h, tasks.back(), "loss", {{i, 1, 0.5}});
  }
  const auto listeners = h.store->collection("listeners");
  const Ordinal cursor = h.store->find(listeners, "derived");
  h.store->write([&](Transaction& t) { t.erase(listeners, {&cursor, 1}); });
  h.restart();
  for (int i = 0; i < 250; ++i)
    await_is(h, tasks[static_cast<std::size_t>(i)], "iteration", std::int64_t{i});
}

TEST_CASE("deriving comes to rest: the listener does not answer itself") {
  Host h(Host::Derive::yes);
  const std::string task = h.task(h.project("p"));
  log_points(h, task, "loss", {{1, 1, 0.5}});
  await_is(h, task, "iteration", std::int64_t{1});
  // After the echo of its own write the cursor stands behind all changes of tasks.
  const auto tasks = h.store->collection("tasks"), listeners = h.store->collection("listeners");
  const auto behind = [&] {
    const auto cursor = h.cell(listeners, h.store->find(listeners, "derived"), field("cursor"));
    std::size_t left = 0;
    h.store->changes(std::get<std::int64_t>(cursor), {&tasks, 1}, 10,
                     [&](const Change&) { ++left; });
    return left == 0;
  };
  await(*h.store, behind);
  h.services->stop();
  const Revision rest = h.store->revision();
  h.restart();
  const std::string another = h.task(h.project("q"));
  await(*h.store, [&] { return now(h, another, "active") != Value{}; });
  await(*h.store, behind);
  std::size_t heard = 0;
  h.store->changes(rest, {&tasks, 1}, 10, [&](const Change& change) {
    heard += change.ordinal == h.store->find(tasks, task);
  });
  CHECK(heard == 0);
}

TEST_CASE("a task that ends is written with what is derived of its end") {
  Host h;  // nothing is derived here
  const Ordinal p = h.project("p");
  const std::string task = h.task(p);
  const auto started = number(now(h, task, "started"));
  *h.clock += 5000;
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    const auto after = h.tasks().transition(t, h.me, head, TaskState::completed,
                                            Transition::complete, {}, started + 2000);
    CHECK(after.state == TaskState::completed);
    CHECK(after.version == head.version + 1);
    CHECK(h.tasks().require(t, h.me, head.ordinal).version == after.version);
  });
  CHECK(now(h, task, "active") == Value{started + 2000});
  CHECK(now(h, task, "run_time") == Value{std::int64_t{2000}});
  // Beside a host that derives the same task is not written again.
  Host deriving(Host::Derive::yes);
  const std::string other = deriving.task(deriving.project("p"));
  await(*deriving.store, [&] { return now(deriving, other, "active") != Value{}; });
  *deriving.clock += 5000;
  deriving.with(other, [&](Transaction& t, const Tasks::Head& head) {
    deriving.tasks().archive(t, deriving.me, head, true, true);
  });
  const Revision ended = deriving.store->revision();
  const auto tasks = deriving.store->collection("tasks");
  const Ordinal ordinal = deriving.store->find(tasks, other);
  const std::string next = deriving.task(deriving.project("q"));
  await(*deriving.store, [&] { return now(deriving, next, "active") != Value{}; });
  deriving.store->changes(ended, {&tasks, 1}, 1000,
                          [&](const Change& c) { CHECK(c.ordinal != ordinal); });
}

TEST_CASE("archiving a task that runs or waits changes it once and tells both") {
  Host h;
  const Ordinal p = h.project("p");
  for (const auto& [state, verb, after] : {std::tuple{TaskState::running, "abort", "aborted"},
                                           {TaskState::pending, "dequeue", "draft"}}) {
    const std::string task =
        state == TaskState::running ? h.task(p) : h.pending_from(p, TaskState::draft);
    const auto told = h.history(task).size();
    h.with(task, [&](Transaction& t, const Tasks::Head& head) {
      const auto now = h.tasks().archive(t, h.me, head, true, true, "old");
      CHECK(now.archived);
      CHECK(name(now.state) == after);
      CHECK(now.version == head.version + 1);
      const auto stored = h.tasks().require(t, h.me, head.ordinal);
      CHECK(stored.archived);
      CHECK(stored.state == now.state);
      CHECK(stored.version == now.version);
    });
    CHECK(now(h, task, "archived_at") != Value{});
    CHECK(now(h, task, "queue") == Value{});
    const auto history = h.history(task);
    REQUIRE(history.size() == told + 2);
    CHECK(history[told].change == verb);
    CHECK(history[told].why == "archived");
    CHECK(history[told].body["old"] == Json{{"state", name(state)}});
    CHECK(history[told + 1].change == "archive");
    CHECK(history[told + 1].why == "old");
    CHECK(history[told + 1].body["new"] == Json{{"archived", true}});
  }
}
