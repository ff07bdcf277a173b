#include "podium/chart_kit/colors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numbers>

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

/// Of linear light, as sRGB; what no screen has is brought into it.
std::string hex(std::array<double, 3> light) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "#";
  for (const double part : light) {
    const double v = std::clamp(part, 0.0, 1.0);
    const double shown = v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
    const auto byte = static_cast<unsigned>(std::lround(shown * 255));
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
  // In OKLCH, so that no hue is paler or darker than another: yellow and cyan are seen on white,
  // blue on black.
  const std::uint64_t h = mixed_hash(id);
  constexpr std::array lightness = {0.50, 0.60, 0.68};
  constexpr std::array chroma = {0.12, 0.18};
  const double hue = static_cast<double>(h % 3600) / 1800 * std::numbers::pi;
  const double lum = lightness[(h >> 20) % lightness.size()];
  const double c = chroma[(h >> 40) % chroma.size()];
  const double a = c * std::cos(hue), b = c * std::sin(hue);
  const auto cube = [](double v) { return v * v * v; };
  const double l = cube(lum + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cube(lum - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cube(lum - 0.0894841775 * a - 1.2914855480 * b);
  return hex({4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
              -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
              -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s});
}

bool alike(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto x = parts_of(a), y = parts_of(b);
  // Eyes tell greens apart best; how well reds and blues hangs on how much red there is.
  const double red = (x[0] + y[0]) / 2.0, dr = x[0] - y[0], dg = x[1] - y[1], db = x[2] - y[2];
  return (2 + red / 256) * dr * dr + 4 * dg * dg + (2 + (255 - red) / 256) * db * db < 75.0 * 75.0;
}

}  // namespace podium::chart_kit
