// Projects: the tree that their names are, renaming, deleting.
#include "fixture.hpp"
#include "services/projects/scope.hpp"

using namespace podium;
using namespace podium::test;

namespace {

using Names = std::vector<std::string>;

Names names(const Json& answer, const char* list = "projects") {
  Names out;
  for (const auto& p : answer[list]) out.push_back(p["name"]);
  return out;
}

const Json& node(const Json& tree, const std::string& name) {
  for (const auto& n : tree["projects"])
    if (n["name"] == name) return n;
  throw std::runtime_error("no node " + name);
}

}  // namespace

TEST_CASE("the parts of a project's name") {
  using host::last_part, host::parent_name;
  CHECK(parent_name("a") == "");
  CHECK(parent_name("a/b/c") == "a/b");
  CHECK(last_part("a/b/c") == "c");
  CHECK(parent_name("/Users/me/x") == "/Users/me");
  CHECK(parent_name("/Users") == "");
  CHECK(last_part("/Users") == "/Users");
  CHECK(parent_name("a//b") == "a");
  CHECK(parent_name("a/") == "");
  CHECK(parent_name("/") == "");
  CHECK(parent_name("") == "");
}

TEST_CASE("the tree shows parents without a record, counts by state, and with subprojects") {
  Host h;
  Api api(h);
  const Ordinal seg = h.project("vision/segmentation/unet"), vis = h.project("vision ai");
  const Ordinal det = h.project("vision/detection");
  h.task_in(seg, TaskState::completed);
  h.task_in(seg, TaskState::failed);
  const std::string archived = h.task_in(seg, TaskState::completed);
  api("POST", "/api/v1/tasks/" + archived + "/archive");
  h.task(det);
  h.task(vis);
  const auto tree = api("GET", "/api/v1/projects/tree").json;
  CHECK(names(tree) == Names{"Default", "vision", "vision/detection", "vision/segmentation",
                             "vision/segmentation/unet", "vision ai"});
  CHECK(node(tree, "vision")["id"] == nullptr);
  CHECK(node(tree, "vision")["level"] == 0);
  CHECK(node(tree, "vision/segmentation")["parent"] == "vision");
  CHECK(node(tree, "vision/segmentation/unet")["level"] == 2);
  CHECK(node(tree, "vision")["tasks"]["total"] == 0);
  CHECK(node(tree, "vision")["tasks"]["active"] == nullptr);
  const auto all = node(tree, "vision")["with_subprojects"];
  CHECK(all["total"] == 3);
  CHECK(all["completed"] == 1);
  CHECK(all["failed"] == 1);
  CHECK(all["running"] == 1);
  CHECK(all["archived"] == 1);
  CHECK(all["active"].is_number());
  CHECK(node(tree, "vision ai")["with_subprojects"]["total"] == 1);
  CHECK(h.count("projects") == 4);  // shown, never stored

  const auto part = api("GET", "/api/v1/projects/tree?below=vision/segmentation").json;
  CHECK(names(part) == Names{"vision/segmentation", "vision/segmentation/unet"});
  CHECK(part["projects"][0]["parent"] == nullptr);
  CHECK(part["projects"][1]["level"] == 1);
  CHECK(names(api("GET", "/api/v1/projects/tree?depth=1").json) ==
        Names{"Default", "vision", "vision ai"});
  const auto cut = api("GET", "/api/v1/projects/tree?limit=2").json;
  CHECK(cut["truncated"] == true);
  CHECK(cut["of"] == 6);
  CHECK(error_of([&] { api("GET", "/api/v1/projects/tree?below=vis"); }).code() ==
        ErrorCode::not_found);

  // An archived project is left out unless something that is shown is below it.
  api("POST", "/api/v1/projects/1/archive");
  CHECK(names(api("GET", "/api/v1/projects/tree").json) ==
        Names{"Default", "vision", "vision/detection", "vision ai"});
  CHECK(names(api("GET", "/api/v1/projects/tree?archived=true").json) ==
        Names{"vision", "vision/segmentation", "vision/segmentation/unet"});
}

