#pragma once
// The one order of values, and comparing.
#include <cstdint>

#include "podium/store/filter.hpp"
#include "podium/store/reader.hpp"
#include "podium/store/schema.hpp"

namespace podium::kit {

/// Rank of a value in an order: numbers (and every other present value) 0, NaN 1, missing 2. Of a
/// scalar or map entry: numbers 0, texts 1, missing 2.
constexpr int rank_number = 0, rank_nan = 1, rank_text = 1, rank_missing = 2;

/// What a filter's comparison sees of a value: a scalar or map entry has a text and maybe a number;
/// everything else has one cell.
struct Seen {
  Cell cell;                     ///< of a scalar or map entry: the text
  std::optional<double> number;  ///< of a scalar or map entry: the number it spells
  bool dual = false;             ///< it is a scalar or map entry
};

/// A view of a value; valid as long as the value.
Cell cell_of(const Value&);

/// The number of a summary that a path names.
Cell statistic_of(const Summary&, Statistic);

/// Two-valued comparison as `Filter` tells: false when missing or not comparable; NaN differs from
/// everything and equals nothing.
bool compare(const Seen& left, Compare op, const Value& right);

/// One key of an order, comparable: rank first, then value, `descending` applied to values of rank
/// 0 (and texts) only. Owns its text.
struct SortKey {
  int rank = rank_missing;
  double number = 0;  ///< numbers, bools, times and references that fit; NaN of a NaN; else 0
  std::int64_t integer = 0;  ///< exact, when `exact`
  bool exact = false;
  std::string text;
};
SortKey sort_key(const Seen&, bool as_text);
/// <0, 0, >0 by one order key; 0 only when rank and value are equal.
int compare(const SortKey&, const SortKey&, bool descending);
/// By several keys and then the ordinal: with the last key's direction when both last keys are
/// values, ascending when they are NaN or missing (and when there is no key).
int compare(const std::vector<SortKey>&, Ordinal, const std::vector<SortKey>&, Ordinal,
            const Order&);

/// An opaque cursor: printable ASCII with the sort keys and the ordinal of the last row, bound to a
/// fingerprint of collection, filter and order. `decode` throws `invalid` when it is not one of
/// ours or belongs to another question.
std::string encode_cursor(std::uint64_t fingerprint, const std::vector<SortKey>&, Ordinal);
struct Cursor {
  std::vector<SortKey> keys;
  Ordinal ordinal = 0;
};
Cursor decode_cursor(std::string_view, std::uint64_t fingerprint);
std::uint64_t fingerprint(std::string_view collection, const Filter&, const Order&);

}  // namespace podium::kit
