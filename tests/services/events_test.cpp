// Who listens hears of each change once, in order, and costs little when it is slow.
#include <condition_variable>
#include <deque>
#include <set>

#include "fixture.hpp"
#include "services/core.hpp"
#include "services/events/delta.hpp"
#include "services/events/hub.hpp"
#include "services/ids.hpp"

using namespace podium;
using namespace podium::test;
using host::Delta;
using host::EventHub;
using host::EventLimits;
using host::EventOutlet;
using host::TopicName;

namespace {

/// Shows the tasks of one type, and everything of other collections.
class OneType final : public Access {
 public:
  Filter visible(const Principal& who, std::string_view collection) const override {
    who.mark_checked();
    return who.id == "narrow" && collection == "tasks" ? eq(field("type"), "shown") : Filter{};
  }
  void require(const Principal&, std::string_view) const override {}
};

/// Keeps what it is told; takes nothing while it is `shut`.
class Ear final : public EventOutlet {
 public:
  void refused(const Error& error) override { keep({{"refused", name(error.code())}}); }
  void tell(Revision revision, std::string message) override {
    const Json json = Json::parse(message);
    if (json["revision"] == revision) keep(json);
  }
  bool ready() override {
    const std::lock_guard lock(mutex_);
    return !shut_;
  }
  bool gone() const override { return false; }
  void end(End why, Revision told) override {
    keep({{"end", why == End::slow ? "slow" : "stopping"}, {"told", told}});
  }
  void shut(bool yes) {
    const std::lock_guard lock(mutex_);
    shut_ = yes;
  }
  /// The next message; fails the test after 30 s.
  Json next() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, std::chrono::seconds(30), [&] { return !messages_.empty(); }))
      FAIL("nothing came in 30 s");
    Json out = messages_.front();
    messages_.pop_front();
    return out;
  }
  /// The next message that tells something.
  Json events() {
    for (;;) {
      Json message = next();
      if (!message.contains("events")) FAIL("instead of events: " + message.dump());
      if (!message["events"].empty()) return message;
    }
  }
  bool quiet() {
    const std::lock_guard lock(mutex_);
    return messages_.empty();
  }

 private:
  void keep(Json message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
    came_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Json> messages_;
  bool shut_ = false;
};

/// A hub of the test's own over the store of a Host.
struct Hub {
  explicit Hub(Host& h, EventLimits limits = {})
      : host(h),
        ids([] { return std::int64_t{1'700'000'000'000}; }),
        core{*h.store,    h.blobs,
             *h.language, access,
             {},          [] { return std::int64_t{1}; },
             "test",      "test#1",
             ids,         host::Collections(*h.store)},
        hub(core, limits) {
    hub.start();
    watch = h.store->watch([this](Revision) { hub.hint(); });
  }
  ~Hub() {
    host.store->unwatch(watch);
    hub.stop();
  }
  std::shared_ptr<Ear> listen(const std::string& topic, std::optional<Revision> since = {},
                              EventHub::Manner manner = {}, const std::string& who = "me",
                              bool subprojects = false) {
    auto ear = std::make_shared<Ear>();
    Principal principal;
    principal.id = who;
    hub.open(ear, principal, {{TopicName::parse(topic, subprojects), since}}, manner);
    return ear;
  }
  /// The same, after its first message.
  std::shared_ptr<Ear> hearing(const std::string& topic, const std::string& who = "me",
                               bool subprojects = false) {
    auto ear = listen(topic, {}, {}, who, subprojects);
    CHECK(ear->next()["events"].empty());
    return ear;
  }

  Host& host;
  OneType access;
  host::IdMaker ids;
  host::Core core;
  EventHub hub;
  int watch = 0;
};

void rename(Host& h, const std::string& task, const std::string& name) {
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    Patch patch;
    patch.set("name", name);
    h.tasks().edit(t, h.me, head, patch, "");
  });
}

