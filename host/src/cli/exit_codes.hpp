#pragma once
// How `podium` ends, for scripts. docs/commands.md lists them; they never change.
#include <string_view>

namespace podium::host::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;     ///< none of the others
inline constexpr int exit_usage = 2;      ///< the command line, a setting or a query is wrong
inline constexpr int exit_not_found = 3;  ///< what was named is not there (any more)
inline constexpr int exit_conflict = 4;   ///< it is there already, or its state forbids it
inline constexpr int exit_no_host = 5;    ///< no podium answers
inline constexpr int exit_timeout = 6;    ///< `wait` gave up, or the host took too long
inline constexpr int exit_badly = 7;      ///< it was carried out, and ended badly: a task failed
inline constexpr int exit_question = 8;   ///< it asks first, and nobody is there to answer
inline constexpr int exit_denied = 9;     ///< who calls may not
/// Ctrl-C while a job was watched, as shells have it: the job goes on.
inline constexpr int exit_interrupted = 130;

/// Of the `code` of a problem.
inline int exit_code_of(std::string_view code) {
  if (code == "invalid" || code == "too_large" || code == "unsupported") return exit_usage;
  if (code == "not_found" || code == "gone") return exit_not_found;
  if (code == "exists" || code == "conflict") return exit_conflict;
  if (code == "unavailable" || code == "busy") return exit_no_host;
  if (code == "timeout") return exit_timeout;
  if (code == "denied" || code == "unauthenticated") return exit_denied;
  return exit_failed;
}

/// Of the `outcome` of an answer.
inline int exit_code_of_outcome(std::string_view outcome) {
  if (outcome == "failed") return exit_badly;
  if (outcome == "timed_out" || outcome == "pending") return exit_timeout;
  return exit_ok;
}

}  // namespace podium::host::cli
