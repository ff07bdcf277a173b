// Any bytes as a board's definition: refused as `invalid`, or read, written in full and read the
// same. And as a candidate's key: refused as `corrupt`, or taken apart and put together the same.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "definition_json.hpp"
#include "key.hpp"
#include "refusals.hpp"

using namespace podium;
using namespace podium::leaderboard;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Json json = Json::parse(bytes, nullptr, false);
  Definition d;
  if (!json.is_discarded() && test::taken([&] { d = read_definition(json, "definition"); })) {
    const Json full = json_of(d);
    if (!(read_definition(full, "definition") == d) ||
        json_of(read_definition(full, "definition")) != full)
      std::abort();
  }
  try {
    const auto parts = parts_of(bytes);
    std::string key;
    for (const KeyPart& p : parts) append(key, p);
    if (parts_of(key) != parts) std::abort();
    (void)label_of(key);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::corrupt) std::abort();
  }
  return 0;
}
