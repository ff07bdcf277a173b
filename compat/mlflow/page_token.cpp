#include "page_token.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "errors.hpp"
#include "podium/json.hpp"
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
    if (value == std::string_view::npos) continue;  // strangers are passed over
    if (ended) return std::nullopt;
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

/// A JSON value as Python prints it.
std::string python(const Json& value) {
  std::string out;
  switch (value.type()) {
    case Json::value_t::object:
      for (const auto& [key, member] : value.items())
        out += (out.empty() ? "" : ", ") + repr(std::string_view(key)) + ": " + python(member);
      return "{" + out + "}";
    case Json::value_t::array:
      for (const auto& item : value) out += (out.empty() ? "" : ", ") + python(item);
      return "[" + out + "]";
    case Json::value_t::string:
      return repr(std::string_view(value.get_ref<const std::string&>()));
    case Json::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case Json::value_t::null:
      return "None";
    case Json::value_t::number_float:
      return repr(value.get<double>());
    default:
      return value.dump();
  }
}

/// Refuses what decodes, in the words for a token of MLflow's own kind: {"offset": N}.
[[noreturn]] void refuse_decoded(const std::string& text) {
  const Json token = Json::parse(text, nullptr, false);
  if (token.is_object()) {
    const Json offset = token.value("offset", Json());
    const bool nothing = offset.is_null() || offset == 0 || offset == "" || offset == false;
    if (nothing) throw invalid("Invalid page token, parsed value=" + python(token));
    if (const auto* word = offset.get_ptr<const std::string*>(); word && !whole_number(*word))
      throw invalid("Invalid page token, not stringable " + *word);
  }
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  throw invalid(fmt::format("Invalid page token, decoded value=b'{}'", shown));
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
  if (text->compare(0, mark.size(), mark) != 0 || text->size() == mark.size())
    refuse_decoded(*text);
  return text->substr(mark.size());
}

}  // namespace podium::mlflow
