// Listeners: exactly once inside the store, also when they throw and when the host restarts.
#include <set>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

/// Counts the changes it hears of in tags of project 0 ("Default"), one more each time it is told.
class Counter final : public Listener {
 public:
  explicit Counter(Host& h, std::vector<std::string> what = {"tasks"})
      : Listener("counter"), host_(h), what_(std::move(what)) {}
  std::vector<std::string> collections() const override { return what_; }
  Work handle(std::span<const Change> changes, const Reader& reader) override {
    ++calls;
    if (failures > 0) {
      --failures;
      throw std::runtime_error("not now");
    }
    for (std::size_t i = 1; i < changes.size(); ++i)
      expected.that(changes[i - 1].revision <= changes[i].revision);
    for (const Change& c : changes)
      expected.that(c.kind == Change::Kind::erased ||
                    reader.get(c.collection, c.ordinal, {}, [](const Row&) {}));
    std::vector<std::pair<std::string, std::string>> heard;
    for (const Change& c : changes) {
      expected.that(c.collection == host_.store->collection("tasks"));
      heard.emplace_back(std::to_string(c.ordinal) + "/" + std::to_string(static_cast<int>(c.kind)),
                         std::string(c.id));
    }
    return [this, heard](Transaction& t) {
      if (work_failures > 0) {
        --work_failures;
        throw std::runtime_error("not now either");
      }
      const auto projects = host_.store->collection("projects");
      for (const auto& [key, id] : heard) {
        std::int64_t times = 0;
        const Column column = value_of(entry("tags", key));
        t.get(projects, 1, {&column, 1}, [&](const Row& row) {
          if (const Cell cell = row.cell(0); std::holds_alternative<std::string_view>(cell))
            times = std::stoi(std::string(std::get<std::string_view>(cell)));
        });
        const Ordinal project = 1;
        const std::string text = std::to_string(times + 1);
        t.update(projects, {&project, 1}, {}, Patch().put("tags", key, text));
      }
    };
  }
  Work resync(Revision revision, const Reader& reader) override {
    expected.that(reader.revision() >= revision);
    ++resyncs;
    return [this](Transaction& t) {
      const Ordinal project = 1;
      t.update(host_.store->collection("projects"), {&project, 1}, {},
               Patch().put("tags", "resync", "yes"));
    };
  }

  Expected expected;
  std::atomic<int> calls{0}, failures{0}, work_failures{0}, resyncs{0};

 private:
  Host& host_;
  std::vector<std::string> what_;
};

Value tag(Host& h, const std::string& key) {
  return h.cell(h.store->collection("projects"), 1, entry("tags", key));
}
Ordinal ordinal(Host& h, const std::string& task) {
  return h.store->find(h.store->collection("tasks"), task);
}
std::string inserted(Host& h, const std::string& task) {
  return std::to_string(ordinal(h, task)) + "/1";
}

/// Waits until the listener's cursor is behind everything that a task changed.
void await_heard(Host& h, const std::string& key) {
  await(*h.store, [&] { return tag(h, key) != Value{}; });
}

}  // namespace

TEST_CASE("a listener starts from a query, then hears of each change once") {
  Host h;
  const Ordinal p = h.project("p");
  h.task(p);  // before it was there
  host::PluginOwner owner{"acme"};
  Counter counter(h);
  h.services->add(counter, owner);
  await(*h.store, [&] { return tag(h, "resync") != Value{}; });
  CHECK(counter.calls == 0);
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(h.task(p));
  for (const auto& id : ids) await_heard(h, inserted(h, id));
  for (const auto& id : ids) CHECK(tag(h, inserted(h, id)) == Value{std::string("1")});
  CHECK(tag(h, "1/1") == Value{});
  const Ordinal last = ordinal(h, ids.back());
  h.store->write([&](Transaction& t) { t.erase(h.store->collection("tasks"), {&last, 1}); });
  await_heard(h, std::to_string(last) + "/3");
  CHECK(counter.resyncs == 1);
  h.services->stop();
}

TEST_CASE("a listener that throws hears the same again, and what it wrote is there once") {
  Host h;
  const Ordinal p = h.project("p");
  host::PluginOwner owner{"acme"};
  Counter counter(h);
  h.services->add(counter, owner);
  await(*h.store, [&] { return tag(h, "resync") != Value{}; });
  counter.failures = 2;
  counter.work_failures = 2;
  const std::string id = h.task(p);
  await_heard(h, inserted(h, id));
  CHECK(counter.calls >= 4);
  CHECK(owner.faults >= 4);
  const std::string another = h.task(p);
  await_heard(h, inserted(h, another));
  CHECK(tag(h, inserted(h, id)) == Value{std::string("1")});
  CHECK(tag(h, inserted(h, another)) == Value{std::string("1")});
  h.services->stop();
}

