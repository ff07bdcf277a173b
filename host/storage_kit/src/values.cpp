#include "podium/storage_kit/values.hpp"

#include <cmath>
#include <variant>

namespace podium::kit {
namespace {

template <class T>
int three_way(const T& a, const T& b) noexcept {
  return a < b ? -1 : b < a ? 1 : 0;
}

/// Exact, also where the integer has no double of its own. `b` is not NaN.
int compare_exactly(std::int64_t a, double b) noexcept {
  if (b >= 9223372036854775808.0) return -1;
  if (b < -9223372036854775808.0) return 1;
  const double whole = std::trunc(b);
  const auto integer = static_cast<std::int64_t>(whole);
  if (a != integer) return a < integer ? -1 : 1;
  return three_way(whole, b);
}

bool holds(Compare op, int order) noexcept {
  switch (op) {
    case Compare::eq:
      return order == 0;
    case Compare::ne:
      return order != 0;
    case Compare::lt:
      return order < 0;
    case Compare::le:
      return order <= 0;
    case Compare::gt:
      return order > 0;
    case Compare::ge:
      return order >= 0;
  }
  return false;
}

/// Of two numbers; NaN differs from everything.
bool numbers(double a, Compare op, double b) noexcept {
  if (std::isnan(a) || std::isnan(b)) return op == Compare::ne;
  return holds(op, three_way(a, b));
}
bool numbers(std::int64_t a, Compare op, double b) noexcept {
  return std::isnan(b) ? op == Compare::ne : holds(op, compare_exactly(a, b));
}
bool numbers(double a, Compare op, std::int64_t b) noexcept {
  return std::isnan(a) ? op == Compare::ne : holds(op, -compare_exactly(b, a));
}

}  // namespace

Cell cell_of(const Value& value) {
  return std::visit(
      [](const auto& v) -> Cell {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string>)
          return std::string_view(v);
        else
          return v;
      },
      value);
}

Cell statistic_of(const Summary& summary, Statistic which) {
  switch (which) {
    case Statistic::last:
      return summary.last.value;
    case Statistic::first:
      return summary.first.value;
    case Statistic::min:
      return summary.min.value;
    case Statistic::max:
      return summary.max.value;
    case Statistic::count:
      return summary.count;
    case Statistic::sum:
      return summary.sum;
    case Statistic::last_step:
      return summary.last.step;
    case Statistic::first_step:
      return summary.first.step;
    case Statistic::min_step:
      return summary.min.step;
    case Statistic::max_step:
      return summary.max.step;
    case Statistic::last_time:
      return summary.last.time;
    case Statistic::first_time:
      return summary.first.time;
  }
  return {};
}

bool compare(const Seen& left, Compare op, const Value& right) {
  if (std::holds_alternative<std::monostate>(left.cell)) return false;
  if (const auto* text = std::get_if<std::string>(&right)) {
    const auto* own = std::get_if<std::string_view>(&left.cell);
    return own != nullptr && holds(op, own->compare(*text));
  }
  if (left.dual) {
    if (!left.number) return false;
    if (const auto* real = std::get_if<double>(&right)) return numbers(*left.number, op, *real);
    if (const auto* integer = std::get_if<std::int64_t>(&right))
      return numbers(*left.number, op, *integer);
    return false;
  }
  if (const auto* own = std::get_if<std::int64_t>(&left.cell)) {
    if (const auto* integer = std::get_if<std::int64_t>(&right))
      return holds(op, three_way(*own, *integer));
    if (const auto* real = std::get_if<double>(&right)) return numbers(*own, op, *real);
    return false;
  }
  if (const auto* own = std::get_if<double>(&left.cell)) {
    if (const auto* real = std::get_if<double>(&right)) return numbers(*own, op, *real);
    if (const auto* integer = std::get_if<std::int64_t>(&right)) return numbers(*own, op, *integer);
    return false;
  }
  const auto* own = std::get_if<bool>(&left.cell);
  const auto* other = std::get_if<bool>(&right);
  return own != nullptr && other != nullptr && holds(op, three_way(*own, *other));
}

SortKey sort_key(const Seen& seen, bool as_text) {
  SortKey key;
  if (std::holds_alternative<std::monostate>(seen.cell)) return key;
  key.rank = rank_number;
  if (seen.dual && seen.number && !as_text) {
    key.number = *seen.number;
  } else if (const auto* text = std::get_if<std::string_view>(&seen.cell)) {
    if (seen.dual && !as_text) key.rank = rank_text;
    key.text = *text;
  } else if (const auto* real = std::get_if<double>(&seen.cell)) {
    // A NaN keeps its number, so that it is told from an empty text of the same rank.
    if (std::isnan(*real)) key.rank = rank_nan;
    key.number = *real;
  } else {
    const auto* flag = std::get_if<bool>(&seen.cell);
    key.integer = flag != nullptr ? std::int64_t{*flag} : std::get<std::int64_t>(seen.cell);
    key.exact = true;
    key.number = static_cast<double>(key.integer);
  }
  return key;
}

int compare(const SortKey& a, const SortKey& b, bool descending) {
  if (a.rank != b.rank) return a.rank < b.rank ? -1 : 1;
  int order = 0;
  if (a.rank == rank_number) {
    if (a.exact) {
      order = b.exact ? three_way(a.integer, b.integer) : compare_exactly(a.integer, b.number);
    } else {
      order = b.exact ? -compare_exactly(b.integer, a.number) : three_way(a.number, b.number);
    }
  }
  if (order == 0 && a.rank != rank_missing) order = three_way(a.text.compare(b.text), 0);
  return descending ? -order : order;
}

int compare(const std::vector<SortKey>& a, Ordinal a_ordinal, const std::vector<SortKey>& b,
            Ordinal b_ordinal, const Order& order) {
  for (std::size_t i = 0; i < order.size(); ++i)
    if (const int c = compare(a[i], b[i], order[i].descending); c != 0) return c;
  const int ascending = three_way(a_ordinal, b_ordinal);
  if (order.empty() || !order.back().descending) return ascending;
  const SortKey& last = a[order.size() - 1];  // b's has the same rank
  const bool value = last.rank != rank_missing && !std::isnan(last.number);
  return value ? -ascending : ascending;
}

}  // namespace podium::kit
