#include "podium/front_kit/events.hpp"

#include "support.hpp"

using namespace podium::front;
using namespace std::chrono_literals;

TEST_CASE("a stream is read in whatever pieces it comes") {
  const std::string stream =
      "id: 5\ndata: {\"revision\":5,\"events\":[]}\n\n: a remark\n\n"
      "data: {\"revision\":6,\"events\":[{\"topic\":\"tasks\"}]}\n\n"
      "data: {\"revision\":7,\"events\":[]}\n\ndata: no JSON\n\n"
      "data: {\"revision\":8,\ndata: \"events\":[{\"topic\":\"tasks\"}]}\n\n";
  for (std::size_t size = 1; size < stream.size(); size += 7) {
    EventReader reader;
    CHECK(reader.begin("topic=tasks", 250ms) == "/api/v1/events?topic=tasks&every=250");
    std::vector<int> revisions;
    for (std::size_t at = 0; at < stream.size(); at += size)
      reader.take(std::string_view(stream).substr(at, size),
                  [&](const Json& message) { revisions.push_back(message.at("revision")); });
    // The first one too: what happened before it was heard by nobody.
    CHECK(revisions == std::vector<int>{5, 6, 8});
    reader.take("data: {\"revision\":9", [](const Json&) { FAIL("it is not whole"); });
    CHECK(reader.begin("topic=tasks", 1s) == "/api/v1/events?topic=tasks&since=8&every=1000");
    reader.take("data: {\"revision\":9,\"events\":[]}\n\n",
                [](const Json&) { FAIL("there is nothing new in it"); });
    CHECK(reader.begin("t", 1s).find("since=9") != std::string::npos);
  }
}

TEST_CASE("topics stand in an address") {
  CHECK(topics_of({"tasks", "task/a b"}) == "topic=tasks&topic=task/a%20b");
  CHECK(topics_of({}).empty());
  CHECK(topics_of(std::vector<std::string>(65, "tasks")).empty());
}

TEST_CASE("what an answer follows") {
  const Json table = {{"kind", "table"}, {"verb", "tasks"}};
  CHECK(topics_of_answer(table) == "topic=tasks");
  Json of_project = table;
  of_project["question"] = {{"project", "4"}, {"scope", "project"}};
  CHECK(topics_of_answer(of_project) == "topic=project/4/tasks");
  CHECK(topics_of_answer({{"kind", "table"}, {"verb", "board"}}) ==
        "topic=collection/leaderboard/boards&topic=tasks");
  const Json details = {{"kind", "details"}, {"entity", "task"}, {"fields", {{"id", "a"}}}};
  CHECK(topics_of_answer(details) == "topic=task/a");
  Json chart = {{"kind", "chart"}, {"series", {{{"task", "b"}}, {{"task", "a"}}, {{"task", "b"}}}}};
  CHECK(topics_of_answer(chart) == "topic=task/a&topic=task/b");
  for (int i = 0; i < 100; ++i) chart["series"].push_back({{"task", std::to_string(i)}});
  CHECK(topics_of_answer(chart) == "topic=tasks");
  // What is dear to ask for again is asked seldom.
  CHECK(pace_of_answer({{"kind", "figure"}}) > pace_of_answer(table));
}
