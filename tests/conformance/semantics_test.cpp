// The semantics of filters and orders, as tables. A row is a question and the ids that answer it;
// each is asked in several ways, so that different plans must agree.
#include <cmath>
#include <limits>

#include "conformance.hpp"

namespace podium::conformance {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
using Op = Filter::Op;

const Path score = field("score"), steps = field("steps"), state = field("state"),
           archived = field("archived"), start = field("start"), label = field("label"),
           project = field("project"), lr = entry("params", "lr"), note = entry("notes", "n"),
           acc = series("metrics", "acc"), acc_min = series("metrics", "acc", Statistic::min),
           acc_count = series("metrics", "acc", Statistic::count),
           acc_scoped = series("metrics", "acc", Statistic::last, "ds");

/// Records a to i. What a cell is of every kind of path, by id; missing where it is not named.
class Truth {
 public:
  Truth() {
    tasks_ = store_.id("tasks");
    store_->write([&](Transaction& t) {
      const Ordinal p = insert(t, store_.id("projects"), "", {{"name", "p"}});
      const Ordinal q = insert(t, store_.id("projects"), "", {{"name", "q"}});
      projects_ = {p, q};
      const auto task = [&](std::string_view id, std::vector<Patch::Set> fields,
                            std::optional<std::string_view> text, std::vector<double> values) {
        NewRecord record;
        record.id = id;
        record.content.fields = std::move(fields);
        if (text) {
          record.content.set("label", std::string(*text));
          record.content.put("params", "lr", *text).put("notes", "n", *text);
        }
        const Ordinal o = t.insert(tasks_, record);
        std::vector<Point> points;
        for (const double v : values)
          points.push_back({static_cast<std::int64_t>(points.size()), 0, v});
        const SeriesPoints series[] = {{"acc", "", points},
                                       {"acc", "ds", std::span(points).first(1)}};
        if (!points.empty()) t.append(tasks_, o, "metrics", series);
      };
      using I = std::int64_t;
      task("a",
           {{"score", -infinity},
            {"steps", I{-5}},
            {"state", ""},
            {"archived", false},
            {"start", I{0}},
            {"project", p}},
           "0.1", {-infinity});
      task("b",
           {{"score", -1.0},
            {"steps", I{0}},
            {"state", "10"},
            {"archived", true},
            {"start", I{1000}},
            {"project", p}},
           "1e-1", {3, -1});
      task("c",
           {{"score", -0.0},
            {"steps", I{1}},
            {"state", "9"},
            {"archived", false},
            {"start", I{-1}},
            {"project", q}},
           "10", {0.5, not_a_number, 0});
      task("d", {{"score", 0.0}, {"steps", (I{1} << 53) + 1}, {"state", "Straße"}, {"project", q}},
           "9", {0.5, 0.5});
      task("e",
           {{"score", 0.5},
            {"steps", I{1} << 53},
            {"state", "straSSe"},
            {"archived", true},
            {"project", p}},
           "adam", {2, 1, 0.5});
      task("f", {{"score", 1.0}, {"steps", std::numeric_limits<I>::max()}, {"state", "über%"}}, "",
           {1});
      task("g", {{"score", infinity}, {"steps", std::numeric_limits<I>::min()}, {"state", "ÜBER_"}},
           "nan", {infinity});
      task("h", {{"score", not_a_number}, {"state", "z"}}, "Über", {not_a_number});
      task("i", {}, std::nullopt, {});
    });
  }

