// Every line of examples.txt means what it meant.
#include <cstdlib>
#include <fstream>

#include "fixture.hpp"
#include "support.hpp"

using namespace podium;

namespace {

std::string outcome(const test::World& world, const std::string& text) {
  try {
    const std::string written = print(world.parse(text), world.tasks);
    return written.empty() ? "=" : "= " + written;
  } catch (const Error& e) {
    CHECK(e.code() == ErrorCode::invalid);
    CHECK(e.position() <= static_cast<std::int64_t>(text.size()));
    return "! " + std::to_string(e.position()) + ": " + e.what();
  }
}

}  // namespace

// With PODIUM_WRITE_EXAMPLES set to a file the outcomes are written there, to be read and then
// kept.
TEST_CASE("examples of texts and what they mean") {
  const test::World world;
  std::ifstream file(PODIUM_TEST_DATA "/examples.txt");
  REQUIRE(file);
  const char* write = std::getenv("PODIUM_WRITE_EXAMPLES");
  std::ofstream out(write == nullptr ? "/dev/null" : write);
  std::string text, line;
  int examples = 0;
  while (std::getline(file, line)) {
    if (line.starts_with("#") || line.empty()) {
      out << line << '\n';
      continue;
    }
    if (line.starts_with("= ") || line.starts_with("! ") || line == "=") {
      if (write == nullptr) {
        INFO(text);
        CHECK(outcome(world, text) == line);
      }
      ++examples;
      continue;
    }
    text = line;
    out << text << '\n' << outcome(world, text) << '\n';
  }
  if (write == nullptr) CHECK(examples > 100);
}