void move(Host& h, const std::string& task, Ordinal project) {
  const auto tasks = h.store->collection("tasks");
  const Ordinal o = h.store->find(tasks, task);
  h.store->write([&](Transaction& t) {
    Patch patch;
    patch.set("project", project);
    t.update(tasks, std::span<const Ordinal>(&o, 1), {}, patch);
  });
}

void erase(Host& h, const std::string& task) {
  const auto tasks = h.store->collection("tasks");
  const Ordinal o = h.store->find(tasks, task);
  h.store->write([&](Transaction& t) { t.erase(tasks, std::span<const Ordinal>(&o, 1)); });
}

std::string topic_of(Host& h, Ordinal project) {
  std::string id;
  h.store->get(h.store->collection("projects"), project, {}, [&](const Row& r) { id = r.id(); });
  return "project/" + id + "/tasks";
}

Json told(const Json& message) {
  Json event = message["events"][0];
  event.erase("topic");
  return event;
}

}  // namespace

TEST_CASE("what several changes of a record come to") {
  using K = Delta::Kind;
  const auto after = [](std::initializer_list<K> kinds) {
    Delta whole;
    for (const K kind : kinds) {
      Delta one;
      one.note("x", kind);
      whole.merge(one);
    }
    return whole.ids.at("x");
  };
  CHECK(after({K::added, K::changed}) == K::added);
  CHECK(after({K::added, K::removed}) == K::removed);
  CHECK(after({K::removed, K::added}) == K::changed);
  CHECK(after({K::changed, K::removed}) == K::removed);
  CHECK(after({K::changed, K::added}) == K::added);
  Delta series;
  series.note({"a", ""}, 7);
  series.note({"a", ""}, 5);
  CHECK(series.series.at({"a", ""}) == 5);
  series.note({"a", ""}, std::nullopt);
  series.note({"a", ""}, 9);
  CHECK(!series.series.at({"a", ""}));
  Delta over;
  over.start_over("too_old");
  series.merge(over);
  CHECK(series.size() == 0);
  series.note("x", K::added);
  Delta more;
  more.note("y", K::added);
  over.merge(more);
  CHECK(over.ids.empty());
}

TEST_CASE("texts that name topics and those that do not") {
  CHECK(TopicName::parse("project/7/tasks", true).id == "7");
  CHECK(TopicName::parse("task/abc/metrics", false).kind == TopicName::Kind::task_metrics);
  CHECK(TopicName::parse("task/abc", false).id == "abc");
  CHECK(TopicName::parse("collection/acme.notify/deliveries", false).collection ==
        "acme.notify/deliveries");
  for (const char* text : {"", "task", "task/", "task/a/b", "project//tasks", "project/7",
                           "project/7/tasks/", "collection/", "tasks/", "task//metrics"}) {
    INFO(text);
    CHECK(error_of([&] { TopicName::parse(text, false); }).code() == ErrorCode::invalid);
  }
  CHECK(error_of([&] { TopicName::parse("tasks", true); }).field() == "subprojects");
}

TEST_CASE("tasks come, change, move and go") {
  Host h;
  const Ordinal a = h.project("a"), b = h.project("b");
  Hub hub(h);
  const auto in_a = hub.hearing(topic_of(h, a)), in_b = hub.hearing(topic_of(h, b)),
             all = hub.hearing("tasks");
  const std::string task = h.task(a);
  CHECK(told(in_a->events()) == Json({{"added", {task}}}));
  CHECK(told(all->events()) == Json({{"added", {task}}}));
  rename(h, task, "other");
  CHECK(told(in_a->events()) == Json({{"changed", {task}}}));
  CHECK(told(all->events()) == Json({{"changed", {task}}}));
  move(h, task, b);
  CHECK(told(in_a->events()) == Json({{"removed", {task}}}));
  CHECK(told(in_b->events()) == Json({{"added", {task}}}));
  CHECK(told(all->events()) == Json({{"changed", {task}}}));
  erase(h, task);
  CHECK(told(in_b->events()) == Json({{"removed", {task}}}));
  CHECK(told(all->events()) == Json({{"removed", {task}}}));
  CHECK(in_a->quiet());
}

