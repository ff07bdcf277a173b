// Projects, tasks, data sets, models: what is kept and what is refused.
#include <regex>
#include <set>

#include "fixture.hpp"
#include "services/core.hpp"
#include "services/ids.hpp"

using namespace podium;
using namespace podium::test;

namespace {

std::string text(const Value& v) {
  return std::holds_alternative<std::string>(v) ? std::get<std::string>(v) : "(none)";
}

}  // namespace

TEST_CASE("ids are ordered by time and ascend within a process") {
  std::int64_t now = 5000;
  host::IdMaker ids([&] { return now; });
  std::string last;
  std::set<std::string> seen;
  for (int i = 0; i < 20000; ++i) {
    if (i == 10000) now = 4000;  // the clock goes back
    if (i == 15000) now = 900000;
    const std::string id = ids.id();
    REQUIRE(id.size() == 32);
    REQUIRE(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    REQUIRE(id > last);
    REQUIRE(seen.insert(id).second);
    last = id;
  }
  CHECK(last.substr(0, 12) ==
        "0000000dbba1");  // 900000, one further after 4096 within a millisecond
  CHECK(last[12] == '7');
  for (int i = 0; i < 1000; ++i) {
    const std::string name = ids.name();
    REQUIRE(name.size() <= 20);
    REQUIRE(std::count(name.begin(), name.end(), '-') == 2);
  }
}

TEST_CASE("artifact locations are appended to the path of a URI") {
  CHECK(host::append_path("mlflow-artifacts:", "1") == "mlflow-artifacts:/1");
  CHECK(host::append_path("s3://b/p?x=y#z", "1/artifacts") == "s3://b/p/1/artifacts?x=y#z");
  CHECK(host::append_path("/data/a/", "1") == "/data/a/1");
  CHECK(host::append_path("file:///", "1") == "file:///1");
  CHECK(host::append_path("/", "1") == "/1");
}

TEST_CASE("project 0 is there, once") {
  Host h;
  const auto c = h.projects().collection();
  CHECK(h.store->find(c, "0") == 1);
  h.restart();
  CHECK(h.count("projects") == 1);
  CHECK(text(h.cell(c, 1, field("name"))) == "Default");
  CHECK(text(h.cell(c, 1, field("artifact_location"))) == "mlflow-artifacts:/0");
  const Ordinal next = h.project("x");
  CHECK(text(h.cell(c, next, record_id())) == "1");
  CHECK(text(h.cell(c, next, field("artifact_location"))) == "mlflow-artifacts:/1");
}

TEST_CASE("names of projects") {
  Host h;
  h.project("vision");
  CHECK(error_of([&] { h.project("vision"); }).code() == ErrorCode::exists);
  CHECK(error_of([&] { h.project(""); }).code() == ErrorCode::invalid);
  std::string long_name;
  for (int i = 0; i < 500; ++i) long_name += "\xc3\xa4";
  h.project(long_name);
  CHECK(error_of([&] { h.project(long_name + "x"); }).code() == ErrorCode::invalid);
  const Ordinal other = h.project("other");
  h.store->write([&](Transaction& t) { h.projects().archive(t, h.me, other, true); });
  CHECK(error_of([&] { h.project("other"); }).code() == ErrorCode::exists);
  CHECK(error_of([&] {
          h.store->write([&](Transaction& t) {
            h.projects().edit(t, h.me, other, Patch().set("name", std::string("vision")));
          });
        }).code() == ErrorCode::exists);
  h.store->write([&](Transaction& t) {
    h.projects().edit(t, h.me, other, Patch().set("name", std::string("other")));
  });
}

TEST_CASE("a project's tags leave its date, its name does not") {
  Host h;
  const Ordinal p = h.project("p");
  const auto c = h.projects().collection();
  const Value before = h.cell(c, p, field("updated"));
  h.store->write(
      [&](Transaction& t) { h.projects().edit(t, h.me, p, Patch().put("tags", "a", "b")); });
  CHECK(h.cell(c, p, field("updated")) == before);
  h.store->write([&](Transaction& t) {
    h.projects().edit(t, h.me, p, Patch().set("name", std::string("q")));
  });
  CHECK(h.cell(c, p, field("updated")) != before);
  CHECK(h.count("history", eq(field("project"), p)) == 3);
}

TEST_CASE("a new task") {
  Host h;
  const Ordinal p = h.project("p");
  const std::string id = h.task(p);
  CHECK(text(h.task_cell(id, field("artifact_uri"))) == "mlflow-artifacts:/1/" + id + "/artifacts");
  CHECK(text(h.task_cell(id, field("state"))) == "running");
  CHECK(h.task_cell(id, field("started")) == h.task_cell(id, field("created")));
  CHECK(text(h.task_cell(id, field("name"))).size() > 4);
  CHECK(error_of([&] { h.task(p, TaskState::running, id); }).code() == ErrorCode::exists);
  CHECK(error_of([&] { h.task(p, TaskState::completed); }).code() == ErrorCode::invalid);
  CHECK(error_of([&] { h.task(999); }).code() == ErrorCode::not_found);
  h.store->write([&](Transaction& t) { h.projects().archive(t, h.me, p, true); });
  CHECK(error_of([&] { h.task(p); }).code() == ErrorCode::conflict);
  for (const char* managed : {"state", "project", "archived", "updated"})
    CHECK(error_of([&] {
            h.store->write([&](Transaction& t) {
              NewTask n;
              n.project = 1;
              n.content.set(managed, Value{});
              h.tasks().create(t, h.me, n);
            });
          }).code() == ErrorCode::invalid);
}

TEST_CASE("what a task logs") {
  Host h;
  const std::string id = h.task(h.project("p"));
  const auto log = [&](const TaskLog& l) {
    h.with(id, [&](Transaction& t, const Tasks::Head& head) { h.tasks().log(t, h.me, head, l); });
  };
  const MapEntry lr{"lr", "0.1"}, other{"lr", "0.2"}, batch{"batch", "8"}, tag{"t", "1"},
      tag2{"t", "2"};
  const Point points[] = {{0, 10, 1.0}, {1, 20, 0.5}};
  const SeriesPoints loss{"loss", "", points};
  log({{&lr, 1}, {&tag, 1}, {&loss, 1}});
  log({{&lr, 1}, {&tag2, 1}, {&loss, 1}});
  CHECK(text(h.task_cell(id, entry("tags", "t"))) == "2");
  CHECK(h.task_cell(id, series("metrics", "loss", Statistic::count)) == Value{std::int64_t{2}});
  const MapEntry both[] = {other, batch};
  bool refused = false;
  try {
    log({both, {&tag, 1}, {}});
  } catch (const ConflictError& e) {
    refused = true;
    REQUIRE(e.conflicts().size() == 1);
    CHECK(e.conflicts()[0].key == "lr");
    CHECK(e.conflicts()[0].old_text == "0.1");
    CHECK(e.conflicts()[0].new_text == "0.2");
  }
  CHECK(refused);
  CHECK(h.task_cell(id, entry("params", "batch")) == Value{});
  CHECK(text(h.task_cell(id, entry("tags", "t"))) == "2");
  CHECK(h.history(id).size() == 1);  // its making, and nothing of what it logs

  const Value updated = h.task_cell(id, field("updated"));
  log({{}, {}, {&loss, 1}});
  CHECK(h.task_cell(id, field("updated")) == updated);
  h.with(id, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().remove_tag(t, h.me, head, "t");
  });
  CHECK(error_of([&] {
          h.with(id, [&](Transaction& t, const Tasks::Head& head) {
            h.tasks().remove_tag(t, h.me, head, "t");
          });
        }).code() == ErrorCode::not_found);

  h.with(id,
         [&](Transaction& t, const Tasks::Head& head) { h.tasks().archive(t, h.me, head, true); });
  CHECK(error_of([&] { log({{&batch, 1}, {}, {}}); }).code() == ErrorCode::conflict);
  const std::string published = h.task_in(h.project("q"), TaskState::published);
  CHECK(error_of([&] {
          h.with(published, [&](Transaction& t, const Tasks::Head& head) {
            h.tasks().log(t, h.me, head, {{}, {&tag, 1}, {}});
          });
        }).code() == ErrorCode::conflict);
  CHECK(error_of([&] {
          h.with(published, [&](Transaction& t, const Tasks::Head& head) {
            h.tasks().describe(t, h.me, head, Patch().set("name", std::string("x")));
          });
        }).code() == ErrorCode::conflict);
}

