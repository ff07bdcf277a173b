#include "podium/storage_kit/text.hpp"

#include <re2/re2.h>
#include <utf8proc.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "podium/error.hpp"

namespace podium::kit {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080u;
constexpr std::uint64_t low_bits = 0x0101010101010101u;

bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The length of the code point that starts at `i`, never past the end; in valid UTF-8 it is exact.
std::size_t length_at(std::string_view text, std::size_t i) noexcept {
  const auto c = static_cast<unsigned char>(text[i]);
  const std::size_t length = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  return std::min(length, text.size() - i);
}

/// The length of the well-formed code point at `i` (not U+0000), or 0.
std::size_t valid_length_at(std::string_view text, std::size_t i) noexcept {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
  const unsigned char c = byte(0);
  const std::size_t left = text.size() - i;
  if (c == 0) return 0;
  if (c < 0x80) return 1;
  if (c < 0xC2) return 0;
  if (c < 0xE0) return left >= 2 && is_continuation(text[i + 1]) ? 2 : 0;
  if (c < 0xF0) {
    if (left < 3 || !is_continuation(text[i + 1]) || !is_continuation(text[i + 2])) return 0;
    if (c == 0xE0 && byte(1) < 0xA0) return 0;  // over-long
    if (c == 0xED && byte(1) > 0x9F) return 0;  // surrogates
    return 3;
  }
  if (c > 0xF4 || left < 4) return 0;
  if (!is_continuation(text[i + 1]) || !is_continuation(text[i + 2]) ||
      !is_continuation(text[i + 3]))
    return 0;
  if (c == 0xF0 && byte(1) < 0x90) return 0;  // over-long
  if (c == 0xF4 && byte(1) > 0x8F) return 0;  // behind U+10FFFF
  return 4;
}

/// Of a decimal (already known to be one) that a double cannot hold: whether it is too small, not
/// too large. The decimal exponent of its first digit that is not zero tells.
bool too_small(std::string_view decimal) noexcept {
  std::int64_t place = 0;  // of the first non-zero digit: 1 is units
  bool point = false, found = false;
  std::size_t i = 0;
  for (; i < decimal.size() && (is_digit(decimal[i]) || decimal[i] == '.'); ++i) {
    if (decimal[i] == '.') {
      point = true;
      continue;
    }
    if (decimal[i] != '0') found = true;
    if (found && !point) ++place;
    if (!found && point) --place;
  }
  if (i == decimal.size()) return place <= 0;
  const bool negative = decimal[i + 1] == '-';
  std::int64_t exponent = 0;
  for (const char c : decimal.substr(i + 1)) {
    if (!is_digit(c)) continue;
    exponent = exponent * 10 + (c - '0');
    if (exponent > (std::int64_t{1} << 50)) break;  // longer than any text's digits could make good
  }
  return place + (negative ? -exponent : exponent) <= 0;
}

}  // namespace

bool valid_text(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    if (text.size() - i >= 8) {
      std::uint64_t word;
      std::memcpy(&word, text.data() + i, 8);
      if (((word | (word - low_bits)) & high_bits) ==
          0) {  // eight ASCII characters, none of them 0
        i += 8;
        continue;
      }
    }
    const std::size_t length = valid_length_at(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::optional<double> number_of(std::string_view text) noexcept {
  const char* p = text.data();
  const char* const end = p + text.size();
  if (p == end) return std::nullopt;
  bool negative = false;
  if (*p == '+' || *p == '-') {
    negative = *p == '-';
    ++p;
  }
  const char* const digits = p;
  const auto skip_digits = [&] {
    const char* const from = p;
    while (p != end && is_digit(*p)) ++p;
    return p != from;
  };
  if (!skip_digits()) return std::nullopt;
  if (p != end && *p == '.') {
    ++p;
    if (!skip_digits()) return std::nullopt;
  }
  if (p != end && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    if (!skip_digits()) return std::nullopt;
  }
  if (p != end) return std::nullopt;
  double value = 0;
  const auto [stop, error] = std::from_chars(digits, end, value);
  if (error == std::errc::result_out_of_range) {
    if (!too_small({digits, static_cast<std::size_t>(end - digits)})) return std::nullopt;
    value = 0;
  } else if (error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  if (value == 0) return 0.0;  // "-0" is 0, so that indexes hold one zero
  return negative ? -value : value;
}

std::string_view first_code_points(std::string_view text, std::size_t n) noexcept {
  if (text.size() <= n) return text;
  std::size_t i = 0;
  while (n > 0 && i < text.size()) {
    i += length_at(text, i);
    --n;
  }
  return text.substr(0, i);
}

std::size_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x80) {
      out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
      ++i;
      continue;
    }
    utf8proc_int32_t code_point = -1;
    const auto length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + i,
                         static_cast<utf8proc_ssize_t>(text.size() - i), &code_point);
    if (length <= 0) {  // not UTF-8: kept as it is
      out.push_back(c);
      ++i;
      continue;
    }
    utf8proc_int32_t folded[16];
    const auto n = utf8proc_decompose_char(code_point, folded, 16, UTF8PROC_CASEFOLD, nullptr);
    if (n < 0 || n > 16) {
      out.append(text, i, static_cast<std::size_t>(length));
    } else {
      for (utf8proc_ssize_t k = 0; k < n; ++k) {
        utf8proc_uint8_t bytes[4];
        const auto size = utf8proc_encode_char(folded[k], bytes);
        out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
      }
    }
    i += static_cast<std::size_t>(length);
  }
  return out;
}

