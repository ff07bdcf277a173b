#include "commands/line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/text.hpp"
#include "query/cursor.hpp"
#include "query/lexer.hpp"

namespace podium::host::commands {
namespace {

using Kind = ClauseSpec::Kind;
using query::excerpt;
using query::is_blank;

/// Reads the words of a line from left to right.
class LineParser {
 public:
  LineParser(std::string_view line, const VerbList& verbs) : verbs_(verbs) { parsed_.line = line; }

  ParsedLine run() {
    check_text();
    skip_blanks();
    if (at_end()) fail(0, "expected a command; 'help' lists them");
    parsed_.verb = word();
    parsed_.verb.text = lower(parsed_.verb.text);
    begin_verb();
    while (skip_blanks(), !at_end()) {
      if (const auto* spec = keyword_here()) {
        clause(*spec);
      } else if (parsed_.clauses.empty() || usage_.most > 0) {
        argument();
      } else {
        unknown_word();
      }
    }
    finish();
    return std::move(parsed_);
  }

 private:
  std::string_view line() const { return parsed_.line; }
  bool at_end() const { return at_ == parsed_.line.size(); }
  void skip_blanks() {
    while (!at_end() && is_blank(line()[at_])) ++at_;
  }

  [[noreturn]] void fail(std::size_t position, const std::string& sentence,
                         std::string_view nearest = {}, std::string_view corrected = {}) const {
    throw line_error(line(), static_cast<std::int64_t>(position), sentence, nearest, corrected);
  }

  void check_text() const {
    if (line().size() > longest_line)
      throw Error(ErrorCode::too_large,
                  fmt::format("a command is at most {} bytes long", longest_line))
          .in("line");
    if (!kit::valid_text(line()))
      throw Error(ErrorCode::invalid, "a command is valid UTF-8 without U+0000").in("line");
  }

  void begin_verb() {
    if (auto usage = verbs_.usage(parsed_.verb.text)) {
      usage_ = std::move(*usage);
      return;
    }
    const auto begin = static_cast<std::size_t>(parsed_.verb.position);
    const std::string near = kit::nearest(parsed_.verb.text, verbs_.words());
    if (near.empty())
      fail(begin, fmt::format("there is no command '{}'; 'help' lists those there are",
                              excerpt(parsed_.verb.text)));
    fail(begin,
         fmt::format("there is no command '{}'; did you mean '{}'?", excerpt(parsed_.verb.text),
                     near),
         near, replaced(line(), begin, at_, near));
  }

  /// Where the quoted piece that begins at `from` ends, behind its closing quote.
  std::size_t end_of_quoted(std::size_t from) const {
    const char quote = line()[from];
    for (std::size_t i = from + 1; i < line().size(); ++i) {
      if (line()[i] != quote) continue;
      if (i + 1 == line().size() || line()[i + 1] != quote) return i + 1;
      ++i;
    }
    fail(from, fmt::format("the quote {} is not closed", quote));
  }

  /// One word: up to a blank outside of quotes and parentheses, or to a comma when `items` are
  /// read. Quotes are taken off; back-ticks belong to names and stay.
  CommandWord word(bool items = false) {
    CommandWord w;
    w.position = static_cast<std::int64_t>(at_);
    std::size_t depth = 0;
    while (!at_end()) {
      const char c = line()[at_];
      if (is_quote(c)) {
        const std::size_t end = end_of_quoted(at_);
        for (std::size_t i = at_ + 1; i + 1 < end; ++i) {
          w.text += line()[i];
          if (line()[i] == c) ++i;
        }
        w.quoted = true;
        at_ = end;
        continue;
      }
      if (c == '`') {
        const std::size_t end = end_of_quoted(at_);
        w.text.append(line(), at_, end - at_);
        at_ = end;
        continue;
      }
      if (depth == 0 && (is_blank(c) || (items && c == ','))) break;
      if (c == '(') ++depth;
      if (c == ')' && depth > 0) --depth;
      if (!is_blank(c)) w.text += c;
      ++at_;
    }
    return w;
  }