TEST_CASE("a run describes itself without a history") {
  Host h;
  const Ordinal p = h.project("p");
  const std::string parent = h.task(p), id = h.task(p);
  h.with(id, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().describe(t, h.me, head,
                       Patch()
                           .set("name", std::string("n"))
                           .set("parent", t.find(h.tasks().collection(), parent))
                           .set("user_tagged", true));
  });
  CHECK(text(h.task_cell(id, field("name"))) == "n");
  CHECK(h.history(id).size() == 1);
  CHECK(error_of([&] {
          h.with(id, [&](Transaction& t, const Tasks::Head& head) {
            h.tasks().describe(t, h.me, head, Patch().set("state", std::string("x")));
          });
        }).code() == ErrorCode::invalid);
}

TEST_CASE("an id that is not there, and a caller who may not write") {
  Host h;
  CHECK(error_of([&] { h.with("nope", [](Transaction&, const Tasks::Head&) {}); }).code() ==
        ErrorCode::not_found);
  const std::string id = h.task(h.project("p"));
  h.me.permissions = {"task.read"};
  CHECK(error_of([&] { h.with(id, [](Transaction&, const Tasks::Head&) {}); }).code() ==
        ErrorCode::denied);
  CHECK(error_of([&] { h.project("q"); }).code() == ErrorCode::denied);
}