TEST_CASE("a project by its name, and what is below one") {
  Host h;
  Api api(h);
  h.project("a/b"), h.project("a/b/c"), h.project("a-b"), h.project("a");
  CHECK(api("GET", "/api/v1/projects/by-name/a/b").json["id"] == "1");
  CHECK(error_of([&] { api("GET", "/api/v1/projects/by-name/b"); }).code() == ErrorCode::not_found);
  CHECK(names(api("GET", "/api/v1/projects?below=a&order=name").json) == Names{"a/b", "a/b/c"});
  CHECK(names(api("GET", "/api/v1/projects?filter=name like 'a%'&order=name desc").json) ==
        Names{"a/b/c", "a/b", "a-b", "a"});
  CHECK(error_of([&] { api("GET", "/api/v1/projects?filter=nam = 'x'"); }).field() == "filter");
}

TEST_CASE("projects have defaults for new tasks, and a place for their output") {
  Host h;
  Api api(h);
  const auto made = api("POST", "/api/v1/projects",
                        {{"name", "p"},
                         {"defaults", {{"lr", 0.1}, {"seed", 1}}},
                         {"output_destination", "s3://bucket/p"}});
  CHECK(made.json["defaults"] == Json({{"lr", "0.1"}, {"seed", "1"}}));
  CHECK(made.json["output_destination"] == "s3://bucket/p");
  const auto edited =
      api("PATCH", "/api/v1/projects/1",
          {{"defaults", {{"lr", nullptr}, {"seed", 2}}}, {"output_destination", nullptr}});
  CHECK(edited.json["defaults"] == Json({{"seed", "2"}}));
  CHECK(!edited.json.contains("output_destination"));
}

TEST_CASE("projects say which colours their tags have") {
  Host h;
  Api api(h);
  const auto made =
      api("POST", "/api/v1/projects", {{"name", "p"}, {"tag_colors", {{"bad", "#FF0000"}}}});
  CHECK(made.json["tag_colors"] == Json({{"bad", "#FF0000"}}));
  CHECK(api("POST", "/api/v1/projects", {{"name", "q"}}).json["tag_colors"] == Json::object());
  const auto edit = [&](Json colours) {
    return api("PATCH", "/api/v1/projects/1", {{"tag_colors", std::move(colours)}}).json;
  };
  CHECK(edit({{"good", "#22aa55"}, {"bad", nullptr}})["tag_colors"] == Json({{"good", "#22aa55"}}));
  const auto last = api("GET", "/api/v1/projects/1/history").json["history"].back();
  CHECK(last["change"] == "edit");
  CHECK(last["old"] == Json({{"tag_colors.good", nullptr}, {"tag_colors.bad", "#FF0000"}}));
  CHECK(last["new"] == Json({{"tag_colors.good", "#22aa55"}, {"tag_colors.bad", nullptr}}));

  for (const Json& wrong : {Json("green"), Json("#2a5"), Json("#22aa5g"), Json("22aa55#"),
                            Json("#22aa55;x"), Json(""), Json(5)}) {
    INFO(wrong.dump());
    const Error e = error_of([&] { edit({{"fine", "#000000"}, {"good", wrong}}); });
    CHECK(e.code() == ErrorCode::invalid);
    CHECK(e.field() == "tag_colors.good");
    CHECK(std::string(e.what()).find("#rrggbb") != std::string::npos);
  }
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects", {{"name", "r"}, {"tag_colors", {{"x", "red"}}}});
        }).field() == "tag_colors.x");
  // What was refused changed nothing, and a restart changes nothing.
  h.restart();
  Api later(h);
  CHECK(later("GET", "/api/v1/projects/1").json["tag_colors"] == Json({{"good", "#22aa55"}}));
}