  /// A word of arguments: `a, b` is one, `a,b`.
  CommandWord joined_word() {
    CommandWord w = word();
    while (true) {
      const std::size_t end = at_;
      skip_blanks();
      const bool open = !w.quoted && w.text.ends_with(',');
      if (at_end() || (!open && line()[at_] != ',')) {
        at_ = end;
        return w;
      }
      const CommandWord next = word();
      w.text += next.text;
    }
  }

  /// The clause whose keyword stands at `at_`, which does not move.
  const ClauseSpec* keyword_here() const { return keyword_at(at_).spec; }

  struct Keyword {
    const ClauseSpec* spec = nullptr;
    std::size_t end = 0;
  };
  std::size_t bare_end(std::size_t from) const {
    std::size_t end = from;
    while (end < line().size() && !is_blank(line()[end])) ++end;
    return end;
  }
  Keyword keyword_at(std::size_t from) const {
    const std::size_t end = bare_end(from);
    const std::string first = lower(line().substr(from, end - from));
    for (const ClauseSpec& spec : usage_.clauses) {
      const std::size_t blank = spec.name.find(' ');
      if (blank == std::string::npos) {
        if (spec.name == first) return {&spec, end};
        continue;
      }
      if (std::string_view(spec.name).substr(0, blank) != first) continue;
      std::size_t second = end;
      while (second < line().size() && is_blank(line()[second])) ++second;
      const std::size_t stop = bare_end(second);
      if (lower(line().substr(second, stop - second)) == spec.name.substr(blank + 1))
        return {&spec, stop};
    }
    return {};
  }

  std::vector<std::string> keywords() const {
    std::vector<std::string> names;
    for (const auto& c : usage_.clauses) names.push_back(c.name);
    return names;
  }

  [[noreturn]] void unknown_word() const {
    const std::size_t end = bare_end(at_);
    const std::string_view found = line().substr(at_, end - at_);
    const auto names = keywords();
    const std::string near = kit::nearest(lower(found), names);
    if (!near.empty())
      fail(at_,
           fmt::format("'{}' is no clause of {}; did you mean '{}'?", excerpt(found),
                       parsed_.verb.text, near),
           near, replaced(line(), at_, end, near));
    fail(at_,
         fmt::format("'{}' is no clause of {}{}", excerpt(found), parsed_.verb.text,
                     names.empty() ? "" : fmt::format("; there are: {}", fmt::join(names, ", "))));
  }

  void argument() {
    if (parsed_.arguments.size() == usage_.most) {
      // More than it takes: most likely a keyword that was written wrong.
      const std::size_t end = bare_end(at_);
      if (!kit::nearest(lower(line().substr(at_, end - at_)), keywords()).empty() ||
          !parsed_.clauses.empty())
        unknown_word();
      fail(at_, fmt::format("{} takes {}, and '{}' is one more", parsed_.verb.text,
                            usage_.most == 0 ? "no argument"
                                             : fmt::format("at most {} argument{}", usage_.most,
                                                           usage_.most == 1 ? "" : "s"),
                            excerpt(line().substr(at_, end - at_))));
    }
    parsed_.arguments.push_back(joined_word());
  }

  void clause(const ClauseSpec& spec) {
    GivenClause given;
    given.name = spec.name;
    given.kind = spec.kind;
    given.keyword = {spec.name, static_cast<std::int64_t>(at_), false};
    if (parsed_.clause(spec.name) != nullptr)
      fail(at_, fmt::format("'{}' is given twice{}", spec.name,
                            spec.kind == Kind::filter ? "; join the conditions with 'and'" : ""));
    at_ = keyword_at(at_).end;
    skip_blanks();
    switch (spec.kind) {
      case Kind::flag:
        if (may_have_token(spec) && !at_end() && keyword_here() == nullptr)
          given.words = {joined_word()};
        break;
      case Kind::word:
      case Kind::number:
      case Kind::duration:
        one_word(spec, given);
        break;
      case Kind::list:
        list(spec, given);
        break;
      case Kind::orders:
        orders(spec, given);
        break;
      case Kind::filter:
        filter(spec, given);
        break;
    }
    parsed_.clauses.push_back(std::move(given));
  }

