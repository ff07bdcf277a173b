#include "uri.hpp"

#include <algorithm>

#include "errors.hpp"
#include "python_text.hpp"

namespace podium::mlflow {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr char digits[] = "0123456789ABCDEF";

Error invalid_path() { return invalid("Invalid path"); }

}  // namespace

Uri parse_uri(std::string_view text) {
  Uri uri;
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && colon > 0 && is_letter(text[0]) &&
      std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
      })) {
    uri.scheme = lower_ascii(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  if (text.substr(0, 2) == "//") {
    text.remove_prefix(2);
    const auto end = std::min(text.find_first_of("/?#"), text.size());
    uri.authority = text.substr(0, end);
    text.remove_prefix(end);
  }
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    uri.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    uri.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  uri.path = text;
  const auto last = text.rfind('/');
  const bool has_them = uri.scheme.empty() || uri.scheme == "http" || uri.scheme == "https" ||
                        uri.scheme == "ftp" || uri.scheme == "hdfs" || uri.scheme == "sftp";
  const auto semicolon = text.find(';', last == std::string_view::npos ? 0 : last);
  uri.has_parameters =
      has_them && semicolon != std::string_view::npos && semicolon + 1 < text.size();
  return uri;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string decoded_fully(std::string_view text) {
  std::string now(text);
  for (int round = 0; round < 10; ++round) {
    std::string next = percent_decoded(now);
    if (next == now) return now;
    now = std::move(next);
  }
  throw invalid_path();
}

std::string safe_path(std::string_view given) {
  std::string path = decoded_fully(given);
  // Control characters are escaped rather than refused: a client may have made such a name.
  if (std::any_of(path.begin(), path.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    std::string escaped;
    for (const char c : path) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f) {
        escaped += '%';
        escaped += digits[byte >> 4];
        escaped += digits[byte & 15];
      } else {
        escaped += c;
      }
    }
    path = std::move(escaped);
  }
  if (path.find('#') != std::string::npos || path.find('\\') != std::string::npos)
    throw invalid_path();
  if (lower_ascii(std::string_view(path).substr(0, 5)) == "file:") throw invalid_path();
  if (path.substr(0, 1) == "/") throw invalid_path();
  const bool drive = path.size() >= 3 && is_letter(path[0]) && path[1] == ':' && path[2] == '/';
  if (drive) throw invalid_path();
  for (std::size_t i = 0; i <= path.size();) {
    const std::size_t end = std::min(path.find('/', i), path.size());
    if (std::string_view(path).substr(i, end - i) == "..") throw invalid_path();
    i = end + 1;
  }
  return path;
}

std::string joined_path(std::string_view a, std::string_view b) {
  if (a.empty()) return std::string(b);
  if (b.empty()) return std::string(a);
  std::string out(a);
  if (out.back() != '/') out += '/';
  out += b;
  return out;
}

}  // namespace podium::mlflow
