// What only shows or links.
#include "world.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

struct Fixture : World {
  Ordinal p = project("p"), q = project("q");

  std::string opens(const std::string& action, const std::vector<std::string>& ids,
                    const Json& parameters = nullptr) {
    const auto runs = count("action_runs");
    const Json run = this->run(action, {{"ids", ids}}, parameters);
    CHECK(count("action_runs") == runs);  // nothing is kept of it
    return run.at("open_url");
  }
};

}  // namespace

TEST_CASE("details beside the list and on a page of their own") {
  Fixture h;
  const std::string id = h.task_in(h.p, completed), away = h.task_as(h.p, completed, true);
  const std::string at = "/p/" + h.project_id(h.p);
  CHECK(h.opens("details", {id}) == at + "/tasks?sel=" + id + "&tab=info");
  CHECK(h.opens("details", {away}) == at + "/tasks?archived=yes&sel=" + away + "&tab=info");
  CHECK(h.opens("full-screen", {id}) == at + "/t/" + id);
  CHECK(error_of([&] { h.opens("details", {id, away}); }).code() == ErrorCode::invalid);
}

TEST_CASE("a link to one task is its page, to several the table in which they are selected") {
  Fixture h;
  const std::string a = h.task_in(h.p, completed), b = h.task_in(h.p, draft),
                    c = h.task_as(h.q, draft, true);
  CHECK(h.opens("share", {a}) == "/p/" + h.project_id(h.p) + "/t/" + a);
  CHECK(h.opens("share", {a, b}) == "/p/" + h.project_id(h.p) + "/tasks?sel=" + a + "," + b);
  const std::string mixed = h.opens("share", {a, c});
  CHECK(mixed == "/tasks?archived=both&sel=" + a + "," + c);
  // The host reads the address as it was meant.
  const Json read = h.call("POST", "/api/v1/views/decode", {{"address", mixed}});
  INFO(read.dump());
  CHECK(read.at("selection") == Json({a, c}));
}

TEST_CASE("the queue of a pending task") {
  Fixture h;
  const std::string gpu = h.queue("gpu"), id = h.task_in(h.p, draft);
  h.ok("enqueue", id, {{"queue", "gpu"}});
  CHECK(h.opens("manage-queue", {id}) == "/queues/" + gpu);
}

TEST_CASE("an export is a link that answers the tasks and no others") {
  Fixture h;
  const std::string a = h.task_in(h.p, completed), b = h.task_as(h.q, draft, true);
  h.task_in(h.p, completed);
  Api api(h);
  const auto csv = api("GET", h.opens("download", {a, b}, {{"cols", "name,state"}}));
  CHECK(csv.status == 200);
  CHECK(csv.text.starts_with("name,state\r\n"));
  CHECK(std::count(csv.text.begin(), csv.text.end(), '\n') == 3);
  const auto lines = api("GET", h.opens("download", {b}, {{"format", "jsonl"}, {"cols", "id"}}));
  CHECK(Json::parse(lines.text) == Json{{"id", b}});
}
