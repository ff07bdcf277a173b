// /api/v1/rules and the verb.
#include "fixture.hpp"

namespace podium::test {
namespace {

const Json good = {{"name", "r"}, {"when", "state = 'failed'"}, {"action", "tell"}};

Error refused(RulesHost& h, const Json& rule) {
  return error_of([&] { h.call("POST", "/api/v1/rules", rule); });
}

Json with(const char* member, const Json& value) {
  Json rule = good;
  rule[member] = value;
  return rule;
}

TEST_CASE("a rule is made, read, changed by version, and erased with its firings") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const auto made = h.call("POST", "/api/v1/rules",
                           {{"name", "r"},
                            {"project", "p"},
                            {"when", "state = 'failed'"},
                            {"quiet", nullptr},
                            {"action", "tell"},
                            {"parameters", {{"to", "me"}}}});
  CHECK(made.json["id"] == "1");
  CHECK(made.json["armed"] == true);
  CHECK(made.json["user"] == "local");
  CHECK(made.json["scope"] == "project");
  CHECK(made.etag == "\"1\"");
  CHECK(h.call("GET", "/api/v1/rules").json["rules"] == Json::array({made.json}));

  const auto edited =
      h.call("PATCH", "/api/v1/rules/1", {{"name", "other"}, {"project", nullptr}}, made.etag);
  CHECK(edited.json["name"] == "other");
  CHECK_FALSE(edited.json.contains("project"));
  CHECK(edited.json["parameters"]["to"] == "me");
  CHECK(error_of([&] {
          h.call("PATCH", "/api/v1/rules/1", {{"name", "x"}}, made.etag);
        }).code() == ErrorCode::conflict);
  CHECK(error_of([&] { h.call("DELETE", "/api/v1/rules/1", nullptr, made.etag); }).code() ==
        ErrorCode::conflict);

  for (int i = 0; i < 3; ++i) {
    h.world.task_in(p, TaskState::failed);
    h.await_runs(static_cast<std::size_t>(i) + 1);
  }
  const Json page = h.call("GET", "/api/v1/rules/1/firings?limit=2").json;
  REQUIRE(page["firings"].size() == 2);
  CHECK(page["firings"][0]["run"] == "run-3");
  const Json rest =
      h.call("GET", "/api/v1/rules/1/firings?limit=2&cursor=" + page["cursor"].get<std::string>())
          .json;
  CHECK(rest["firings"].size() == 1);
  CHECK(rest["cursor"].is_null());
  h.settle();
  h.call("DELETE", "/api/v1/rules/1", nullptr, h.call("GET", "/api/v1/rules/1").etag);
  CHECK(error_of([&] { h.get("1"); }).code() == ErrorCode::not_found);
  CHECK(h.world.count("rules/pairs") == 0);
  CHECK(h.world.count("rules/firings") == 0);
  h.world.task_in(p, TaskState::failed);
  h.settle();
  CHECK(h.runs().size() == 3);
}

TEST_CASE("a rule that could not work is refused where it is wrong") {
  RulesHost h;
  h.world.project("p");
  const Error when = refused(h, with("when", "state = 'failed' and stat = 'x'"));
  CHECK(when.code() == ErrorCode::invalid);
  CHECK(when.field() == "when");
  CHECK(when.position() == 21);
  CHECK(refused(h, with("when", " ")).field() == "when");
  CHECK(refused(h, with("name", "")).field() == "name");
  const Error action = refused(h, with("action", "nothing"));
  CHECK(action.code() == ErrorCode::invalid);
  CHECK(action.field() == "action");
  const Error parameters = refused(h, with("parameters", {{"too", "me"}}));
  CHECK(parameters.code() == ErrorCode::invalid);
  CHECK(parameters.field() == "parameters.too");
  CHECK(refused(h, with("parameters", 7)).field() == "parameters");
  CHECK(refused(h, with("project", "nowhere")).field() == "project");
  CHECK(refused(h, with("scope", "subprojects")).field() == "scope");
  CHECK(refused(h, with("wen", "x")).field() == "wen");
  for (const char* member : {"name", "when", "action", "parameters", "enabled", "catch_up"})
    CHECK(refused(h, with(member, nullptr)).field() == member);
  for (const Json& quiet : {Json("soon"), Json("10"), Json("m"), Json(999), Json(-5), Json(1.5),
                            Json("999999999d"), Json("")})
    CHECK(refused(h, with("quiet", quiet)).field() == "quiet");
  CHECK(h.call("GET", "/api/v1/rules").json["rules"].empty());

  h.make(with("quiet", "1h30m"));
  CHECK(h.get("1")["quiet"] == 5'400'000);
  const Error twice = refused(h, good);
  CHECK(twice.code() == ErrorCode::exists);
  CHECK(twice.field() == "name");
  CHECK(error_of([&] { h.get("x"); }).code() == ErrorCode::not_found);
}

TEST_CASE("what has no record of its own is a project for those below it") {
  RulesHost h;
  h.world.project("top/below");
  CHECK(refused(h, with("project", "top")).field() == "project");
  Json rule = with("project", "top");
  rule["scope"] = "subprojects";
  h.make(rule);
  CHECK(h.get("1")["project"] == "top");
  CHECK(error_of([&] {
          h.call("PATCH", "/api/v1/rules/1", {{"scope", "project"}});
        }).field() == "scope");
}

TEST_CASE("a rule goes with its project") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  h.make(with("project", "p"));
  h.world.store->write([&](Transaction& t) {
    t.erase(h.world.store->collection("projects"), std::span<const Ordinal>(&p, 1));
  });
  CHECK(h.call("GET", "/api/v1/rules").json["rules"].empty());
  h.settle();
}

