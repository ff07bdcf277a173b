// The dialect of MLflow's clients: the hooks of a vocabulary suffice to refuse in the words that
// they know. conjunction.txt holds texts, and what is made of them or said about them.
#include <cstdlib>
#include <fstream>

#include "query/language.hpp"
#include "support.hpp"

using namespace podium;

namespace {

/// Notes what it is asked about, and words refusals from the pieces that it is given.
class Notes final : public Vocabulary {
 public:
  QueryFeatures features() const override { return QueryFeatures::conjunction(); }
  Filter comparison(const Comparison& c) const override {
    std::string note(c.name.prefix);
    note += "|" + c.name.key + (c.name.quoted ? "` " : " ");
    note += c.op == Operator::other ? "?" + std::string(c.operator_source)
                                    : std::string(spelling(c.op));
    for (const Literal& l : c.values) {
      note += l.text     ? " text"
              : l.number ? (l.integer ? " integer" : " number")
              : l.bare   ? " word"
                         : " null";
      note += "<" + (l.text ? *l.text : std::string(l.source)) + ">";
    }
    if (c.op == Operator::in) note += " in <" + std::string(c.value_source) + ">";
    return eq(field(note), true);
  }
  OrderKey order(const Identifier& id, bool descending) const override {
    return {field(std::string(id.prefix) + "|" + id.key), descending, false};
  }
  std::vector<std::string> names() const override { return {}; }
  Error refuse(const Refusal& r) const override {
    std::string sentence;
    switch (r.flaw) {
      case Refusal::Flaw::strays:
        for (const auto piece : r.pieces)
          sentence += (sentence.empty() ? "clauses '" : ", '") + std::string(piece) + "'";
        break;
      case Refusal::Flaw::left:
        sentence = "no identifier '" + std::string(r.pieces.at(0)) + "'";
        break;
      case Refusal::Flaw::several:
        sentence = "several";
        break;
      case Refusal::Flaw::order:
        sentence = "order";
        break;
      case Refusal::Flaw::direction:
        sentence = "direction";
        break;
      case Refusal::Flaw::syntax:
        sentence = "syntax: " + r.sentence;
        break;
    }
    return Error(ErrorCode::invalid, sentence).at(static_cast<std::int64_t>(r.position));
  }
};

std::string outcome(const std::string& text) {
  const auto language = host::make_query_language();
  const Notes notes;
  try {
    if (text.starts_with("order ")) {
      const OrderKey key = language->parse_order(text.substr(6), notes);
      return "= " + key.path.name + (key.descending ? " down" : " up");
    }
    const Filter f = language->parse(text, notes);
    if (f.op == Filter::Op::compare) return "= " + f.path.name;
    std::string all = "=";
    for (const Filter& child : f.children) all += (all == "=" ? " " : " & ") + child.path.name;
    return all;
  } catch (const Error& e) {
    return "! " + std::to_string(e.position()) + ": " + e.what();
  }
}

}  // namespace

// With PODIUM_WRITE_CONJUNCTION set to a file the outcomes are written there, to be read and then
// kept.
TEST_CASE("conjunctions of MLflow's clients") {
  std::ifstream file(PODIUM_TEST_DATA "/conjunction.txt");
  REQUIRE(file);
  const char* write = std::getenv("PODIUM_WRITE_CONJUNCTION");
  std::ofstream out(write == nullptr ? "/dev/null" : write);
  std::string text, line;
  while (std::getline(file, line)) {
    if (line.starts_with("# ")) {
      out << line << '\n';
      continue;
    }
    if (line.starts_with("= ") || line.starts_with("! ") || line == "=") {
      if (write == nullptr) {
        INFO(text);
        CHECK(outcome(text) == line);
      }
      continue;
    }
    text = line;
    out << text << '\n' << outcome(text) << '\n';
  }
}

TEST_CASE("long conjunctions take linear time") {
  const auto language = host::make_query_language();
  const Notes notes;
  const std::size_t limit = std::size_t{1} << 20;
  for (const std::string piece :
       {"a+",    "(",  ")",  "((a)", "a in (", "a in ('b',", "'",  "''", "'\\'", "`",       "a.'",
        "a.\"b", "/*", "--", "-",    ";",      "a ",         "1 ", "a=", "not ", "a.b+c=1 "}) {
    std::string text;
    while (text.size() + piece.size() <= limit) text += piece;
    INFO(piece);
    CHECK_THROWS_AS(language->parse(text, notes), Error);
  }
}
