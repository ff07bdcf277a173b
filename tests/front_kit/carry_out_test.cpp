#include "podium/front_kit/carry_out.hpp"

#include <deque>

#include "podium/error.hpp"
#include "podium/front_kit/answer_text.hpp"
#include "support.hpp"

using namespace podium::front;

namespace {

/// Answers one thing after the other, and remembers what was asked.
class Played final : public Attendant {
 public:
  explicit Played(std::initializer_list<Json> all) : answers(all) {}
  HttpAnswer post(const std::string& path, const std::string& body) override {
    REQUIRE_FALSE(answers.empty());
    asked.emplace_back(path, Json::parse(body));
    HttpAnswer answer{200, "application/json", answers.front().dump()};
    if (answers.front().contains("code")) answer.status = 400;
    answers.pop_front();
    return answer;
  }
  bool confirm(const Json&) override { return yes; }
  bool watch(const Json& progress) override {
    if (watches) watched.push_back(progress.at("job"));
    return watches;
  }

  std::deque<Json> answers;
  std::vector<std::pair<std::string, Json>> asked;
  std::vector<std::string> watched;
  bool yes = true, watches = true;
};

Json text(const char* said, const char* outcome = "done") {
  return {{"kind", "text"}, {"text", said}, {"outcome", outcome}, {"notices", Json::array()}};
}
const Json question = {
    {"kind", "question"}, {"text", "Really?"}, {"token", "t1"}, {"outcome", "done"}};
const Json progress = {{"kind", "progress"}, {"job", "j1"}, {"outcome", "done"}};

}  // namespace

TEST_CASE("a command and its answer") {
  Played host{text("hello")};
  const CarriedOut done = carry_out(host, {{"line", "greet"}});
  CHECK(done.answer.at("text") == "hello");
  CHECK(done.body == text("hello").dump());
  CHECK(Json::parse(done.request) == Json({{"line", "greet"}}));
  CHECK(host.asked[0].first == "/api/v1/commands");
}

TEST_CASE("a question is answered with its token, once") {
  Played host{question, text("done")};
  CHECK(carry_out(host, {{"line", "archive best"}, {"budget", 9}}).answer.at("text") == "done");
  CHECK(host.asked[1].second == Json({{"line", "archive best yes t1"}, {"budget", 9}}));

  Played words{question, text("done")};
  carry_out(words, {{"argv", {"archive", "--", "best"}}});
  CHECK(words.asked[1].second.at("argv") == Json({"archive", "--yes=t1", "--", "best"}));

  Played refused{question};
  refused.yes = false;
  CHECK(carry_out(refused, {{"line", "archive best"}}).answer.at("kind") == "question");
  Played dry{question};
  CHECK(carry_out(dry, {{"line", "archive best"}, {"dry_run", true}}).answer.at("kind") ==
        "question");
}

TEST_CASE("of a job the answer is what became of it") {
  Played host{progress, text("3 archived")};
  const CarriedOut done =
      carry_out(host, {{"line", "archive all"}, {"idempotency_key", "k"}, {"budget", 100}});
  CHECK(done.answer.at("text") == "3 archived");
  CHECK(host.watched == std::vector<std::string>{"j1"});
  // The key is of the first command: it would answer with that.
  CHECK(host.asked[1].second == Json({{"line", "job j1"}, {"budget", 100}}));

  Played left{progress};
  left.watches = false;
  CHECK(carry_out(left, {{"line", "archive all"}}).answer.at("kind") == "progress");
}

TEST_CASE("what is pending is asked again, with how long it was waited") {
  Played host{text("", "pending"), text("", "pending"), text("over")};
  CHECK(carry_out(host, {{"line", "  wait t timeout 1h"}}).answer.at("text") == "over");
  for (const auto& [path, body] : host.asked) CHECK(path == "/api/v1/commands/wait");
  CHECK(host.asked[2].second.at("waited").is_number());
}

TEST_CASE("what the host refuses, and what is no podium") {
  Played host{Json{{"code", "invalid"}, {"detail", "no"}}};
  CHECK_THROWS_AS(carry_out(host, {{"line", "x"}}), Refused);
  Played other{Json::array()};
  CHECK_THROWS_AS(carry_out(other, {{"line", "x"}}), podium::Error);
  Played odd{Json::object()};
  CHECK_THROWS_AS(carry_out(odd, {{"line", "x"}}), podium::Error);
  CHECK_THROWS_AS(told({200, "text/html", "<html>"}), podium::Error);
  CHECK_THROWS_AS(told({502, "text/html", ""}), podium::Error);
}
