// Typed notes on tasks.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

std::vector<std::string> texts(const Json& page) {
  std::vector<std::string> out;
  for (const auto& note : page["notes"]) out.push_back(note["text"]);
  return out;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a note is written, changed and erased, and the task's history tells it") {
  Host h;
  Api api(h);
  const std::string task = h.task(h.project("p"));
  const std::string path = "/api/v1/tasks/" + task;
  const std::string before = api("GET", path).etag;
  const auto made =
      api("POST", path + "/notes", {{"text", "lr is too high"}, {"kind", "hypothesis"}});
  CHECK(made.json["task"] == task);
  CHECK(made.json["kind"] == "hypothesis");
  CHECK(made.json["who"] == "local");
  CHECK(made.json["who_kind"] == "person");
  const std::string note = "/api/v1/notes/" + made.json["id"].get<std::string>();
  const auto edited = api("PATCH", note, {{"text", "lr was too high"}}, made.etag);
  CHECK(edited.json["text"] == "lr was too high");
  CHECK(edited.json["kind"] == "hypothesis");
  CHECK(edited.json["updated"].get<std::int64_t>() > made.json["updated"].get<std::int64_t>());
  CHECK(edited.etag != made.etag);
  CHECK(api("PATCH", note, {{"text", "lr was too high"}}).etag == edited.etag);
  CHECK(error_of([&] {
          api("PATCH", note, {{"text", "x"}}, made.etag);
        }).code() == ErrorCode::conflict);
  CHECK(api("GET", note).json == edited.json);
  const auto history = api("GET", note + "/history").json["history"];
  REQUIRE(history.size() == 2);
  CHECK(history[0]["change"] == "add");
  CHECK(history[1]["old"] == Json({{"text", "lr is too high"}}));
  CHECK(history[1]["new"] == Json({{"text", "lr was too high"}}));
  CHECK(history[1]["entity"] == "note");
  CHECK(history[1]["subject"] == made.json["id"]);

  // It is about the task, not of it.
  CHECK(api("GET", path).etag == before);

  CHECK(error_of([&] { api("DELETE", note, nullptr, made.etag); }).code() == ErrorCode::conflict);
  CHECK(api("DELETE", note, nullptr, edited.etag).json["deleted"] == true);
  CHECK(error_of([&] { api("GET", note); }).code() == ErrorCode::not_found);
  CHECK(error_of([&] { api("DELETE", note); }).code() == ErrorCode::not_found);
  const auto all = api("GET", path + "/history").json["history"];
  REQUIRE(all.size() == 4);
  CHECK(all[3]["change"] == "delete");
  CHECK(all[3]["old"]["text"] == "lr was too high");
}

TEST_CASE("kinds of notes are known ones or have an owner; a text is there") {
  Host h;
  Api api(h);
  const std::string path = "/api/v1/tasks/" + h.task(h.project("p")) + "/notes";
  for (const auto kind : note_kinds)
    CHECK(api("POST", path, {{"text", "t"}, {"kind", std::string(kind)}}).json["kind"] == kind);
  CHECK(api("POST", path, {{"text", "t"}}).json["kind"] == "note");
  CHECK(api("POST", path, {{"text", "t"}, {"kind", "acme/review"}}).json["kind"] == "acme/review");
  for (const char* kind : {"hypotesis", "", "Note", "acme/", "/x", "a/b/c", "Acme/x"}) {
    const Error e = error_of([&] { api("POST", path, {{"text", "t"}, {"kind", kind}}); });
    CHECK(e.code() == ErrorCode::invalid);
    CHECK(e.field() == "kind");
  }
  CHECK(error_of([&] { api("POST", path, {{"text", ""}}); }).field() == "text");
  CHECK(error_of([&] { api("POST", path, Json::object()); }).field() == "text");
  CHECK(error_of([&] { api("POST", path, {{"text", "t"}, {"colour", 1}}); }).field() == "colour");
  CHECK(error_of([&] {
          api("POST", "/api/v1/tasks/none/notes", {{"text", "t"}});
        }).code() == ErrorCode::not_found);
  CHECK(api("GET", path + "?kind=verdict").json["notes"].size() == 1);
  CHECK(error_of([&] { api("GET", path + "?kind=verdicts"); }).field() == "kind");
}

