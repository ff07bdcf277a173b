#include "log/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "podium/http/json_writer.hpp"

namespace podium::host {
namespace {

LogFormat format = LogFormat::text;

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("podium",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %L %v", spdlog::pattern_time_type::utc);
    return made;
  }();
  return *instance;
}

/// A value in a text line: quoted when it is not plain, so that no value can forge another field.
void append_text_value(std::string& line, std::string_view value) {
  const bool plain =
      !value.empty() && value.find_first_of(" \"=\\") == value.npos &&
      std::all_of(value.begin(), value.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (plain)
    line += value;
  else
    append_json_string(line, value);
}

}  // namespace

void start_log(LogLevel least, LogFormat chosen) {
  format = chosen;
  logger().set_level(level_of(least));
  if (chosen == LogFormat::json) logger().set_pattern("%v");
}

bool would_log(LogLevel level) noexcept { return logger().should_log(level_of(level)); }

void log(LogLevel level, std::string_view who, std::string_view message) {
  log(level, who, message, {});
}

void log(LogLevel level, std::string_view who, std::string_view message,
         std::initializer_list<LogField> fields) {
  if (!would_log(level)) return;
  std::string line;
  if (format == LogFormat::json) {
    JsonWriter w(line);
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    w.object().key("time").value(static_cast<std::int64_t>(now)).key("level");
    w.value(std::string_view(spdlog::level::to_string_view(level_of(level)).data()));
    w.key("who").value(who).key("message").value(message);
    for (const auto& field : fields) {
      w.key(field.key);
      if (field.number)
        w.raw(field.value);
      else
        w.value(field.value);
    }
    w.end_object();
  } else {
    line.append(who).append(": ");
    for (const char c : message)  // one line an event, whatever the message holds
      line.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    for (const auto& field : fields) {
      line.append(" ").append(field.key).append("=");
      append_text_value(line, field.value);
    }
  }
  logger().log(level_of(level), "{}", line);
  if (level >= LogLevel::warning) logger().flush();
}

}  // namespace podium::host
