#include "podium/front_kit/results.hpp"

#include "podium/error.hpp"
#include "support.hpp"

using namespace podium::front;

namespace {

/// A host that says each question as a filter, and knows two tasks.
HttpAnswer played(const std::string& path, const std::string& body) {
  const Json asked = Json::parse(body);
  if (path == "/api/v1/tasks/filter")
    return {200, "", Json({{"filter", asked.value("filter", "") + " and more"}}).dump()};
  CHECK(path == "/api/v1/tasks/query");
  CHECK(asked.at("columns") == Json({"id"}));
  return {200, "", R"({"rows":[["1"],["2"]]})"};
}

Json tasks(Json question = nullptr) {
  return {{"kind", "table"},
          {"entity", "task"},
          {"columns", Json::parse(R"([{"name":"name"},{"name":"id"}])")},
          {"rows", Json::parse(R"([["a","1"],["b","2"]])")},
          {"question", std::move(question)}};
}

}  // namespace

TEST_CASE("a result is kept as the filter that found it, or by its ids") {
  Results results(played);
  results.bind(
      "best",
      tasks(
          {{"project", "3"}, {"scope", "subprojects"}, {"filter", "a > 1"}, {"archived", "both"}}));
  CHECK(results.spoken_of("show best") ==
        Json({{"best", {{"where", "a > 1 and more"}, {"in", "3/"}, {"all", true}}}}));
  results.bind("top", tasks({{"filter", "a > 1"}, {"limit", 2}}));
  CHECK(results.all().at("top") == Json({{"ids", {"1", "2"}}}));
  results.bind("shown", tasks());
  CHECK(results.all().at("shown") == Json({{"ids", {"1", "2"}}}));
  results.bind("one", {{"kind", "details"}, {"entity", "task"}, {"fields", {{"id", "7"}}}});
  CHECK(results.all().at("one") == Json({{"ids", {"7"}}}));
  CHECK_THROWS_AS(results.bind("x", {{"kind", "table"}, {"entity", "project"}}), podium::Error);
  CHECK_THROWS_AS(results.bind("x", {{"kind", "text"}, {"text", ""}}), podium::Error);
}

TEST_CASE("what is selected of a result") {
  Results results(played);
  results.bind("best", tasks());
  CHECK_THROWS_AS(results.spoken_of("show best.selected"), podium::Error);
  results.select("best", {{"ids", {"2"}}});
  CHECK(results.spoken_of("show best.selected").at("best.selected") == Json({{"ids", {"2"}}}));
  results.select("best", nullptr);
  CHECK_THROWS_AS(results.spoken_of("show best.selected"), podium::Error);
  CHECK(results.spoken_of("projects").empty());
}
