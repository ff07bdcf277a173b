#include "colors.hpp"

#include <set>

#include "podium/chart_kit/colors.hpp"
#include "support.hpp"

using namespace podium::comparison;
using podium::chart_kit::color_of;

TEST_CASE("a colour is of the id, whatever else is shown") {
  // Kept colours of pages and documents would change with these.
  CHECK(color_of("0193a5b2c4d67e8f9012345678901234") ==
        color_of("0193a5b2c4d67e8f9012345678901234"));
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string color = color_of("0193a5b2c4d67e8f90123456789" + std::to_string(10'000 + i));
    CHECK(normal_color(color) == color);
    seen.insert(color);
  }
  CHECK(seen.size() > 190);
}

TEST_CASE("colours are #rrggbb") {
  CHECK(normal_color("#ABCdef") == "#abcdef");
  for (const char* wrong : {"", "red", "#abc", "#12345g", "#1234567", "123456#", "#12345 "})
    CHECK(!normal_color(wrong));
}
