// Reset, attempts, deletion and the ledger of files.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

std::string text(const Value& v) {
  return std::holds_alternative<std::string>(v) ? std::get<std::string>(v) : std::string();
}

struct Fixture : Host {
  Ordinal p = project("p");

  /// A failed task with metrics, a model, a tag.
  std::string failed_one() {
    const std::string id = task(p, running);
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      const Point points[] = {{1, 2, 0.5}, {2, 3, 0.25}};
      const SeriesPoints s[] = {{"loss", "", points}, {"acc", "", {points, 1}}};
      const MapEntry param{"lr", "0.1"}, tag{"a", "b"};
      tasks().log(t, me, head, {{&param, 1}, {&tag, 1}, s});
      tasks().describe(t, me, head,
                       Patch().set("progress", 40.0).set("iteration", std::int64_t{2}));
    });
    go(id, failed, Transition::fail);
    return id;
  }
  void go(const std::string& id, TaskState to, Transition kind) {
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      tasks().transition(t, me, head, to, kind);
    });
  }
  Tasks::Removal reset(const std::string& id, bool keep = false, bool dry = false) {
    return with(id, [&](Transaction& t, const Tasks::Head& head) {
      return tasks().reset(t, me, head, {keep, dry, "again"});
    });
  }
  Tasks::Removal remove(const std::string& id, const RemoveOptions& options = {}) {
    return with(id, [&](Transaction& t, const Tasks::Head& head) {
      return tasks().remove(t, me, head, options);
    });
  }
  void archive(const std::string& id) {
    with(id, [&](Transaction& t, const Tasks::Head& head) { tasks().archive(t, me, head, true); });
  }
  Value ledger(const std::string& uri, const char* what) const {
    const auto c = store->collection("file_deletions");
    const auto found = store->ids(c, eq(field("uri"), uri), {}, {});
    return found.empty() ? Value{} : cell(c, found.front(), field(what));
  }
  bool exists(const std::string& id) const {
    return store->find(store->collection("tasks"), id) != 0;
  }
  Value model_cell(const std::string& id, const char* name) const {
    const auto c = store->collection("models");
    return cell(c, store->find(c, id), field(name));
  }
};

}  // namespace

TEST_CASE("a reset clears what the task made, field by field, and keeps what it is") {
  Fixture h;
  const std::string id = h.failed_one(), uri = text(h.task_cell(id, field("artifact_uri")));
  const std::string model = h.model(id), used = h.model(id);
  h.reads(h.task(h.p), used);
  const auto name = h.task_cell(id, field("name")), user = h.task_cell(id, field("user"));
  CHECK(h.task_cell(id, field("run_time")) != Value{});

  const auto version = h.task_cell(id, record_version());
  const auto plan = h.reset(id, false, true);
  CHECK(plan.metrics == 2);
  CHECK(plan.points == 3);
  CHECK(plan.models == 1);
  CHECK(plan.models_kept == 1);
  CHECK(plan.uris.size() == 2);
  CHECK(h.task_cell(id, record_version()) == version);
  CHECK(h.count("file_deletions") == 0);

  const auto done = h.reset(id);
  CHECK(done.head.state == draft);
  CHECK(Value{done.head.version} == h.task_cell(id, record_version()));
  CHECK(done.points == 3);
  for (const char* cleared : {"started", "completed", "published", "run_time", "progress",
                              "iteration", "worker", "lease_until", "desired_state"}) {
    INFO(cleared);
    CHECK(h.task_cell(id, field(cleared)) == Value{});
  }
  CHECK(h.task_cell(id, series("metrics", "loss")) == Value{});
  CHECK(h.task_cell(id, field("name")) == name);
  CHECK(h.task_cell(id, field("user")) == user);
  CHECK(h.task_cell(id, field("type")) == Value{std::string("training")});
  CHECK(h.task_cell(id, entry("params", "lr")) == Value{std::string("0.1")});
  CHECK(h.task_cell(id, entry("tags", "a")) == Value{std::string("b")});
  CHECK(text(h.task_cell(id, field("artifact_uri"))) == uri + "-2");
  CHECK(h.model_cell(model, "deleted") == Value{true});
  CHECK(h.model_cell(used, "deleted") == Value{false});
  CHECK(h.model_cell(used, "source_task") == Value{});
  CHECK(h.count("attempts") == 0);
  CHECK(h.history(id).back().change == "reset");
  CHECK(h.history(id).back().why == "again");
  await(*h.store, [&] { return h.ledger(uri, "state") == Value{std::string("done")}; });
  const auto erased = h.blobs.erased();
  CHECK(std::count(erased.begin(), erased.end(), uri.substr(uri.find('/') + 1)) == 1);
}