  [[noreturn]] void nothing_behind(const ClauseSpec& spec) const {
    fail(at_, at_end() ? fmt::format("'{}' needs {} behind it", spec.name, spec.value)
                       : fmt::format("'{}' needs {} behind it; if '{}' is meant, put it in quotes",
                                     spec.name, spec.value,
                                     excerpt(line().substr(at_, bare_end(at_) - at_))));
  }

  void one_word(const ClauseSpec& spec, GivenClause& given) {
    if (at_end() || keyword_here() != nullptr) nothing_behind(spec);
    CommandWord w = joined_word();
    const auto wrong = [&](std::string_view needed) {
      fail(static_cast<std::size_t>(w.position),
           fmt::format("'{}' needs {}, found '{}'", spec.name, needed, excerpt(w.text)));
    };
    if (spec.kind == Kind::number) {
      const char* end = w.text.data() + w.text.size();
      const auto [stop, code] = std::from_chars(w.text.data(), end, given.number);
      if (code != std::errc() || stop != end || given.number < 0)
        wrong("a whole number that is not negative");
    } else if (spec.kind == Kind::duration) {
      given.number = duration_of(w.text);
      if (given.number < 0) wrong("a time such as 90s, 10m or 2h");
    }
    given.words = {std::move(w)};
  }

  void list(const ClauseSpec& spec, GivenClause& given) {
    bool expected = true;  // behind a comma a keyword is a name
    while (skip_blanks(), !at_end()) {
      if (line()[at_] == ',') {
        if (expected) fail(at_, fmt::format("'{}' has nothing before this comma", spec.name));
        expected = true;
        ++at_;
        continue;
      }
      if ((given.words.empty() || !expected) && keyword_here() != nullptr) break;
      given.words.push_back(word(true));
      expected = false;
    }
    if (given.words.empty()) nothing_behind(spec);
    if (expected) fail(at_, fmt::format("'{}' has nothing behind its last comma", spec.name));
  }

  void orders(const ClauseSpec& spec, GivenClause& given) {
    while (true) {
      skip_blanks();
      if (at_end() || (given.words.empty() && keyword_here() != nullptr)) {
        if (given.words.empty()) nothing_behind(spec);
        fail(at_, fmt::format("'{}' has nothing behind its last comma", spec.name));
      }
      CommandWord item = word(true);
      bool descending = false;
      if (!item.quoted && item.text.size() > 1 && item.text.front() == '-') {
        item.text.erase(0, 1);
        descending = true;
      }
      skip_blanks();
      if (!at_end() && line()[at_] != ',' && keyword_here() == nullptr) {
        const std::size_t begin = at_;
        const std::string direction = lower(word(true).text);
        if (direction != "asc" && direction != "desc") {
          at_ = begin;
          if (!kit::nearest(direction, keywords()).empty()) unknown_word();
          fail(begin, fmt::format("expected asc, desc, a comma or a clause behind '{}', found '{}'",
                                  excerpt(item.text), excerpt(direction)));
        }
        descending = direction == "desc";
        skip_blanks();
      }
      if (descending) item.text += " desc";
      given.words.push_back(std::move(item));
      if (at_end() || line()[at_] != ',') return;
      ++at_;
    }
  }

