#include <nlohmann/json.hpp>
#include <random>

#include "verbs.hpp"

namespace podium::test {
namespace {

using host::commands::parse_arguments;
using host::commands::parse_line;
using host::commands::ParsedLine;
using Json = nlohmann::json;

const SomeVerbs verbs;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string line(std::string_view text) { return understood(parse_line(text, verbs)); }
std::string words(const std::vector<std::string>& argv) {
  return understood(parse_arguments(argv, verbs));
}

struct Example {
  const char *text, *means;
};

TEST_CASE("lines, clauses in any order") {
  const Example examples[] = {
      {"tasks", "tasks"},
      {"  TASKS  ", "tasks"},
      {"tasks in vision", "tasks in:vision"},
      {"tasks in 'my project'", "tasks in:my project"},
      {"tasks in \"it's\" limit 5", "tasks in:it's limit:5"},
      {"tasks in 'it''s'", "tasks in:it's"},
      {"tasks limit 5 in vision", "tasks limit:5 in:vision"},
      {"tasks where metrics.acc > 0.9 and tags.team = 'cv' show name, state sort metrics.acc desc "
       "limit 500",
       "tasks where:metrics.acc > 0.9 and tags.team = 'cv' show:name,state sort:metrics.acc desc "
       "limit:500"},
      {"tasks where state in ('a', 'b') in vision", "tasks where:state in ('a', 'b') in:vision"},
      {"tasks where state not in ('a') all", "tasks where:state not in ('a') all:"},
      {"tasks where tags any ('a') any", "tasks where:tags any ('a') any:"},
      {"tasks where tags all ('a') all", "tasks where:tags all ('a') all:"},
      {"tasks where any inputs (name = 'limit') limit 1",
       "tasks where:any inputs (name = 'limit') limit:1"},
      {"tasks where name = 'limit 5' limit 6", "tasks where:name = 'limit 5' limit:6"},
      {"tasks where (limit = 3 or x is null) sort a",
       "tasks where:(limit = 3 or x is null) sort:a"},
      {"tasks where a = 1 and limit = 3 limit 4", "tasks where:a = 1 and limit = 3 limit:4"},
      {"tasks where not archived sort x", "tasks where:not archived sort:x"},
      {"tasks where params.`batch size` = 3 show params.`batch size`, `a,b`",
       "tasks where:params.`batch size` = 3 show:params.`batch size`,`a,b`"},
      {"tasks where x = :name in y", "tasks where:x = :name in:y"},
      {"tasks show a b c", "tasks show:a,b,c"},
      {"tasks show name, limit limit 3", "tasks show:name,limit limit:3"},
      {"tasks group by params.arch show count, max(metrics.acc)",
       "tasks group by:params.arch show:count,max(metrics.acc)"},
      {"tasks GROUP  BY x", "tasks group by:x"},
      {"tasks sort -metrics.acc, name asc", "tasks sort:metrics.acc desc,name"},
      {"tasks timeout 10m", "tasks timeout:10m"},
      {"tag r1 team=cv", "tag|r1|team=cv"},
      {"tag r1, r2 team=cv", "tag|r1,r2|team=cv"},
      {"tag r1 ,r2 'a b'=c", "tag|r1,r2|a b=c"},
      {"tag r1 x why 'because it is'", "tag|r1|x why:because it is"},
      {"best by metrics.acc in vision", "best by:metrics.acc in:vision"},
      {"tasks\n  in vision\n  where a = 1\n", "tasks in:vision where:a = 1"},
  };
  for (const Example& e : examples) {
    INFO(e.text);
    CHECK(line(e.text) == e.means);
  }
}

TEST_CASE("what a shell split means the same") {
  CHECK(words({"tasks", "--in", "my project", "--where", "a = 'x y'", "--limit=5"}) ==
        "tasks in:my project where:a = 'x y' limit:5");
  CHECK(words({"tasks", "in", "vision", "where", "a", ">", "1", "limit", "5"}) ==
        "tasks in:vision where:a > 1 limit:5");
  CHECK(words({"tasks", "in", "where", "where", "a = 1"}) == "tasks in:where where:a = 1");
  CHECK(words({"tasks", "--sort", "-metrics.acc"}) == "tasks sort:metrics.acc desc");
  CHECK(words({"tasks", "--group-by", "params.arch", "--show", "count"}) ==
        "tasks group by:params.arch show:count");
  CHECK(words({"tasks", "group", "by", "params.arch"}) == "tasks group by:params.arch");
  CHECK(words({"tasks", "show", "name", "group", "by", "params.arch"}) ==
        "tasks show:name group by:params.arch");
  CHECK(words({"tasks", "--all", "--any"}) == "tasks all: any:");
  CHECK(words({"tag", "r1", "name=a b", "--why", "it's so"}) == "tag|r1|name=a b why:it's so");
  CHECK(words({"tag", "--", "--r1", "why"}) == "tag|--r1|why");
  CHECK(words({"tasks", "--in", ""}) == "tasks in:");
}

struct Wrong {
  const char* text;
  int position;
  const char* says;
  const char* corrected;
};

TEST_CASE("errors tell where, and what was probably meant") {
  const Wrong examples[] = {
      {"", 0, "expected a command", ""},
      {"tsks in vision", 0, "did you mean 'tasks'?", "tasks in vision"},
      {"frobnicate", 0, "there is no command 'frobnicate'", ""},
      {"tasks vision", 6, "no argument", ""},
      {"tasks in vision were a = 1", 16, "did you mean 'where'?", "tasks in vision where a = 1"},
      {"tasks where state = 'x' limt 5", 24, "did you mean 'limit'?",
       "tasks where state = 'x' limit 5"},
      {"tasks in", 8, "'in' needs PROJECT", ""},
      {"tasks in where a = 1", 9, "put it in quotes", ""},
      {"tasks limit many", 12, "a whole number", ""},
      {"tasks limit -1", 12, "not negative", ""},
      {"tasks timeout soon", 14, "such as 90s", ""},
      {"tasks in a in b", 11, "given twice", ""},
      {"tasks where a = 1 limit 1 where b = 2", 26, "join the conditions with 'and'", ""},
      {"tasks in 'vision", 9, "is not closed", ""},
      {"tasks show a,", 13, "nothing behind its last comma", ""},
      {"tasks show , a", 11, "nothing before this comma", ""},
      {"tasks sort a down", 13, "expected asc, desc", ""},
      {"tasks sort a lmit 5", 13, "did you mean 'limit'?", "tasks sort a limit 5"},
      {"tag r1", 6, "tag needs TASKS KEY=VALUE ...", ""},
      {"tag a b c d", 10, "at most 3 arguments", ""},
      {"best in vision", 14, "needs the clause 'by METRIC'", ""},
      {"tasks group params.arch", 6, "no argument", ""},
  };
  for (const Wrong& e : examples) {
    INFO(e.text);
    const Error error = error_of([&] { parse_line(e.text, verbs); });
    CHECK(error.code() == ErrorCode::invalid);
    CHECK(error.position() == e.position);
    CHECK(contains(error.what(), e.says));
    const Json facts = Json::parse(error.detail());
    CHECK(facts.at("line") == e.text);
    CHECK(facts.value("corrected", "") == e.corrected);
    if (*e.corrected) CHECK_NOTHROW(parse_line(e.corrected, verbs));
  }
}

TEST_CASE("flags that are none are told by their names") {
  const Error error = error_of([] { words({"tasks", "--limt", "5"}); });
  CHECK(contains(error.what(), "did you mean '--limit'?"));
  CHECK(error.position() == 6);
  CHECK(contains(error_of([] { words({"tasks", "--limit"}); }).what(), "needs N"));
  CHECK(contains(error_of([] { words({"tasks", "--all=yes"}); }).what(), "takes no value"));
}

TEST_CASE("a line is valid text of bounded length") {
  CHECK(error_of([] { parse_line(std::string("tasks \xff"), verbs); }).code() ==
        ErrorCode::invalid);
  CHECK(error_of([] { parse_line(std::string("tasks in \0x", 11), verbs); }).code() ==
        ErrorCode::invalid);
  CHECK(error_of([] { parse_line(std::string(100'001, 'x'), verbs); }).code() ==
        ErrorCode::too_large);
}

TEST_CASE("times") {
  using host::commands::duration_of;
  CHECK(duration_of("90") == 90'000);
  CHECK(duration_of("500ms") == 500);
  CHECK(duration_of("10m") == 600'000);
  CHECK(duration_of("2h") == 7'200'000);
  CHECK(duration_of("0") == 0);
  for (const char* bad : {"", "m", "-1s", "1.5h", "1 h", "10x", "99999999999d"}) {
    INFO(bad);
    CHECK(duration_of(bad) == -1);
  }
}

/// A word that may hold anything that is typed.
std::string awkward(std::mt19937& random) {
  static const char* pieces[] = {"a",  "Z",  "7",     "'", "\"", "`",     ",",      "(", ")",
                                 " ",  "\t", "where", "=", "-",  "limit", "\u00fc", ";", "in",
                                 "\\", ":",  "--x",   ".", "\n", "group", "by"};
  std::string out;
  const auto n = 1 + random() % 6;
  for (unsigned i = 0; i < n; ++i) out += pieces[random() % std::size(pieces)];
  return out;
}

TEST_CASE("any word survives being quoted, printed and parsed again") {
  std::mt19937 random(20261124);
  const auto clauses = verbs.usage("tag")->clauses;
  const auto in = verbs.usage("tasks")->clauses;
  for (int i = 0; i < 3000; ++i) {
    const std::string first = awkward(random), second = awkward(random), why = awkward(random);
    const std::string text = "tag " + host::commands::quoted(first, clauses) + " " +
                             host::commands::quoted(second, clauses) + " why " +
                             host::commands::quoted(why, clauses);
    INFO(text);
    const ParsedLine parsed = parse_line(text, verbs);
    REQUIRE(parsed.arguments.size() == 2);
    CHECK(parsed.arguments[0].text == first);
    CHECK(parsed.arguments[1].text == second);
    CHECK(parsed.clauses.at(0).words.at(0).text == why);
    CHECK(understood(parse_line(host::commands::print(parsed), verbs)) == understood(parsed));
    // The same by way of a shell.
    CHECK(words({"tag", "--why", why, "--", first, second}) == understood(parsed));
    CHECK(words({"tasks", "--in", first}) == "tasks in:" + first);
  }
}

}  // namespace
}  // namespace podium::test
