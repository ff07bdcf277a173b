#pragma once
// The names of a metric's statistics in the language.
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "podium/store/filter.hpp"

namespace podium::host::query {

inline constexpr std::array<std::pair<std::string_view, Statistic>, 12> statistics = {{
    {"last", Statistic::last},
    {"first", Statistic::first},
    {"min", Statistic::min},
    {"max", Statistic::max},
    {"count", Statistic::count},
    {"sum", Statistic::sum},
    {"last_step", Statistic::last_step},
    {"first_step", Statistic::first_step},
    {"min_step", Statistic::min_step},
    {"max_step", Statistic::max_step},
    {"last_time", Statistic::last_time},
    {"first_time", Statistic::first_time},
}};

constexpr std::optional<Statistic> statistic_of(std::string_view name) noexcept {
  for (const auto& [known, statistic] : statistics)
    if (known == name) return statistic;
  return std::nullopt;
}

}  // namespace podium::host::query
