// /api/v1/tasks/actions: selections as bodies say them, answers, lists, cursors.
#include <algorithm>

#include "actions_fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

constexpr const char* base = "/api/v1/tasks/actions";

struct ActionApi : ActionHost {
  Api api{*this};

  Json post(const std::string& path, const Json& body) {
    return api("POST", base + path, body).json;
  }
  Json get(const std::string& path) { return api("GET", base + path).json; }
  Error refused(const std::string& path, const Json& body) {
    return error_of([&] { api("POST", base + path, body); });
  }
  Json run(const std::string& action, const Json& selection, Json more = Json::object()) {
    more["action"] = action;
    more["selection"] = selection;
    return post("/run", more);
  }
};

}  // namespace

TEST_CASE("actions are listed with their forms") {
  ActionApi h;
  ActionSpec s = spec("Tell", "state = 'completed'");
  s.tooltip = "Tells a room";
  s.icon = "chat";
  s.group = "a";
  s.order = 2;
  s.confirm = "Tell {count}?";
  s.destructive = true;
  s.most = 5;
  s.parameters = R"({"type":"object","properties":{"room":{"type":"string"}}})";
  h.ask("acme.tell", s, [](auto targets, auto&) { return all_well(targets); });
  const Json actions = h.get("")["actions"];
  REQUIRE(actions.size() == 3);
  const Json tell = actions[2];
  CHECK(tell["id"] == "acme.tell");
  CHECK(tell["verb"] == "tell");
  CHECK(tell["plugin"] == "acme");
  CHECK(tell["confirm"] == "Tell {count}?");
  CHECK(tell["undo"] == nullptr);
  CHECK(tell["most"] == 5);
  CHECK(tell["parameters"]["properties"]["room"]["type"] == "string");
  CHECK(actions[0]["parameters"] == nullptr);
  CHECK(actions[0]["undo"] == "unshelve");
}

TEST_CASE("a selection is ids, a question with exceptions, or all") {
  ActionApi h;
  const auto ids = h.make(5);
  h.make(2, "other");
  const auto of = [&](const Json& selection) {
    return h.post("/available", {{"selection", selection}})["of"].get<int>();
  };
  CHECK(of({{"ids", {ids[0], ids[1], ids[0], "x"}}}) == 3);
  CHECK(of({{"all", true}}) == 7);
  CHECK(of({{"all", true}, {"except", {ids[0], "unknown"}}}) == 6);
  CHECK(of({{"project", "p"}}) == 5);
  CHECK(of({{"project", "p"}, {"filter", "name = :n"}, {"bind", {{"n", "t1"}}}}) == 1);
  CHECK(of({{"search", "t1"}, {"except", {ids[1]}}}) == 1);
  CHECK(of({{"filters", {{{"column", "name"}, {"in", {"t0", "t1"}}}}}}) == 4);
  h.run("shelve", {{"ids", {ids[0]}}});
  CHECK(of({{"project", "p"}}) == 5);
  CHECK(of({{"project", "p"}, {"archived", "no"}}) == 4);
  CHECK(of({{"all", true}, {"archived", "yes"}}) == 1);

  const auto wrong = [&](const Json& selection) {
    return h.refused("/available", {{"selection", selection}});
  };
  CHECK(wrong(Json::object()).field() == "selection");
  CHECK(wrong({{"archived", "no"}}).field() == "selection");
  CHECK(wrong({{"except", {ids[0]}}}).field() == "selection");
  CHECK(wrong({{"ids", Json::array()}}).field() == "selection");
  CHECK(wrong({{"ids", {ids[0]}}, {"project", "p"}}).field() == "selection");
  CHECK(wrong({{"all", true}, {"filter", "archived"}}).field() == "selection");
  CHECK(wrong({{"filter", "stat = 1"}}).field() == "selection.filter");
  CHECK(wrong({{"filter", "stat = 1"}}).position() == 0);
  CHECK(wrong({{"project", "nowhere"}}).code() == ErrorCode::not_found);
  CHECK(wrong({{"idz", {ids[0]}}}).field() == "selection.idz");
  CHECK(wrong({{"ids", {1}}}).field() == "selection.ids[0]");
  CHECK(wrong(7).field() == "selection");
  CHECK(h.refused("/available", Json::object()).field() == "selection");
  CHECK(h.refused("/run", {{"selection", {{"all", true}}}}).field() == "action");
}

