#include "blob/blob_name.hpp"

#include <string>

#include "podium/error.hpp"

namespace podium::host {
namespace {

/// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || i + more >= text.size()) return false;
    const unsigned next = byte(i + 1);
    if ((lead == 0xE0 && next < 0xA0) || (lead == 0xED && next > 0x9F) ||
        (lead == 0xF0 && next < 0x90) || (lead == 0xF4 && next > 0x8F))
      return false;
    for (std::size_t k = 1; k <= more; ++k)
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    i += more + 1;
  }
  return true;
}

}  // namespace

void check_blob_name(std::string_view name) {
  const auto refuse = [](const char* why) {
    return Error(ErrorCode::invalid, std::string("Invalid path: ") + why).in("path");
  };
  if (name.empty()) throw refuse("it is empty");
  if (name.size() > 4096) throw refuse("it is longer than 4096 bytes");
  for (const char c : name) {
    if (c == '\\') throw refuse("it has a backslash");
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      throw refuse("it has a control character");
  }
  if (!valid_utf8(name)) throw refuse("it is not UTF-8");
  for (std::size_t begin = 0; begin <= name.size();) {
    const auto slash = name.find('/', begin);
    const auto segment =
        name.substr(begin, slash == std::string_view::npos ? slash : slash - begin);
    if (segment.empty()) throw refuse("it has an empty segment, or begins or ends with '/'");
    if (segment == "." || segment == "..") throw refuse("it has a segment '.' or '..'");
    if (segment.size() > 255) throw refuse("a segment is longer than 255 bytes");
    if (slash == std::string_view::npos) break;
    begin = slash + 1;
  }
}

}  // namespace podium::host
