#pragma once
// SHA-256 (FIPS 180-4), so that a backup can be checked by any sha256sum.
#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace podium::host {

class Sha256 {
 public:
  void add(std::span<const char> bytes);
  /// In lower-case hexadecimal. Ends it: `add` must not follow.
  std::string finish();

 private:
  void block(const unsigned char* bytes);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> pending_{};
  std::size_t held_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace podium::host