/// What the command language would hand to the verb.
class Typed final : public VerbCall {
 public:
  explicit Typed(std::vector<std::string> words) {
    for (auto& word : words) {
      words_.push_back({word, static_cast<std::int64_t>(line_.size()), false});
      line_ += word + " ";
    }
  }
  std::string_view line() const override { return line_; }
  std::span<const CommandWord> arguments() const override { return words_; }
  bool has(std::string_view) const override { return false; }
  std::span<const CommandWord> words(std::string_view) const override { return {}; }
  std::optional<std::int64_t> number(std::string_view) const override { return std::nullopt; }
  Filter tasks() const override { return {}; }
  std::optional<std::vector<Ordinal>> projects() const override { return std::nullopt; }
  Filter filter(std::string_view, const Vocabulary&) const override { return {}; }
  Order order(std::string_view, const Vocabulary&) const override { return {}; }
  std::vector<Ordinal> tasks_named(const CommandWord&) const override { return {}; }
  Ordinal task_named(const CommandWord&) const override { return 0; }
  const Principal& who() const override { return who_; }
  const Cancel& cancel() const override { return never_; }
  bool dry_run() const override { return dry; }
  std::size_t budget() const override { return 0; }
  std::string_view idempotency_key() const override { return {}; }
  Error wrong(const CommandWord& w, const std::string& sentence) const override {
    return Error(ErrorCode::invalid, sentence).at(w.position);
  }
  Error placed(const CommandWord&, const Error& e) const override { return e; }
  bool dry = false;

 private:
  struct Never final : Cancel {
    bool cancelled() const noexcept override { return false; }
  } never_;
  Principal who_;
  std::string line_;
  std::vector<CommandWord> words_;
};

TEST_CASE("the verb lists rules and switches them") {
  RulesHost h;
  h.make(good);
  const auto rows = [&](std::vector<std::string> words, bool dry = false) {
    Typed call(std::move(words));
    call.dry = dry;
    return std::get<AnswerTable>(h.verb->run(call).content).rows;
  };
  auto all = rows({});
  REQUIRE(all.size() == 1);
  CHECK(all[0][0] == Value{std::string("r")});
  CHECK(all[0][1] == Value{true});
  CHECK(rows({"off", "r"}, true)[0][1] == Value{true});
  CHECK(rows({"off", "r"})[0][1] == Value{false});
  CHECK(h.get("1")["enabled"] == false);
  CHECK(rows({"on", "r"})[0][1] == Value{true});
  CHECK(h.get("1")["armed"] == true);
  CHECK(error_of([&] { rows({"on"}); }).position() == 0);
  CHECK(error_of([&] { rows({"on", "q"}); }).position() == 3);
  CHECK(error_of([&] { rows({"up", "r"}); }).code() == ErrorCode::invalid);
  CHECK(h.verb->complete(Principal(), {"", ""}).size() == 2);
  const auto named = h.verb->complete(Principal(), {"", "", {"on"}});
  REQUIRE(named.size() == 1);
  CHECK(named[0].text == "r");
  CHECK(h.verb->complete(Principal(), {"", "", {"on", "r"}}).empty());
}

}  // namespace
}  // namespace podium::test