  void check(const Filter& filter, const std::string& expected) {
    INFO("expected " << expected);
    const std::string all = "a b c d e f g h i";
    CHECK(ids_of(*store_, {tasks_, filter}) == expected);
    CHECK(listed(*store_, tasks_, filter) == expected);
    std::string others;
    for (const char id : all)
      if (id != ' ' && expected.find(id) == std::string::npos)
        others += others.empty() ? std::string(1, id) : std::string(" ") + id;
    // NOT is the complement, always.
    CHECK(listed(*store_, tasks_, not_(filter)) == others);
    CHECK(listed(*store_, tasks_, not_(not_(filter))) == expected);
    // Beside arms that an index serves, that none serves, and that exclude nothing.
    const Filter anything = compare(record_ordinal(), Compare::gt, std::int64_t{0});
    CHECK(listed(*store_, tasks_, all_of({filter, anything})) == expected);
    CHECK(listed(*store_, tasks_, all_of({anything, filter, not_(none())})) == expected);
    CHECK(listed(*store_, tasks_, any_of({filter, none()})) == expected);
    CHECK(listed(*store_, tasks_, any_of({eq(record_id(), "nobody"), filter})) == expected);
    CHECK(listed(*store_, tasks_, all_of({any_of({filter, not_(filter)}), filter})) == expected);
    // Under another order it is the same set.
    CHECK(sorted(listed(*store_, tasks_, filter, {{score, true, false}})) == expected);
    CHECK(sorted(listed(*store_, tasks_, filter, {{lr, false, false}, {acc, true, false}})) ==
          expected);
    // Within a partition.
    for (std::size_t i = 0; i < 2; ++i) {
      const Filter inside = eq(project, projects_[i]);
      const std::string members = i == 0 ? "abe" : "cd";
      std::string both;
      for (const char id : expected)
        if (members.find(id) != std::string::npos)
          both += both.empty() ? std::string(1, id) : std::string(" ") + id;
      CHECK(listed(*store_, tasks_, all_of({inside, filter})) == both);
    }
    Aggregate counting{tasks_, filter, {}, {{}}};
    std::int64_t counted = 0;
    store_->aggregate(counting, [&](std::span<const Cell>, std::span<const Cell> folds) {
      counted = std::get<std::int64_t>(folds[0]);
      return true;
    });
    CHECK(counted == static_cast<std::int64_t>((expected.size() + 1) / 2));
  }

  void ordered(const Order& order, const std::string& expected) {
    INFO("expected " << expected);
    CHECK(ids_of(*store_, {tasks_, {}, order}) == expected);
    CHECK(listed(*store_, tasks_, {}, order) == expected);
    std::string paged;
    Query query{tasks_, {}, order, 1};
    do {
      query.cursor = store_
                         ->query(query,
                                 [&](const Row& row) {
                                   paged += paged.empty() ? "" : " ";
                                   paged += row.id();
                                   return true;
                                 })
                         .cursor;
    } while (!query.cursor.empty() && paged.size() < 100);
    CHECK(paged == expected);
    // A filter that few or most satisfy does not change the order among them.
    const Filter few = in(record_id(), {Value("b"), Value("h"), Value("i"), Value("d")});
    const auto only = [&](const std::string& keep) {
      std::string kept;
      for (const char id : expected)
        if (keep.find(id) != std::string::npos && id != ' ')
          kept += kept.empty() ? std::string(1, id) : std::string(" ") + id;
      return kept;
    };
    CHECK(ids_of(*store_, {tasks_, few, order}) == only("bhid"));
    CHECK(ids_of(*store_, {tasks_, not_(few), order}) == only("acefg"));
  }

  Ordinal project_of(std::size_t i) const { return projects_[i]; }

 private:
  static std::string sorted(std::string ids) {
    std::string letters;
    for (const char c : ids)
      if (c != ' ') letters.push_back(c);
    std::sort(letters.begin(), letters.end());
    std::string out;
    for (const char c : letters) out += out.empty() ? std::string(1, c) : std::string(" ") + c;
    return out;
  }

  Opened store_;
  CollectionId tasks_{};
  std::vector<Ordinal> projects_;
};

struct Question {
  const char* name;
  Filter filter;
  const char* ids;
};

using I = std::int64_t;
constexpr I two_to_53 = I{1} << 53;

}  // namespace

