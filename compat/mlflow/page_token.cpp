#include "page_token.hpp"

#include <fmt/format.h>

#include <optional>

#include "errors.hpp"
#include "python_text.hpp"

namespace podium::mlflow {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view mark = "podium:";

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  std::size_t symbols = 0;
  bool ended = false;
  for (const char c : text) {
    if (c == '=') {
      ended = true;
      ++symbols;
      continue;
    }
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos || ended) return std::nullopt;
    ++symbols;
    bits = (bits << 6) | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> count) & 0xff);
    }
  }
  if (symbols % 4 != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0u;
    };
    const unsigned three = (byte(i) << 16) | (byte(i + 1) << 8) | byte(i + 2);
    out += alphabet[three >> 18];
    out += alphabet[(three >> 12) & 63];
    out += i + 1 < bytes.size() ? alphabet[(three >> 6) & 63] : '=';
    out += i + 2 < bytes.size() ? alphabet[three & 63] : '=';
  }
  return out;
}

std::string page_token(std::string_view cursor) {
  return base64(std::string(mark) + std::string(cursor));
}

void refuse_token(std::string_view text) {
  throw invalid(fmt::format("Invalid page token, decoded value=b{}", repr(text)));
}

std::string cursor_of(std::string_view token) {
  if (token.empty()) return {};
  const auto text = decoded(token);
  if (!text) throw invalid("Invalid page token, could not base64-decode");
  if (text->compare(0, mark.size(), mark) != 0 || text->size() == mark.size()) {
    std::string shown;
    for (const char c : *text) {
      const auto byte = static_cast<unsigned char>(c);
      shown += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
    }
    throw invalid(fmt::format("Invalid page token, decoded value=b'{}'", shown));
  }
  return text->substr(mark.size());
}

}  // namespace podium::mlflow
