// Whole commands at random: what is printed parses to the same, in a line and in a cell; what is no
// command is refused at a place in it.
#include <algorithm>
#include <random>

#include "commands/place.hpp"
#include "podium/front_kit/cell.hpp"
#include "verbs.hpp"

namespace podium::test {
namespace {

using host::commands::parse_arguments;
using host::commands::parse_line;
using host::commands::ParsedLine;

const SomeVerbs verbs;

class Commands {
 public:
  explicit Commands(unsigned seed) : random_(seed) {}

  /// A command of the verb `tasks` with some of its clauses, in any order.
  std::string next() {
    std::vector<std::string> clauses = {
        "in " + word(),
        "where " + filter(2),
        "show " + listed(false),
        "sort " + listed(true),
        "limit " + std::to_string(below(2000)),
        "GROUP  by " + listed(false),
        "timeout " + std::to_string(below(90)) + one_of({"s", "m", "ms", ""}),
        "any",
        "all"};
    std::shuffle(clauses.begin(), clauses.end(), random_);
    clauses.resize(below(clauses.size() + 1));
    std::string line = one_of({"tasks", "TASKS", "  tasks"});
    for (const std::string& clause : clauses) line += one_of({" ", "  ", "\t"}) + clause;
    return line;
  }
  std::string junk() {
    std::string line = one_of({"tasks ", "tag ", "best ", ""});
    for (std::size_t n = below(10); n > 0; --n)
      line += one_of({"in ",  "where ", "sort", "show ",  "'",      "\"",   "`",   "(",
                      ")",    ",",      " ",    "by ",    "limit ", "x",    "7",   " = ",
                      "not ", "and ",   "\n",   "\u00e4", "--",     "any ", "all "});
    return line;
  }
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }

 private:
  std::string one_of(std::initializer_list<const char*> all) {
    return all.begin()[below(all.size())];
  }
  std::string awkward() {
    std::string out;
    for (std::size_t n = 1 + below(5); n > 0; --n)
      out +=
          one_of({"a", "Z",     "7",      "'", "\"", "`", ",", "(",     ")",  " ",    "where", "=",
                  "-", "limit", "\u00fc", ";", "in", ":", ".", "group", "by", "live", " as x"});
    return out;
  }
  std::string word() {
    static const auto clauses = verbs.usage("tasks")->clauses;
    return host::commands::quoted(awkward(), clauses);
  }
  std::string name() {
    return one_of({"name", "metrics.acc", "params.lr", "params.`a, b`", "tags.`it``s`", "limit_",
                   "max(metrics.acc)", "count"});
  }
  std::string listed(bool orders) {
    std::string out;
    for (std::size_t n = 1 + below(3); n > 0; --n) {
      out += (out.empty() ? "" : one_of({",", ", ", " , "})) + name();
      if (orders) out += one_of({"", " asc", " desc", " DESC"});
    }
    return out;
  }
  std::string value() {
    std::string text;
    for (const char c : awkward()) text.append(c == '\'' ? 2 : 1, c);
    return below(3) > 0 ? "'" + text + "'" : one_of({"7", "-0.5", "1e9", ":bound", "true"});
  }
  std::string filter(int depth) {
    const std::string left = one_of({"a", "metrics.acc", "params.`in all`", "limit"});
    switch (below(depth > 0 ? 7 : 4)) {
      case 0:
        return left + " " + one_of({"=", "!=", ">", "<="}) + " " + value();
      case 1:
        return left + " in (" + value() + ", " + value() + ")";
      case 2:
        return left + " is not null";
      case 3:
        return left + " not like " + value();
      case 4:
        return "(" + filter(depth - 1) + ")";
      case 5:
        return filter(depth - 1) + " and " + filter(depth - 1);
      default:
        return "not (" + filter(depth - 1) + " or " + filter(depth - 1) + ")";
    }
  }
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("a printed command parses to the same, and prints as it was printed") {
  Commands commands(20261128);
  for (int round = 0; round < 4000; ++round) {
    const std::string line = commands.next();
    CAPTURE(line);
    const ParsedLine parsed = parse_line(line, verbs);
    const std::string printed = print(parsed);
    CAPTURE(printed);
    const ParsedLine again = parse_line(printed, verbs);
    REQUIRE(understood(again) == understood(parsed));
    REQUIRE(print(again) == printed);
    for (std::size_t i = 0; i < parsed.clauses.size(); ++i)
      CHECK(again.clauses[i].number == parsed.clauses[i].number);
  }
}

TEST_CASE("in a cell a command stays what it is, and its front end's words stand behind it") {
  Commands commands(5);
  int compared = 0;
  for (int round = 0; round < 4000; ++round) {
    const std::string printed = print(parse_line(commands.next(), verbs));
    CAPTURE(printed);
    const auto cell = front::commands_of("# first\n" + printed + " as best live\nprojects");
    REQUIRE(cell.size() == 2);
    CHECK(cell[0].line == printed);
    CHECK(cell[0].name == "best");
    CHECK(cell[0].live);
    CHECK(cell[0].at == 8);
    ++compared;
  }
  CHECK(compared == 4000);
}

TEST_CASE("what is no command is refused at a place in it; what is one can be printed") {
  Commands commands(17);
  int taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string line = commands.junk();
    CAPTURE(line);
    const host::commands::Place place =
        host::commands::place_in(line, commands.below(line.size() + 2), verbs);
    CHECK(place.begin <= place.end);
    CHECK(place.end <= line.size());
    std::string printed;
    try {
      printed = print(parse_line(line, verbs));
    } catch (const Error& e) {
      CHECK(e.code() == ErrorCode::invalid);
      CHECK(e.position() >= 0);
      CHECK(e.position() <= static_cast<std::int64_t>(line.size()));
      continue;
    }
    CAPTURE(printed);
    ++taken;
    REQUIRE(understood(parse_line(printed, verbs)) == understood(parse_line(line, verbs)));
  }
  CHECK(taken > 500);
}

}  // namespace podium::test