TEST_CASE("a reset that keeps the attempt moves the outputs to it") {
  Fixture h;
  const std::string id = h.failed_one(), uri = text(h.task_cell(id, field("artifact_uri")));
  const std::string model = h.model(id, ModelStatus::published);
  CHECK(error_of([&] { h.reset(id); }).field() == "models");
  const auto kept = h.reset(id, true);
  CHECK(kept.attempt == 1);
  CHECK(kept.uris.empty());
  CHECK(h.task_cell(id, series("metrics", "loss")) == Value{});
  const auto attempts = h.store->collection("attempts");
  const auto all = h.store->ids(attempts, {}, {}, {});
  REQUIRE(all.size() == 1);
  CHECK(h.cell(attempts, all[0], field("number")) == Value{std::int64_t{1}});
  CHECK(h.cell(attempts, all[0], field("state")) == Value{std::string("failed")});
  CHECK(h.cell(attempts, all[0], series("metrics", "loss")) == Value{0.25});
  CHECK(h.cell(attempts, all[0], series("metrics", "loss", Statistic::count)) ==
        Value{std::int64_t{2}});
  const Json body = Json::parse(text(h.cell(attempts, all[0], record_body())));
  CHECK(body["artifact_uri"] == uri);
  CHECK(body["models"] == Json({model}));
  CHECK(h.count("file_deletions") == 0);
  CHECK(h.model_cell(model, "deleted") == Value{false});
  // The next attempt has a number and a place of its own.
  h.go(id, running, Transition::start);
  h.go(id, aborted, Transition::abort);
  CHECK(h.reset(id, true).attempt == 2);
  CHECK(text(h.task_cell(id, field("artifact_uri"))) == uri + "-3");
  CHECK(h.count("attempts") == 2);
  CHECK(error_of([&] { h.reset(id); }).code() == ErrorCode::conflict);
}

TEST_CASE("a retry is the next attempt, with the outputs as asked") {
  Fixture h;
  const auto retry = [&](const std::string& id, Outputs outputs) {
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().retry(t, h.me, head, {{}, outputs});
    });
  };
  for (const auto outputs : {Outputs::go_on, Outputs::keep, Outputs::discard}) {
    const std::string id = h.failed_one();
    const auto uri = h.task_cell(id, field("artifact_uri"));
    const auto before = h.count("attempts");
    retry(id, outputs);
    CHECK(h.task_cell(id, field("state")) == Value{std::string("pending")});
    CHECK(h.task_cell(id, field("attempt")) == Value{std::int64_t{2}});
    CHECK(h.count("attempts") == before + 1);
    CHECK((h.task_cell(id, series("metrics", "loss")) == Value{}) == (outputs != Outputs::go_on));
    CHECK((h.task_cell(id, field("artifact_uri")) == uri) == (outputs == Outputs::go_on));
    CHECK(error_of([&] { retry(id, outputs); }).code() == ErrorCode::conflict);
  }
}

TEST_CASE("deleting takes a task with all it has, and leaves its children") {
  Fixture h;
  const std::string id = h.failed_one(), uri = text(h.task_cell(id, field("artifact_uri")));
  const std::string model = h.model(id);
  const std::string child = h.task(h.p, draft);
  h.with(child, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().edit(t, h.me, head, Patch().set("parent", t.find(h.store->collection("tasks"), id)));
  });
  CHECK(error_of([&] { h.remove(id); }).field() == "archived");
  h.archive(id);
  RemoveOptions dry;
  dry.dry_run = true;
  const auto plan = h.remove(id, dry);
  CHECK(plan.children == 1);
  CHECK(plan.metrics == 2);
  CHECK(plan.models == 1);
  CHECK(h.exists(id));
  h.remove(id);
  CHECK(!h.exists(id));
  CHECK(h.task_cell(child, field("parent")) == Value{});
  CHECK(h.history(child).back().body["old"]["parent"] == id);
  CHECK(h.model_cell(model, "deleted") == Value{true});
  CHECK(h.count("history", all_of({eq(field("project"), h.p),
                                   eq(field("change"), std::string("delete"))})) == 1);
  await(*h.store, [&] { return h.ledger(uri, "state") == Value{std::string("done")}; });
}