TEST_CASE("semantics: comparisons as a table") {
  Truth truth;
  const Compare ne = Compare::ne, lt = Compare::lt, le = Compare::le, gt = Compare::gt,
                ge = Compare::ge;
  const Question table[] = {
      {"all", {}, "a b c d e f g h i"},
      {"none", none(), ""},
      // reals: -0 is 0, NaN (h) differs from everything, missing (i) never compares
      {"real =", eq(score, 0.0), "c d"},
      {"real = -0", eq(score, -0.0), "c d"},
      {"real = integer", eq(score, I{1}), "f"},
      {"real = infinity", eq(score, infinity), "g"},
      {"real = -infinity", eq(score, -infinity), "a"},
      {"real !=", compare(score, ne, 0.0), "a b e f g h"},
      {"real <", compare(score, lt, 0.0), "a b"},
      {"real <=", compare(score, le, 0.0), "a b c d"},
      {"real >", compare(score, gt, 0.5), "f g"},
      {"real >= integer", compare(score, ge, I{1}), "f g"},
      {"real < infinity", compare(score, lt, infinity), "a b c d e f"},
      {"real > -infinity", compare(score, gt, -infinity), "b c d e f g"},
      {"real = NaN", eq(score, not_a_number), ""},
      {"real != NaN", compare(score, ne, not_a_number), "a b c d e f g h"},
      {"real < NaN", compare(score, lt, not_a_number), ""},
      {"real >= NaN", compare(score, ge, not_a_number), ""},
      {"real IN", in(score, {Value(0.5), Value(I{1}), Value(not_a_number)}), "e f"},
      {"real NOT IN", in(score, {Value(0.5), Value(I{1}), Value(not_a_number)}, true),
       "a b c d g h"},
      {"real IS NULL", is_null(score), "i"},
      {"real IS NOT NULL", is_null(score, true), "a b c d e f g h"},
      // integers: exact, also where doubles are not
      {"integer =", eq(steps, I{0}), "b"},
      {"integer = real", eq(steps, 1.0), "c"},
      {"integer = a half", eq(steps, 0.5), ""},
      {"integer != a half", compare(steps, ne, 0.5), "a b c d e f g"},
      {"integer = 2^53 as real", eq(steps, 9007199254740992.0), "e"},
      {"integer > 2^53 as real", compare(steps, gt, 9007199254740992.0), "d f"},
      {"integer = 2^53 + 1", eq(steps, two_to_53 + 1), "d"},
      {"integer < 2^63 as real", compare(steps, lt, 9223372036854775808.0), "a b c d e f g"},
      {"integer >= -2^63 as real", compare(steps, ge, -9223372036854775808.0), "a b c d e f g"},
      {"integer < a half", compare(steps, lt, 0.5), "a b g"},
      {"integer > -infinity", compare(steps, gt, -infinity), "a b c d e f g"},
      {"integer != NaN", compare(steps, ne, not_a_number), "a b c d e f g"},
      {"integer <= NaN", compare(steps, le, not_a_number), ""},
      {"integer = the least", eq(steps, std::numeric_limits<I>::min()), "g"},
      {"integer IN", in(steps, {Value(I{0}), Value(1.0), Value(7.5)}), "b c"},
      {"integer NOT IN", in(steps, {Value(I{0}), Value(1.0), Value(7.5)}, true), "a d e f g"},
      {"integer IN nothing", in(steps, {}), ""},
      {"integer NOT IN nothing", in(steps, {}, true), "a b c d e f g"},
      {"integer IS NULL", is_null(steps), "h i"},
      // times are numbers
      {"time =", eq(start, I{0}), "a"},
      {"time < real", compare(start, lt, 0.5), "a c"},
      {"time IS NULL", is_null(start), "d e f g h i"},
      // bools
      {"bool = true", eq(archived, true), "b e"},
      {"bool = false", eq(archived, false), "a c"},
      {"bool != true", compare(archived, ne, true), "a c"},
      {"bool < true", compare(archived, lt, true), "a c"},
      {"bool IN", in(archived, {Value(true), Value(false)}), "a b c e"},
      {"bool NOT IN", in(archived, {Value(true)}, true), "a c"},
      {"bool IS NULL", is_null(archived), "d f g h i"},
      // texts: by bytes, never as numbers
      {"text =", eq(state, "9"), "c"},
      {"text = empty", eq(state, ""), "a"},
      {"text < ", compare(state, lt, "9"), "a b"},
      {"text >= ", compare(state, ge, "straSSe"), "e f g h"},
      {"text !=", compare(state, ne, "9"), "a b d e f g h"},
      {"text IN", in(state, {Value("9"), Value("z"), Value("?")}), "c h"},
      {"text NOT IN", in(state, {Value("9"), Value("z"), Value("?")}, true), "a b d e f g"},
      {"text IS NULL", is_null(state), "i"},
      // references and what every record has
      {"reference =", eq(project, truth.project_of(0)), "a b e"},
      {"reference !=", compare(project, ne, truth.project_of(0)), "c d"},
      {"reference of nobody", eq(project, I{999999}), ""},
      {"reference IN", in(project, {Value(truth.project_of(0)), Value(truth.project_of(1))}),
       "a b c d e"},
      {"reference IS NULL", is_null(project), "f g h i"},
      {"id =", eq(record_id(), "c"), "c"},
      {"id >", compare(record_id(), gt, "c"), "d e f g h i"},
      {"id IN", in(record_id(), {Value("c"), Value("x"), Value("a")}), "a c"},
      {"id NOT IN", in(record_id(), {Value("c"), Value("x"), Value("a")}, true), "b d e f g h i"},
      {"id LIKE", pattern(Op::like, record_id(), "_"), "a b c d e f g h i"},
      {"ordinal IS NULL", is_null(record_ordinal()), ""},
      {"version > 0", compare(record_version(), gt, I{0}), "a b c d e f g h i"},
  };
  for (const Question& question : table) {
    INFO(question.name);
    truth.check(question.filter, question.ids);
  }
}

