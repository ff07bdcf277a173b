// Substitution: hostile values stay where they were put.
#include "render.hpp"

#include <cstdlib>
#include <fstream>

#include "fixture.hpp"
#include "signature.hpp"

using namespace podium;
using namespace podium::custom;
using namespace podium::test;

namespace {

const char* const hostile[] = {"plain",
                               "../../admin",
                               "..",
                               "a/b?c=d&e=f#g",
                               "\"},{\"admin\":true,\"x\":\"",
                               "line\r\nHost: evil",
                               "{{secret:ci}}",
                               "{{task.id}}",
                               "100% \\ ' \" <script>",
                               "\xc3\xbc\xe2\x82\xac \xf0\x9f\x98\x80",
                               ""};

Rendered rendered(const Json& json, const Facts& facts, bool hide = false,
                  const Json& parameters = Json::object(),
                  const std::vector<std::string>& ids = {"t1"}) {
  static const Secrets all = secrets();
  const std::string who = "ada";
  return render(*test::read(json), all, {&facts, parameters, ids, who, "because"}, hide);
}

std::string header(const Rendered& r, std::string_view name) {
  for (const auto& [key, value] : r.request.headers)
    if (key == name) return value;
  return {};
}

/// Decodes, as a server would.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  return out;
}

}  // namespace

TEST_CASE("in a URL a value is encoded, with and without |url") {
  for (const char* name : hostile)
    for (const char* url :
         {"https://ci.example/{{task.name}}/x", "https://ci.example/{{task.name|url}}/x"}) {
      INFO(name);
      const auto r = rendered(with("/request/url", url), {{"task.name", name}});
      const std::string_view begin = "https://ci.example/", end = "/x";
      REQUIRE(r.request.url.starts_with(begin));
      REQUIRE(r.request.url.ends_with(end));
      const auto inside =
          r.request.url.substr(begin.size(), r.request.url.size() - begin.size() - end.size());
      CHECK(inside.find_first_of("/?#&= \r\n\"{}<>\\'") == inside.npos);
      CHECK(decoded(inside) == name);
    }
}

TEST_CASE("in JSON a value is a value") {
  for (const char* name : hostile) {
    INFO(name);
    const auto r = rendered(with("/request/body", Json{{"name", "{{task.name}}"},
                                                       {"mixed", "<{{task.name}}>"},
                                                       {"list", {"{{task.name}}", 1}}}),
                            {{"task.name", name}});
    const Json body = Json::parse(r.request.body);
    CHECK(body ==
          Json{{"name", name}, {"mixed", "<" + std::string(name) + ">"}, {"list", {name, 1}}});
    CHECK(header(r, "Content-Type") == "application/json");
  }
}

TEST_CASE("JSON that is written as a text is JSON all the same") {
  Json json = with("/request/headers", Json{{"Content-Type", "application/json"}});
  json["request"]["body"] = R"({"name": "{{task.name}}"})";
  for (const char* name : hostile)
    CHECK(Json::parse(rendered(json, {{"task.name", name}}).request.body)["name"] == name);
}

TEST_CASE("in a form a value is encoded") {
  Json json = with("/request/headers", Json{{"Content-Type", "application/x-www-form-urlencoded"}});
  json["request"]["body"] = "name={{task.name}}&x=1";
  for (const char* name : hostile) {
    const auto body = rendered(json, {{"task.name", name}}).request.body;
    CHECK(std::count(body.begin(), body.end(), '&') == 1);
    CHECK(std::count(body.begin(), body.end(), '=') == 2);
  }
}

TEST_CASE("in a header no value breaks the line") {
  const Json json = with("/request/headers", Json{{"X-Name", "task {{task.name}}"}});
  for (const std::string value : {"a\r\nB: c", "a\nb", "a\tb", "a\x7f"}) {
    const Error e = error_of([&] { (void)rendered(json, {{"task.name", value}}); });
    CHECK(e.code() == ErrorCode::invalid);
    CHECK(std::string(e.what()).find("X-Name") != std::string::npos);
  }
  CHECK(header(rendered(json, {{"task.name", "fine: \"yes\""}}), "X-Name") == "task fine: \"yes\"");
  const Json encoded = with("/request/headers", Json{{"X-Name", "{{task.name|url}}"}});
  CHECK(header(rendered(encoded, {{"task.name", "a\r\nb"}}), "X-Name") == "a%0D%0Ab");
}

