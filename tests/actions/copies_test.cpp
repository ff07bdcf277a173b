// clone, clone-grid.
#include "world.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

struct Fixture : World {
  Ordinal p = project("p");

  std::string named(const std::string& name, TaskState state = completed) {
    const std::string id = task_in(p, state);
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      tasks().edit(t, me, head, Patch().set("name", name));
    });
    return id;
  }
  std::string made(const std::string& source, const Json& parameters = nullptr) {
    return ok("clone", source, parameters).at("made");
  }
  std::string parent_of(const std::string& id) const { return referred(id, "parent", "tasks"); }
  std::string name_of(const std::string& id) const { return text(id, field("name")); }
};

}  // namespace

TEST_CASE("the parent of a clone is the source's, or the source itself if it has none any more") {
  Fixture h;
  const std::string parent = h.task_in(h.p, draft), child = h.task_in(h.p, completed);
  CHECK(h.parent_of(h.made(child)) == child);
  h.set_parent(child, parent);
  CHECK(h.parent_of(h.made(child)) == parent);
  CHECK(h.parent_of(h.made(child, {{"no_parent", true}})).empty());
  const std::string other = h.task_in(h.p, draft);
  CHECK(h.parent_of(h.made(child, {{"parent", other}})) == other);
  CHECK_THAT(h.refused("clone", child, {{"parent", "nobody"}}),
             Catch::Matchers::StartsWith("not_found: "));
  CHECK_THAT(h.refused("clone", child, {{"parent", other}, {"no_parent", true}}),
             Catch::Matchers::StartsWith("invalid: "));
  // Clones of the parent's own would keep it: only this one child has it.
  h.ok("delete", parent);
  CHECK(h.parent_of(h.made(child)) == child);
}

TEST_CASE("clones are drafts in the project and under the name that is said") {
  Fixture h;
  const std::string a = h.named("alpha"), b = h.named("beta", published);
  CHECK(h.name_of(h.made(a)) == "Clone of alpha");
  const Ordinal q = h.project("q");
  const Json run = h.run("clone", {{"ids", {a, b}}}, {{"name", "{name}, again"}, {"project", "q"}},
                         {{"why", "once more"}});
  REQUIRE(run["succeeded_count"] == 2);
  for (const std::size_t i : {0u, 1u}) {
    const std::string made = run["succeeded"][i]["made"];
    CHECK(h.name_of(made) == (i == 0 ? "alpha, again" : "beta, again"));
    CHECK(h.state(made) == "draft");
    CHECK(h.project_of(made) == h.project_id(q));
    CHECK(h.referred(made, "derived_from", "tasks") == (i == 0 ? a : b));
    CHECK(h.history(made).front().why == "once more");
  }
  CHECK(h.refused("clone", a, {{"project", "nowhere"}}) ==
        "not_found: no project has the id or name 'nowhere'");
  // A name that would be too long is cut at a character.
  const std::string longest = h.named(std::string(495, 'x') + "äöüäö");
  CHECK(h.name_of(h.made(longest)) == "Clone of " + std::string(491, 'x'));
}

TEST_CASE("a grid makes a draft of every combination, told by name") {
  Fixture h;
  const std::string source = h.named("base");
  const auto tasks = h.count("tasks");
  const Json parameters = {{"grid", {"lr=0.1,0.01", "arch=[\"a,b\",\"c\"]"}}};
  const Json dry = h.ok("clone-grid", source, parameters, {{"dry_run", true}});
  CHECK(dry["message"] == "4 drafts would be made");
  CHECK(dry["detail"]["tasks"][0]["name"] == "Clone of base (lr=0.1, arch=a,b)");
  CHECK(h.count("tasks") == tasks);
  const Json out = h.ok("clone-grid", source, parameters);
  CHECK(h.count("tasks") == tasks + 4);
  const Json& made = out["detail"]["tasks"];
  REQUIRE(made.size() == 4);
  CHECK(out["made"] == made[0]["id"]);
  const std::vector<std::pair<std::string, std::string>> points = {
      {"0.1", "a,b"}, {"0.1", "c"}, {"0.01", "a,b"}, {"0.01", "c"}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::string id = made[i]["id"];
    CHECK(h.text(id, entry("params", "lr")) == points[i].first);
    CHECK(h.text(id, entry("params", "arch")) == points[i].second);
    CHECK(h.name_of(id) == made[i]["name"].get<std::string>());
    CHECK(h.state(id) == "draft");
  }
}

TEST_CASE("a grid that cannot be, or is too large, makes nothing") {
  Fixture h;
  const std::string source = h.named("base");
  const auto tasks = h.count("tasks");
  std::string many = "seed=0";
  for (int i = 1; i < 201; ++i) many += "," + std::to_string(i);
  for (const char* word : {many.c_str(), "lr", "lr=[0.1", "lr=[]", "lr=[{}]"}) {
    INFO(word);
    CHECK_THAT(h.refused("clone-grid", source, {{"grid", {word}}}),
               Catch::Matchers::StartsWith("invalid: "));
  }
  CHECK_THAT(h.refused("clone-grid", source, {{"grid", {"lr=1", "lr=2"}}}),
             Catch::Matchers::StartsWith("invalid: "));
  CHECK(h.count("tasks") == tasks);
  CHECK(h.ok("clone-grid", source,
             {{"grid", {many.substr(0, many.rfind(','))}}})["detail"]["count"] == 200);
  CHECK(h.count("tasks") == tasks + 200);
}