TEST_CASE("semantics: texts with the number they spell, as a table") {
  Truth truth;
  const Compare ne = Compare::ne, lt = Compare::lt, le = Compare::le, gt = Compare::gt;
  // a 0.1, b 1e-1, c 10, d 9, e adam, f empty, g nan, h Über, i missing. A map that is indexed, one
  // that is not, and a scalar field answer alike.
  for (const Path& path : {lr, note, label}) {
    INFO(path.name);
    const Question table[] = {
        {"= number", eq(path, 0.1), "a b"},
        {"= text", eq(path, "0.1"), "a"},
        {"= another spelling", eq(path, "1e-1"), "b"},
        {"= integer", eq(path, I{10}), "c"},
        {"!= number", compare(path, ne, 0.1), "c d"},
        {"!= text", compare(path, ne, "0.1"), "b c d e f g h"},
        {"< number", compare(path, lt, I{10}), "a b d"},
        {"< text", compare(path, lt, "10"), "a f"},
        {"<= number", compare(path, le, 9.0), "a b d"},
        {"> number", compare(path, gt, 9.5), "c"},
        {"> text", compare(path, gt, "9"), "e g h"},
        {"= NaN", eq(path, not_a_number), ""},
        {"!= NaN", compare(path, ne, not_a_number), "a b c d"},
        {"= 'nan'", eq(path, "nan"), "g"},
        {"= ''", eq(path, ""), "f"},
        {"< infinity", compare(path, lt, infinity), "a b c d"},
        {"IN numbers", in(path, {Value(0.1), Value(I{9})}), "a b d"},
        {"IN texts", in(path, {Value("0.1"), Value("adam")}), "a e"},
        {"IN both", in(path, {Value(0.1), Value("adam")}), "a b e"},
        {"NOT IN numbers", in(path, {Value(0.1), Value(I{9})}, true), "c"},
        {"NOT IN texts", in(path, {Value("0.1"), Value("adam")}, true), "b c d f g h"},
        {"NOT IN both", in(path, {Value(0.1), Value("adam")}, true), "c d"},
        {"NOT IN nothing", in(path, {}, true), "a b c d e f g h"},
        {"IS NULL", is_null(path), "i"},
        {"IS NOT NULL", is_null(path, true), "a b c d e f g h"},
        {"LIKE", pattern(Op::like, path, "%a%"), "e g"},
        {"LIKE over numbers", pattern(Op::like, path, "1%"), "b c"},
        {"LIKE prefix", pattern(Op::like, path, "ad%"), "e"},
        {"LIKE all", pattern(Op::like, path, "%"), "a b c d e f g h"},
        {"LIKE nothing", pattern(Op::like, path, ""), "f"},
        {"NOT LIKE", pattern(Op::like, path, "%a%", true), "a b c d f h"},
        {"ILIKE", pattern(Op::ilike, path, "üBER"), "h"},
        {"NOT ILIKE", pattern(Op::ilike, path, "%E%", true), "a c d e f g"},
        {"matches", pattern(Op::matches, path, "^[0-9]"), "a b c d"},
        {"NOT matches", pattern(Op::matches, path, "^[0-9]", true), "e f g h"},
    };
    for (const Question& question : table) {
      INFO(question.name);
      truth.check(question.filter, question.ids);
    }
  }
  truth.check(is_null(entry("params", "never seen")), "a b c d e f g h i");
  truth.check(compare(entry("params", "never seen"), Compare::ne, "x"), "");
  truth.check(not_(eq(entry("params", "never seen"), "x")), "a b c d e f g h i");
  truth.check(pattern(Op::like, entry("params", "never seen"), "%", true), "");
}

