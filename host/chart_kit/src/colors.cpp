#include "podium/chart_kit/colors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace podium::chart_kit {
namespace {

/// FNV-1a, mixed once more: ids that were made one after the other are alike.
std::uint64_t mixed_hash(std::string_view text) {
  std::uint64_t h = 14695981039346656037ULL;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  return h;
}

std::string hex(double red, double green, double blue) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "#";
  for (const double part : {red, green, blue}) {
    const auto byte = static_cast<unsigned>(std::lround(std::clamp(part, 0.0, 1.0) * 255));
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

/// Red, green and blue of "#rrggbb", each 0 to 255; black for what is none.
std::array<int, 3> parts_of(std::string_view color) {
  std::array<int, 3> out{};
  if (color.size() != 7) return out;
  for (std::size_t i = 0; i < 3; ++i)
    std::from_chars(color.data() + 1 + 2 * i, color.data() + 3 + 2 * i, out[i], 16);
  return out;
}

}  // namespace

std::string color_of(std::string_view id) {
  const std::uint64_t h = mixed_hash(id);
  const double hue = static_cast<double>(h % 3600) / 600;  // 0 to 6
  constexpr std::array lightness = {0.40, 0.48, 0.56};
  constexpr std::array saturation = {0.55, 0.80};
  const double l = lightness[(h >> 20) % lightness.size()];
  const double s = saturation[(h >> 40) % saturation.size()];
  // From hue, saturation and lightness: the strongest part, the middle one and the weakest.
  const double chroma = (1 - std::abs(2 * l - 1)) * s, weakest = l - chroma / 2;
  const double middle = weakest + chroma * (1 - std::abs(std::fmod(hue, 2) - 1));
  const double strongest = weakest + chroma;
  switch (static_cast<int>(hue)) {
    case 0:
      return hex(strongest, middle, weakest);
    case 1:
      return hex(middle, strongest, weakest);
    case 2:
      return hex(weakest, strongest, middle);
    case 3:
      return hex(weakest, middle, strongest);
    case 4:
      return hex(middle, weakest, strongest);
    default:
      return hex(strongest, weakest, middle);
  }
}

bool alike(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto x = parts_of(a), y = parts_of(b);
  // Eyes tell greens apart best; how well reds and blues hangs on how much red there is.
  const double red = (x[0] + y[0]) / 2.0, dr = x[0] - y[0], dg = x[1] - y[1], db = x[2] - y[2];
  return (2 + red / 256) * dr * dr + 4 * dg * dg + (2 + (255 - red) / 256) * db * db < 64.0 * 64.0;
}

}  // namespace podium::chart_kit
