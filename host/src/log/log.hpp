#pragma once
// The host's log: one line an event on standard error, text for people or JSON for programs.
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "podium/plugin.hpp"

namespace podium::host {

enum class LogFormat { text, json };
/// Called once from main, before any thread.
void start_log(LogLevel least, LogFormat);
/// Thread-safe. `who` is a part of the host ("http", "store") or a plugin's id.
void log(LogLevel, std::string_view who, std::string_view message);
/// A structured line: the fields are written as key=value, or as members of the JSON object. Values
/// are escaped; numbers are given as texts with `number` set.
struct LogField {
  std::string_view key;
  std::string value;
  bool number = false;
};
void log(LogLevel, std::string_view who, std::string_view message, std::initializer_list<LogField>);
bool would_log(LogLevel) noexcept;

}  // namespace podium::host