// LIKE. A pattern is segments between '%'; the first is tied to the start, the last to the end, and
// each one between is looked for from left to right, which needs no way back. A segment has a fixed
// number of code points.
struct Pattern::Impl {
  struct Segment {
    std::string text;  ///< literal bytes and '_'
    std::size_t code_points = 0;
    bool literal = true;
  };

  bool folded = false;
  std::string prefix;
  bool one = true;  ///< no '%': segments.front() is the whole text
  std::vector<Segment> segments;
  std::unique_ptr<re2::RE2> expression;

  void compile_like(std::string_view pattern) {
    std::size_t from = 0;
    while (true) {
      const std::size_t percent = pattern.find('%', from);
      const std::string_view part = pattern.substr(from, percent - from);
      segments.push_back(
          {std::string(part), count_code_points(part), part.find('_') == std::string_view::npos});
      if (percent == std::string_view::npos) break;
      from = percent + 1;
    }
    one = segments.size() == 1;
    // Runs of '%' are one: empty segments between two of them say nothing.
    for (std::size_t i = 1; i + 1 < segments.size();) {
      if (segments[i].text.empty()) {
        segments.erase(segments.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
  }

  /// The end of `segment` when it matches at `at`, else npos.
  static std::size_t match_at(const Segment& segment, std::string_view text,
                              std::size_t at) noexcept {
    if (segment.literal)
      return text.substr(at).substr(0, segment.text.size()) == segment.text
                 ? at + segment.text.size()
                 : std::string_view::npos;
    for (const char c : segment.text) {
      if (at >= text.size()) return std::string_view::npos;
      if (c == '_') {
        at += length_at(text, at);
      } else if (text[at] == c) {
        ++at;
      } else {
        return std::string_view::npos;
      }
    }
    return at;
  }

  /// The end of the first match of `segment` at or after `at`, else npos.
  static std::size_t find(const Segment& segment, std::string_view text, std::size_t at) noexcept {
    if (segment.literal) {
      if (segment.text.size() > text.size() - at) return std::string_view::npos;
      const void* found =
          memmem(text.data() + at, text.size() - at, segment.text.data(), segment.text.size());
      if (found == nullptr) return std::string_view::npos;
      return static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) +
             segment.text.size();
    }
    for (; at < text.size(); at += length_at(text, at)) {
      const std::size_t end = match_at(segment, text, at);
      if (end != std::string_view::npos) return end;
    }
    return std::string_view::npos;
  }

  bool like(std::string_view text) const noexcept {
    std::size_t at = match_at(segments.front(), text, 0);
    if (at == std::string_view::npos) return false;
    if (one) return at == text.size();
    for (std::size_t i = 1; i + 1 < segments.size(); ++i) {
      at = find(segments[i], text, at);
      if (at == std::string_view::npos) return false;
    }
    // The last segment begins as many code points before the end as it has.
    const Segment& last = segments.back();
    std::size_t begin = text.size();
    if (last.literal) {
      if (last.text.size() > text.size() - at) return false;
      begin -= last.text.size();
    } else {
      for (std::size_t n = last.code_points; n > 0; --n) {
        if (begin <= at) return false;
        do --begin;
        while (begin > at && is_continuation(text[begin]));
      }
    }
    return match_at(last, text, begin) == text.size();
  }
};

Pattern::Pattern(Filter::Op op, std::string_view pattern) : impl_(std::make_unique<Impl>()) {
  switch (op) {
    case Filter::Op::like:
      impl_->compile_like(pattern);
      impl_->prefix = pattern.substr(0, pattern.find_first_of("%_"));
      return;
    case Filter::Op::ilike:
      impl_->folded = true;
      impl_->compile_like(fold(pattern));
      return;
    case Filter::Op::matches: {
      re2::RE2::Options options;
      options.set_log_errors(false);
      impl_->expression =
          std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
      if (!impl_->expression->ok())
        throw Error(ErrorCode::invalid, "the regular expression '" + std::string(pattern) +
                                            "' is not valid: " + impl_->expression->error());
      return;
    }
    default:
      throw Error(ErrorCode::misuse, "a pattern is like, ilike or matches");
  }
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

bool Pattern::matches(std::string_view text) const {
  if (impl_->expression)
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *impl_->expression);
  return impl_->folded ? impl_->like(fold(text)) : impl_->like(text);
}

const std::string& Pattern::prefix() const noexcept { return impl_->prefix; }

}  // namespace podium::kit
