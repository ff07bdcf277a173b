#pragma once
// What a cell holds, when it may be missing.
#include <cstdint>
#include <span>
#include <string>

#include "podium/store/reader.hpp"

namespace podium::host {

inline std::string text_of(const Cell& cell) {
  const auto* text = std::get_if<std::string_view>(&cell);
  return text ? std::string(*text) : std::string();
}
inline bool is_true(const Cell& cell) {
  return std::holds_alternative<bool>(cell) && std::get<bool>(cell);
}
/// An integer, time or reference; 0 when it is missing.
inline std::int64_t number_of(const Cell& cell) {
  const auto* number = std::get_if<std::int64_t>(&cell);
  return number ? *number : 0;
}
inline bool is_missing(const Cell& cell) { return std::holds_alternative<std::monostate>(cell); }

inline std::span<const Ordinal> only(const Ordinal& o) { return {&o, 1}; }

}  // namespace podium::host
