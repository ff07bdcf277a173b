// Points as the floor keeps them: delta-of-delta steps and times, then the doubles. The bytes that
// podium writes for a batch.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "floor_sql.hpp"

namespace bench {

inline void put_varint(std::string& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) out.push_back(static_cast<char>(v | 0x80));
  out.push_back(static_cast<char>(v));
}

inline std::uint64_t take_varint(const unsigned char*& at) {
  std::uint64_t v = 0;
  for (int shift = 0;; shift += 7) {
    const unsigned char byte = *at++;
    v |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return v;
  }
}

inline std::string encode(const std::vector<Point>& points) {
  std::string out;
  for (auto member : {&Point::step, &Point::time}) {
    std::int64_t last = 0, delta = 0;
    for (const auto& p : points) {
      const std::int64_t d = p.*member - last, dd = d - delta;
      put_varint(out, (static_cast<std::uint64_t>(dd) << 1) ^ static_cast<std::uint64_t>(dd >> 63));
      last = p.*member;
      delta = d;
    }
  }
  for (const auto& p : points) out.append(reinterpret_cast<const char*>(&p.value), 8);
  return out;
}

inline std::vector<Point> decode(const void* data, std::size_t count) {
  std::vector<Point> points(count);
  const auto* at = static_cast<const unsigned char*>(data);
  for (auto member : {&Point::step, &Point::time}) {
    std::int64_t last = 0, delta = 0;
    for (auto& p : points) {
      const std::uint64_t v = take_varint(at);
      delta += static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
      p.*member = last += delta;
    }
  }
  for (auto& p : points) std::memcpy(&p.value, at, 8), at += 8;
  return points;
}

}  // namespace bench
