#include "vocabulary.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "errors.hpp"
#include "python_text.hpp"

namespace podium::mlflow {

QueryFeatures mlflow_features() {
  QueryFeatures f;
  f.or_not_parentheses = false;
  f.numbers_in_lists = false;
  f.matches = false;
  f.is_null = true;
  f.bool_literals = false;
  f.double_quoted_keys = true;
  f.tag_sets = false;
  return f;
}

std::optional<Compare> compare_of(Operator op) {
  switch (op) {
    case Operator::eq: return Compare::eq;
    case Operator::ne: return Compare::ne;
    case Operator::lt: return Compare::lt;
    case Operator::le: return Compare::le;
    case Operator::gt: return Compare::gt;
    case Operator::ge: return Compare::ge;
    default: return std::nullopt;
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
    case Operator::like: return pattern(Filter::Op::like, std::move(path), text(0));
    case Operator::ilike: return pattern(Filter::Op::ilike, std::move(path), text(0));
    case Operator::is_null: return is_null(std::move(path));
    case Operator::is_not_null: return is_null(std::move(path), true);
    default: return compare(std::move(path), compare_of(op).value_or(Compare::eq), text(0));
  }
}

Value number_of(const Literal& literal) {
  if (literal.integer) return *literal.integer;
  return literal.number.value_or(0);
}

Filter number_comparison(Path path, Operator op, const Literal& literal) {
  return compare(std::move(path), compare_of(op).value_or(Compare::eq), number_of(literal));
}

std::string as_written(std::span<const Literal> literals, Operator op) {
  const bool list = op == Operator::in || op == Operator::not_in;
  std::string out;
  for (const Literal& l : literals) {
    if (!out.empty()) out += ", ";
    if (!l.source.empty()) out += l.source;
    else if (l.text) out += "'" + *l.text + "'";
    else if (l.integer) out += std::to_string(*l.integer);
    else if (l.number) out += repr(*l.number);
  }
  return list ? "(" + out + ")" : out;
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

Error bad_order(std::string_view text) {
  // "identifier word" with a word that is no direction has a refusal of its own.
  const std::string_view item = trimmed(text);
  const auto blank = item.find_last_of(" \t");
  if (blank != std::string_view::npos && item.find_first_of(" \t") == blank) {
    const std::string word = lower_ascii(item.substr(blank + 1));
    if (word != "asc" && word != "desc")
      return invalid(fmt::format("Invalid ordering key in order_by clause '{}'.", text));
  }
  return invalid(fmt::format("Invalid order_by clause '{}'. Could not be parsed.", text));
}

}  // namespace podium::mlflow
