// Boards as people make and change them, and what they show.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

const Json by_g = {{"primary", {{"metric", "acc"}}}, {"group_by", {{"params", {"g"}}}}};

BoardsHost::Task in(const std::string& g, double acc) {
  return {.metrics = {{"acc", acc}}, .params = {{"g", g}}};
}

ErrorCode refused(BoardsHost& host, const std::string& method, const std::string& target,
                  const Json& body, const std::map<std::string, std::string>& headers = {}) {
  try {
    host.call(method, "/api/v1/boards" + target, body, headers);
  } catch (const Error& e) {
    return e.code();
  }
  return ErrorCode::internal;
}

/// Without what its listener tells of it, when it comes to that.
Json settled(Json board) {
  board.erase("changed");
  board.erase("events");
  return board;
}

}  // namespace

TEST_CASE("a board is made, found, changed and erased") {
  BoardsHost host;
  const auto made =
      host.call("POST", "/api/v1/boards", {{"name", "b"}, {"project", "p"}, {"definition", by_g}});
  const std::string id = made.json["id"];
  CHECK(settled(host.get("/" + id)) == settled(made.json));
  CHECK(settled(host.get("/links/" + made.json["link"].get<std::string>())) == settled(made.json));
  REQUIRE(host.get("?project=p")["boards"].size() == 1);
  CHECK(settled(host.get("?project=p")["boards"][0]) == settled(made.json));
  CHECK(refused(host, "POST", "", {{"name", "b"}, {"project", "p"}, {"definition", by_g}}) ==
        ErrorCode::exists);
  CHECK(refused(host, "POST", "", {{"name", "c"}, {"project", "q"}, {"definition", by_g}}) ==
        ErrorCode::not_found);
  CHECK(refused(host, "POST", "", {{"name", "c"}, {"project", "p"}}) == ErrorCode::invalid);

  Json other = by_g;
  other["primary"]["direction"] = "min";
  const auto edited = host.call("PATCH", "/api/v1/boards/" + id,
                                {{"name", "c"}, {"definition", other}}, {{"If-Match", made.etag}});
  CHECK(edited.json["revision"] == 2);
  CHECK(edited.json["name"] == "c");
  CHECK(edited.etag != made.etag);
  // Who read it before that changes nothing.
  CHECK(refused(host, "PATCH", "/" + id, {{"name", "d"}}, {{"If-Match", made.etag}}) ==
        ErrorCode::conflict);
  CHECK(refused(host, "DELETE", "/" + id, nullptr, {{"If-Match", made.etag}}) ==
        ErrorCode::conflict);
  host.call("DELETE", "/api/v1/boards/" + id, nullptr, {{"If-Match", edited.etag}});
  CHECK(refused(host, "GET", "/" + id, nullptr) == ErrorCode::not_found);
}

TEST_CASE("what cannot be read is refused when the board is written, by name") {
  BoardsHost host;
  Json wrong = by_g;
  wrong["filter"] = "metrics.acc >";
  try {
    host.board(wrong);
    FAIL("it was taken");
  } catch (const Error& e) {
    CHECK(e.field() == "definition.filter");
    CHECK(e.position() >= 0);
  }
  wrong = by_g;
  wrong["datasets"] = {{{"name", "digits"}}};
  try {
    host.board(wrong);
    FAIL("it was taken");
  } catch (const Error& e) {
    CHECK(e.field() == "definition.datasets[0].name");
  }
}

TEST_CASE("a template is copied, and boards say what differs from it") {
  BoardsHost host;
  CHECK(refused(host, "GET", "/templates/p", nullptr) == ErrorCode::not_found);
  const auto first = host.call("PUT", "/api/v1/boards/templates/p", {{"definition", by_g}});
  const auto board =
      host.call("POST", "/api/v1/boards", {{"name", "b"}, {"project", "p"}, {"template", true}})
          .json;
  CHECK(board["template_revision"] == 1);
  const std::string id = board["id"];
  CHECK(host.get("/" + id + "/differences")["differences"].empty());
  Json other = by_g;
  other["least_tasks"] = 3;
  host.call("PUT", "/api/v1/boards/templates/p", {{"definition", other}},
            {{"If-Match", first.etag}});
  CHECK(refused(host, "PUT", "/templates/p", {{"definition", by_g}}, {{"If-Match", first.etag}}) ==
        ErrorCode::conflict);
  CHECK(host.get("/" + id)["definition"]["least_tasks"] == 1);
  CHECK(host.get("/" + id + "/differences")["differences"] ==
        Json::array({{{"member", "least_tasks"}, {"board", 1}, {"template", 3}}}));
}

TEST_CASE("a read has seen all that was committed before, and its tag is the content's") {
  BoardsHost host;
  const auto id = host.board(by_g);
  CHECK(host.short_ranking(id) == Json::array());
  const auto a = host.run(in("0.1", 0.5));
  const auto b = host.run(in("1e-1", 0.7));
  host.run(in("2", 0.65));
  CHECK(host.short_ranking(id) == Json::parse("[[1,0.65],[2,0.6]]"));
  const auto ranked = host.call("GET", "/api/v1/boards/" + id + "/ranking");
  CHECK(host.call("GET", "/api/v1/boards/" + id + "/ranking", nullptr,
                  {{"If-None-Match", ranked.etag}})
            .status == 304);
  host.archive(a);
  CHECK(host.short_ranking(id) == Json::parse("[[1,0.7],[2,0.65]]"));
  CHECK(host.call("GET", "/api/v1/boards/" + id + "/ranking", nullptr,
                  {{"If-None-Match", ranked.etag}})
            .status == 200);
  host.erase(b);
  host.archive(a, false);
  CHECK(host.short_ranking(id) == Json::parse("[[1,0.65],[2,0.5]]"));
}

