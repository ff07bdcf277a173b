#include "upkeep/commands.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <ostream>

#include "podium/error.hpp"
#include "podium/http/json_writer.hpp"
#include "upkeep/backup.hpp"
#include "upkeep/doctor.hpp"
#include "upkeep/progress.hpp"
#include "upkeep/restore.hpp"

namespace podium::host {
namespace {

std::atomic<bool> stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // set by a signal handler

/// The first Ctrl-C asks, a second ends at once.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopped.store(true); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaction(s, &action, nullptr);
}

Progress progress_on(std::ostream& errors) {
  return Progress(errors, ::isatty(STDERR_FILENO) == 1, stopped);
}

std::string contents(const BackupManifest& m) {
  return fmt::format("{} projects, {} tasks, {} artifacts ({}), revision {}", m.projects, m.tasks,
                     m.artifacts, bytes_text(m.artifact_bytes), m.revision);
}

}  // namespace

int backup_command(const Settings& settings, const std::filesystem::path& to, bool as_json,
                   std::ostream& out, std::ostream& errors) {
  stop_on_signals();
  Progress progress = progress_on(errors);
  const BackupManifest m = back_up(settings, to, progress);
  if (as_json)
    out << to_json(m);
  else
    out << fmt::format("{} holds {}\ncheck it anywhere with `podium restore --verify {}`\n",
                       to.string(), contents(m), to.string());
  return 0;
}

int restore_command(const Settings& settings, const std::filesystem::path& from, bool verify,
                    bool as_json, std::ostream& out, std::ostream& errors) {
  stop_on_signals();
  Progress progress = progress_on(errors);
  if (!verify) {
    const BackupManifest m = restore(settings, from, progress);
    if (as_json)
      out << to_json(m);
    else
      out << fmt::format("{} holds {}\n", settings.text("data"), contents(m));
    return 0;
  }
  const BackupCheck check = check_backup(settings, from, progress);
  if (as_json) {
    std::string text;
    JsonWriter w(text);
    w.object().key("whole").value(check.problems.empty()).key("problems").array();
    for (const auto& problem : check.problems) w.value(problem);
    w.end_array().end_object();
    out << text << '\n';
  } else if (check.problems.empty()) {
    out << fmt::format("{} is whole: {}\n", from.string(), contents(check.manifest));
  } else {
    for (const auto& problem : check.problems) out << problem << '\n';
    out << fmt::format("{} is damaged; use another backup\n", from.string());
  }
  return check.problems.empty() ? 0 : 1;
}

int doctor_command(const Settings& settings, bool as_json, std::ostream& out,
                   std::ostream& errors) {
  stop_on_signals();
  Progress progress = progress_on(errors);
  const Findings findings = examine(settings, progress);
  print_findings(findings, as_json, out);
  return is_healthy(findings) ? 0 : 1;
}

}  // namespace podium::host
