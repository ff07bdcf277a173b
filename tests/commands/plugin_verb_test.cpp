#include "commands/commands.hpp"
#include "plugin/verb_rule.hpp"
#include "support.hpp"

namespace podium::test {
namespace {

using host::ExtensionRegistry;
using host::PluginOwner;
using host::commands::CommandRequest;
using host::commands::Commands;
using host::commands::Parts;

class Greets final : public Verb {
 public:
  explicit Greets(std::string word, std::vector<ClauseSpec> clauses = {})
      : Verb(std::move(word)), clauses_(std::move(clauses)) {}
  Usage usage() const override {
    Usage u;
    u.summary = "Greets";
    u.most = 1;
    u.clauses = clauses_;
    return u;
  }
  Answer run(const VerbCall&) override { return AnswerText{"hello"}; }

 private:
  std::vector<ClauseSpec> clauses_;
};

TEST_CASE("a plugin's verb is there at once, under its plugin's name") {
  ExtensionRegistry registry;
  const Parts parts;
  const Commands commands(parts, registry);
  PluginOwner own, acme;
  acme.id = "acme.greets";
  for (auto& verb : host::commands::make_verbs(parts, commands)) registry.add(own, std::move(verb));
  CommandRequest request;
  request.line = "greet you in vision";
  CHECK_THROWS_AS(commands.parse(request), Error);

  registry.add(acme, std::make_unique<Greets>("greet", std::vector{clauses::in()}));
  CHECK(commands.parse(request).clause("in")->words.front().text == "vision");
  bool listed = false;
  for (const auto& verb : commands.all())
    if (verb.word == "greet") listed = verb.plugin == "acme.greets";
  CHECK(listed);

  registry.remove(acme);
  CHECK_THROWS_AS(commands.parse(request), Error);
}

TEST_CASE("no plugin takes a word of podium's") {
  ExtensionRegistry registry;
  const Parts parts;
  const Commands commands(parts, registry);
  PluginOwner own, acme;
  acme.id = "acme.greets";
  for (auto& verb : host::commands::make_verbs(parts, commands)) {
    CHECK_NOTHROW(host::check_verb(*verb));
    registry.add(own, std::move(verb));
  }
  const Error error = error_of([&] { registry.add(acme, std::make_unique<Greets>("tasks")); });
  CHECK(error.code() == ErrorCode::exists);
  CHECK(std::string(error.what()).find("podium itself") != std::string::npos);
}

TEST_CASE("words that cannot be typed are refused") {
  const auto refused = [](const char* word, std::vector<ClauseSpec> c = {}) {
    return error_of([&] { host::check_verb(Greets(word, std::move(c))); }).code() ==
           ErrorCode::invalid;
  };
  for (const char* word : {"", "Greet", "two words", "-x", "x-", "9x", "serve", "completion"}) {
    INFO(word);
    CHECK(refused(word));
  }
  CHECK(refused("greet", {{"json", ClauseSpec::Kind::flag, "", ""}}));
  CHECK(refused("greet", {{"Where", ClauseSpec::Kind::flag, "", ""}}));
  CHECK(refused("greet", {clauses::in(), clauses::in()}));
  CHECK_NOTHROW(host::check_verb(Greets("greet-2", {clauses::in()})));
}

}  // namespace
}  // namespace podium::test
