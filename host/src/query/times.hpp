#pragma once
// Moments as people write them.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace podium::host::query {

/// Milliseconds UTC of '2026-11-24', '2026-11-24T10:00[:00[.123]][Z|+01:00]' (a blank for the T is
/// taken; without a zone it is UTC), 'now', or relative to `now`: '-7d', '+2h' with ms, s, m, h, d
/// or w.
std::optional<std::int64_t> read_time(std::string_view, std::int64_t now);

/// A text that `read_time` reads back, "2026-11-24T10:00:00Z"; empty outside the years 0000 to
/// 9999.
std::string time_text(std::int64_t milliseconds);

/// Milliseconds of '2h', '1h30m', '90s', '250ms' with ms, s, m, h, d or w, the greater units first
/// and each at most once.
std::optional<std::int64_t> read_duration(std::string_view);
/// A text that `read_duration` reads back; empty below 0.
std::string duration_text(std::int64_t milliseconds);

}  // namespace podium::host::query
