#include "outbound/url.hpp"

#include <algorithm>
#include <charconv>

#include "podium/error.hpp"

namespace podium::host {
namespace {

constexpr std::size_t longest = 8192;

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorCode::invalid, std::string("the URL cannot be called: ") + why);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Only what RFC 3986 lets stand in a path or a query.
void check_target(std::string_view target) {
  constexpr std::string_view others = "-._~!$&'()*+,;=:@/?";
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    if (c == '%') {
      if (i + 2 >= target.size() || !is_hex(target[i + 1]) || !is_hex(target[i + 2]))
        refuse("a '%' is not followed by two hexadecimal digits");
    } else if (!is_digit(c) && !is_letter(c) && others.find(c) == others.npos) {
      refuse("a character of its path or query has to be percent-encoded");
    }
  }
}

/// "." and ".." as segments, also where a '%2e' spells the dot: the other end would drop segments.
void check_segments(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    std::string segment = lower(path.substr(begin, end - begin));
    for (auto at = segment.find("%2e"); at != segment.npos; at = segment.find("%2e", at))
      segment.replace(at, 3, ".");
    if (segment == "." || segment == "..") refuse("its path has a segment '.' or '..'");
    begin = end + 1;
  }
}

void check_name(std::string_view name) {
  if (name.empty()) refuse("it names no host");
  if (name.size() > 253) refuse("the name of its host is too long");
  std::string_view last;
  for (std::size_t begin = 0; begin <= name.size();) {
    const auto end = std::min(name.find('.', begin), name.size());
    last = name.substr(begin, end - begin);
    if (last.empty()) refuse("the name of its host has an empty part or ends in a dot");
    if (last.size() > 63 || last.front() == '-' || last.back() == '-')
      refuse("the name of its host is none");
    for (const char c : last)
      if (!is_digit(c) && !is_letter(c) && c != '-' && c != '_')
        refuse("the name of its host may have letters, digits, '-', '_' and dots only");
    begin = end + 1;
  }
  // What ends in a number is an address to some readers: 127.1, 0x7f.0.0.1, 2130706433,
  // 017700000001.
  const bool hex = last.size() > 1 && last[0] == '0' && (last[1] == 'x' || last[1] == 'X');
  if (hex || std::all_of(last.begin(), last.end(), is_digit))
    refuse("an address is written as four decimal numbers without leading zeros");
}

std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port == 0 || text[0] == '0')
    refuse("its port is no number from 1 to 65535");
  return port;
}

}  // namespace

Url parse_url(std::string_view text) {
  if (text.size() > longest) refuse("it is longer than 8192 bytes");
  Url url;
  const auto colon = text.find("://");
  const std::string scheme = lower(text.substr(0, colon == text.npos ? 0 : colon));
  if (scheme == "https")
    url.tls = true;
  else if (scheme != "http")
    refuse("it begins with neither https:// nor http://");
  text.remove_prefix(colon + 3);
  if (text.find('#') != text.npos) refuse("it has a fragment");
  const auto split = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, split), target = text.substr(split);
  if (authority.find('@') != authority.npos) refuse("it has a user name");

  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == authority.npos) refuse("its IPv6 address has no ']'");
    url.address = parse_address(authority.substr(1, end - 1));
    if (!url.address || !url.address->v6) refuse("what stands in brackets is no IPv6 address");
    url.host = text_of(*url.address);
    const auto rest = authority.substr(end + 1);
    has_port = !rest.empty();
    if (has_port && rest[0] != ':') refuse("something stands behind the ']' of its address");
    if (has_port) port = rest.substr(1);
  } else {
    const auto mark = authority.find(':');
    has_port = mark != authority.npos;
    if (has_port) port = authority.substr(mark + 1);
    url.host = lower(authority.substr(0, mark));
    url.address = parse_address(url.host);
    if (!url.address) check_name(url.host);
  }
  url.port = has_port ? port_of(port) : url.tls ? 443 : 80;

  check_target(target);
  check_segments(target.substr(0, target.find('?')));
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return url;
}

std::string authority_of(const Url& url) {
  std::string out = url.address && url.address->v6 ? "[" + url.host + "]" : url.host;
  if (url.port != (url.tls ? 443 : 80)) out += ":" + std::to_string(url.port);
  return out;
}

std::string origin_of(const Url& url) {
  return (url.tls ? "https://" : "http://") + authority_of(url);
}

bool OriginPattern::matches(const Url& url) const {
  if (url.tls != origin.tls || url.port != origin.port) return false;
  if (!below) return url.host == origin.host;
  return !url.address && url.host.ends_with("." + origin.host);
}

OriginPattern parse_origin(std::string_view text) {
  const auto wrong = [&](const std::string& why) {
    return Error(
        ErrorCode::invalid,
        "'" + std::string(text) + "' is no origin such as https://hooks.example.com: " + why);
  };
  OriginPattern pattern;
  std::string plain(text);
  if (const auto star = plain.find("://*."); star != plain.npos) {
    pattern.below = true;
    plain.erase(star + 3, 2);
  }
  try {
    pattern.origin = parse_url(plain);
  } catch (const Error& e) {
    throw wrong(e.what());
  }
  if (pattern.below && pattern.origin.address) throw wrong("nothing is below an address");
  if (pattern.origin.target != "/" || plain.ends_with('/') || plain.ends_with('?'))
    throw wrong("an origin ends behind its host and port");
  return pattern;
}

}  // namespace podium::host
