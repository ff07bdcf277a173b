#pragma once
// Reading a definition member by member: what requests are read with, and what is usual where a
// member is absent.
#include <string>
#include <string_view>

#include "podium/http/input.hpp"

namespace podium::custom {

/// Throws `invalid` with the path as the error's field and in its sentence.
[[noreturn]] inline void refuse(const std::string& path, const std::string& why) {
  if (path.empty()) throw Error(ErrorCode::invalid, "the definition " + why);
  throw input::wrong(path, why);
}

/// An absent member is a null.
class Members : private podium::Members {
 public:
  using podium::Members::finish;
  using podium::Members::Members;
  using podium::Members::path;

  const Json& any(std::string_view name) {
    static const Json null;
    const Json* value = podium::Members::any(name);
    return value ? *value : null;
  }
  std::string text(std::string_view name, std::string fallback = {}, std::size_t most = 4096) {
    return podium::Members::text(name, most).value_or(std::move(fallback));
  }
  std::string required(std::string_view name) {
    auto out = text(name);
    if (out.empty()) refuse(path(name), "is missing");
    return out;
  }
  int integer(std::string_view name, int fallback, int least, int most) {
    return static_cast<int>(podium::Members::integer(name, least, most).value_or(fallback));
  }
  bool truth(std::string_view name, bool fallback) { return boolean(name).value_or(fallback); }
};

}  // namespace podium::custom
