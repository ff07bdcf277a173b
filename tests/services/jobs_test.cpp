// Jobs and sweeps: resumed, cancelled, in line, leases lost, nothing done twice.
#include <algorithm>
#include <set>

#include "fixture.hpp"
#include "services/jobs/slice_pace.hpp"

using namespace podium;
using namespace podium::test;

namespace {

/// A handler that does what the test says.
class Scripted final : public JobHandler {
 public:
  Scripted(std::string kind, std::function<std::string(JobRun&)> script)
      : JobHandler(std::move(kind)), script_(std::move(script)) {}
  std::string run(JobRun& run) override { return script_(run); }

 private:
  std::function<std::string(JobRun&)> script_;
};

std::string start(Host& h, const std::string& kind, const Jobs::Options& options = {},
                  const std::string& arguments = "{}") {
  return h.store->write(
      [&](Transaction& t) { return h.services->jobs().start(t, h.me, kind, arguments, options); });
}

std::string wait(Host& h, const std::string& job) {
  return h.services->jobs().wait(h.me, job, 30'000);
}

Value job_cell(Host& h, const std::string& job, const char* name) {
  const auto c = h.services->jobs().collection();
  return h.cell(c, h.store->find(c, job), field(name));
}

Json result(Host& h, const std::string& job) {
  const auto c = h.services->jobs().collection();
  return Json::parse(
      std::get<std::string>(h.cell(c, h.store->find(c, job), record_body())))["result"];
}

}  // namespace

TEST_CASE("a job runs, tells its progress, keeps its result") {
  Expected expected;
  Host h;
  host::PluginOwner owner{"acme.test"};
  Scripted handler("acme.test/add", [&](JobRun& run) {
    expected.that(run.arguments() == "{\"n\":3}");
    expected.that(run.state().empty());
    expected.that(run.who().id == "local");
    run.advance([](Transaction&) {}, "half", 1, 2);
    expected.that(run.state() == "half");
    return std::string("{\"sum\":6}");
  });
  h.services->add(handler, owner);
  const std::string job = start(h, "acme.test/add", {}, "{\"n\":3}");
  CHECK(wait(h, job) == "done");
  CHECK(result(h, job)["sum"] == 6);
  CHECK(job_cell(h, job, "done") == Value{std::int64_t{1}});
  CHECK(job_cell(h, job, "total") == Value{std::int64_t{2}});
  CHECK(job_cell(h, job, "lease_owner") == Value{});
  CHECK(error_of([&] { h.services->add(handler, owner); }).code() == ErrorCode::exists);
  CHECK(error_of([&] { start(h, "x", {}, "{"); }).code() == ErrorCode::invalid);
  h.services->stop();
}

TEST_CASE(
    "a job starts if and only if its transaction commits; the same key again is the same job") {
  Host h;
  CHECK(error_of([&] {
          h.store->write([&](Transaction& t) {
            h.services->jobs().start(t, h.me, "k", "{}", Jobs::Options{});
            throw Error(ErrorCode::invalid, "no");
          });
        }).code() == ErrorCode::invalid);
  CHECK(h.count("jobs") == 0);
  Jobs::Options once;
  once.idempotency_key = "abc";
  const std::string first = start(h, "k", once);
  CHECK(start(h, "k", once) == first);
  CHECK(h.count("jobs") == 1);
}

TEST_CASE("what a handler throws ends the job") {
  Host h;
  host::PluginOwner owner{"acme.test"};
  Scripted fails("fails", [](JobRun&) -> std::string { throw std::runtime_error("boom"); });
  Scripted gives_up("gives_up",
                    [](JobRun&) -> std::string { throw Error(ErrorCode::cancelled, "enough"); });
  Scripted nonsense("nonsense", [](JobRun&) { return std::string("{"); });
  for (auto* handler : {&fails, &gives_up, &nonsense}) h.services->add(*handler, owner);
  const std::string a = start(h, "fails"), b = start(h, "gives_up"), c = start(h, "nonsense");
  CHECK(wait(h, a) == "failed");
  CHECK(std::get<std::string>(job_cell(h, a, "error")).find("plugin 'acme.test' failed") == 0);
  CHECK(owner.faults == 1);
  CHECK(wait(h, b) == "cancelled");
  CHECK(wait(h, c) == "failed");
  h.services->stop();
}

TEST_CASE("a slice and its progress are all or nothing, and a restart goes on behind it") {
  Host h;
  const Ordinal p = h.project("p");
  host::PluginOwner owner{"acme.test"};
  Signal reached;
  std::atomic<int> runs{0};
  const auto script = [&](JobRun& run) -> std::string {
    ++runs;
    int at = run.state().empty() ? 0 : std::stoi(std::string(run.state()));
    for (; at < 10; ++at) {
      if (at == 4 && runs == 1) {
        reached.set();
        while (!run.cancel().cancelled()) std::this_thread::yield();
        return "null";
      }
      run.advance(
          [&](Transaction& t) {
            NewTask n;
            n.project = p;
            h.tasks().create(t, run.who(), n);
          },
          std::to_string(at + 1), static_cast<std::uint64_t>(at + 1), 10);
    }
    return "\"all\"";
  };
  Scripted handler("acme.test/make", script);
  h.services->add(handler, owner);
  const std::string job = start(h, "acme.test/make");
  reached.wait();
  h.services->stop();
  CHECK(h.count("tasks") == 4);
  CHECK(job_cell(h, job, "state") == Value{std::string("waiting")});
  h.shut();
  h.open();
  h.services->add(handler, owner);
  h.services->start();
  CHECK(wait(h, job) == "done");
  CHECK(runs == 2);
  CHECK(h.count("tasks") == 10);
  CHECK(result(h, job) == "all");
  h.services->stop();
}

TEST_CASE(
    "what a killed host ran is taken over by its next run at once, by others when the lease is "
    "over") {
  Host h;
  host::PluginOwner owner{"x"};
  std::string holder;
  const auto jobs = h.services->jobs().collection();
  Scripted handler("k", [&](JobRun& run) {
    holder =
        std::get<std::string>(h.cell(jobs, h.store->find(jobs, run.id()), field("lease_owner")));
    return std::string("1");
  });
  h.services->add(handler, owner);
  CHECK(wait(h, start(h, "k")) == "done");
  h.services->stop();
  h.shut();
  h.open();

  const std::string ours = start(h, "k"), foreign = start(h, "k");
  const auto leave = [&](const std::string& job, const std::string& by) {
    const Ordinal o = h.store->find(jobs, job);
    h.store->write([&](Transaction& t) {
      t.update(jobs, {&o, 1}, {},
               Patch()
                   .set("state", std::string("running"))
                   .set("ready", Value{})
                   .set("lease_owner", by)
                   .set("lease_until", h.clock->load() + 1'000'000));
    });
  };
  leave(ours, holder.substr(0, holder.find('#')) + "#killed");
  leave(foreign, "another#1");
  h.services->add(handler, owner);
  h.services->start();
  CHECK(wait(h, ours) == "done");
  CHECK(wait(h, start(h, "k")) == "done");
  CHECK(job_cell(h, foreign, "lease_owner") == Value{std::string("another#1")});
  h.clock->fetch_add(2'000'000);
  start(h, "k");
  CHECK(wait(h, foreign) == "done");
  h.services->stop();
}

TEST_CASE("an advance without the lease throws cancelled and writes nothing") {
  Expected expected;
  Host h;
  const Ordinal p = h.project("p");
  host::PluginOwner owner{"x"};
  Signal taken, stolen, ended;
  ErrorCode code{};
  Scripted handler("k", [&](JobRun& run) -> std::string {
    taken.set();
    stolen.wait();
    try {
      run.advance(
          [&](Transaction& t) {
            NewTask n;
            n.project = p;
            h.tasks().create(t, run.who(), n);
          },
          "x", 1, 1);
    } catch (const Error& e) {
      code = e.code();
      expected.that(run.cancel().cancelled());
      ended.set();
      throw;
    }
    ended.set();
    return "1";
  });
  h.services->add(handler, owner);
  const std::string job = start(h, "k");
  taken.wait();
  const auto jobs = h.services->jobs().collection();
  const Ordinal o = h.store->find(jobs, job);
  h.store->write([&](Transaction& t) {
    t.update(jobs, {&o, 1}, {}, Patch().set("lease_owner", std::string("another host")));
  });
  stolen.set();
  ended.wait();
  h.services->stop();
  CHECK(code == ErrorCode::cancelled);
  CHECK(h.count("tasks") == 0);
  CHECK(job_cell(h, job, "state") == Value{std::string("running")});
  CHECK(job_cell(h, job, "lease_owner") == Value{std::string("another host")});
}

TEST_CASE("cancelling") {
  Host h;
  host::PluginOwner owner{"x"};
  Signal running;
  Scripted handler("k", [&](JobRun& run) -> std::string {
    running.set();
    while (!run.cancel().cancelled()) std::this_thread::yield();
    throw Error(ErrorCode::cancelled, "asked to");
  });
  h.services->add(handler, owner);
  Jobs::Options later;
  later.not_before = h.clock->load() + 100'000'000;
  const std::string waiting = start(h, "k", later), now = start(h, "k");
  running.wait();
  CHECK(job_cell(h, waiting, "state") == Value{std::string("waiting")});
  CHECK(h.services->jobs().cancel(h.me, waiting));
  CHECK(job_cell(h, waiting, "state") == Value{std::string("cancelled")});
  CHECK(h.services->jobs().cancel(h.me, now));
  CHECK(wait(h, now) == "cancelled");
  CHECK_FALSE(h.services->jobs().cancel(h.me, now));
  CHECK(error_of([&] { h.services->jobs().cancel(h.me, "nope"); }).code() == ErrorCode::not_found);
  h.services->stop();
}

TEST_CASE("jobs of one queue run one after the other, in order, also past a cancelled one") {
  Expected expected;
  Host h;
  host::PluginOwner owner{"x"};
  std::mutex mutex;
  std::vector<std::string> order;
  std::atomic<int> inside{0};
  Signal first, go_on;
  Scripted handler("k", [&](JobRun& run) {
    expected.that(++inside == 1);
    first.set();
    go_on.wait();
    {
      const std::lock_guard lock(mutex);
      order.emplace_back(run.id());
    }
    --inside;
    return std::string("1");
  });
  h.services->add(handler, owner);
  Jobs::Options options;
  options.queue = "q";
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(start(h, "k", options));
  first.wait();
  CHECK(h.services->jobs().cancel(h.me, ids[2]));
  go_on.set();
  for (const auto& id : ids) wait(h, id);
  ids.erase(ids.begin() + 2);
  CHECK(order == ids);
  h.services->stop();
}

TEST_CASE("a job is not run before its time") {
  Host h;
  host::PluginOwner owner{"x"};
  Scripted handler("k", [](JobRun&) { return std::string("1"); });
  h.services->add(handler, owner);
  Jobs::Options later;
  later.not_before = h.clock->load() + 1'000'000;
  const std::string early = start(h, "k"), late = start(h, "k", later);
  CHECK(wait(h, early) == "done");
  CHECK(h.services->jobs().wait(h.me, late, 0) == "waiting");
  h.clock->fetch_add(2'000'000);
  start(h, "k");  // whatever wakes the dispatcher
  CHECK(wait(h, late) == "done");
  h.services->stop();
}

TEST_CASE("a disk that is full for a while fails no job") {
  Host h;
  host::PluginOwner owner{"x"};
  std::atomic<int> runs{0};
  Scripted handler("k", [&](JobRun&) -> std::string {
    if (++runs == 1) throw Error(ErrorCode::out_of_space, "the disk is full");
    return "1";
  });
  h.services->add(handler, owner);
  const std::string job = start(h, "k");
  await(*h.store,
        [&] { return runs == 1 && job_cell(h, job, "state") == Value{std::string("waiting")}; });
  h.clock->fetch_add(100'000);
  start(h, "k");
  CHECK(wait(h, job) == "done");
  h.services->stop();
}

namespace {

Sweep archive_sweep(Ordinal project) {
  Sweep s;
  s.collection = "tasks";
  s.filter = all_of({eq(field("project"), project), eq(field("archived"), false)});
  s.still = eq(field("archived"), false);
  s.fields = {{"archived", true}, {"archived_at", std::int64_t{77}}, {"reason", Value{}}};
  s.history = "archive";
  return s;
}

}  // namespace

TEST_CASE("archiving all tasks of a project, and restoring them") {
  Host h;
  const Ordinal p = h.project("p"), q = h.project("q");
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(h.task(p));
  const std::string elsewhere = h.task(q);
  h.with(ids[7],
         [&](Transaction& t, const Tasks::Head& head) { h.tasks().archive(t, h.me, head, true); });
  const auto all = [&](bool archived) {
    return wait(h, h.store->write([&](Transaction& t) {
      return h.tasks().archive_all(t, h.me, p, archived);
    }));
  };
  CHECK(all(true) == "done");
  CHECK(h.count("tasks", eq(field("archived"), true)) == 100);
  CHECK(h.task_cell(elsewhere, field("archived")) == Value{false});
  CHECK(h.cell(h.projects().collection(), p, field("archived")) == Value{true});
  for (const auto& id : ids) {
    const auto events = h.history(id);
    REQUIRE(events.size() == 2);
    REQUIRE(events[1].change == "archive");
    REQUIRE(events[1].body["old"] == Json({{"archived", false}}));
    REQUIRE(events[1].body["new"] == Json({{"archived", true}}));
  }
  CHECK(all(false) == "done");
  CHECK(h.count("tasks", eq(field("archived"), true)) == 0);
  CHECK(h.history(ids[7]).size() == 3);
  CHECK(h.cell(h.projects().collection(), p, field("archived")) == Value{false});
}

TEST_CASE("a sweep that is stopped goes on, and does nothing twice and nothing new") {
  Host h;
  const Ordinal p = h.project("p");
  std::vector<std::string> ids;
  for (int i = 0; i < 200; ++i) ids.push_back(h.task(p));
  const auto archived = [&] { return h.count("tasks", eq(field("archived"), true)); };
  // Stop the services after the first slice is there, before the second can commit.
  std::mutex mutex;
  std::condition_variable changed;
  bool stop_here = false;
  std::atomic<bool> armed{true};
  h.store->before_write([&] {
    if (!armed || archived() == 0) return;
    {
      const std::lock_guard lock(mutex);
      stop_here = true;
      changed.notify_all();
    }
    if (armed) throw Error(ErrorCode::unavailable, "the store went away");
  });
  const std::string job = h.store->write(
      [&](Transaction& t) { return h.services->jobs().start(t, h.me, archive_sweep(p), {}); });
  {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, std::chrono::seconds(30), [&] { return stop_here; }));
  }
  h.services->stop();
  armed = false;
  const auto before = archived();
  CHECK(before > 0);
  CHECK(before < 200);
  const std::string newcomer = h.task(p);  // behind what was taken
  h.with(ids[199],
         [&](Transaction& t, const Tasks::Head& head) { h.tasks().archive(t, h.me, head, true); });
  h.restart();
  CHECK(wait(h, job) == "done");
  CHECK(archived() == 200);
  CHECK(h.task_cell(newcomer, field("archived")) == Value{false});
  for (const auto& id : ids) REQUIRE(h.history(id).size() == 2);
  CHECK(h.task_cell(ids[0], field("archived_at")) == Value{std::int64_t{77}});
}

