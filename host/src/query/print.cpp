#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "query/lexer.hpp"
#include "query/podium_vocabulary.hpp"
#include "query/statistics.hpp"
#include "query/times.hpp"

namespace podium::host {
namespace {

/// How tightly a piece of text holds together: OR, AND, NOT, one comparison.
enum class Binding { disjunction, conjunction, negation, primary };

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

/// A name that stands at the beginning of a word.
std::string first_part(std::string_view name) {
  bool bare = query::is_bare_word(name) && !query::is_reserved(name) &&
              name.find('.') == std::string_view::npos && (name[0] < '0' || name[0] > '9');
  for (const char* keyword : {"TRUE", "FALSE", "ANY"})
    bare = bare && !query::is_keyword(name, keyword);
  return bare ? std::string(name) : quoted(name, '`');
}

std::string key_part(std::string_view key) {
  return query::is_bare_word(key) ? std::string(key) : quoted(key, '`');
}

std::string series_key(std::string_view key) {
  const auto dot = key.rfind('.');
  const bool ambiguous =
      key.find('@') != std::string_view::npos ||
      (dot != std::string_view::npos && query::statistic_of(key.substr(dot + 1)));
  return ambiguous ? quoted(key, '`') : key_part(key);
}

[[noreturn]] void cannot(std::string_view what) {
  throw Error(ErrorCode::misuse, fmt::format("the query language cannot say {}", what));
}

class Printer {
 public:
  explicit Printer(const EntityVocabulary& words) : words_(words) {}

  std::string write(const Filter& f, Binding around) const {
    switch (f.op) {
      case Filter::Op::all:
        return "true";
      case Filter::Op::none:
        return "false";
      case Filter::Op::and_:
        return chain(f, " and ", "true", Binding::conjunction, around);
      case Filter::Op::or_:
        return chain(f, " or ", "false", Binding::disjunction, around);
      case Filter::Op::not_: {
        std::string text = "not " + write(f.children.at(0), Binding::negation);
        return around > Binding::negation ? "(" + text + ")" : text;
      }
      case Filter::Op::compare:
        return comparison(f);
      case Filter::Op::in:
        return list(f);
      case Filter::Op::is_null:
        return path(f.path, false) + (f.negated ? " is not null" : " is null");
      case Filter::Op::like:
        return pattern(f, "like");
      case Filter::Op::ilike:
        return pattern(f, "ilike");
      case Filter::Op::matches:
        return pattern(f, "matches");
      case Filter::Op::any:
        return child(f);
    }
    cannot("an unknown operator");
  }

  /// `compared`: a reference is written by its ordinal, as it is compared.
  std::string path(const Path& p, bool compared = true) const {
    switch (p.kind) {
      case Path::Kind::field: {
        const Field* f = field_of(p);
        return first_part(p.name) +
               (f != nullptr && f->type == Type::reference && compared ? ".ordinal" : "");
      }
      case Path::Kind::map:
        return p.key.empty() ? first_part(p.name) : p.name + "." + key_part(p.key);
      case Path::Kind::series: {
        std::string text = p.name + "." + series_key(p.key);
        if (p.statistic != Statistic::last)
          for (const auto& [name, statistic] : query::statistics)
            if (statistic == p.statistic) text += fmt::format(".{}", name);
        if (!p.scope.empty()) text += "@" + key_part(p.scope);
        return text;
      }
      case Path::Kind::id:
        return "id";
      case Path::Kind::ordinal:
        return "ordinal";
      case Path::Kind::version:
        return "version";
      case Path::Kind::body:
        break;
    }
    cannot("anything about a record's body");
  }

 private:
  const Field* field_of(const Path& p) const {
    const auto& fields = words_.collection().fields;
    const auto it = std::find_if(fields.begin(), fields.end(),
                                 [&](const Field& f) { return f.name == p.name; });
    return it == fields.end() ? nullptr : &*it;
  }

  std::string chain(const Filter& f, std::string_view joint, std::string_view empty, Binding own,
                    Binding around) const {
    if (f.children.empty()) return std::string(empty);
    if (f.children.size() == 1) return write(f.children.front(), around);
    std::string text;
    const auto tighter = static_cast<Binding>(static_cast<int>(own) + 1);
    for (const Filter& child : f.children) {
      if (!text.empty()) text += joint;
      text += write(child, tighter);
    }
    return around > own ? "(" + text + ")" : text;
  }

  bool is_moment(const Path& p) const {
    if (p.kind == Path::Kind::series)
      return p.statistic == Statistic::last_time || p.statistic == Statistic::first_time;
    const Field* f = p.kind == Path::Kind::field ? field_of(p) : nullptr;
    return f != nullptr && f->type == Type::time;
  }

  std::string value(const Value& v, const Path& p) const {
    if (const auto* text = std::get_if<std::string>(&v)) return quoted(*text, '\'');
    if (const auto* b = std::get_if<bool>(&v)) return *b ? "true" : "false";
    if (const auto* number = std::get_if<double>(&v)) {
      if (std::isnan(*number)) return "nan";
      if (std::isinf(*number)) return *number < 0 ? "-infinity" : "infinity";
      return fmt::format("{}", *number);
    }
    if (const auto* integer = std::get_if<std::int64_t>(&v)) {
      std::string moment = is_moment(p) ? query::time_text(*integer) : "";
      if (p.kind == Path::Kind::field && words_.is_duration(p.name))
        moment = query::duration_text(*integer);
      return moment.empty() ? std::to_string(*integer) : quoted(moment, '\'');
    }
    cannot("a comparison with nothing");
  }

  std::string comparison(const Filter& f) const {
    constexpr std::string_view signs[] = {"", "=", "!=", "<", "<=", ">", ">="};
    const bool* flag = std::get_if<bool>(&f.values.at(0));
    if (flag != nullptr && *flag && f.cmp == Compare::eq) return path(f.path);
    return fmt::format("{} {} {}", path(f.path), signs[static_cast<std::size_t>(f.cmp)],
                       value(f.values.at(0), f.path));
  }

  std::string list(const Filter& f) const {
    if (f.values.empty()) return f.negated ? path(f.path) + " is not null" : "false";
    std::string text = path(f.path) + (f.negated ? " not in (" : " in (");
    for (std::size_t i = 0; i < f.values.size(); ++i)
      text += (i == 0 ? "" : ", ") + value(f.values[i], f.path);
    return text + ")";
  }

  std::string pattern(const Filter& f, std::string_view word) const {
    return fmt::format("{} {}{} {}", path(f.path), f.negated ? "not " : "", word,
                       value(f.values.at(0), f.path));
  }

  std::string child(const Filter& f) const {
    for (const auto& c : words_.options().children)
      if (c.vocabulary->collection().name == f.child && c.reference == f.path.name)
        return fmt::format("any {} ({})", first_part(c.name),
                           Printer(*c.vocabulary).write(f.children.at(0), Binding::disjunction));
    cannot(fmt::format("ANY of '{}'", f.child));
  }

  const EntityVocabulary& words_;
};

}  // namespace

std::string print(const Filter& filter, const EntityVocabulary& words) {
  return filter.op == Filter::Op::all ? "" : Printer(words).write(filter, Binding::disjunction);
}

std::string print(const OrderKey& key, const EntityVocabulary& words) {
  if (key.as_text) cannot("an order by text alone");
  return Printer(words).path(key.path, false) + (key.descending ? " desc" : "");
}

}  // namespace podium::host
