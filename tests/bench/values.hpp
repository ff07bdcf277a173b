// The runs that the bench searches and the histories it reads: what each holds, by its number.
// fill.py has the same, for the stores that are filled by SQL.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

inline constexpr int metrics = 5, params = 10, tags = 6;

/// Evenly spread over [0, 1), the same for the same pair (splitmix64).
inline double uniform(std::uint64_t run, std::uint64_t column) {
  std::uint64_t z = (run * 64 + column + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

inline std::string metric_name(int i) { return i == 0 ? "acc" : "metric" + std::to_string(i); }
inline double metric_value(std::uint64_t run, int i) {
  return uniform(run, static_cast<std::uint64_t>(i));
}
/// "lr" has ten values, the others a thousand.
inline std::string param_name(int i) { return i == 0 ? "lr" : "param" + std::to_string(i); }
inline std::string param_text(std::uint64_t run, int i) {
  const double u = uniform(run, 16 + static_cast<std::uint64_t>(i));
  if (i == 0) return "0." + std::to_string(static_cast<int>(u * 10));
  return std::to_string(static_cast<int>(u * 1000));
}
inline std::string tag_text(std::uint64_t run, int i) {
  return "text " +
         std::to_string(static_cast<int>(uniform(run, 32 + static_cast<std::uint64_t>(i)) * 100));
}

/// The value of point `at` of a long history: falling, with noise, as a loss is.
inline double loss_at(std::int64_t at) {
  return 1000.0 / static_cast<double>(1000 + at) + uniform(static_cast<std::uint64_t>(at), 63) / 16;
}

}  // namespace bench