TEST_CASE("data sets: the first wins, an edge stays") {
  Host h;
  const Ordinal p = h.project("p");
  const std::string a = h.task(p), b = h.task(p);
  const MapEntry train{"mlflow.data.context", "training"}, test{"mlflow.data.context", "test"};
  const auto log = [&](const std::string& id, std::string_view schema, std::string_view context,
                       const MapEntry& tag) {
    NewInput in;
    in.name = "iris";
    in.digest = "d1";
    in.source_type = "local";
    in.source = "file:///iris";
    in.schema = schema;
    in.has_schema = true;
    in.context = context;
    in.tags = {&tag, 1};
    const NewInput twice[] = {in, in};
    h.with(id, [&](Transaction& t, const Tasks::Head& head) {
      h.services->datasets().log_inputs(t, h.me, head, twice);
    });
  };
  log(a, "{\"first\":1}", "training", train);
  log(a, "{\"second\":1}", "test", test);
  log(b, "{\"third\":1}", "test", test);
  CHECK(h.count("datasets") == 1);
  CHECK(h.count("inputs") == 2);
  const auto body =
      Json::parse(text(h.cell(h.services->datasets().collection(), 1, record_body())));
  CHECK(body["schema"] == "{\"first\":1}");
  CHECK(!body.contains("profile"));
  const auto inputs = h.services->datasets().inputs();
  CHECK(text(h.cell(inputs, 1, field("context"))) == "training");
  CHECK(text(h.cell(inputs, 1, entry("tags", "mlflow.data.context"))) == "training");
  h.store->write([&](Transaction& t) {
    h.services->datasets().label(t, h.me, 1, Patch().put("labels", "kind", "tabular"));
  });
  CHECK(text(h.cell(h.services->datasets().collection(), 1, entry("labels", "kind"))) == "tabular");
  CHECK(error_of([&] {
          h.store->write([&](Transaction& t) {
            h.services->datasets().label(t, h.me, 1, Patch().set("name", std::string("x")));
          });
        }).code() == ErrorCode::misuse);
  // Another project has its own.
  log(h.task(h.project("q")), "{}", "", train);
  CHECK(h.count("datasets") == 2);
}

TEST_CASE("models") {
  Host h;
  auto& models = h.services->models();
  const Ordinal p = h.project("p");
  const std::string task = h.task(p);
  const MapEntry param{"depth", "3"};
  const Ordinal m = h.store->write([&](Transaction& t) {
    NewModel n;
    n.project = p;
    n.params = {&param, 1};
    n.source_task = "gone";
    return models.create(t, h.me, n);
  });
  const std::string id = text(h.cell(models.collection(), m, record_id()));
  CHECK(id.size() == 34);
  CHECK(id.starts_with("m-"));
  CHECK(text(h.cell(models.collection(), m, field("artifact_uri"))) ==
        "mlflow-artifacts:/1/models/" + id + "/artifacts");
  CHECK(text(h.cell(models.collection(), m, field("status"))) == "pending");
  const auto write = [&](auto fn) {
    h.store->write([&](Transaction& t) { fn(t, models.require(t, h.me, id)); });
  };
  write([&](Transaction& t, Ordinal o) { models.finalize(t, h.me, o, ModelStatus::ready); });
  CHECK(text(h.cell(models.collection(), m, field("status"))) == "ready");
  write([&](Transaction& t, Ordinal o) {
    models.edit(t, h.me, o, Patch().put("params", "x", "1").put("tags", "a", "b"));
  });
  CHECK(error_of([&] {
          write([&](Transaction& t, Ordinal o) {
            models.edit(t, h.me, o, Patch().put("params", "depth", "4"));
          });
        }).code() == ErrorCode::conflict);
  const Point point{1, 2, 0.75};
  const SeriesPoints acc{"acc", "iris@d1", {&point, 1}};
  write([&](Transaction& t, Ordinal o) { models.log(t, h.me, o, {&acc, 1}); });
  CHECK(h.cell(models.collection(), m, series("metrics", "acc", Statistic::last, "iris@d1")) ==
        Value{0.75});
  for (int i = 0; i < 2; ++i)
    h.with(task, [&](Transaction& t, const Tasks::Head& head) {
      models.link(t, h.me, head, id, true, i);
      models.link(t, h.me, head, id, false, i);
    });
  CHECK(h.count("model_links") == 2);
  CHECK(h.count("model_links", eq(field("step"), std::int64_t{0})) == 2);
  write([&](Transaction& t, Ordinal o) { models.remove(t, h.me, o); });
  CHECK(error_of([&] { write([](Transaction&, Ordinal) {}); }).code() == ErrorCode::not_found);
}
