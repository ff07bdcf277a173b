// Queues: order, state and entry in step, moving, clearing, deleting.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

struct Fixture : Host {
  Ordinal p = project("p");
  Ordinal queue = make("gpu");

  Ordinal make(const std::string& name, bool is_default = false) {
    return store->write([&](Transaction& t) {
      NewQueue q;
      q.name = name;
      q.is_default = is_default;
      return queues().create(t, me, q);
    });
  }
  std::string waiting(Ordinal in, TaskState from = draft, bool front = false) {
    const std::string id = task_in(p, from);
    enqueue(id, in, front);
    return id;
  }
  void enqueue(const std::string& id, Ordinal in, bool front = false) {
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      tasks().enqueue(t, me, head, {in, front, {}});
    });
  }
  void dequeue(const std::string& id) {
    with(id, [&](Transaction& t, const Tasks::Head& head) { tasks().dequeue(t, me, head); });
  }
  void move(const std::string& id, QueueMove::To to, std::uint64_t places = 1) {
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      queues().reorder(t, me, head, {to, places});
    });
  }
  std::vector<std::string> order(Ordinal in) const {
    std::vector<std::string> out;
    Query q;
    q.collection = store->collection("queue_entries");
    q.filter = eq(field("queue"), in);
    q.order = {{field("position"), false, false}};
    q.columns = {value_of(field("task"))};
    std::vector<Ordinal> tasks;
    store->query(q, [&](const Row& row) {
      tasks.push_back(std::get<std::int64_t>(row.cell(0)));
      return true;
    });
    for (const Ordinal o : tasks) out.push_back(id_of("tasks", o));
    return out;
  }
  std::string state(const std::string& id) const {
    return std::get<std::string>(task_cell(id, field("state")));
  }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a dequeued task is what it was before") {
  Fixture h;
  for (const auto from : {draft, aborted}) {
    const std::string id = h.waiting(h.queue, from);
    CHECK(h.state(id) == "pending");
    CHECK(h.task_cell(id, field("queue")) == Value{h.queue});
    h.dequeue(id);
    CHECK(h.state(id) == name(from));
    CHECK(h.task_cell(id, field("queue")) == Value{});
    CHECK(h.task_cell(id, field("queued_from")) == Value{});
    CHECK(h.order(h.queue).empty());
    CHECK(error_of([&] { h.dequeue(id); }).code() == ErrorCode::conflict);
  }
  const std::string id = h.pending_from(h.p, failed);
  h.dequeue(id);
  CHECK(h.state(id) == "failed");
  CHECK(error_of([&] { h.enqueue(id, h.queue); }).code() == ErrorCode::conflict);
}

TEST_CASE("enqueueing again moves the task and remembers the state before") {
  Fixture h;
  const Ordinal other = h.make("cpu");
  const std::string first = h.waiting(h.queue, aborted), second = h.waiting(h.queue);
  h.enqueue(first, h.queue);
  CHECK(h.order(h.queue) == Ids{first, second});
  CHECK(h.history(first).back().body["new"]["state"] == "pending");
  h.enqueue(first, other);
  CHECK(h.order(h.queue) == Ids{second});
  CHECK(h.order(other) == Ids{first});
  CHECK(h.history(first).back().body["old"]["queue"] == "gpu");
  CHECK(h.history(first).back().body["new"]["queue"] == "cpu");
  h.dequeue(first);
  CHECK(h.state(first) == "aborted");
  // Its next try begins at the end, unless the front is asked for.
  const std::string third = h.waiting(h.queue, draft, true);
  CHECK(h.order(h.queue) == Ids{third, second});
}

TEST_CASE("whatever ends the waiting drops the entry") {
  Fixture h;
  const auto leave = [&](TaskState to, Transition kind) {
    const std::string id = h.waiting(h.queue);
    REQUIRE(h.order(h.queue) == Ids{id});
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().transition(t, h.me, head, to, kind);
    });
    CHECK(h.order(h.queue).empty());
    CHECK(h.task_cell(id, field("queue")) == Value{});
  };
  leave(running, Transition::start);
  leave(aborted, Transition::abort);
  leave(draft, Transition::dequeue);
  for (const auto to : {draft, running, completed, failed, aborted}) leave(to, Transition::client);
  const std::string id = h.waiting(h.queue, aborted);
  h.with(id, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().archive(t, h.me, head, true, true);
  });
  CHECK(h.order(h.queue).empty());
  CHECK(h.state(id) == "aborted");
  CHECK(error_of([&] { h.enqueue(id, h.queue); }).code() == ErrorCode::conflict);
}

TEST_CASE("a claim is one update of the queue's range") {
  Fixture h;
  const std::string first = h.waiting(h.queue), second = h.waiting(h.queue);
  const auto claim = [&] {
    return h.store->write([&](Transaction& t) -> std::string {
      const auto entries = h.queues().entries();
      const auto taken = t.update(entries, KeyRange{"order", {h.queue}, {}, {}, false}, 1,
                                  Patch().set("who", std::string("worker")));
      if (taken.empty()) return {};
      const Column column = value_of(field("task"));
      Ordinal task = 0;
      t.get(entries, taken.front(), {&column, 1},
            [&](const Row& row) { task = std::get<std::int64_t>(row.cell(0)); });
      std::string id;
      t.get(h.tasks().collection(), task, {}, [&](const Row& row) { id = row.id(); });
      h.tasks().transition(t, h.me, h.tasks().require(t, h.me, id), running, Transition::start);
      return id;
    });
  };
  CHECK(claim() == first);
  CHECK(claim() == second);
  CHECK(claim().empty());
}