TEST_CASE("deleting takes kept attempts along") {
  Fixture h;
  const std::string id = h.failed_one(), uri = text(h.task_cell(id, field("artifact_uri")));
  h.reset(id, true);
  const auto removal = h.remove(id);
  CHECK(removal.attempts == 1);
  CHECK(removal.points == 3);
  CHECK(removal.uris == std::vector<std::string>{uri + "-2", uri});
  CHECK(h.count("attempts") == 0);
}

TEST_CASE("what is not deleted unless it is told to") {
  Fixture h;
  RemoveOptions force;
  force.used_too = true;
  SECTION("running and pending tasks, whatever is told") {
    for (const auto state : {running, pending}) {
      const std::string id = h.task_in(h.p, state);
      h.archive(id);
      CHECK(error_of([&] { h.remove(id, force); }).field() == "state");
    }
  }
  SECTION("a published task") {
    const std::string id = h.task_in(h.p, published);
    h.archive(id);
    CHECK(error_of([&] { h.remove(id); }).field() == "state");
    h.remove(id, force);
    CHECK(!h.exists(id));
  }
  SECTION("a published child") {
    const std::string id = h.task(h.p, draft), child = h.task(h.p, draft);
    h.with(child, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().edit(t, h.me, head,
                     Patch().set("parent", t.find(h.store->collection("tasks"), id)));
    });
    h.go(child, running, Transition::start);
    h.go(child, completed, Transition::complete);
    h.go(child, published, Transition::publish);
    const Error e = error_of([&] { h.remove(id); });
    CHECK(e.code() == ErrorCode::conflict);
    CHECK(e.field() == "children");
    h.remove(id, force);
    CHECK(h.task_cell(child, field("parent")) == Value{});
    CHECK(h.task_cell(child, field("state")) == Value{std::string("published")});
  }
  SECTION("a model that is published, or that another task reads") {
    for (const auto status : {ModelStatus::published, ModelStatus::ready}) {
      const std::string id = h.failed_one(), model = h.model(id, status);
      if (status == ModelStatus::ready) h.reads(h.task(h.p), model);
      h.archive(id);
      CHECK(error_of([&] { h.remove(id); }).field() == "models");
      h.remove(id, force);
      CHECK(!h.exists(id));
      CHECK(h.model_cell(model, "deleted") == Value{false});
      CHECK(h.model_cell(model, "source_task") == Value{});
    }
  }
  SECTION("models that are to stay") {
    const std::string id = h.failed_one(), model = h.model(id);
    h.archive(id);
    RemoveOptions keep;
    keep.keep_models = true;
    CHECK(h.remove(id, keep).models_kept == 1);
    CHECK(h.model_cell(model, "deleted") == Value{false});
  }
}

TEST_CASE("files that cannot be erased are tried again, and then told of") {
  Fixture h;
  const std::string id = h.task(h.p, draft), uri = text(h.task_cell(id, field("artifact_uri")));
  h.blobs.failures = 2;
  h.remove(id);
  await(*h.store, [&] { return h.ledger(uri, "tries") == Value{std::int64_t{1}}; });
  CHECK(h.ledger(uri, "state") == Value{std::string("waiting")});
  CHECK(h.ledger(uri, "error") == Value{std::string("the disk sleeps")});
  CHECK(h.blobs.erased().empty());
  // A restart does not lose it; each pause is longer.
  *h.clock += 61'000;
  h.restart();
  await(*h.store, [&] { return h.ledger(uri, "tries") == Value{std::int64_t{2}}; });
  *h.clock += 121'000;
  h.restart();
  await(*h.store, [&] { return h.ledger(uri, "state") == Value{std::string("done")}; });
  // A run that the restart cut and the next one may both come to it: erasing again is harmless.
  CHECK(!h.blobs.erased().empty());
  for (const auto& name : h.blobs.erased()) CHECK(name == uri.substr(uri.find('/') + 1));
}

TEST_CASE("files that are not the task's alone are kept, and that is told") {
  Fixture h;
  for (const std::string uri : {"mlflow-artifacts:/", "mlflow-artifacts:/1", "s3://bucket/x",
                                "mlflow-artifacts:/1/../2", "mlflow-artifacts://elsewhere/1/x"}) {
    INFO(uri);
    const Ordinal made = h.store->write([&](Transaction& t) {
      NewTask n;
      n.project = h.p;
      n.content.set("artifact_uri", uri);
      return h.tasks().create(t, h.me, n);
    });
    h.remove(h.id_of("tasks", made));
    CHECK(h.ledger(uri, "state") == Value{std::string("kept")});
  }
  CHECK(h.blobs.erased().empty());
}
