#include "text.hpp"

#include "support.hpp"

using namespace podium::kernel;

TEST_CASE("characters and bytes") {
  const std::string text = "aä€😀z";
  CHECK(byte_of(text, 0) == 0);
  CHECK(byte_of(text, 2) == 3);
  CHECK(byte_of(text, 4) == 10);
  CHECK(byte_of(text, 99) == text.size());
  for (std::size_t i = 0; i <= 5; ++i) CHECK(character_of(text, byte_of(text, i)) == i);
}