TEST_CASE("states that are not completed never count") {
  BoardsHost host;
  const auto id = host.board(by_g);
  for (const TaskState s : {TaskState::draft, TaskState::pending, TaskState::running,
                            TaskState::failed, TaskState::aborted})
    host.world.task_in(host.project, s);
  CHECK(host.ranking(id)["total"] == 0);
  host.world.task_in(host.project, TaskState::published);
  CHECK(host.ranking(id)["total"] == 1);
  CHECK(host.ranking(id)["ranked"] == 0);
}

TEST_CASE("data sets that must be covered, by name and by label") {
  BoardsHost host;
  auto on = [&](const std::string& g, double acc, const std::string& digest) {
    auto t = in(g, acc);
    t.datasets = {{"digits", digest}};
    return host.run(t);
  };
  on("a", 0.9, "1");
  on("a", 0.7, "2");
  on("b", 0.95, "2");
  Json listed = by_g;
  listed["datasets"] = {{{"name", "digits"}, {"digest", "1"}}};
  const auto by_name = host.board(listed, "by name");
  CHECK(host.ranking(by_name)["rows"][0]["values"]["acc"] == 0.9);
  CHECK(host.ranking(by_name)["rows"][1]["reasons"] ==
        Json::array({"none of its tasks was run on the data sets that are asked for",
                     "it was not run on digits@1"}));

  Json labelled = by_g;
  labelled["coverage"] = {{{"label", "prod"}, {"last", 2}}};
  const auto by_label = host.board(labelled, "by label");
  CHECK(host.ranking(by_label)["ranked"] == 0);
  host.label("digits", "1", "prod");
  CHECK(host.ranking(by_label)["rows"][0]["reasons"][0] ==
        "only 1 data set has the label prod, 2 are asked for");
  host.label("digits", "2", "prod");
  CHECK(host.ranking(by_label)["ranked"] == 1);
  CHECK(host.ranking(by_label)["rows"][1]["reasons"] ==
        Json::array({"it covers 1 of the last 2 data sets with the label prod"}));
  on("b", 0.95, "1");
  CHECK(host.ranking(by_label)["ranked"] == 2);
  const Json one = host.get("/" + by_label + "/candidates/" +
                            host.ranking(by_label)["rows"][1]["candidate"].get<std::string>());
  CHECK(one["coverage"]["labels"][0]["datasets"].size() == 2);
  CHECK(one["params"]["common"]["g"] == "a");

  // A data set that is erased is missed, not forgotten.
  const auto datasets = host.world.store->collection("datasets");
  const auto gone = host.world.store->ids(datasets, eq(field("digest"), std::string("1")), {}, {});
  host.world.store->write([&](Transaction& t) { t.erase(datasets, gone); });
  CHECK(host.ranking(by_name)["ranked"] == 0);
  CHECK(host.ranking(by_label)["ranked"] == 0);
}

TEST_CASE("of a large board the one before is shown while another definition is worked out") {
  BoardsHost host(3);
  const auto id = host.board(by_g);
  for (int i = 0; i < 6; ++i) host.run(in(std::to_string(i % 2), i / 8.0));
  CHECK(host.ranking(id)["stale"] == false);
  Json other = by_g;
  other["primary"]["direction"] = "min";
  host.call("PATCH", "/api/v1/boards/" + id, {{"definition", other}});
  // The listener may have been quicker; in the end it is the new one, whoever worked it out.
  const Json first = host.ranking(id);
  if (first["stale"] == true) CHECK(first["revision"] == 1);
  for (int i = 0; host.ranking(id)["stale"] == true; ++i) {
    REQUIRE(i < 100'000);
    std::this_thread::yield();
  }
  CHECK(host.ranking(id)["rows"][0]["values"]["acc"] == 0.25);
}

TEST_CASE("goals: which failed, and the staircase of the best") {
  BoardsHost host;
  host.world.store->write([&](Transaction& t) {
    host.goals().add(t, host.world.me, host.project, {.metric = "acc", .target = 0.6});
  });
  host.run(in("a", 0.5));
  const auto met = host.run(in("a", 0.7));
  host.run(in("a", 0.65));
  const auto nan = host.run(in("a", std::nan("")));
  const Json all = host.get("/goals/p");
  CHECK(all["goals"][0]["met_by"] == 2);
  REQUIRE(all["goals"][0]["best"].size() == 2);
  CHECK(all["goals"][0]["best"][1]["task"] == met);
  CHECK(host.get("/goals/p?task=" + met)["goals_met"] == true);
  const Json failed = host.get("/goals/p?task=" + nan);
  CHECK(failed["goals_met"] == false);
  CHECK(failed["goals"][0]["reason"] == "acc is NaN");
}

TEST_CASE("a board as CSV: quoted, and nothing that a spreadsheet would calculate") {
  BoardsHost host;
  const auto id =
      host.board({{"primary", {{"metric", "acc"}}}, {"group_by", {{"tags", {"team"}}}}});
  host.run({.metrics = {{"acc", 0.5}}, .tags = {{"team", "=1+1"}}});
  host.run({.metrics = {{"acc", 0.25}}, .tags = {{"team", "a,\"b\""}}});
  const std::string csv = host.call("GET", "/api/v1/boards/" + id + "/export").text;
  CHECK(csv.starts_with("rank,candidate,tags.team,tasks,acc,acc spread,qualified,reasons\r\n"));
  CHECK(csv.find("\"'=1+1\",1,0.5,,true,\r\n") != csv.npos);
  CHECK(csv.find("\"a,\"\"b\"\"\",1,0.25,,true,\r\n") != csv.npos);
}