TEST_CASE("a value keeps its type where it stands alone in JSON") {
  Json json = with("/batch", "each");
  json["parameters"]["properties"]["list"] = {{"type", "array"}};
  json["request"]["body"] = {{"loss", "{{task.metrics.val.loss.min}}"},
                             {"text", "loss {{task.metrics.val.loss.min}}"},
                             {"missing", "{{task.params.lr}}"},
                             {"empty", "lr={{task.params.lr}}"},
                             {"count", "{{count}}"},
                             {"ids", "{{ids}}"},
                             {"list", "{{params.list}}"},
                             {"env", "{{params.env}}"},
                             {"who", "{{who}} {{why}}"},
                             {"archived", "{{task.archived}}"}};
  const auto r = rendered(
      json,
      {{"task.metrics.val.loss.min", 0.25}, {"task.params.lr", nullptr}, {"task.archived", false}},
      false, {{"list", {1, "b"}}, {"env", "prod"}}, {"t1", "t2"});
  CHECK(Json::parse(r.request.body) ==
        Json::parse(R"({"loss": 0.25, "text": "loss 0.25", "missing": null, "empty": "lr=",
          "count": 2, "ids": ["t1", "t2"], "list": [1, "b"], "env": "prod", "who": "ada because",
          "archived": false})"));
}

TEST_CASE("what is missing fails where it is needed") {
  CHECK(error_of([] {
          (void)rendered(with("/request/url", "https://ci.example/{{task.params.lr}}"),
                         {{"task.params.lr", nullptr}});
        }).code() == ErrorCode::invalid);
  CHECK(error_of([] {
          (void)rendered(with("/request/headers", Json{{"X", "{{task.params.lr}}"}}),
                         {{"task.params.lr", nullptr}});
        }).code() == ErrorCode::invalid);
}

TEST_CASE("a secret is read when it is used, and told to nobody else") {
  const Json json = with("/request/headers", Json{{"Authorization", "Bearer {{secret:ci}}"}});
  ::unsetenv("PODIUM_TEST_SECRET");
  const Error e = error_of([&] { (void)rendered(json, {}); });
  CHECK(e.code() == ErrorCode::unavailable);
  CHECK(std::string(e.what()).find("PODIUM_TEST_SECRET") != std::string::npos);
  CHECK(header(rendered(json, {}, true), "Authorization") == "Bearer ***");
  ::setenv("PODIUM_TEST_SECRET", "first", 1);
  const auto r = rendered(json, {});
  CHECK(header(r, "Authorization") == "Bearer first");
  CHECK(r.secrets == std::vector<std::string>{"first"});
  CHECK(redacted("it said first and first", r.secrets) == "it said *** and ***");
  ::setenv("PODIUM_TEST_SECRET", "second", 1);
  CHECK(header(rendered(json, {}), "Authorization") == "Bearer second");
  ::setenv("PODIUM_TEST_SECRET", "two\nlines", 1);
  CHECK(error_of([&] { (void)rendered(json, {}); }).code() == ErrorCode::unavailable);
  ::unsetenv("PODIUM_TEST_SECRET");

  const TemporaryFolder folder;
  const Secrets file(Json{{"ci", {{"file", (folder.path() / "ci").string()}}}});
  CHECK(error_of([&] { (void)file.value("ci"); }).code() == ErrorCode::unavailable);
  std::ofstream(folder.path() / "ci") << "from a file\n";
  CHECK(file.value("ci") == "from a file");
}

TEST_CASE("the signature is HMAC-SHA256 over timestamp, dot and body") {
  // python3: hmac.new(b'key', b'1700000000.{"a":1}', 'sha256').hexdigest()
  CHECK(signature("key", 1'700'000'000, R"({"a":1})") ==
        "v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03");
  CHECK(idempotency_key("run-1", "t1") == idempotency_key("run-1", "t1"));
  CHECK(idempotency_key("run-1", "t1") != idempotency_key("run-1", "t2"));
  CHECK(idempotency_key("run-1", "t1") != idempotency_key("run-2", "t1"));
  CHECK(idempotency_key("run-1", "t1").size() == 32);
}