TEST_CASE("semantics: patterns over fields, as a table") {
  Truth truth;
  // a '', b 10, c 9, d Straße, e straSSe, f über%, g ÜBER_, h z
  const Question table[] = {
      {"LIKE is exact", pattern(Op::like, state, "str%"), "e"},
      {"LIKE _ is a code point", pattern(Op::like, state, "_ber_"), "f"},
      {"LIKE % and _ cannot be escaped", pattern(Op::like, state, "%\\%"), ""},
      {"ILIKE folds by Unicode", pattern(Op::ilike, state, "über_"), "f g"},
      {"ILIKE folds fully", pattern(Op::ilike, state, "STRASSE"), "d e"},
      {"NOT LIKE", pattern(Op::like, state, "%r%", true), "a b c g h"},
      {"NOT ILIKE", pattern(Op::ilike, state, "%r%", true), "a b c h"},
      {"matches", pattern(Op::matches, state, "^[a-z]+$"), "h"},
      {"matches anywhere", pattern(Op::matches, state, "b|B|9"), "c f g"},
      {"NOT matches", pattern(Op::matches, state, ".", true), "a"},
  };
  for (const Question& question : table) {
    INFO(question.name);
    truth.check(question.filter, question.ids);
  }
}

TEST_CASE("semantics: summaries, as a table") {
  Truth truth;
  // last: a -inf, b -1, c 0, d .5, e .5, f 1, g inf, h NaN, i missing
  const Question table[] = {
      {"last =", eq(acc, 0.5), "d e"},
      {"last <", compare(acc, Compare::lt, 0.5), "a b c"},
      {"last >=", compare(acc, Compare::ge, 0.5), "d e f g"},
      {"last = infinity", eq(acc, infinity), "g"},
      {"last !=", compare(acc, Compare::ne, 0.5), "a b c f g h"},
      {"last = NaN", eq(acc, not_a_number), ""},
      {"last IS NULL", is_null(acc), "i"},
      {"last IN", in(acc, {Value(0.5), Value(I{0})}), "c d e"},
      {"last NOT IN", in(acc, {Value(0.5), Value(I{0})}, true), "a b f g h"},
      {"min", eq(acc_min, 0.5), "d e"},
      {"min of NaN alone is NaN", compare(acc_min, Compare::ne, 77.0), "a b c d e f g h"},
      {"min ignores NaN", compare(acc_min, Compare::le, 0.0), "a b c"},
      {"count counts NaN", eq(acc_count, I{3}), "c e"},
      {"another scope", compare(acc_scoped, Compare::ge, 2.0), "b e g"},
      {"another key", is_null(series("metrics", "loss")), "a b c d e f g h i"},
      {"another series", is_null(series("system", "acc")), "a b c d e f g h i"},
      {"last step", eq(series("metrics", "acc", Statistic::last_step), I{2}), "c e"},
      {"first", compare(series("metrics", "acc", Statistic::first), Compare::ge, 1.0), "b e f g"},
      {"sum leaves NaN out", eq(series("metrics", "acc", Statistic::sum), 0.5), "c"},
      {"max step", eq(series("metrics", "acc", Statistic::max_step), I{0}), "a b c d e f g h"},
      {"min step", eq(series("metrics", "acc", Statistic::min_step), I{2}), "c e"},
  };
  for (const Question& question : table) {
    INFO(question.name);
    truth.check(question.filter, question.ids);
  }
}

