// Cloning: what is copied, what is not, whose child the clone is, grids.
#include "fixture.hpp"
#include "podium/service/grid.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

/// A completed task that has everything.
std::string full_task(Host& h, Ordinal project, const std::string& parent = {}) {
  const auto tasks = h.store->collection("tasks");
  const Ordinal made = h.store->write([&](Transaction& t) {
    NewTask n;
    n.project = project;
    n.name = "source";
    n.type = "testing";
    for (const char* name :
         {"description", "source_name", "source_type", "repository", "branch", "source_tag",
          "commit", "entry_point", "working_dir", "binary", "output_destination"})
      n.content.set(name, std::string("my ") + name);
    n.content.set("user", std::string("ada"));
    for (const char* map : {"params", "tags", "properties", "configuration", "container"})
      n.content.put(map, "k", "v");
    n.content.put("params", "lr", "0.1");
    n.content.body = R"({"diff":"+x","requirements":{"pip":"numpy"}})";
    if (!parent.empty()) n.content.set("parent", t.find(tasks, parent));
    return h.tasks().create(t, h.me, n);
  });
  const std::string id = h.id_of("tasks", made);
  h.with(id, [&](Transaction& t, const Tasks::Head& head) {
    auto now = h.tasks().transition(t, h.me, head, running, Transition::start);
    const Point p{1, 2, 0.5};
    const SeriesPoints s{"loss", "", {&p, 1}};
    h.tasks().log(t, h.me, now, {{}, {}, {&s, 1}});
    h.tasks().describe(t, h.me, now, Patch().set("progress", 40.0));
    h.tasks().transition(t, h.me, h.tasks().require(t, h.me, id), completed, Transition::complete,
                         "well");
  });
  return id;
}

std::string clone(Host& h, const std::string& source, const CloneOptions& options = {}) {
  const Ordinal made = h.store->write([&](Transaction& t) {
    return h.tasks().clone(t, h.me, t.find(h.store->collection("tasks"), source), options).ordinal;
  });
  return h.id_of("tasks", made);
}

}  // namespace

TEST_CASE("a clone has what the source is, and nothing of what it did") {
  Host h;
  const Ordinal project = h.project("p");
  const std::string source = full_task(h, project);
  h.model(source);
  const std::string read = h.model(h.task(project));
  h.reads(source, read);
  const std::string id = clone(h, source);
  for (const char* name :
       {"type", "description", "source_name", "source_type", "repository", "branch", "source_tag",
        "commit", "entry_point", "working_dir", "binary", "output_destination", "project"}) {
    INFO(name);
    CHECK(h.task_cell(id, field(name)) == h.task_cell(source, field(name)));
    CHECK(h.task_cell(id, field(name)) != Value{});
  }
  for (const char* map : {"params", "tags", "properties", "configuration", "container"})
    CHECK(h.task_cell(id, entry(map, "k")) == Value{std::string("v")});
  CHECK(h.task_cell(id, record_body()) == h.task_cell(source, record_body()));
  CHECK(h.task_cell(id, field("name")) == Value{std::string("Clone of source")});
  CHECK(h.task_cell(id, field("state")) == Value{std::string("draft")});
  CHECK(h.task_cell(id, field("user")) == Value{std::string("local")});
  CHECK(h.task_cell(id, field("derived_from")) ==
        Value{h.store->find(h.store->collection("tasks"), source)});
  for (const char* name : {"started", "completed", "published", "run_time", "progress", "iteration",
                           "reason", "worker", "attempt", "queue"}) {
    INFO(name);
    CHECK(h.task_cell(id, field(name)) == Value{});
  }
  CHECK(h.task_cell(id, series("metrics", "loss")) == Value{});
  CHECK(h.task_cell(id, field("artifact_uri")) != h.task_cell(source, field("artifact_uri")));
  const auto links = all_of({eq(field("task"), h.store->find(h.store->collection("tasks"), id))});
  CHECK(h.count("model_links", links) == 1);
  CHECK(h.count("model_links", all_of({links, eq(field("model"), read),
                                       eq(field("direction"), std::string("in"))})) == 1);
  const auto events = h.history(id);
  REQUIRE(events.size() == 1);
  CHECK(events[0].change == "create");
  CHECK(events[0].body["new"]["derived_from"] == source);
}

