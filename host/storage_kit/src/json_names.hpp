#pragma once
// Enumerations as words in JSON, both ways; shared by the two writers of the kit.
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace podium::kit {

/// One word per value, in the order of an enumeration that starts at 1.
using Words = std::span<const std::string_view>;

template <class E>
std::string_view word_of(Words words, E value) {
  const auto i = static_cast<std::size_t>(value) - 1;
  return i < words.size() ? words[i] : std::string_view("?");
}

template <class E>
std::optional<E> value_of(Words words, std::string_view word) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == word) return static_cast<E>(i + 1);
  return std::nullopt;
}

}  // namespace podium::kit
