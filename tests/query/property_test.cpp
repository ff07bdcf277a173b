// What is printed is parsed back to the same filter; no text takes more than linear time or breaks
// anything.
#include <limits>
#include <random>

#include "fixture.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "support.hpp"

using namespace podium;

namespace {

class OneDeclaration final : public kit::Declarations {
 public:
  const Collection& by_name(std::string_view name) const override {
    if (name != child_.name) throw Error(ErrorCode::invalid, "no such collection");
    return child_;
  }

 private:
  Collection child_ = test::input_collection();
};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Filter filter(int depth, bool child = false) {
    switch (depth <= 0 ? 3 + below(2) : below(child ? 5 : 6)) {
      case 0:
        return branch(Filter::Op::and_, depth, child);
      case 1:
        return branch(Filter::Op::or_, depth, child);
      case 2:
        return not_(filter(depth - 1, child));
      case 5:
        return any("inputs", "task", filter(depth - 1, true));
      default:
        return leaf(child);
    }
  }

 private:
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }

  Filter branch(Filter::Op op, int depth, bool child) {
    Filter f;
    f.op = op;
    for (std::size_t i = 2 + below(3); i > 0; --i) f.children.push_back(filter(depth - 1, child));
    return f;
  }

  /// Keys and texts with everything that a language could trip over.
  std::string text(bool may_be_empty) {
    static const std::vector<std::string> pieces = {
        "a",    "lr",         ".",   "..",  "`",   "``", "'",    "''",   "\"",  "@",      " ",
        "\n",   "\\",         "(",   ")",   ",",   ";",  ":x",   "=",    "!=",  "<",      "max",
        ".max", ".last_step", "and", "or",  "not", "in", "null", "true", "any", "é",      "𝄞",
        "-",    "/",          "0.1", "1e5", "%",   "_",  "{}",   "--",   "/*",  "inputs", "\x7f"};
    std::string result;
    for (std::size_t i = below(5); i > 0; --i) result += pieces[below(pieces.size())];
    return result.empty() && !may_be_empty ? "k" : result;
  }

  double real() {
    static const double some[] = {0,
                                  -0.0,
                                  1,
                                  -1,
                                  0.1,
                                  1e-320,
                                  1.7976931348623157e308,
                                  9007199254740993.0,
                                  std::numeric_limits<double>::infinity(),
                                  -std::numeric_limits<double>::infinity(),
                                  123456.789e-20};
    return below(2) == 0 ? some[below(std::size(some))]
                         : std::uniform_real_distribution<double>(-1e6, 1e6)(random_);
  }
  std::int64_t integer() {
    static const std::int64_t some[] = {0,
                                        1,
                                        -1,
                                        1'795'514'400'000,
                                        -62'167'219'200'001,
                                        253'402'300'799'999,
                                        std::numeric_limits<std::int64_t>::max(),
                                        std::numeric_limits<std::int64_t>::min()};
    return below(2) == 0 ? some[below(std::size(some))]
                         : std::uniform_int_distribution<std::int64_t>(-2'000'000'000'000,
                                                                       2'000'000'000'000)(random_);
  }

  Filter compared(Path path, const std::function<Value()>& value) {
    switch (below(4)) {
      case 0: {
        std::vector<Value> values;
        for (std::size_t i = 1 + below(3); i > 0; --i) values.push_back(value());
        return in(std::move(path), std::move(values), below(2) == 0);
      }
      case 1:
        return is_null(std::move(path), below(2) == 0);
      default:
        return compare(std::move(path), static_cast<Compare>(1 + below(6)), value());
    }
  }

  Filter leaf(bool child) {
    const auto texts = [this] { return Value{text(true)}; };
    const auto reals = [this] { return Value{real()}; };
    const auto integers = [this] { return Value{integer()}; };
    const auto either = [this] { return below(2) == 0 ? Value{text(true)} : Value{real()}; };
    const Filter::Op patterns[] = {Filter::Op::like, Filter::Op::ilike};
    if (child)
      return below(2) == 0 ? compared(field("used"), integers) : compared(field("name"), texts);
    switch (below(14)) {
      case 0:
        return {};
      case 1:
        return none();
      case 2:
        return pattern(patterns[below(2)], entry("params", text(false)), text(true), below(2) == 0);
      case 3:
        return pattern(Filter::Op::matches, field("name"), "^a|b'c`$", below(2) == 0);
      case 4:
        return compared(field("any"), texts);
      case 5:
        return compared(field("started"), integers);
      case 6:
        return compared(field("iteration"), integers);
      case 7:
        return compared(field("note"), either);
      case 8:
        return compared(entry("tags", text(false)), either);
      case 9:
        return is_null(entry("tags", ""), below(2) == 0);
      case 10: {
        const auto p =
            series("metrics", text(false), static_cast<Statistic>(1 + below(12)), text(true));
        const bool whole = p.statistic == Statistic::count || p.statistic > Statistic::sum;
        return whole ? compared(p, integers) : compared(p, reals);
      }
      case 11:
        return eq(field("archived"), below(2) == 0);
      case 12:
        return compared(field("parent"), [] { return Value{std::int64_t{40}}; }).op ==
                       Filter::Op::is_null
                   ? is_null(field("parent"))
                   : in(field("parent"), {Value{std::int64_t{40}}, Value{std::int64_t{41}}});
      default:
        return compared(record_id(), texts);
    }
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("what is printed is parsed back to the same filter") {
  const test::World world;
  Generator generate(20261124);
  for (int i = 0; i < 3000; ++i) {
    const Filter filter = generate.filter(static_cast<int>(i % 5));
    const std::string written = print(filter, world.tasks);
    INFO(written);
    REQUIRE(world.parse(written) == filter);
  }
}

TEST_CASE("what is parsed fits the declaration") {
  const test::World world;
  const OneDeclaration declarations;
  Generator generate(7);
  for (int i = 0; i < 500; ++i) {
    const std::string written = print(generate.filter(3), world.tasks);
    INFO(written);
    REQUIRE_NOTHROW(kit::check(world.parse(written), world.tasks.collection(), declarations));
  }
}

TEST_CASE("damaged texts are refused or understood, and never break anything") {
  const test::World world;
  Generator generate(42);
  std::mt19937 random(42);
  for (int i = 0; i < 3000; ++i) {
    std::string text = print(generate.filter(3), world.tasks);
    if (text.empty()) continue;
    const std::size_t at = random() % text.size();
    if (i % 3 == 0)
      text.erase(at, 1 + random() % 3);
    else if (i % 3 == 1)
      text.insert(at, std::string(1, "'`\"().,@=-x"[random() % 11]));
    else
      text.resize(at);
    try {
      const Filter filter = world.parse(text);
      REQUIRE(world.parse(print(filter, world.tasks)) == filter);
    } catch (const Error& e) {
      INFO(text);
      REQUIRE(e.code() == ErrorCode::invalid);
      REQUIRE(e.position() >= 0);
      REQUIRE(e.position() <= static_cast<std::int64_t>(text.size()));
    }
  }
}
