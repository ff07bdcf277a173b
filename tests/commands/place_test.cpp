#include "commands/place.hpp"

#include "verbs.hpp"

namespace podium::test {
namespace {

using host::commands::Place;
using host::commands::place_in;

/// Where the '|' stands in a line: `clause prefix (words before)`.
std::string place(std::string line) {
  const std::size_t cursor = line.find('|');
  REQUIRE(cursor != std::string::npos);
  line.erase(cursor, 1);
  const SomeVerbs verbs;
  const Place p = place_in(line, cursor, verbs);
  CHECK(p.begin <= cursor);
  CHECK(cursor <= p.end);
  std::string out = p.in_verb             ? "verb"
                    : p.on_keyword        ? "keyword"
                    : p.clause == nullptr ? "arguments"
                                          : p.clause->name;
  out += " <" + p.prefix + ">";
  for (const auto& word : p.before) out += " " + word;
  if (!p.in().empty()) out += " in:" + p.in();
  return out;
}

TEST_CASE("where in a line somebody stands") {
  CHECK(place("|") == "verb <>");
  CHECK(place("  |") == "verb <>");
  CHECK(place("ta|") == "verb <ta>");
  CHECK(place("t|asks in vision") == "verb <t>");
  CHECK(place("tag |") == "arguments <>");
  CHECK(place("tag abc |") == "arguments <> abc");
  CHECK(place("tag abc k=|") == "arguments <> abc k =");
  CHECK(place("tasks in |") == "in <>");
  CHECK(place("tasks in vi|") == "in <vi>");
  CHECK(place("tasks in vision |") == "arguments <> in:vision");
  CHECK(place("tasks in vision whe|") == "arguments <whe> in:vision");
  CHECK(place("tasks where |") == "where <>");
  CHECK(place("tasks where metrics.a|") == "where <metrics.a>");
  CHECK(place("tasks where metrics.acc > |") == "where <> metrics.acc >");
  CHECK(place("tasks where metrics.acc>|") == "where <> metrics.acc >");
  CHECK(place("tasks where state in ('a', |") == "where <> state in ( a ,");
  CHECK(place("tasks where state = 'run|") == "where <run> state =");
  CHECK(place("tasks where a = 1 and |") == "where <> a = 1 and");
  CHECK(place("tasks where | in vision") == "where <> in:vision");
  CHECK(place("tasks where a = 1 in vision sort |") == "sort <> in:vision");
  CHECK(place("tasks sort metrics.acc d|") == "sort <d> metrics.acc");
  CHECK(place("tasks group by |") == "group by <>");
  CHECK(place("tasks group by params.arch show count, m|") == "show <m> count ,");
  CHECK(place("tasks all |") == "arguments <>");
  CHECK(place("tasks wh|ere a = 1") == "keyword <wh>");
  CHECK(place("nonsense |") == "arguments <>");
}

/// What a verb is told of a line besides the word at '|': `arguments; clause words; ...`.
std::string around(std::string line) {
  const std::size_t cursor = line.find('|');
  REQUIRE(cursor != std::string::npos);
  line.erase(cursor, 1);
  const SomeVerbs verbs;
  const TypedWord typed = place_in(line, cursor, verbs).typed("");
  std::string out;
  for (const auto& word : typed.arguments) out += (out.empty() ? "" : " ") + word;
  for (const auto& [clause, words] : typed.clauses) {
    out += "; " + clause;
    for (const auto& word : words) out += " " + word;
  }
  return out;
}

TEST_CASE("a verb is told what else a line says") {
  CHECK(around("tag |") == "");
  CHECK(around("tag abc 'd e' |") == "abc d e");
  CHECK(around("tag ab|c d") == "d");
  CHECK(around("tag abc k why because |") == "abc k; why because");
  CHECK(around("tag abc why so| k") == "abc k; why");
  CHECK(around("tasks in vision show a, b|, c where d = 'e' all") ==
        "; all; in vision; show a c; where");
  CHECK(around("tasks sh|ow") == "");
  CHECK(around("best by | in vision") == "; by; in vision");
}

TEST_CASE("any line has a place at any byte") {
  const SomeVerbs verbs;
  for (const std::string line :
       {"tasks in 'my project' where name = 'it''s' and (a in ('x', \"y\") or not b) sort c desc",
        "''' \" ( ) ,,, <>= group by", "tasks where where where in in in (",
        "\xc3\xa4\xe2\x82\xac tasks"})
    for (std::size_t cursor = 0; cursor <= line.size() + 2; ++cursor) {
      const Place p = place_in(line, cursor, verbs);
      CHECK(p.begin <= p.end);
      CHECK(p.end <= line.size());
    }
}

}  // namespace
}  // namespace podium::test
