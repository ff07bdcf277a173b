// A caller who sees some tasks only sees nothing of the others.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

TEST_CASE("a board for somebody with a limited view is worked out from what he sees") {
  BoardsHost host;
  const auto shown = host.run({.metrics = {{"acc", 0.5}},
                               .params = {{"g", "a"}},
                               .tags = {{"open", "1"}},
                               .name = "shown"});
  host.run({.metrics = {{"acc", 0.8125}}, .params = {{"g", "a"}}, .name = "hidden-one"});
  const auto gone =
      host.run({.metrics = {{"acc", 0.6875}}, .params = {{"g", "secret"}}, .name = "hidden-two"});
  const auto id = host.board({{"primary", {{"metric", "acc"}}}, {"group_by", {{"params", {"g"}}}}});
  host.settle();
  const auto then = host.now();
  host.pass(10);
  host.archive(gone);
  host.settle();
  host.limits().tasks = is_null(entry("tags", "open"), true);
  const std::string all = host.call("GET", "/api/v1/boards/" + id + "/ranking").text;
  CHECK(all.find("0.65625") != all.npos);

  host.caller.id = "eve";
  CHECK(host.short_ranking(id) == Json::parse("[[1,0.5]]"));
  const std::string candidate = host.ranking(id)["rows"][0]["candidate"];
  for (const std::string path :
       {"/ranking", "/history", "/ranks", "/trust", "/export", "/export?format=json"}) {
    const std::string text = host.call("GET", "/api/v1/boards/" + id + path).text;
    CAPTURE(path, text);
    for (const char* secret : {"hidden", "secret", "8125", "6875"})
      CHECK(text.find(secret) == text.npos);
  }
  for (const std::string& path : std::vector<std::string>{
           "/ranking?at=", "/changes?since=", "/export?at=", "/candidates/" + candidate + "?at="}) {
    const std::string text =
        host.call("GET", "/api/v1/boards/" + id + path + std::to_string(then)).text;
    CAPTURE(path, text);
    for (const char* secret : {"hidden", "secret", "8125", "6875"})
      CHECK(text.find(secret) == text.npos);
  }
  const Json one = host.get("/" + id + "/candidates/" + candidate);
  REQUIRE(one["tasks"].size() == 1);
  CHECK(one["tasks"][0]["task"] == shown);
}
