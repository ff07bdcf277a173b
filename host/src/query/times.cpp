#include "query/times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>

namespace podium::host::query {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits.
  bool digits(int count, int& value) {
    value = 0;
    for (int i = 0; i < count; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return false;
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return true;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

constexpr std::pair<std::string_view, std::int64_t> units[] = {
    {"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};

std::optional<std::int64_t> read_relative(std::string_view text, std::int64_t now) {
  Scanner scan(text);
  const bool back = scan.take('-');
  if (!back && !scan.take('+')) return std::nullopt;
  std::int64_t amount = 0;
  int digits = 0;
  for (int digit = 0; scan.digits(1, digit); ++digits) {
    if (digits == 9) return std::nullopt;  // more than any unit needs; no product overflows
    amount = amount * 10 + digit;
  }
  // A failed look at a digit takes nothing away.
  if (digits == 0) return std::nullopt;
  for (const auto& [name, length] : units)
    if (scan.rest() == name) return now + (back ? -amount : amount) * length;
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> read_time(std::string_view text, std::int64_t now) {
  if (text == "now") return now;
  if (!text.empty() && (text.front() == '-' || text.front() == '+'))
    return read_relative(text, now);
  Scanner scan(text);
  int year = 0, month = 0, day = 0;
  if (!scan.digits(4, year) || !scan.take('-') || !scan.digits(2, month) || !scan.take('-') ||
      !scan.digits(2, day))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t at = milliseconds(sys_days(date).time_since_epoch()).count();
  if (scan.done()) return at;
  if (!scan.take('T') && !scan.take(' ')) return std::nullopt;
  int hour = 0, minute = 0, second = 0, thousandths = 0;
  if (!scan.digits(2, hour) || !scan.take(':') || !scan.digits(2, minute)) return std::nullopt;
  if (scan.take(':')) {
    if (!scan.digits(2, second)) return std::nullopt;
    if (scan.take('.')) {
      int digit = 0, count = 0;
      for (; scan.digits(1, digit); ++count)
        if (count < 3) thousandths = thousandths * 10 + digit;
      if (count == 0) return std::nullopt;
      for (; count < 3; ++count) thousandths *= 10;
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  at += ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + thousandths;
  if (scan.done() || (scan.take('Z') && scan.done())) return at;
  const bool east = scan.take('+');
  if (!east && !scan.take('-')) return std::nullopt;
  int zone_hour = 0, zone_minute = 0;
  if (!scan.digits(2, zone_hour) || !scan.take(':') || !scan.digits(2, zone_minute) ||
      !scan.done() || zone_hour > 23 || zone_minute > 59)
    return std::nullopt;
  const std::int64_t offset = (zone_hour * 60 + zone_minute) * std::int64_t{60'000};
  return at + (east ? -offset : offset);
}

std::string time_text(std::int64_t at) {
  constexpr std::int64_t first = -62'167'219'200'000, last = 253'402'300'799'999;  // 0000 to 9999
  if (at < first || at > last) return {};
  const auto moment = std::chrono::sys_time<milliseconds>(milliseconds(at));
  const auto midnight = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss time(moment - midnight);
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  time.hours().count(), time.minutes().count(), time.seconds().count());
  if (time.subseconds().count() != 0) text += fmt::format(".{:03}", time.subseconds().count());
  return text + "Z";
}

std::optional<std::int64_t> read_duration(std::string_view text) {
  std::int64_t sum = 0, last = std::numeric_limits<std::int64_t>::max();
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > 9) return std::nullopt;  // no product overflows
    std::int64_t amount = 0;
    for (const char c : text.substr(0, digits)) amount = amount * 10 + (c - '0');
    text.remove_prefix(digits);
    const std::size_t letters = std::min(text.find_first_of("0123456789"), text.size());
    const auto* unit = std::find_if(std::begin(units), std::end(units), [&](const auto& u) {
      return u.first == text.substr(0, letters);
    });
    if (unit == std::end(units) || unit->second >= last) return std::nullopt;
    last = unit->second;
    sum += amount * last;
    text.remove_prefix(letters);
  }
  return sum;
}

std::string duration_text(std::int64_t milliseconds) {
  if (milliseconds < 0) return {};
  if (milliseconds == 0) return "0s";
  std::string text;
  for (const auto& [name, length] : units) {
    if (length > 86'400'000 || milliseconds < length) continue;  // days, not weeks
    if (milliseconds / length > 999'999'999) return {};
    text += fmt::format("{}{}", milliseconds / length, name);
    milliseconds %= length;
  }
  return text;
}

}  // namespace podium::host::query