TEST_CASE("notes are written in every state of their task and go with it") {
  Host h;
  Api api(h);
  const std::string task = h.task_in(h.project("p"), TaskState::published);
  api("POST", "/api/v1/tasks/" + task + "/archive");
  api("POST", "/api/v1/tasks/" + task + "/notes", {{"text", "good"}, {"kind", "verdict"}});
  CHECK(h.count("notes") == 1);
  const Ordinal o = h.store->find(h.store->collection("tasks"), task);
  h.store->write([&](Transaction& t) { t.erase(h.store->collection("tasks"), {&o, 1}); });
  CHECK(h.count("notes") == 0);
}

TEST_CASE("notes of a project are searched by kind, author, text, date and scope") {
  Host h;
  Api api(h);
  const Ordinal vision = h.project("vision"), deep = h.project("vision/deep"),
                other = h.project("visions");
  const std::string a = h.task(vision), b = h.task(deep), c = h.task(other);
  const auto note = [&](const std::string& task, const char* text, const char* kind) {
    return api("POST", "/api/v1/tasks/" + task + "/notes", {{"text", text}, {"kind", kind}}).json;
  };
  note(a, "Größere Schritte helfen", "hypothesis");
  const auto second = note(a, "they do", "verdict");
  note(b, "GRÖSSERE Netze", "hypothesis");
  h.me.id = "loop";
  h.with(c, [&](Transaction& t, const Tasks::Head& head) {
    h.services->notes().add(t, h.me, head, {"elsewhere", "note"});
  });
  const auto ask = [&](const Json& body) {
    return texts(api("POST", "/api/v1/notes/query", body).json);
  };
  CHECK(ask(Json::object()).size() == 4);
  CHECK(ask(Json::object())[0] == "elsewhere");
  CHECK(ask({{"project", "vision"}}) == Texts{"they do", "Größere Schritte helfen"});
  CHECK(ask({{"project", "vision"}, {"scope", "subprojects"}, {"order", "oldest"}}) ==
        Texts{"Größere Schritte helfen", "they do", "GRÖSSERE Netze"});
  CHECK(ask({{"text", "größere"}}) == Texts{"GRÖSSERE Netze", "Größere Schritte helfen"});
  CHECK(ask({{"text", "schritte"}, {"project", "vision"}, {"kinds", {"hypothesis", "verdict"}}}) ==
        Texts{"Größere Schritte helfen"});
  CHECK(ask({{"kinds", {"verdict"}}}) == Texts{"they do"});
  CHECK(ask({{"who", "loop"}}) == Texts{"elsewhere"});
  CHECK(ask({{"tasks", {b, c}}}) == Texts{"elsewhere", "GRÖSSERE Netze"});
  const auto at = second["created"].get<std::int64_t>();
  CHECK(ask({{"from", at}, {"to", at}}) == Texts{"they do"});
  // A task that moves takes its notes along.
  const Ordinal o = h.store->find(h.store->collection("tasks"), b);
  h.store->write([&](Transaction& t) {
    t.update(h.store->collection("tasks"), {&o, 1}, {}, Patch().set("project", other));
  });
  CHECK(ask({{"project", "vision"}, {"scope", "subprojects"}}).size() == 2);

  Json question = {{"limit", 1}};
  Texts paged;
  for (int i = 0; i < 4; ++i) {
    const auto page = api("POST", "/api/v1/notes/query", question).json;
    for (const auto& text : texts(page)) paged.push_back(text);
    question["cursor"] = page["cursor"];
  }
  CHECK(question["cursor"] == nullptr);
  CHECK(paged == ask(Json::object()));

  CHECK(error_of([&] { ask({{"project", "none"}}); }).field() == "project");
  CHECK(error_of([&] { ask({{"scope", "subprojects"}}); }).field() == "scope");
  CHECK(error_of([&] { ask({{"project", "vision"}, {"scope", "all"}}); }).field() == "scope");
  CHECK(error_of([&] { ask({{"tasks", {"none"}}}); }).field() == "tasks[0]");
  CHECK(error_of([&] { ask({{"cursor", "x"}}); }).field() == "cursor");
  CHECK(error_of([&] { ask({{"order", "up"}}); }).field() == "order");
}