TEST_CASE("a run answers per id, is listed, shown and taken back") {
  ActionApi h;
  const auto ids = h.make(3);
  const Json run = h.run("shelve", {{"ids", {ids[0], "x", ids[1]}}}, {{"why", "old"}});
  CHECK(run["state"] == "done");
  CHECK(run["dry_run"] == false);
  CHECK(run["matched"] == 3);
  CHECK(run["succeeded_count"] == 2);
  CHECK(run["failed_count"] == 1);
  CHECK(run["succeeded"] == Json{{{"id", ids[0]}}, {{"id", ids[1]}}});
  CHECK(run["failed"][0]["code"] == "not_found");
  CHECK(run["failed"][0]["message"] == "the task 'x' does not exist");
  CHECK(run["undoable"] == true);
  CHECK_FALSE(run.contains("job"));
  const std::string id = run["run"];
  Json shown = h.get("/runs/" + id);
  CHECK(shown["action"] == "shelve");
  CHECK(shown["who"] == "local");
  CHECK(shown["why"] == "old");
  CHECK(shown["parameters"] == Json::object());
  for (const auto& [name, value] : run.items()) CHECK(shown[name] == value);

  const Json available = h.post("/available", {{"selection", {{"project", "p"}}}});
  CHECK(available["of"] == 3);
  CHECK(available["actions"][0]["id"] == "shelve");
  CHECK(available["actions"][0]["count"] == 1);
  CHECK(available["actions"][0]["reasons"] == Json{"2 are archived"});
  CHECK(h.post("/available", {{"selection", {{"all", true}}}, {"actions", {"unshelve"}}})["actions"]
            .size() == 1);

  const Json back = h.post("/runs/" + id + "/undo", Json::object());
  CHECK(back["succeeded_count"] == 2);
  CHECK(h.archived() == 0);
  CHECK(h.refused("/runs/" + id + "/undo", Json::object()).code() == ErrorCode::conflict);
  CHECK(h.get("/runs/" + id).contains("undone"));
  CHECK(error_of([&] { h.get("/runs/nothing"); }).code() == ErrorCode::not_found);

  const Json runs = h.get("/runs")["runs"];
  REQUIRE(runs.size() == 2);
  CHECK(runs[0]["run"] == back["run"]);
  CHECK(runs[0]["action"] == "unshelve");
  CHECK(runs[1]["undoable"] == false);
  CHECK(h.get("/runs?action=shelve")["runs"].size() == 1);
  CHECK(h.get("/runs?state=running")["runs"].empty());
  CHECK(error_of([&] { h.get("/runs?state=walking"); }).field() == "state");
  const Json first = h.get("/runs?limit=1");
  CHECK(first["runs"].size() == 1);
  CHECK(h.get("/runs?cursor=" + first["cursor"].get<std::string>())["runs"][0]["run"] == id);
}

TEST_CASE("dry runs and idempotency keys through the API") {
  ActionApi h;
  const auto ids = h.make(2);
  const Json dry = h.run("shelve", {{"all", true}}, {{"dry_run", true}});
  CHECK(dry["run"] == nullptr);
  CHECK(dry["dry_run"] == true);
  CHECK(dry["succeeded_count"] == 2);
  CHECK(h.archived() == 0);
  const Json run = h.run("shelve", {{"ids", ids}}, {{"idempotency_key", "k"}});
  h.api.headers["Idempotency-Key"] = "k";
  CHECK(h.run("shelve", {{"ids", ids}}) == run);
  CHECK(
      h.refused("/run",
                {{"action", "shelve"}, {"selection", {{"ids", ids}}}, {"idempotency_key", "other"}})
          .field() == "idempotency_key");
  CHECK(h.refused("/run", {{"action", "unshelve"}, {"selection", {{"ids", ids}}}}).code() ==
        ErrorCode::conflict);
  h.api.headers.clear();
  CHECK(h.refused("/run", {{"action", "shelve"}, {"selection", {{"all", true}}}, {"wait", -1}})
            .field() == "wait");
  CHECK(
      h.refused("/run", {{"action", "shelve"}, {"selection", {{"all", true}}}, {"parameters", {1}}})
          .field() == "parameters");
}

TEST_CASE("all failures of a large run are listed, page by page") {
  ActionApi h;
  const auto ids = h.make(1250);
  h.apply("bend", spec("Bend"),
          [&](Transaction&, const ActionTarget& target, const ActionCall&) -> ActionOutcome {
            if (target.ordinal % 2 == 0) throw Error(ErrorCode::conflict, "no").with("{\"a\":1}");
            return {};
          });
  const Json run = h.run("bend", {{"all", true}}, {{"wait", 60'000}});
  CHECK(run["state"] == "done");
  CHECK(run.contains("job"));
  CHECK(run["failed_count"] == 625);
  CHECK(run["failed"].size() + run["succeeded"].size() == 1000);
  const std::string path = "/runs/" + run["run"].get<std::string>() + "/failed";
  std::vector<std::string> failed;
  for (std::string cursor;;) {
    const Json page = h.get(path + "?limit=100" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& item : page["failed"]) {
      CHECK(item["detail"]["a"] == 1);
      failed.push_back(item["id"]);
    }
    if (page["cursor"].is_null()) break;
    CHECK(page["failed"].size() == 100);
    cursor = page["cursor"];
  }
  std::vector<std::string> expected;
  for (const auto& id : ids)
    if (h.store->find(h.store->collection("tasks"), id) % 2 == 0) expected.push_back(id);
  CHECK(failed == expected);
  for (const char* cursor : {"x", "1", "1-", "-1-2", "1-2x"})
    CHECK(error_of([&] { h.get(path + "?cursor=" + cursor); }).code() == ErrorCode::invalid);
  h.services->stop();
}
