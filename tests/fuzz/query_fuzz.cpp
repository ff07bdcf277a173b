// Any bytes as a query: refused with a position, or understood, written back and understood the
// same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "../query/fixture.hpp"

using namespace podium;

namespace {

/// Takes every comparison of MLflow's dialect.
class Anything final : public Vocabulary {
 public:
  QueryFeatures features() const override { return QueryFeatures::conjunction(); }
  Filter comparison(const Comparison& c) const override {
    return eq(entry("tags", c.name.key), true);
  }
  OrderKey order(const Identifier& id, bool descending) const override {
    return {entry("tags", id.key), descending, false};
  }
  std::vector<std::string> names() const override { return {}; }
};

template <class F>
bool understood(std::string_view text, F&& fn) {
  try {
    fn();
    return true;
  } catch (const Error& e) {
    const auto size = static_cast<std::int64_t>(text.size());
    if (e.code() != ErrorCode::invalid || e.position() < 0 || e.position() > size) std::abort();
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::World world;
  static const Anything anything;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Filter filter;
  if (understood(text, [&] { filter = world.parse(text); })) {
    // NaN is not equal to itself, so the texts are compared.
    const std::string once = print(filter, world.tasks);
    if (print(world.parse(once), world.tasks) != once) std::abort();
  }
  understood(text, [&] { world.language->parse(text, anything); });
  understood(text, [&] { world.language->parse_order(text, world.tasks); });
  understood(text, [&] { world.language->parse_order(text, anything); });
  return 0;
}