TEST_CASE("renaming a project renames what is below it") {
  Host h;
  Api api(h);
  for (const char* name : {"a", "a/x", "a/x/y", "a/xx", "ab", "a0", "b/x"}) h.project(name);
  const auto renamed = api("PATCH", "/api/v1/projects/1", {{"name", "c"}});
  CHECK(renamed.json["name"] == "c");
  const auto list = [&] { return names(api("GET", "/api/v1/projects?order=name").json); };
  CHECK(list() == Names{"Default", "a0", "ab", "b/x", "c", "c/x", "c/x/y", "c/xx"});
  const auto history = api("GET", "/api/v1/projects/2/history").json["history"];
  CHECK(history.back()["change"] == "rename");
  CHECK(history.back()["old"]["name"] == "a/x");

  const Error taken = error_of([&] { api("PATCH", "/api/v1/projects/1", {{"name", "b"}}); });
  CHECK(taken.code() == ErrorCode::exists);
  CHECK(std::string(taken.what()).find("'b/x'") != std::string::npos);
  CHECK(Json::parse(taken.detail())["taken"] == Json({"b/x"}));
  const Error itself = error_of([&] { api("PATCH", "/api/v1/projects/1", {{"name", "c/d"}}); });
  CHECK(itself.code() == ErrorCode::invalid);
  CHECK(itself.field() == "name");
  CHECK(error_of([&] {
          api("PATCH", "/api/v1/projects/1", {{"name", std::string(498, 'n')}});
        }).code() == ErrorCode::invalid);  // c/x/y would have 502 characters
  CHECK(list() == Names{"Default", "a0", "ab", "b/x", "c", "c/x", "c/x/y", "c/xx"});

  // A parent without a record; a new name that is the old one of another that moves along.
  const auto moved =
      api("POST", "/api/v1/projects/rename", {{"project", "b"}, {"parent", "c"}}).json;
  CHECK(moved["name"] == "c/b");
  CHECK(names(moved) == Names{"c/b/x"});
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects/rename", {{"project", "c/x"}, {"name", "c"}});
        }).code() == ErrorCode::exists);
  h.project("t/t"), h.project("t/t/t");
  CHECK(names(api("POST", "/api/v1/projects/rename", {{"project", "t/t"}, {"parent", ""}}).json) ==
        Names{"t", "t/t"});
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects/rename", {{"project", "none"}, {"name", "x"}});
        }).code() == ErrorCode::not_found);
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects/rename", {{"project", "t"}});
        }).field() == "name");
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects/rename", {{"project", "t"}, {"parent", "t/t"}});
        }).code() == ErrorCode::invalid);
}

TEST_CASE("an MLflow client's rename is of one project alone") {
  Host h;
  const Ordinal a = h.project("a");
  h.project("a/x");
  h.store->write([&](Transaction& t) {
    h.projects().edit(t, h.me, a, Patch().set("name", std::string("b")));
  });
  CHECK(h.count("projects", eq(field("name"), std::string("a/x"))) == 1);
}

