#include "http/answer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ctime>

#include "http/problem.hpp"

namespace podium::host {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

const std::string* find(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (same_name(key, name)) return &value;
  return nullptr;
}

void set(Response& response, std::string_view name, std::string value) {
  for (auto& [key, old] : response.headers)
    if (same_name(key, name)) {
      old = std::move(value);
      return;
    }
  response.headers.emplace_back(name, std::move(value));
}

void append_number(std::string& out, std::uint64_t value, int base = 10) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, base).ptr);
}

std::string_view opaque(std::string_view tag) {
  if (tag.substr(0, 2) == "W/") tag.remove_prefix(2);
  return tag;
}

/// If-None-Match compares weakly.
bool names_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto item = list.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (item == "*" || (!item.empty() && opaque(item) == opaque(tag))) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

/// Headers that only the server writes.
bool reserved(std::string_view name) {
  return same_name(name, "Content-Length") || same_name(name, "Transfer-Encoding") ||
         same_name(name, "Connection") || same_name(name, "Content-Type") ||
         same_name(name, "Date");
}

}  // namespace

ByteRange parse_range(std::string_view header, std::uint64_t size) noexcept {
  ByteRange none;
  constexpr std::string_view unit = "bytes=";
  if (header.substr(0, unit.size()) != unit) return none;
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return none;
  const auto number = [](std::string_view text, std::uint64_t& value) {
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end;
  };
  const auto first = header.substr(0, dash), last = header.substr(dash + 1);
  std::uint64_t from = 0, to = 0;
  if (first.empty()) {  // the last n bytes
    if (!number(last, to)) return none;
    if (to == 0 || size == 0) return {ByteRange::Kind::unsatisfiable, 0, 0};
    to = std::min(to, size);
    return {ByteRange::Kind::part, size - to, to};
  }
  if (!number(first, from)) return none;
  if (last.empty()) {
    to = size == 0 ? 0 : size - 1;
  } else if (!number(last, to) || to < from) {
    return none;
  }
  if (from >= size) return {ByteRange::Kind::unsatisfiable, 0, 0};
  to = std::min(to, size - 1);
  return {ByteRange::Kind::part, from, to - from + 1};
}

BlobPart apply_conditions(Response& response, const Exchange& exchange) {
  const auto method = exchange.head.method();
  const bool reading = method == "GET" || method == "HEAD";
  BlobPart part;
  std::string modified;
  if (response.blob) {
    part.size = response.blob->size();
    if (!find(response, "ETag")) {
      std::string tag = "\"";
      append_number(tag, part.size, 16);
      tag += '-';
      append_number(tag, static_cast<std::uint64_t>(response.blob->modified()), 16);
      set(response, "ETag", tag + '"');
    }
    modified = http_date(response.blob->modified() / 1000);
    set(response, "Last-Modified", modified);
    set(response, "Accept-Ranges", "bytes");
  }
  if (!reading || response.status != 200) return part;
  const auto* tag = find(response, "ETag");
  if (const auto wanted = exchange.head.field("If-None-Match"); wanted && tag) {
    if (names_tag(*wanted, *tag)) {
      response.status = 304;
      response.body.clear();
      response.blob.reset();
      return {};
    }
  }
  const auto range = exchange.head.field("Range");
  if (!response.blob || !range || method != "GET") return part;
  if (const auto unchanged = exchange.head.field("If-Range");
      unchanged && *unchanged != *tag && *unchanged != modified)
    return part;
  const auto wanted = parse_range(*range, part.size);
  if (wanted.kind == ByteRange::Kind::none) return part;
  std::string about = "bytes ";
  if (wanted.kind == ByteRange::Kind::unsatisfiable) {
    about += "*/";
    append_number(about, part.size);
    auto refusal = exchange.format(
        Error(ErrorCode::invalid,
              "the range lies outside of the " + std::to_string(part.size) + " bytes there are"),
        416);
    set(refusal, "Content-Range", std::move(about));
    response = std::move(refusal);
    return {};
  }
  append_number(about, wanted.offset);
  about += '-';
  append_number(about, wanted.offset + wanted.size - 1);
  about += '/';
  append_number(about, part.size);
  response.status = 206;
  set(response, "Content-Range", std::move(about));
  return {wanted.offset, wanted.size};
}

void append_head(std::string& out, const Response& response, std::optional<std::uint64_t> length,
                 const AnswerFrame& frame) {
  const auto line = [&](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  out += frame.http11 ? "HTTP/1.1 " : "HTTP/1.0 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.append(" ").append(status_text(response.status)).append("\r\n");
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && !response.content_type.empty()) line("Content-Type", response.content_type);
  if (bodiless) {
  } else if (length) {
    out += "Content-Length: ";
    append_number(out, *length);
    out += "\r\n";
  } else if (frame.http11) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  line("Date", frame.date);
  out += "X-Content-Type-Options: nosniff\r\n";
  if (!frame.x_frame_options.empty() && !find(response, "X-Frame-Options"))
    line("X-Frame-Options", frame.x_frame_options);
  if (!frame.allow_origin.empty()) {
    line("Access-Control-Allow-Origin", frame.allow_origin);
    if (frame.credentials) out += "Access-Control-Allow-Credentials: true\r\n";
    out += "Access-Control-Expose-Headers: *\r\nVary: Origin\r\n";
  }
  if (!frame.keep_alive) {
    out += "Connection: close\r\n";
  } else if (!frame.http11) {
    out += "Connection: keep-alive\r\n";
  }
  for (const auto& [name, value] : response.headers)
    if (!reserved(name) && !same_name(name, "X-Content-Type-Options")) line(name, value);
  out += "\r\n";
}

std::string http_date(std::int64_t seconds) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto time = static_cast<std::time_t>(seconds);
  std::tm tm{};
  gmtime_r(&time, &tm);
  std::string out;
  const auto two = [&](int value) {
    out += static_cast<char>('0' + value / 10 % 10);
    out += static_cast<char>('0' + value % 10);
  };
  out.append(days[tm.tm_wday]).append(", ");
  two(tm.tm_mday);
  out.append(" ").append(months[tm.tm_mon]).append(" ");
  two((tm.tm_year + 1900) / 100);
  two(tm.tm_year + 1900);
  out += ' ';
  two(tm.tm_hour);
  out += ':';
  two(tm.tm_min);
  out += ':';
  two(tm.tm_sec);
  return out + " GMT";
}

}  // namespace podium::host
