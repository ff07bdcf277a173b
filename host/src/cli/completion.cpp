// Completion in shells: small scripts that ask this program.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command_line.hpp"
#include "cli/exit_codes.hpp"
#include "cli/options.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/http_client.hpp"

namespace podium::host::cli {
namespace {

using namespace front;

using Json = nlohmann::json;

constexpr const char* bash_script =
    R"(# podium completion for bash: source <(podium completion bash)
_podium() {
  local IFS=$'\n'
  COMPREPLY=($(podium completion words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default
}
complete -F _podium podium
)";

constexpr const char* zsh_script = R"(#compdef podium
# podium completion for zsh: source <(podium completion zsh)
_podium() {
  local -a found
  found=("${(@f)$(podium completion words "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( ${#found} )) && [[ -n "${found[1]}" ]]; then compadd -Q -a found; else _files; fi
}
compdef _podium podium
)";

constexpr const char* fish_script = R"(# podium completion for fish: podium completion fish | source
function __podium_words
  set -l words (commandline -opc) (commandline -ct)
  podium completion words $words[2..-1] 2>/dev/null
end
complete -c podium -f -a '(__podium_words)'
)";

std::string flag_of(const std::string& clause) {
  std::string flag = "--" + clause;
  std::replace(flag.begin(), flag.end(), ' ', '-');
  return flag;
}

/// What a shell must not split or read otherwise is left out: who wants it types it.
bool is_plain(const std::string& text) {
  return !text.empty() && text.find_first_of(" \t\n\r'\"\\$`!*?[]{}()<>|&;~#") == text.npos;
}

void print_those(const std::vector<std::string>& candidates, const std::string& prefix) {
  for (const std::string& c : candidates)
    if (c.starts_with(prefix) && is_plain(c)) std::cout << c << '\n';
}

/// "a|b|c": what a clause takes.
std::vector<std::string> choices_of(const std::string& value) {
  std::vector<std::string> choices;
  std::size_t begin = 0;
  while (begin <= value.size()) {
    const std::size_t bar = std::min(value.find('|', begin), value.size());
    choices.push_back(value.substr(begin, bar - begin));
    begin = bar + 1;
  }
  return choices;
}

/// Names of the projects, for `in`.
std::vector<std::string> projects(HttpClient& host) {
  std::vector<std::string> names;
  const HttpAnswer answer =
      host.post("/api/v1/commands", R"({"line":"projects show name limit 1000"})");
  const Json table = Json::parse(answer.body, nullptr, false);
  if (answer.status == 200 && table.is_object())
    for (const Json& row : table.at("rows")) names.push_back(row.at(0).get<std::string>());
  return names;
}

int complete(std::vector<std::string> words, const std::vector<std::string>& own) {
  const std::string prefix = words.empty() ? std::string() : words.back();
  if (!words.empty()) words.pop_back();
  std::vector<std::string> candidates;
  if (words.empty()) candidates = own;
  try {
    HttpClient host(find_host({}));
    const Json list = Json::parse(host.get("/api/v1/commands").body, nullptr, false);
    if (!list.is_object() || !list.contains("verbs"))
      throw Error(ErrorCode::unavailable, "no podium");
    for (const Json& verb : list.at("verbs")) {
      const std::string word = verb.at("verb");
      if (words.empty() || (words.size() == 1 && words.front() == "help")) {
        candidates.push_back(word);
      } else if (word == words.front()) {
        const std::string before = words.back();
        if (before == "in" || before == "--in") {
          candidates = projects(host);
          break;
        }
        const bool flags = prefix.starts_with("-");
        for (const Json& clause : verb.at("clauses")) {
          const std::string name = clause.at("name");
          if (const std::string value = clause.value("value", "");
              value.find('|') != value.npos && (before == name || before == flag_of(name))) {
            candidates = choices_of(value);
            break;
          }
          candidates.push_back(flags ? flag_of(name) : name);
        }
        if (flags) {
          candidates.insert(candidates.end(), option_names().begin(), option_names().end());
          candidates.emplace_back("--help");
        }
      }
    }
  } catch (const std::exception&) {
    // Without a host there are the program's own words.
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  print_those(candidates, prefix);
  return exit_ok;
}

}  // namespace

int run_completion(const std::vector<std::string>& words, const std::vector<std::string>& own) {
  const std::string shell = words.empty() ? std::string() : words.front();
  if (shell == "words") return complete({words.begin() + 1, words.end()}, own);
  if (shell == "bash")
    std::cout << bash_script;
  else if (shell == "zsh")
    std::cout << zsh_script;
  else if (shell == "fish")
    std::cout << fish_script;
  else {
    std::cerr << "podium: completion is there for bash, zsh and fish: podium completion bash\n";
    return exit_usage;
  }
  return exit_ok;
}

}  // namespace podium::host::cli
