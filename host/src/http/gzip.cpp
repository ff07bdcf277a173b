#include "http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <limits>

namespace podium::host {
namespace {

bool starts_without_case(std::string_view text, std::string_view start) noexcept {
  return text.size() >= start.size() &&
         std::equal(start.begin(), start.end(), text.begin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "gzip;q=0" refuses.
bool refused(std::string_view parameters) noexcept {
  const auto q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  const auto value = trim(parameters.substr(q + 2));
  return !value.empty() && value.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> gzip(std::string_view text) {
  if (text.size() > std::numeric_limits<uInt>::max()) return std::nullopt;
  // A window no larger than the text keeps the memory that has to be zeroed small.
  int window = 10;
  while (window < 15 && (std::size_t{1} << window) < text.size()) ++window;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return std::nullopt;
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return out;
}

bool accepts_gzip(std::string_view list) noexcept {
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto item = trim(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    const auto semicolon = item.find(';');
    const auto coding = trim(item.substr(0, semicolon));
    if (coding.size() != 4 || !starts_without_case(coding, "gzip")) continue;
    return semicolon == std::string_view::npos || !refused(item.substr(semicolon + 1));
  }
  return false;
}

bool compressible(std::string_view type) noexcept {
  type = trim(type.substr(0, type.find(';')));
  return starts_without_case(type, "application/json") || starts_without_case(type, "text/") ||
         starts_without_case(type, "application/javascript") ||
         starts_without_case(type, "image/svg+xml") ||
         (type.size() > 5 && starts_without_case(type.substr(type.size() - 5), "+json"));
}

}  // namespace podium::host