TEST_CASE("a topic with subprojects follows the tree") {
  Host h;
  const Ordinal top = h.project("a"), child = h.project("a/b"), other = h.project("ab");
  Hub hub(h);
  const auto ear = hub.hearing(topic_of(h, top), "me", true);
  h.task(other);
  const std::string task = h.task(child);
  CHECK(told(ear->events())["added"] == Json::array({task}));
  move(h, task, other);
  CHECK(told(ear->events())["removed"] == Json::array({task}));
  h.store->write([&](Transaction& t) {
    Patch patch;
    patch.set("name", "a/c");
    h.projects().edit(t, h.me, other, patch);
  });
  CHECK(told(ear->events())["resync"] == "projects_moved");
  h.task(other);
  CHECK(told(ear->events())["added"].size() == 1);
}

TEST_CASE("who resumes hears of everything once") {
  Host h;
  const Ordinal p = h.project("p");
  const std::string topic = topic_of(h, p);
  Hub hub(h);
  const auto first = hub.listen(topic);
  const Revision start = first->next()["revision"];
  std::vector<std::string> made;
  for (int i = 0; i < 30; ++i) made.push_back(h.task(p));
  // Every point at which the stream could have been cut.
  std::map<Revision, std::set<std::string>> upto;
  std::set<std::string> seen;
  upto[start] = {};
  while (seen.size() < made.size()) {
    const Json message = first->events();
    for (const auto& id : message["events"][0]["added"]) CHECK(seen.insert(id).second);
    upto[message["revision"]] = seen;
  }
  for (const auto& [revision, before] : upto) {
    const auto again = hub.listen(topic, revision);
    std::set<std::string> both = before;
    const Json message = again->next();
    if (!message["events"].empty())
      for (const auto& id : message["events"][0]["added"]) CHECK(both.insert(id).second);
    CHECK(both == seen);
  }
  // Resuming while changes come.
  const auto late = hub.listen(topic, start);
  std::set<std::string> heard;
  for (int i = 0; i < 10; ++i) made.push_back(h.task(p));
  while (heard.size() < made.size())
    for (const auto& id : late->events()["events"][0]["added"]) CHECK(heard.insert(id).second);
}

TEST_CASE("a subscriber that takes nothing costs one entry a record") {
  Host h;
  const Ordinal p = h.project("p");
  const std::string task = h.task(p);
  Hub hub(h);
  const auto ear = hub.hearing("task/" + task), other = hub.hearing("task/" + task);
  ear->shut(true);
  for (int i = 0; i < 50; ++i) {
    rename(h, task, "n" + std::to_string(i));
    other->events();
  }
  CHECK(ear->quiet());
  ear->shut(false);
  hub.hub.drained(ear->id);
  const Json message = ear->events();
  CHECK(told(message) == Json({{"changed", {task}}}));
  CHECK(ear->quiet());
  CHECK(message["revision"] >= h.store->revision() - 1);
}

TEST_CASE("who lags too far is dropped, and told from where to go on") {
  Host h;
  const Ordinal p = h.project("p");
  const std::string topic = topic_of(h, p);
  EventLimits limits;
  limits.pending = 5;
  Hub hub(h, limits);
  const auto ear = hub.listen(topic);
  const Revision start = ear->next()["revision"];
  ear->shut(true);
  std::set<std::string> made;
  for (int i = 0; i < 6; ++i) made.insert(h.task(p));
  const Json end = ear->next();
  CHECK(end == Json({{"end", "slow"}, {"told", start}}));
  CHECK(hub.hub.dropped() == 1);
  const auto again = hub.listen(topic, end["told"].get<Revision>());
  const Json message = again->events();
  CHECK(std::set<std::string>(message["events"][0]["added"].begin(),
                              message["events"][0]["added"].end()) == made);
  // Who only wants to be told rarely is not slow: it starts over.
  EventHub::Manner rarely;
  rarely.every = std::chrono::hours(1);
  const auto patient = hub.listen(topic, {}, rarely);
  patient->next();
  for (int i = 0; i < 7; ++i) {
    h.task(p);
    again->events();
  }
  CHECK(patient->quiet());
}

