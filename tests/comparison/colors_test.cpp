#include "colors.hpp"

#include <cmath>
#include <set>

#include "podium/chart_kit/colors.hpp"
#include "support.hpp"

using namespace podium::comparison;
using podium::chart_kit::alike;
using podium::chart_kit::color_of;

namespace {

/// Of WCAG.
double luminance(const std::string& color) {
  double out = 0;
  const double weights[] = {0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < 3; ++i) {
    const double v = std::stoi(color.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
    out += weights[i] * (v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
  }
  return out;
}

}  // namespace

TEST_CASE("a colour is of the id, whatever else is shown") {
  // Kept colours of pages and documents would change with this one.
  CHECK(color_of("0193a5b2c4d67e8f9012345678901234") == "#a27b00");
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string color = color_of("0193a5b2c4d67e8f90123456789" + std::to_string(10'000 + i));
    CHECK(normal_color(color) == color);
    seen.insert(color);
    // Read on white and on black.
    const double light = luminance(color);
    CHECK(1.05 / (light + 0.05) > 2.2);
    CHECK((light + 0.05) / 0.05 > 3);
  }
  CHECK(seen.size() > 190);
}

TEST_CASE("colours that are taken for one") {
  CHECK(alike("#4c78a8", "#4c78a8"));
  CHECK(alike("#4c78a8", "#4c7cb0"));
  CHECK_FALSE(alike("#4c78a8", "#f58518"));
  CHECK_FALSE(alike("#000000", "#ffffff"));
}

TEST_CASE("colours are #rrggbb") {
  CHECK(normal_color("#ABCdef") == "#abcdef");
  for (const char* wrong : {"", "red", "#abc", "#12345g", "#1234567", "123456#", "#12345 "})
    CHECK(!normal_color(wrong));
}