  /// Up to the next clause: a keyword outside of parentheses where the filter could end.
  void filter(const ClauseSpec& spec, GivenClause& given) {
    if (at_end()) nothing_behind(spec);
    const std::size_t begin = at_;
    const std::string_view rest = line().substr(begin);
    const auto tokens = query::tokens_of(rest, QueryFeatures{});
    const auto source = [&](const query::Token& t) { return rest.substr(t.position, t.size); };
    std::size_t depth = 0, end = rest.size();
    bool complete = false;  // whether the filter could end before the token
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const query::Token& t = tokens[i];
      using Token = query::Token::Kind;
      if (t.kind == Token::open) {
        ++depth;
        complete = false;
      } else if (t.kind == Token::close) {
        depth -= depth > 0 ? 1 : 0;
        complete = true;
      } else if (t.kind == Token::text || t.kind == Token::number || t.kind == Token::bound) {
        complete = true;
      } else if (t.kind == Token::name) {
        if (complete && depth == 0) {
          const Keyword k = keyword_at(begin + t.position);
          // Before a list `in`, `any` and `all` are the filter's.
          const bool list = tokens[i + 1].kind == Token::open && is_operator_word(source(t));
          if (k.spec != nullptr && !list) {
            end = t.position;
            break;
          }
          if (!is_operator_word(source(t)))
            misspelled(begin + t.position, source(t), tokens[i + 1]);
        }
        complete = !is_operator_word(source(t));
      } else {
        complete = false;
      }
    }
    std::string_view text = rest.substr(0, end);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    if (text.empty()) nothing_behind(spec);
    given.words = {{std::string(text), static_cast<std::int64_t>(begin), false}};
    at_ = begin + end;
  }

  static bool is_operator_word(std::string_view word) {
    for (const std::string_view k :
         {"AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "MATCHES", "RLIKE", "IS", "ANY", "ALL"})
      if (query::is_keyword(word, k)) return true;
    return false;
  }

  /// Two names side by side are no filter. If the second is nearly a keyword, that is what is
  /// wrong.
  void misspelled(std::size_t position, std::string_view found, const query::Token& next) const {
    using Token = query::Token::Kind;
    if (next.kind == Token::op) return;  // `a b = 1`: the filter's own parser says it better
    const std::string near = kit::nearest(lower(found), keywords());
    if (near.empty()) return;
    fail(position,
         fmt::format("expected AND, OR or a clause, found '{}'; did you mean '{}'?", excerpt(found),
                     near),
         near, replaced(line(), position, position + found.size(), near));
  }

  void finish() const {
    if (parsed_.arguments.size() < usage_.least)
      fail(line().size(), fmt::format("{} needs {}; as in: {}", parsed_.verb.text, usage_.arguments,
                                      usage_line(parsed_.verb.text, usage_)));
    for (const auto& spec : usage_.clauses)
      if (spec.required && parsed_.clause(spec.name) == nullptr)
        fail(line().size(),
             fmt::format("{} needs the clause '{} {}'", parsed_.verb.text, spec.name, spec.value));
  }

  const VerbList& verbs_;
  ParsedLine parsed_;
  Verb::Usage usage_;
  std::size_t at_ = 0;
};

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

const GivenClause* ParsedLine::clause(std::string_view name) const {
  for (const auto& c : clauses)
    if (c.name == name) return &c;
  return nullptr;
}

ParsedLine parse_line(std::string_view line, const VerbList& verbs) {
  return LineParser(line, verbs).run();
}

std::int64_t duration_of(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc() || number < 0) return -1;
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  constexpr std::int64_t second = 1000;
  std::int64_t scale = 0;
  if (unit == "ms")
    scale = 1;
  else if (unit.empty() || unit == "s")
    scale = second;
  else if (unit == "m")
    scale = 60 * second;
  else if (unit == "h")
    scale = 3600 * second;
  else if (unit == "d")
    scale = 86'400 * second;
  constexpr std::int64_t longest = std::int64_t{10} * 365 * 86'400 * second;
  if (scale == 0 || number > longest / scale) return -1;
  return number * scale;
}

std::string replaced(std::string_view line, std::size_t begin, std::size_t end,
                     std::string_view with) {
  std::string out(line.substr(0, begin));
  out += with;
  out += line.substr(end);
  return out;
}

Error line_error(std::string_view line, std::int64_t position, const std::string& sentence,
                 std::string_view nearest, std::string_view corrected) {
  std::string facts;
  JsonWriter w(facts);
  w.object().key("line").value(line);
  if (!nearest.empty()) w.key("nearest").value(nearest);
  if (!corrected.empty()) w.key("corrected").value(corrected);
  w.end_object();
  Error error(ErrorCode::invalid, sentence);
  error.at(position).in("line").with(std::move(facts));
  return error;
}

}  // namespace podium::host::commands