TEST_CASE("who has taken nothing for long is dropped") {
  Host h;
  EventLimits limits;
  limits.patience = std::chrono::milliseconds(1);
  limits.heartbeat = std::chrono::milliseconds(1);
  Hub hub(h, limits);
  const auto ear = hub.hearing("tasks");
  ear->shut(true);
  CHECK(ear->next()["end"] == "slow");
}

TEST_CASE("a feed that no longer reaches back and too much of it ask for a new start") {
  Host h;
  const Ordinal p = h.project("p");
  EventLimits limits;
  limits.replay = 3;
  Hub hub(h, limits);
  const Revision start = hub.listen("tasks")->next()["revision"];
  for (int i = 0; i < 5; ++i) h.task(p);
  CHECK(told(hub.listen("tasks", start)->next()) == Json({{"resync", "too_many"}}));
  h.store->horizon = start + 1;
  CHECK(told(hub.listen("tasks", start)->next()) == Json({{"resync", "too_old"}}));
  CHECK(told(hub.listen("tasks", Revision{1} << 60)->next()) ==
        Json({{"resync", "unknown_revision"}}));
}

TEST_CASE("nobody hears of what they may not see") {
  Host h;
  const Ordinal p = h.project("p");
  const auto tasks = h.store->collection("tasks");
  const auto typed = [&](const std::string& type) {
    return h.store->write([&](Transaction& t) {
      NewTask task;
      task.project = p;
      task.type = type;
      return h.tasks().create(t, h.me, task);
    });
  };
  const auto id_of = [&](Ordinal o) {
    std::string id;
    h.store->get(tasks, o, {}, [&](const Row& row) { id = row.id(); });
    return id;
  };
  Hub hub(h);
  const auto wide = hub.hearing("tasks"), narrow = hub.hearing("tasks", "narrow");
  const std::string hidden = id_of(typed("hidden"));
  CHECK(told(wide->events())["added"] == Json::array({hidden}));
  const std::string shown = id_of(typed("shown"));
  CHECK(told(wide->events())["added"] == Json::array({shown}));
  CHECK(told(narrow->events())["added"] == Json::array({shown}));
  CHECK(hub.listen("task/" + hidden, {}, {}, "narrow")->next()["refused"] == "not_found");
  CHECK(hub.listen("task/" + hidden)->next()["events"].empty());
  CHECK(error_of([&] {
          hub.hub.check(h.me, TopicName::parse("collection/listeners", false));
        }).code() == ErrorCode::not_found);
  hub.hub.check(h.me, TopicName::parse("collection/projects", false));
  erase(h, hidden);
  CHECK(told(narrow->events()) == Json({{"resync", "erased"}}));
}

TEST_CASE("a wait ends with what came, or with nothing") {
  Host h;
  const Ordinal p = h.project("p");
  Hub hub(h);
  EventHub::Manner poll;
  poll.once = true;
  const Revision start = hub.listen("tasks", {}, poll)->next()["revision"];
  poll.greet = false;
  poll.wait = std::chrono::milliseconds(1);
  CHECK(hub.listen("tasks", start, poll)->next()["events"].empty());
  poll.wait = std::chrono::hours(1);
  const auto waiting = hub.listen("tasks", start, poll);
  const std::string task = h.task(p);
  CHECK(told(waiting->next()) == Json({{"added", {task}}}));
  const auto stopped = hub.listen("tasks", h.store->revision() + 1, poll);
  CHECK(told(stopped->next())["resync"] == "unknown_revision");
  h.task(p);
  CHECK(waiting->quiet());  // it was told once
}
