// tag, untag, move, rename, and their undoing.
#include "world.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

struct Fixture : World {
  Ordinal p = project("p"), q = project("q");

  std::string tagged(const std::string& key, const std::string& text) {
    const std::string id = task_in(p, completed);
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      tasks().edit(t, me, head, Patch().put("tags", key, text));
    });
    return id;
  }
};

}  // namespace

TEST_CASE("tags are set on each task, and undoing gives each its own back") {
  Fixture h;
  const std::string old = h.tagged("team", "nlp"), fresh = h.task_in(h.p, draft),
                    same = h.tagged("team", "cv");
  const auto version = h.task_cell(same, record_version());
  const Json run = h.run("tag", {{"ids", {old, fresh, same}}}, {{"tags", {"team=cv"}}});
  CHECK(run["succeeded_count"] == 3);
  for (const auto& id : {old, fresh, same}) CHECK(h.tag(id, "team") == "cv");
  CHECK(run["succeeded"][2]["message"] == "it is tagged so already");
  CHECK(h.task_cell(same, record_version()) == version);
  h.undo(run);
  CHECK(h.tag(old, "team") == "nlp");
  CHECK(h.tag(fresh, "team") == "(none)");
  CHECK(h.tag(same, "team") == "cv");
}

TEST_CASE("a tag is a word, a key with a value, or a key that holds an equals sign") {
  Fixture h;
  const std::string id = h.task_in(h.p, draft);
  h.ok("tag", id, {{"tags", {"reviewed", "team=cv", "sum=1=2"}}, {"values", {{"a=b", "c"}}}});
  CHECK(h.tag(id, "reviewed").empty());
  CHECK(h.tag(id, "team") == "cv");
  CHECK(h.tag(id, "sum") == "1=2");
  CHECK(h.tag(id, "a=b") == "c");
  const Json run = h.run("tag", id, {{"tags", {"team=nlp"}}, {"remove", {"a=b", "absent"}}});
  CHECK(h.tag(id, "team") == "nlp");
  CHECK(h.tag(id, "a=b") == "(none)");
  h.undo(run);
  CHECK(h.tag(id, "team") == "cv");
  CHECK(h.tag(id, "a=b") == "c");
  CHECK(h.tag(id, "absent") == "(none)");
  // Of one key said twice the last counts.
  h.ok("tag", id, {{"tags", {"team=x", "team=y"}}, {"remove", {"team"}}});
  CHECK(h.tag(id, "team") == "y");
}

TEST_CASE("a run of tags without tags, or with a nameless one, is refused as a whole") {
  Fixture h;
  const std::string id = h.task_in(h.p, draft);
  for (const Json& parameters : {Json::object(), Json{{"tags", {"=cv"}}}, Json{{"tag", "x"}}}) {
    INFO(parameters.dump());
    CHECK(error_of([&] { h.run("tag", id, parameters); }).code() == ErrorCode::invalid);
  }
  CHECK(error_of([&] { h.run("untag", id); }).code() == ErrorCode::invalid);
  CHECK(h.refused("tag", id, {{"tags", Json::array()}}) == "invalid: name a tag to set");
}

TEST_CASE("tags are taken off and come back") {
  Fixture h;
  const std::string one = h.tagged("team", "cv"), other = h.tagged("kind", "x");
  const Json run = h.run("untag", {{"ids", {one, other}}}, {{"keys", {"team", "best"}}});
  CHECK(h.tag(one, "team") == "(none)");
  CHECK(h.tag(other, "kind") == "x");
  CHECK(run["succeeded"][1]["message"] == "it has no such tag");
  h.undo(run);
  CHECK(h.tag(one, "team") == "cv");
  // A dry run tells which would change.
  const Json dry =
      h.run("untag", {{"ids", {one, other}}}, {{"keys", {"team"}}}, {{"dry_run", true}});
  CHECK(!dry["succeeded"][0].contains("message"));
  CHECK(dry["succeeded"][1]["message"] == "it has no such tag");
  CHECK(h.tag(one, "team") == "cv");
}

TEST_CASE("tasks move by a project's name or id, and back each to its own") {
  Fixture h;
  const Ordinal r = h.project("r");
  const std::string a = h.task_in(h.p, running), b = h.task_in(h.q, published),
                    c = h.task_in(r, draft);
  const Json run = h.run("move", {{"ids", {a, b, c}}}, {{"project", "r"}});
  for (const auto& id : {a, b, c}) CHECK(h.project_of(id) == h.project_id(r));
  CHECK(run["succeeded"][2]["message"] == "it is in that project already");
  h.undo(run);
  CHECK(h.project_of(a) == h.project_id(h.p));
  CHECK(h.project_of(b) == h.project_id(h.q));
  CHECK(h.project_of(c) == h.project_id(r));
  h.ok("move", a, {{"project", h.project_id(h.q)}});
  CHECK(h.project_of(a) == h.project_id(h.q));
}

TEST_CASE("a project to move to is made when that is said, once") {
  Fixture h;
  const std::string a = h.task_in(h.p, draft), b = h.task_in(h.p, draft);
  const Json both = {{"ids", {a, b}}};
  CHECK(h.refused("move", a, {{"project", "new/one"}}) ==
        "not_found: no project has the id or name 'new/one'");
  const Json create = {{"project", "new/one"}, {"create", true}};
  const auto projects = h.count("projects");
  const Json dry = h.run("move", both, create, {{"dry_run", true}});
  CHECK(dry["succeeded"][0]["message"] == "the project 'new/one' would be made");
  CHECK(h.count("projects") == projects);
  h.run("move", both, create);
  CHECK(h.count("projects") == projects + 1);
  CHECK(h.project_of(a) == h.project_of(b));
  CHECK(h.project_of(a) != h.project_id(h.p));
}

TEST_CASE("a task is renamed, and back") {
  Fixture h;
  const std::string id = h.task_in(h.p, published);
  const std::string before = h.text(id, field("name"));
  const Json run = h.run("rename", id, {{"name", "better"}});
  CHECK(h.text(id, field("name")) == "better");
  h.undo(run);
  CHECK(h.text(id, field("name")) == before);
  const std::string other = h.task_in(h.p, draft);
  CHECK(error_of([&] {
          h.run("rename", {{"ids", {id, other}}}, {{"name", "x"}});
        }).code() == ErrorCode::invalid);
}