TEST_CASE("moves within a queue, clamped at both ends") {
  Fixture h;
  const std::string a = h.waiting(h.queue), b = h.waiting(h.queue), c = h.waiting(h.queue),
                    d = h.waiting(h.queue);
  using To = QueueMove::To;
  h.move(c, To::front);
  CHECK(h.order(h.queue) == Ids{c, a, b, d});
  h.move(c, To::front);
  CHECK(h.order(h.queue) == Ids{c, a, b, d});
  h.move(c, To::back);
  CHECK(h.order(h.queue) == Ids{a, b, d, c});
  h.move(c, To::back);
  CHECK(h.order(h.queue) == Ids{a, b, d, c});
  h.move(c, To::forward, 2);
  CHECK(h.order(h.queue) == Ids{a, c, b, d});
  h.move(c, To::forward, 9);
  CHECK(h.order(h.queue) == Ids{c, a, b, d});
  h.move(c, To::backward, 1);
  CHECK(h.order(h.queue) == Ids{a, c, b, d});
  h.move(a, To::backward, 1'000'000'000'000);
  CHECK(h.order(h.queue) == Ids{c, b, d, a});
  h.move(a, To::position, 1);
  CHECK(h.order(h.queue) == Ids{c, a, b, d});
  h.move(c, To::position, 77);
  CHECK(h.order(h.queue) == Ids{a, b, d, c});
  h.move(d, To::position, 0);
  CHECK(h.order(h.queue) == Ids{d, a, b, c});
  h.move(b, To::position, 2);
  CHECK(h.order(h.queue) == Ids{d, a, b, c});
  CHECK(h.history(b).back().change == "reorder");
}

TEST_CASE("there is always room between two entries") {
  Fixture h;
  const std::string first = h.waiting(h.queue), a = h.waiting(h.queue), b = h.waiting(h.queue),
                    c = h.waiting(h.queue);
  // Halving the same gap uses up a double's digits after 52 times, above a position that is not 0.
  for (int i = 0; i < 70; ++i) {
    h.move(i % 2 == 0 ? c : b, QueueMove::To::position, 2);
    CHECK(h.order(h.queue) == (i % 2 == 0 ? Ids{first, a, c, b} : Ids{first, a, b, c}));
  }
}

TEST_CASE("queues are made, edited and deleted") {
  Fixture h;
  const auto write = [&](auto&& fn) { h.store->write([&](Transaction& t) { fn(t); }); };
  CHECK(error_of([&] { h.make("gpu"); }).code() == ErrorCode::exists);
  CHECK(error_of([&] { h.make(""); }).field() == "name");
  CHECK(error_of([&] { h.make(std::string(201, 'x')); }).field() == "name");
  const auto queues = h.store->collection("queues");
  Ordinal first = 0;
  write([&](Transaction& t) { first = h.queues().require(t, h.me, "default"); });
  CHECK(h.cell(queues, first, field("is_default")) == Value{true});
  const auto edit = [&](Ordinal q, const Patch& patch) {
    write([&](Transaction& t) { h.queues().edit(t, h.me, q, patch); });
  };
  CHECK(error_of([&] { edit(first, Patch().set("is_default", false)); }).field() == "is_default");
  edit(h.queue, Patch().set("is_default", true).set("paused", true).put("tags", "a", "b"));
  CHECK(h.cell(queues, first, field("is_default")) == Value{false});
  CHECK(h.cell(queues, h.queue, field("is_default")) == Value{true});
  CHECK(error_of([&] { edit(first, Patch().set("name", std::string("gpu"))); }).code() ==
        ErrorCode::exists);
  CHECK(error_of([&] { edit(first, Patch().set("created", Value{})); }).code() ==
        ErrorCode::invalid);
  const auto remove = [&](Ordinal q) {
    write([&](Transaction& t) { h.queues().remove(t, h.me, q); });
  };
  CHECK(error_of([&] { remove(h.queue); }).code() == ErrorCode::conflict);
  const std::string id = h.waiting(first, aborted);
  CHECK(error_of([&] { remove(first); }).code() == ErrorCode::conflict);
  std::uint64_t cleared = 0;
  write([&](Transaction& t) { cleared = h.queues().clear(t, h.me, first, 10); });
  CHECK(cleared == 1);
  CHECK(h.state(id) == "aborted");
  CHECK(h.history(id).back().why == "the queue 'default' was cleared");
  remove(first);
  CHECK(error_of([&] { h.waiting(first); }).code() == ErrorCode::not_found);
  const std::string by_default = h.waiting(0);
  CHECK(h.order(h.queue) == Ids{by_default});
}

TEST_CASE("who enqueues hears whether anybody watches") {
  Fixture h;
  const auto watched = [&] {
    const std::string id = h.task_in(h.p, draft);
    return h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      return h.tasks().enqueue(t, h.me, head, {h.queue, false, {}}).watched;
    });
  };
  CHECK(!watched());
  h.store->write([&](Transaction& t) {
    t.update(h.store->collection("queues"), {&h.queue, 1}, {},
             Patch().set("watched_until", h.clock->load() + 60'000));
  });
  CHECK(watched());
  *h.clock += 61'000;
  CHECK(!watched());
}
