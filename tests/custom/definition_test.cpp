// Definitions: what is understood, and where a bad one is wrong.
#include "fixture.hpp"

using namespace podium;
using namespace podium::custom;
using namespace podium::test;

TEST_CASE("a whole definition is understood") {
  const auto read = test::read(Json::parse(R"({
    "id": "deploy", "label": "Deploy", "tooltip": "To production", "icon": "rocket", "group": "Ops",
    "order": 3, "when": "state = 'completed'", "why_not": "Only completed ones",
    "permission": "deploy", "batch": "each", "max_parallel": 8,
    "parameters": {"type": "object", "required": ["env"],
                   "properties": {"env": {"type": "string"}}},
    "confirm": {"text": "Deploy {{count}} tasks?", "type_to_confirm": true},
    "request": {"method": "PUT", "url": "https://ci.example/{{task.id|url}}?e={{params.env}}",
                "headers": {"Authorization": "Bearer {{secret:ci}}"},
                "body": {"loss": "{{task.metrics.val.loss.min}}"},
                "timeout_ms": 1000, "retries": 2, "sign": "ci"},
    "response": {"ok": [200, 202], "toast": "$.message", "open_url": "/links/0",
                 "then": {"add_tags": ["deployed"]}}})"));
  CHECK(read->id == "deploy");
  CHECK(read->spec.confirm == "Deploy {count} tasks?");
  CHECK(read->spec.destructive);
  CHECK(read->spec.permission == "deploy");
  CHECK(read->method == "PUT");
  CHECK(read->toast == "/message");
  CHECK(read->open_url == "/links/0");
  CHECK(read->is_ok(202));
  CHECK_FALSE(read->is_ok(201));
  REQUIRE(read->names.size() == 4);
  CHECK(read->names[3].key == "val.loss");
  CHECK(read->names[3].statistic == Statistic::min);
  CHECK(test::read(definition())->is_ok(204));
  CHECK_FALSE(test::read(definition())->is_ok(302));
}

