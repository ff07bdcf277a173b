// The vocabularies of several collections that refer to each other.
#include "query/vocabularies.hpp"

#include "fixture.hpp"
#include "support.hpp"

using namespace podium;

namespace {

std::vector<Collection> declarations() {
  Collection projects;
  projects.name = "projects";
  projects.sequence = true;
  projects.fields = {{"name", Type::text}};
  projects.readers = "all";
  Collection tasks = test::task_collection(), inputs = test::input_collection();
  tasks.readers = inputs.readers = "all";
  Collection secrets;
  secrets.name = "secrets";
  secrets.fields = {{"task", Type::reference, "tasks"}};
  return {projects, tasks, inputs, secrets};
}

}  // namespace

TEST_CASE("collections that refer to others are their children") {
  const auto collections = declarations();
  const host::Vocabularies words(collections, [] { return test::now; });
  const auto language = host::make_query_language();
  const auto parse = [&](const char* text, const char* entity) {
    return language->parse(text, words.of(entity));
  };
  CHECK(parse("any tasks (archived)", "projects") ==
        any("tasks", "project", eq(field("archived"), true)));
  CHECK(parse("any children (archived)", "tasks") ==
        any("tasks", "parent", eq(field("archived"), true)));
  CHECK(parse("datasets.name = 'x'", "tasks") ==
        any("inputs", "task", eq(field("name"), std::string("x"))));
  CHECK(parse("tags.a = 'x'", "tasks") == parse("tag.a = 'x'", "tasks"));
  CHECK_THROWS_AS(parse("any secrets (ordinal = 1)", "tasks"), Error);
  CHECK_THROWS_AS(parse("any tasks (any inputs (name = 'x'))", "projects"), Error);
  CHECK(std::string(test::error_of([&] { parse("state = 'finished'", "tasks"); }).what())
            .find("known are draft, pending, running, completed, failed, aborted, published") !=
        std::string::npos);
}

TEST_CASE("an entity that nobody declared, a store that is not open") {
  const auto collections = declarations();
  const host::Vocabularies words(collections, [] { return test::now; });
  const auto language = host::make_query_language();
  const auto unknown = test::error_of([&] { words.of("task"); });
  CHECK(unknown.code() == ErrorCode::not_found);
  CHECK(unknown.what() == std::string("there is no entity 'task' to query; did you mean 'tasks'?"));
  CHECK(test::error_of([&] { language->parse("project = 'x'", words.of("tasks")); }).code() ==
        ErrorCode::unavailable);
}
