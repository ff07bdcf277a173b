// The conditions of a table's columns, lowered to the tree that the query language makes.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "query/cursor.hpp"
#include "query/podium_vocabulary.hpp"
#include "query/times.hpp"
#include "services/table/names.hpp"
#include "services/table/table.hpp"

namespace podium::host {
namespace {

constexpr std::int64_t day = 86'400'000;

Literal literal_of(const Value& value) {
  Literal l;
  if (const auto* text = std::get_if<std::string>(&value)) {
    l.text = *text;
    l.source = *l.text;
  } else if (const auto* number = std::get_if<double>(&value)) {
    l.number = *number;
    l.source = "a number";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    l.number = static_cast<double>(*integer);
    l.integer = *integer;
    l.source = "a number";
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    l.boolean = *flag;
    l.source = *flag ? "true" : "false";
  }
  return l;
}

bool is_nan(const Value& v) {
  const auto* number = std::get_if<double>(&v);
  return number != nullptr && std::isnan(*number);
}

/// Asks the vocabulary as the language's parser would, for one column.
class Lowering {
 public:
  Lowering(const std::string& column, const EntityVocabulary& words)
      : words_(words), name_(name_of(column, words)) {}

  Filter operator()(const ColumnFilter::Values& v) const {
    std::vector<Literal> literals;
    bool null = false, nan = false;
    for (const Value& given : v.values) {
      const Value value = number_where_real(given);
      if (std::holds_alternative<std::monostate>(value))
        null = true;
      else if (is_nan(value))
        nan = true;
      else
        literals.push_back(literal_of(value));
    }
    std::vector<Filter> arms;
    if (!literals.empty()) arms.push_back(ask(Operator::in, literals));
    if (null) arms.push_back(ask(Operator::is_null, {}));
    if (nan) {  // there, and neither above nor below anything
      const Literal least = literal_of(-std::numeric_limits<double>::infinity());
      arms.push_back(
          all_of({ask(Operator::is_not_null, {}), not_(ask(Operator::ge, std::span(&least, 1)))}));
    }
    if (arms.empty()) return v.exclude ? Filter{} : none();
    Filter among = any_of(std::move(arms));
    return v.exclude ? not_(std::move(among)) : among;
  }

  Filter operator()(const ColumnFilter::Range& r) const {
    std::vector<Filter> arms;
    if (!std::holds_alternative<std::monostate>(r.from)) {
      const Literal from = literal_of(number_where_real(r.from));
      arms.push_back(ask(Operator::ge, std::span(&from, 1)));
    }
    if (!std::holds_alternative<std::monostate>(r.to)) {
      const Literal to = literal_of(number_where_real(end_of_day(r.to)));
      arms.push_back(ask(Operator::le, std::span(&to, 1)));
    }
    return all_of(std::move(arms));
  }

  Filter operator()(const ColumnFilter::Tags& t) const {
    std::vector<Filter> arms;
    if (!t.include.empty())
      arms.push_back(ask(t.all ? Operator::tags_all : Operator::tags_any, words_of(t.include)));
    if (!t.exclude.empty()) arms.push_back(ask(Operator::tags_not, words_of(t.exclude)));
    return all_of(std::move(arms));
  }

 private:
  Filter ask(Operator op, std::span<const Literal> values) const {
    Comparison c;
    c.name = name_;
    c.op = op;
    c.operator_source = spelling(op);
    c.values = values;
    return words_.comparison(c);
  }

  static std::vector<Literal> words_of(const std::vector<std::optional<std::string>>& words) {
    std::vector<Literal> out;
    for (const auto& word : words) out.push_back(word ? literal_of(*word) : Literal{});
    return out;
  }

  /// JSON has no other way to say what is not finite.
  Value number_where_real(const Value& v) const {
    const auto* text = std::get_if<std::string>(&v);
    if (text == nullptr || words_.reference_of_name(name_) != nullptr) return v;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto number = *text == "NaN"         ? std::optional(std::nan(""))
                        : *text == "Infinity"  ? std::optional(infinity)
                        : *text == "-Infinity" ? std::optional(-infinity)
                                               : std::nullopt;
    if (!number) return v;
    const Path path = words_.path(name_);
    bool real = path.kind == Path::Kind::series;
    for (const Field& f : words_.collection().fields)
      real =
          real || (path.kind == Path::Kind::field && f.name == path.name && f.type == Type::real);
    return real ? Value{*number} : v;
  }

  /// A day as the upper end is the whole of it.
  Value end_of_day(const Value& to) const {
    const auto* text = std::get_if<std::string>(&to);
    if (text == nullptr || text->size() != 10 || words_.reference_of_name(name_) != nullptr)
      return to;
    const Path path = words_.path(name_);
    const bool statistic =
        path.kind == Path::Kind::series &&
        (path.statistic == Statistic::last_time || path.statistic == Statistic::first_time);
    bool time = statistic;
    for (const Field& f : words_.collection().fields)
      time =
          time || (path.kind == Path::Kind::field && f.name == path.name && f.type == Type::time);
    const auto at = time ? query::read_time(*text, 0) : std::nullopt;
    // An age ('+123456789d') reads too, and is no day.
    if (!at || text->front() == '-' || text->front() == '+') return to;
    return *at + day - 1;
  }

  const EntityVocabulary& words_;
  Identifier name_;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       static_cast<unsigned char>(c) >= 0x80;
    if (!plain) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

Filter Table::lower(const ColumnFilter& f) const {
  const Lowering lowering = [&] {
    try {
      return Lowering(f.column, words_);
    } catch (Error& e) {
      e.in("column");
      throw;
    }
  }();
  try {
    return std::visit(lowering, f.condition);
  } catch (Error& e) {
    // Positions are those of a text that nobody wrote.
    throw Error(e.code(), e.what());
  }
}

Filter Table::search(const std::string& text) const {
  if (text.empty()) return {};
  std::vector<Filter> arms;
  // LIKE has no escape; what holds its signs is looked for by a regular expression.
  const bool plain = text.find_first_of("%_") == std::string::npos;
  for (const char* name : {"name", "description"})
    arms.push_back(plain ? pattern(Filter::Op::ilike, field(name), "%" + text + "%")
                         : pattern(Filter::Op::matches, field(name), "(?i)" + escaped(text)));
  arms.push_back(eq(record_id(), text));
  return any_of(std::move(arms));
}

}  // namespace podium::host