TEST_CASE("a sweep that erases, and sweeps that contradict themselves") {
  Host h;
  const Ordinal p = h.project("p");
  for (int i = 0; i < 50; ++i) h.task(p);
  Sweep s;
  s.collection = "tasks";
  s.filter = s.still = eq(field("project"), p);
  const auto go = [&] {
    return h.store->write([&](Transaction& t) { return h.services->jobs().start(t, h.me, s, {}); });
  };
  CHECK(error_of(go).code() == ErrorCode::invalid);
  s.erase = true;
  s.history = "x";
  CHECK(error_of(go).code() == ErrorCode::invalid);
  s.history.clear();
  CHECK(wait(h, go()) == "done");
  CHECK(h.count("tasks") == 0);
  s.collection = "nothing";
  const std::string lost = go();
  CHECK(wait(h, lost) == "failed");
}

TEST_CASE("a sweep's values keep their kind") {
  Host h;
  const Ordinal p = h.project("p");
  const std::string id = h.task(p);
  Sweep s;
  s.collection = "tasks";
  s.filter = eq(field("project"), p);
  s.fields = {{"description", std::string("5")},
              {"completed", std::int64_t{5}},
              {"user_tagged", true},
              {"started", Value{}}};
  CHECK(wait(h, h.store->write([&](Transaction& t) {
          return h.services->jobs().start(t, h.me, s, {});
        })) == "done");
  CHECK(h.task_cell(id, field("description")) == Value{std::string("5")});
  CHECK(h.task_cell(id, field("completed")) == Value{std::int64_t{5}});
  CHECK(h.task_cell(id, field("user_tagged")) == Value{true});
  CHECK(h.task_cell(id, field("started")) == Value{});
}

TEST_CASE("slices are short beside others' writes and longer without them") {
  using std::chrono::microseconds;
  host::SlicePace pace;
  // 10 µs a record.
  const auto slices = [&](int n, int waited) {
    for (int i = 0; i < n; ++i)
      pace.took(pace.size(), microseconds(10 * pace.size()), microseconds(waited));
    return pace.size();
  };
  const auto about = [](std::size_t size, std::size_t n) { return size >= n - 2 && size <= n + 2; };
  CHECK(about(slices(40, 1000), 200));
  CHECK(about(slices(40, 20), 400));
  slices(1, 1000);  // now and then somebody writes
  CHECK(about(slices(1, 20), 400));
  CHECK(about(slices(5, 1000), 200));
}
