// Listings: windows of an order that stays put, and what becomes of it.
#include <algorithm>

#include "fixture.hpp"
#include "services/access/access.hpp"
#include "services/ids.hpp"
#include "services/listings/listings.hpp"

using namespace podium;
using namespace podium::test;

namespace {

Json window(Api& api, Json question) {
  question["columns"] = {"name", "state"};
  question["order"] = {"name"};
  if (!question.contains("offset")) question["offset"] = 0;
  return api("POST", "/api/v1/tasks/query", question).json;
}

std::string names(const Json& answer) {
  std::string out;
  for (const auto& row : answer["rows"]) out += row.is_null() ? "-" : row[0].get<std::string>();
  return out;
}

std::string add(Api& api, const char* name) {
  return api("POST", "/api/v1/tasks", {{"project", "0"}, {"name", name}}).json["id"];
}

}  // namespace

TEST_CASE("a listing keeps members and order, and shows what the cells hold now") {
  Host h;
  Api api(h);
  const std::string a = add(api, "a"), b = add(api, "b"), d = add(api, "d");
  const auto first = window(api, {{"limit", 2}});
  CHECK(names(first) == "ab");
  CHECK(first["total"] == 3);
  CHECK(first["moved"] == false);
  CHECK(first["cursor"].is_null());

  add(api, "c");
  api("PATCH", "/api/v1/tasks/" + b, {{"name", "z"}});
  api("POST", "/api/v1/tasks/" + a + "/archive");
  const Json id = first["listing"];
  const auto again = window(api, {{"listing", id}});
  CHECK(names(again) == "azd");
  CHECK(again["listing"] == id);
  CHECK(again["moved"] == false);
  CHECK(names(window(api, {{"listing", id}, {"offset", 2}})) == "d");
  CHECK(names(window(api, {{"listing", id}, {"offset", 7}})).empty());

  // What is gone leaves its place empty.
  const auto tasks = h.store->collection("tasks");
  const Ordinal o = h.store->find(tasks, b);
  h.store->transact([&](Transaction& t) { t.erase(tasks, std::span(&o, 1)); });
  CHECK(names(window(api, {{"listing", id}})) == "a-d");
  const Ordinal last = h.store->find(tasks, d);
  h.store->transact([&](Transaction& t) { t.erase(tasks, std::span(&last, 1)); });
  CHECK(names(window(api, {{"listing", id}})) == "a--");

  // Who asks anew sees what is there now.
  const auto fresh = window(api, Json::object());
  CHECK(names(fresh) == "c");
  CHECK(fresh["moved"] == false);
  CHECK(fresh["listing"] != id);
}

TEST_CASE("a listing that is no longer is built again and says so") {
  Host h;
  std::string id;
  {
    Api api(h);
    add(api, "a");
    id = window(api, Json::object())["listing"];
    // Another question does not get it.
    const auto other = window(api, {{"listing", id}, {"filter", "name = 'a'"}});
    CHECK(other["moved"] == true);
    CHECK(other["listing"] != id);
    CHECK(window(api, {{"listing", "nobody's"}})["moved"] == true);
    CHECK(error_of([&] { window(api, {{"listing", id}, {"cursor", "x"}}); }).field() == "cursor");
  }
  h.restart();
  Api api(h);
  const auto answer = window(api, {{"listing", id}});
  CHECK(answer["moved"] == true);
  CHECK(names(answer) == "a");
}

TEST_CASE("a listing is shared while nothing changed, also where time is part of the question") {
  Host h;
  Api api(h);
  add(api, "a");
  const Json first = window(api, Json::object())["listing"];
  CHECK(window(api, Json::object())["listing"] == first);
  // The id stands for the question as it was asked: '-7d' moves, the listing does not.
  const Json recent = {{"filter", "created > '-7d'"}};
  Json again = recent;
  again["listing"] = window(api, recent)["listing"];
  const auto answer = window(api, again);
  CHECK(answer["moved"] == false);
  CHECK(names(answer) == "a");
  add(api, "b");
  CHECK(window(api, Json::object())["listing"] != first);
}

TEST_CASE("a listing made of what refers to tasks is old when that changes") {
  Host h;
  Api api(h);
  add(api, "a");
  const Json q = {{"filter", "notes.kind is null or not any notes (kind = 'x')"}};
  const Json id = window(api, q)["listing"];
  CHECK(window(api, q)["listing"] == id);
  const auto notes = h.store->collection("notes");
  const Ordinal task = h.store->ids(h.store->collection("tasks"), {}, {}, {}).front();
  h.store->transact([&](Transaction& t) {
    NewRecord r;
    r.id = "n";
    r.content.set("task", task).set("kind", "x");
    t.insert(notes, r);
  });
  CHECK(window(api, q)["listing"] != id);
}

TEST_CASE("listings: those not asked for longest go first, the newest stays") {
  Host h;
  host::IdMaker ids([] { return std::int64_t{1}; });
  host::OpenAccess access(*h.store);
  const host::Core core{*h.store,    h.blobs,
                        *h.language, access,
                        {},          [] { return std::int64_t{1}; },
                        "here",      "here",
                        ids,         host::Collections(*h.store)};
  host::Listings listings(core, 2500);
  int builds = 0;
  const auto find = [&](const std::string& id, const std::string& question, std::size_t rows) {
    return listings.find(id, {question, question, {h.store->collection("tasks")}},
                         [&](const Reader&) {
                           ++builds;
                           return std::vector<Ordinal>(rows, 7);
                         });
  };
  const auto one = find("", "one", 100), two = find("", "two", 100);
  CHECK(listings.bytes() > 1600);
  CHECK(!find(one.listing->id, "one", 100).moved);
  CHECK(builds == 2);
  find("", "three", 100);  // two is the one that nobody asked for longest
  CHECK(listings.bytes() <= 2500);
  CHECK(!find(one.listing->id, "one", 100).moved);
  CHECK(find(two.listing->id, "two", 100).moved);
  CHECK(builds == 4);
  // One that is too large for all is kept alone, and whoever holds another still has it.
  const auto large = find("", "large", 10'000);
  CHECK(!find(large.listing->id, "large", 10'000).moved);
  CHECK(find(one.listing->id, "one", 100).moved);
  CHECK(one.listing->window(98, 10).size() == 2);
  CHECK(one.listing->window(1'000, 10).empty());
  CHECK(error_of([&] {
          listings.find("", {"bad", "bad", {}}, [](const Reader&) -> std::vector<Ordinal> {
            throw Error(ErrorCode::too_expensive, "no");
          });
        }).code() == ErrorCode::too_expensive);
}
