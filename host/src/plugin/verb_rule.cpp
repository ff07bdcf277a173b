#include "plugin/verb_rule.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "podium/error.hpp"

namespace podium::host {
namespace {

[[noreturn]] void refuse(const Verb& verb, const std::string& what) {
  throw Error(ErrorCode::invalid, "the verb '" + verb.id() + "' " + what);
}

}  // namespace

bool is_verb_word(std::string_view text) noexcept {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool is_front_end_word(std::string_view word) noexcept {
  for (const std::string_view w :
       {"serve", "config", "plugins", "completion", "shell", "agent", "import", "backup", "restore",
        "doctor", "user", "token", "kernel", "connect", "set", "version"})
    if (word == w) return true;
  return false;
}

bool is_command_line_option(std::string_view name) noexcept {
  for (const std::string_view n :
       {"url", "json", "jsonl", "csv", "out", "budget", "bind", "dry run", "idempotency key",
        "help", "version", "color", "width", "utc", "detach"})
    if (name == n) return true;
  return false;
}

void check_verb(const Verb& verb) {
  if (!is_verb_word(verb.id())) refuse(verb, "is no word that can be typed: [a-z][a-z0-9-]*");
  if (is_front_end_word(verb.id())) refuse(verb, "is a word of podium's front ends");
  std::set<std::string> names;
  const Verb::Usage usage = verb.usage();
  for (const ClauseSpec& c : usage.clauses) {
    const std::size_t blank = c.name.find(' ');
    const std::string_view name = c.name;
    if (!is_verb_word(name.substr(0, blank)) ||
        (blank != std::string::npos && !is_verb_word(name.substr(blank + 1))))
      refuse(verb, "has the clause '" + c.name + "', which is no word (or two) that can be typed");
    if (is_command_line_option(c.name))
      refuse(verb, "has the clause '" + c.name + "', which is an option of the command line");
    if (!names.insert(c.name).second) refuse(verb, "has the clause '" + c.name + "' twice");
  }
  if (usage.least > usage.most) refuse(verb, "takes at least more arguments than at most");
}

}  // namespace podium::host
