#include "vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "errors.hpp"
#include "python_text.hpp"

namespace podium::mlflow {

std::optional<Compare> compare_of(Operator op) {
  switch (op) {
    case Operator::eq:
      return Compare::eq;
    case Operator::ne:
      return Compare::ne;
    case Operator::lt:
      return Compare::lt;
    case Operator::le:
      return Compare::le;
    case Operator::gt:
      return Compare::gt;
    case Operator::ge:
      return Compare::ge;
    default:
      return std::nullopt;
  }
}

Filter text_comparison(Path path, Operator op, std::span<const Literal> literals) {
  const auto text = [&](std::size_t i) { return literals[i].text.value_or(std::string()); };
  switch (op) {
    case Operator::in:
    case Operator::not_in: {
      std::vector<Value> values;
      for (std::size_t i = 0; i < literals.size(); ++i) values.emplace_back(text(i));
      return in(std::move(path), std::move(values), op == Operator::not_in);
    }
    case Operator::like:
      return pattern(Filter::Op::like, std::move(path), text(0));
    case Operator::ilike:
      return pattern(Filter::Op::ilike, std::move(path), text(0));
    case Operator::is_null:
      return is_null(std::move(path));
    case Operator::is_not_null:
      return is_null(std::move(path), true);
    default:
      return compare(std::move(path), compare_of(op).value_or(Compare::eq), text(0));
  }
}

Filter number_comparison(Path path, Compare how, const Literal& literal) {
  if (literal.integer) return compare(std::move(path), how, *literal.integer);
  return compare(std::move(path), how, literal.number.value_or(0));
}

bool is_text_operator(Operator op) {
  return op == Operator::eq || op == Operator::ne || op == Operator::like || op == Operator::ilike;
}
bool is_list(Operator op) { return op == Operator::in || op == Operator::not_in; }
bool is_null_test(Operator op) { return op == Operator::is_null || op == Operator::is_not_null; }

std::string comparator(const Comparison& c) {
  if (c.op != Operator::other) return std::string(spelling(c.op));
  std::string out(c.operator_source);
  for (char& letter : out)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  return out;
}

bool has_number(const Comparison& c) {
  return c.values.size() == 1 && c.values.front().number && !is_list(c.op);
}

void check_texts(const Comparison& c, std::string_view expected) {
  if (is_list(c.op)) {
    if (c.values.empty())
      throw invalid(
          "While parsing a list in the query, expected a non-empty list of string values, but got "
          "empty list");
    for (const Literal& l : c.values) {
      if (l.bare)
        throw invalid(
            "While parsing a list in the query, expected a non-empty list of string values, but "
            "got ill-formed "
            "list.");
      if (!l.text) {
        std::string shown;
        for (const Literal& item : c.values)
          shown += fmt::format("{}{}", shown.empty() ? "" : ", ", item.source);
        throw invalid(fmt::format(
            "While parsing a list in the query, expected string value, punctuation, or whitespace, "
            "but got different type in list: ({}{})",
            shown, c.values.size() == 1 ? "," : ""));
      }
    }
    return;
  }
  if (c.values.size() == 1 && c.values.front().bare)
    throw invalid(
        fmt::format("Parameter value is either not quoted or unidentified quote types used for "
                    "string value {}. "
                    "Use either single or double quotes.",
                    c.value_source));
  if (c.values.size() != 1 || !c.values.front().text)
    throw invalid(fmt::format("{} Got value {}", expected, c.value_source));
}

bool matches_pattern(std::string_view text, std::string_view pattern, bool fold) {
  if (fold) return matches_pattern(lower_ascii(text), lower_ascii(pattern), false);
  // On a mismatch, the last % takes one character more: linear in the product of the lengths.
  std::size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '_' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

void refuse_blank(std::string_view filter) {
  if (!filter.empty() && trimmed(filter).empty())
    throw invalid(fmt::format("Invalid filter '{}'. Could not be parsed.", filter));
}

std::optional<Error> order_refusal(const Refusal& r) {
  const auto at = static_cast<std::int64_t>(r.position);
  if (r.flaw == Refusal::Flaw::direction)
    return invalid(fmt::format("Invalid ordering key in order_by clause '{}'.", r.text)).at(at);
  if (r.flaw == Refusal::Flaw::order)
    return invalid(fmt::format("Invalid order_by clause '{}'. Could not be parsed.", r.text))
        .at(at);
  return std::nullopt;
}

std::optional<Error> filter_refusal(const Refusal& r) {
  const auto at = static_cast<std::int64_t>(r.position);
  if (r.flaw == Refusal::Flaw::several)
    return invalid(fmt::format("Search filter contained multiple expression {}. Provide AND-ed "
                               "expression list.",
                               repr(r.text)))
        .at(at);
  if (r.flaw == Refusal::Flaw::left && !r.pieces.empty())
    return invalid(fmt::format("Invalid comparison clause. Expected 'Identifier' found '{}'",
                               r.pieces.front()))
        .at(at);
  if (r.flaw == Refusal::Flaw::syntax)
    return invalid(fmt::format("Invalid filter '{}'. Could not be parsed: {}.", r.text, r.sentence))
        .at(at);
  return std::nullopt;
}

}  // namespace podium::mlflow