TEST_CASE("the parent of a clone") {
  Host h;
  const Ordinal project = h.project("p");
  const auto ordinal = [&](const std::string& id) {
    return Value{h.store->find(h.store->collection("tasks"), id)};
  };
  const std::string alone = full_task(h, project);
  CHECK(h.task_cell(clone(h, alone), field("parent")) == ordinal(alone));
  const std::string parent = h.task(project, draft), child = full_task(h, project, parent);
  CHECK(h.task_cell(clone(h, child), field("parent")) == ordinal(parent));
  h.with(parent,
         [&](Transaction& t, const Tasks::Head& head) { h.tasks().remove(t, h.me, head, {}); });
  CHECK(h.task_cell(child, field("parent")) == Value{});
  CHECK(h.task_cell(clone(h, child), field("parent")) == ordinal(child));
  CloneOptions none;
  none.parent = 0;
  CHECK(h.task_cell(clone(h, child, none), field("parent")) == Value{});
}

TEST_CASE("what a clone changes") {
  Host h;
  const Ordinal project = h.project("p"), other = h.project("q");
  const std::string source = full_task(h, project);
  CloneOptions options;
  options.name = "mine";
  options.project = other;
  options.content.set("branch", std::string("dev"))
      .set("commit", Value{})
      .set("type", std::string("inference"))
      .put("params", "lr", "0.2")
      .put("tags", "new", "x")
      .remove("tags", "k")
      .clear("container");
  options.content.body = R"({"diff":null})";
  const std::string id = clone(h, source, options);
  CHECK(h.task_cell(id, field("name")) == Value{std::string("mine")});
  CHECK(h.task_cell(id, field("project")) == Value{other});
  CHECK(h.task_cell(id, field("branch")) == Value{std::string("dev")});
  CHECK(h.task_cell(id, field("commit")) == Value{});
  CHECK(h.task_cell(id, field("type")) == Value{std::string("inference")});
  CHECK(h.task_cell(id, entry("params", "lr")) == Value{std::string("0.2")});
  CHECK(h.task_cell(id, entry("params", "k")) == Value{std::string("v")});
  CHECK(h.task_cell(id, entry("tags", "k")) == Value{});
  CHECK(h.task_cell(id, entry("tags", "new")) == Value{std::string("x")});
  CHECK(h.task_cell(id, entry("container", "k")) == Value{});
  CHECK(h.task_cell(id, record_body()) ==
        Value{std::string(R"({"requirements":{"pip":"numpy"}})")});
  CHECK(h.task_cell(source, entry("params", "lr")) == Value{std::string("0.1")});
}

TEST_CASE("a published or an archived task can be cloned, into a living project only") {
  Host h;
  const Ordinal project = h.project("p"), gone = h.project("gone");
  h.store->write([&](Transaction& t) { h.projects().archive(t, h.me, gone, true); });
  const std::string id = clone(h, h.task_in(project, published));
  CHECK(h.task_cell(id, field("state")) == Value{std::string("draft")});
  CloneOptions into;
  into.project = gone;
  CHECK(error_of([&] { clone(h, id, into); }).code() == ErrorCode::conflict);
}

TEST_CASE("a long name is cut at a character") {
  Host h;
  const Ordinal project = h.project("p");
  std::string name;
  for (int i = 0; i < 500; ++i) name += "\xc3\xa9";
  const Ordinal made = h.store->write([&](Transaction& t) {
    NewTask n;
    n.project = project;
    n.name = name;
    return h.tasks().create(t, h.me, n);
  });
  const std::string id = clone(h, h.id_of("tasks", made));
  CHECK(h.task_cell(id, field("name")) ==
        Value{"Clone of " + name.substr(0, 2 * (500 - std::string("Clone of ").size()))});
}

TEST_CASE("a grid has every combination, the last axis fastest") {
  const ParameterGrid grid{{{"a", {"1", "2"}}, {"b", {"x", "y", "z"}}}};
  REQUIRE(grid.size() == 6);
  CHECK(grid.point(0) == std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", "x"}});
  CHECK(grid.point(4) == std::vector<std::pair<std::string, std::string>>{{"a", "2"}, {"b", "y"}});
  CHECK(ParameterGrid{}.size() == 1);
  CHECK(ParameterGrid{{{"a", {}}}}.size() == 0);
  ParameterGrid huge;
  for (int i = 0; i < 100; ++i) huge.axes.push_back({"k", {"1", "2"}});
  CHECK(huge.size() == std::numeric_limits<std::uint64_t>::max());
}