TEST_CASE("a listener goes on after a restart with what it had not heard, and nothing twice") {
  Host h;
  const Ordinal p = h.project("p");
  host::PluginOwner owner{"acme"};
  std::string before, missed;
  {
    Counter counter(h);
    h.services->add(counter, owner);
    await(*h.store, [&] { return tag(h, "resync") != Value{}; });
    before = h.task(p);
    await_heard(h, inserted(h, before));
    h.services->stop();
    missed = h.task(p);
    h.shut();
  }
  h.open();
  Counter counter(h);
  h.services->add(counter, owner);
  h.services->start();
  await_heard(h, inserted(h, missed));
  const std::string after = h.task(p);
  await_heard(h, inserted(h, after));
  CHECK(tag(h, inserted(h, before)) == Value{std::string("1")});
  CHECK(tag(h, inserted(h, missed)) == Value{std::string("1")});
  CHECK(counter.resyncs == 0);
  h.services->stop();
}

TEST_CASE("a listener below the horizon starts over") {
  Host h;
  const Ordinal p = h.project("p");
  host::PluginOwner owner{"acme"};
  {
    Counter counter(h);
    h.services->add(counter, owner);
    await(*h.store, [&] { return tag(h, "resync") != Value{}; });
    h.services->stop();
    h.shut();
  }
  h.open();
  h.store->horizon = h.store->revision();
  Counter counter(h);
  // One commit more, so that the cursor is below the horizon whatever the stop wrote.
  h.store->write([&](Transaction& t) {
    const Ordinal project = 1;
    t.update(h.store->collection("projects"), {&project, 1}, {}, Patch().remove("tags", "resync"));
  });
  h.store->horizon = h.store->revision();
  h.services->add(counter, owner);
  h.services->start();
  await(*h.store, [&] { return tag(h, "resync") != Value{}; });
  CHECK(counter.resyncs == 1);
  const std::string id = h.task(p);
  await_heard(h, inserted(h, id));
  h.services->stop();
}

TEST_CASE("a listener that would hear itself, or nothing, or is there already") {
  Host h;
  host::PluginOwner owner{"acme"};
  Counter counter(h), itself(h, {"listeners"}), nothing(h, {}), unknown(h, {"nope"});
  CHECK(error_of([&] { h.services->add(itself, owner); }).code() == ErrorCode::invalid);
  CHECK(error_of([&] { h.services->add(nothing, owner); }).code() == ErrorCode::invalid);
  CHECK(error_of([&] { h.services->add(unknown, owner); }).code() == ErrorCode::not_found);
  h.services->add(counter, owner);
  CHECK(error_of([&] { h.services->add(counter, owner); }).code() == ErrorCode::exists);
  h.services->stop();
}

namespace {

/// Only listens: what it hears it writes nowhere.
class Ear final : public Listener {
 public:
  Ear() : Listener("ear") {}
  std::vector<std::string> collections() const override { return {"tasks"}; }
  Work handle(std::span<const Change> changes, const Reader&) override {
    if (refuses) {
      ++refused;
      throw std::runtime_error("not now");
    }
    const std::lock_guard lock(mutex_);
    for (const Change& c : changes) ++times_[c.ordinal];
    return {};
  }
  Work resync(Revision, const Reader&) override {
    started = true;
    return {};
  }
  int times(Ordinal task) {
    const std::lock_guard lock(mutex_);
    return times_[task];
  }
  std::atomic<bool> refuses{false}, started{false};
  std::atomic<int> refused{0};

 private:
  std::mutex mutex_;
  std::map<Ordinal, int> times_;
};

Value cursor(Host& h, const char* listener) {
  const auto c = h.store->collection("listeners");
  return h.cell(c, h.store->find(c, listener), field("cursor"));
}

}  // namespace

TEST_CASE("a listener that writes nothing hears each change once, also over faults and restarts") {
  Host h;
  const Ordinal p = h.project("p");
  host::PluginOwner owner{"acme"};
  const auto tasks = [&] { return h.store->collection("tasks"); };
  std::string first, second, third;
  {
    Ear ear;
    h.services->add(ear, owner);
    await(*h.store, [&] { return ear.started && cursor(h, "ear") != Value{}; });
    first = h.task(p);
    const Revision made = h.store->revision();
    await(*h.store, [&] { return ear.times(ordinal(h, first)) == 1; });
    // The place is kept a little later, without anything that happens.
    await(*h.store, [&] { return std::get<std::int64_t>(cursor(h, "ear")) >= made; });

    second = h.task(p);
    await(*h.store, [&] { return ear.times(ordinal(h, second)) == 1; });
    ear.refuses = true;  // at once, before the place is kept
    third = h.task(p);
    await(*h.store, [&] { return ear.refused >= 2; });
    ear.refuses = false;
    await(*h.store, [&] { return ear.times(ordinal(h, third)) == 1; });
    CHECK(ear.times(ordinal(h, second)) == 1);
    h.services->stop();
    CHECK(ear.times(ordinal(h, first)) == 1);
    h.shut();
  }
  h.open();
  Ear ear;
  h.services->add(ear, owner);
  h.services->start();
  const std::string after = h.task(p);
  await(*h.store, [&] { return ear.times(h.store->find(tasks(), after)) == 1; });
  for (const auto& id : {first, second, third}) CHECK(ear.times(ordinal(h, id)) == 0);
  CHECK(!ear.started);
  h.services->stop();
}