TEST_CASE("archiving with subprojects and tasks") {
  Host h;
  Api api(h);
  const Ordinal a = h.project("a"), x = h.project("a/x");
  h.project("ab");
  const std::string one = h.task(a), two = h.task(x);
  const auto done =
      api("POST", "/api/v1/projects/1/archive", {{"tasks", true}, {"scope", "subprojects"}});
  REQUIRE(done.json["jobs"].size() == 2);
  for (const auto& job : done.json["jobs"])
    CHECK(h.services->jobs().wait(h.me, job.get<std::string>(), 30'000) == "done");
  CHECK(h.task_cell(two, field("archived")) == Value{true});
  CHECK(api("GET", "/api/v1/projects/2").json["archived"] == true);
  CHECK(api("GET", "/api/v1/projects/3").json["archived"] == false);
  api("POST", "/api/v1/projects/1/restore");
  CHECK(api("GET", "/api/v1/projects/2").json["archived"] == true);
}

TEST_CASE("a project is deleted with all it has, by the token of a dry run") {
  Host h;
  Api api(h);
  const Ordinal a = h.project("a"), x = h.project("a/x"), b = h.project("b");
  std::vector<std::string> tasks;
  for (int i = 0; i < 120; ++i) tasks.push_back(h.task_in(i % 2 ? a : x, TaskState::completed));
  const std::string other = h.task_in(b, TaskState::completed);
  h.blobs.put("1/" + tasks[1] + "/artifacts/model/weights.bin", "12345");
  h.blobs.put("1/" + tasks[1] + "/artifacts/log.txt", "123");
  h.blobs.put("2/" + tasks[0] + "/artifacts/log.txt", "12");
  h.blobs.put("3/" + other + "/artifacts/log.txt", "1");
  const std::string running = h.task(a);
  h.with(running, [&](Transaction& t, const Tasks::Head& head) {
    NewInput in;
    in.name = "mnist";
    in.digest = "1";
    h.services->datasets().log_inputs(t, h.me, head, {&in, 1});
    NewModel m;
    m.project = a;
    m.name = "net";
    h.services->models().create(t, h.me, m);
  });
  api("POST", "/api/v1/projects/1/goals", {{"metric", "acc"}, {"direction", "max"}, {"target", 1}});
  api("POST", "/api/v1/tasks/" + tasks[1] + "/notes", {{"text", "t"}});

  const Json whole = {{"project", "a"}, {"scope", "subprojects"}};
  const auto with = [&](Json body, const char* name, const Json& value) {
    body[name] = value;
    return body;
  };
  const auto dry = [&] {
    return api("POST", "/api/v1/projects/delete", with(whole, "dry_run", true)).json;
  };
  auto counted = dry();
  CHECK(counted["projects"] == Json({"a", "a/x"}));
  CHECK(counted["tasks"] == 121);
  CHECK(counted["running"] == 1);
  CHECK(counted["models"] == 1);
  CHECK(counted["datasets"] == 1);
  CHECK(counted["files"] == 3);
  CHECK(counted["bytes"] == 10);
  CHECK(counted["counted"] == true);
  CHECK(!counted.contains("job"));
  CHECK(dry()["token"] == counted["token"]);
  CHECK(error_of([&] { api("POST", "/api/v1/projects/delete", whole); }).field() == "token");
  const Error busy = error_of(
      [&] { api("POST", "/api/v1/projects/delete", with(whole, "token", counted["token"])); });
  CHECK(busy.code() == ErrorCode::conflict);
  CHECK(std::string(busy.what()).find(running) != std::string::npos);
  h.with(running, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().transition(t, h.me, head, TaskState::aborted, Transition::abort);
  });
  h.task_in(a, TaskState::completed);  // one more since the dry run
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects/delete", with(whole, "token", counted["token"]));
        }).code() == ErrorCode::conflict);

  h.blobs.failures = 1;
  const auto gone = api("POST", "/api/v1/projects/delete", with(whole, "token", dry()["token"]));
  CHECK(h.services->jobs().wait(h.me, gone.json["job"].get<std::string>(), 30'000) == "done");
  CHECK(error_of([&] { api("GET", "/api/v1/projects/1"); }).code() == ErrorCode::not_found);
  CHECK(error_of([&] { api("GET", "/api/v1/tasks/" + tasks[5]); }).code() == ErrorCode::not_found);
  CHECK(h.count("tasks") == 1);
  CHECK(h.count("models") == 0);
  CHECK(h.count("datasets") == 0);
  CHECK(h.count("goals") == 0);
  CHECK(h.count("notes") == 0);
  // One file's erasing failed and is tried again later; the others are gone, b's are not.
  await(*h.store, [&] {
    return h.count("file_deletions", eq(field("state"), std::string("done"))) == 1 &&
           h.count("file_deletions", compare(field("tries"), Compare::gt, std::int64_t{0})) == 2;
  });
  *h.clock += 3'600'000;
  h.restart();
  await(*h.store,
        [&] { return h.count("file_deletions", eq(field("state"), std::string("done"))) == 2; });
  CHECK(h.blobs.size() == 1);
  CHECK(h.project("a") != a);  // the name is free again
}

TEST_CASE("project 0 stays") {
  Host h;
  Api api(h);
  const auto counted =
      api("POST", "/api/v1/projects/delete", {{"project", "0"}, {"dry_run", true}}).json;
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects/delete",
              {{"project", "Default"}, {"token", counted["token"]}});
        }).code() == ErrorCode::conflict);
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects/delete", {{"project", "none"}, {"dry_run", true}});
        }).field() == "project");
}