TEST_CASE("semantics: orders, as a table") {
  Truth truth;
  const Path gone = entry("params", "never seen");
  // Values turn with the direction, and with them the ordinal among equals; NaN and then missing
  // stay last, ascending.
  truth.ordered({}, "a b c d e f g h i");
  truth.ordered({{score, false, false}}, "a b c d e f g h i");
  truth.ordered({{score, true, false}}, "g f e d c b a h i");
  truth.ordered({{steps, false, false}}, "g a b c e d f h i");
  truth.ordered({{steps, true, false}}, "f d e c b a g h i");
  truth.ordered({{archived, false, false}}, "a c b e d f g h i");
  truth.ordered({{archived, true, false}}, "e b c a d f g h i");
  truth.ordered({{start, true, false}}, "b a c d e f g h i");
  truth.ordered({{state, false, false}}, "a b c d e h g f i");
  truth.ordered({{state, true, false}}, "f g h e d c b a i");
  for (const Path& path : {lr, note, label}) {
    INFO(path.name);
    truth.ordered({{path, false, false}}, "a b d c f e g h i");
    truth.ordered({{path, true, false}}, "c d b a h g e f i");
    truth.ordered({{path, false, true}}, "f a c b d e g h i");
    truth.ordered({{path, true, true}}, "h g e d b c a f i");
  }
  truth.ordered({{acc, false, false}}, "a b c d e f g h i");
  truth.ordered({{acc, true, false}}, "g f e d c b a h i");
  truth.ordered({{acc_min, true, false}}, "g f e d c b a h i");
  truth.ordered({{acc_count, true, false}}, "e c d b h g f a i");
  truth.ordered({{gone, true, false}}, "a b c d e f g h i");
  truth.ordered({{record_id(), true, false}}, "i h g f e d c b a");
  truth.ordered({{record_ordinal(), true, false}}, "i h g f e d c b a");
  // Several keys: the last decides how the ordinal goes.
  truth.ordered({{archived, true, false}, {score, false, false}}, "b e a c d f g h i");
  truth.ordered({{archived, false, false}, {score, true, false}}, "c a e b g f d h i");
  truth.ordered({{acc, true, false}, {record_ordinal(), false, false}}, "g f d e c b a h i");
  truth.ordered({{gone, true, false}, {state, true, false}}, "f g h e d c b a i");
  truth.ordered({{archived, false, false}, {gone, true, false}}, "a c b e d f g h i");
}

}  // namespace podium::conformance