TEST_CASE("a bad definition is refused with the path of what is wrong") {
  struct Case {
    const char* pointer;
    Json value;
    const char* path;
  };
  const Case cases[] = {
      {"/id", nullptr, "id"},
      {"/id", "Deploy", "id"},
      {"/id", "de ploy", "id"},
      {"/id", "try", "id"},
      {"/id", 7, "id"},
      {"/label", "", "label"},
      {"/labl", "x", "labl"},
      {"/order", "first", "order"},
      {"/when", "state = ", "when"},
      {"/when", "stat = 'x'", "when"},
      {"/permission", "", "permission"},
      {"/batch", "all", "batch"},
      {"/max_parallel", 0, "max_parallel"},
      {"/max_parallel", 33, "max_parallel"},
      {"/parameters", Json::array(), "parameters"},
      {"/parameters/type", "string", "parameters"},
      {"/parameters/properties/Env", Json::object(), "parameters.properties.Env"},
      {"/parameters/properties/env", "text", "parameters.properties.env"},
      {"/confirm", "Sure?", "confirm"},
      {"/confirm", Json{{"text", "To {{params.env}}?"}}, "confirm.text"},
      {"/confirm", Json{{"text", "Sure?"}, {"word", 1}}, "confirm.word"},
      {"/request", nullptr, "request"},
      {"/request/method", "TRACE", "request.method"},
      {"/request/url", nullptr, "request.url"},
      {"/request/url", "https://{{task.name}}/x", "request.url"},
      {"/request/url", "https://ci.example{{task.name}}", "request.url"},
      {"/request/url", "{{task.name}}", "request.url"},
      {"/request/url", "https://ci.example/{{secret:ci}}", "request.url"},
      {"/request/url", "https://ci.example/{{task.nam}}", "request.url"},
      {"/request/url", "https://ci.example/{{task.metrics.loss}}", "request.url"},
      {"/request/url", "https://ci.example/{{task.metrics.loss.best}}", "request.url"},
      {"/request/url", "https://ci.example/{{params.other}}", "request.url"},
      {"/request/url", "https://ci.example/{{task.id|html}}", "request.url"},
      {"/request/url", "https://ci.example/{{task.id", "request.url"},
      {"/request/url", "https://ci.example/{{task.params.}}", "request.url"},
      {"/request/headers", "X: y", "request.headers"},
      {"/request/headers", Json{{"X Y", "z"}}, "request.headers.X Y"},
      {"/request/headers", Json{{"Host", "z"}}, "request.headers.Host"},
      {"/request/headers", Json{{"content-length", "1"}}, "request.headers.content-length"},
      {"/request/headers", Json{{"Idempotency-Key", "1"}}, "request.headers.Idempotency-Key"},
      {"/request/headers", Json{{"Podium-Signature", "1"}}, "request.headers.Podium-Signature"},
      {"/request/headers", Json{{"X", "a\r\nB: c"}}, "request.headers.X"},
      {"/request/headers", Json{{"X", "{{secret:other}}"}}, "request.headers.X"},
      {"/request/headers", Json{{"X", "{{ids}}"}}, "request.headers.X"},
      {"/request/headers", Json{{"X", 1}}, "request.headers.X"},
      {"/request/body", Json{{"a", {1, "{{secret:ci}}"}}}, "request.body.a[1]"},
      {"/request/body", Json{{"{{task.id}}", 1}}, "request.body.{{task.id}}"},
      {"/request/body", "token={{secret:ci}}", "request.body"},
      {"/request/timeout_ms", 0, "request.timeout_ms"},
      {"/request/timeout_ms", 60'001, "request.timeout_ms"},
      {"/request/retries", 6, "request.retries"},
      {"/request/sign", "other", "request.sign"},
      {"/request/verify", false, "request.verify"},
      {"/response", 1, "response"},
      {"/response/ok", 200, "response.ok"},
      {"/response/ok", {100}, "response.ok"},
      {"/response/toast", "message", "response.toast"},
      {"/response/open_url", "$url", "response.open_url"},
      {"/response/then", {{"add_tags", Json::array()}}, "response.then.add_tags"},
      {"/response/then", {{"run", "x"}}, "response.then.add_tags"},
  };
  for (const Case& c : cases) {
    INFO(c.pointer << " " << c.value.dump());
    const Error e = error_of([&] { (void)test::read(with(c.pointer, c.value)); });
    CHECK(e.code() == ErrorCode::invalid);
    CHECK(e.field() == c.path);
  }
}

TEST_CASE("what depends on two members is refused too") {
  Json single = with("/batch", "single");
  single["request"]["url"] = "https://ci.example/{{task.id}}";
  CHECK(error_of([&] { (void)test::read(single); }).field() == "request.url");
  single["request"]["url"] = "https://ci.example/?n={{count}}&ids={{ids}}";
  CHECK_FALSE(test::read(single)->each);

  Json bound = with("/request/sign", "bound");
  CHECK(test::read(bound)->sign == "bound");
  for (const char* url : {"https://evil.example/", "https://ci.example.evil.example/",
                          "https://ci.example:8443/", "http://ci.example/"}) {
    INFO(url);
    bound["request"]["url"] = url;
    CHECK(error_of([&] { (void)test::read(bound); }).field() == "request.sign");
  }

  Json typed = with("/request/headers", Json{{"Content-Type", "application/json"}});
  typed["request"]["body"] = "{\"id\": {{task.id}}}";
  CHECK(error_of([&] { (void)test::read(typed); }).field() == "request.body");
  typed["request"]["headers"]["Content-Type"] = "application/xml";
  typed["request"]["body"] = "<id>{{task.id}}</id>";
  CHECK(error_of([&] { (void)test::read(typed); }).field() == "request.body");
  typed["request"]["body"] = "<ping/>";
  CHECK(test::read(typed)->form == BodyForm::text);
}

TEST_CASE("a secret is described by exactly one place") {
  for (const char* wrong : {R"({"a": {}})", R"({"a": {"env": "A", "file": "/b"}})",
                            R"({"a": {"value": "x"}})", R"({"a": {"env": "A", "origins": []}})",
                            R"({"a": {"env": "A", "origins": ["https://x/"]}})"}) {
    INFO(wrong);
    CHECK(error_of([&] { (void)Secrets(Json::parse(wrong)); }).code() == ErrorCode::invalid);
  }
}
