#pragma once
// `podium VERB ...`: sends what was typed to the host and draws the answer. Nothing of the language
// is known here but a few options that are the program's own.
#include <string>
#include <vector>

namespace podium::host::cli {

/// What the command line itself understands; the rest is the host's.
struct CommandLine {
  std::string url, out, idempotency_key;
  bool json = false, jsonl = false, csv = false, dry_run = false, utc = false, detach = false;
  std::size_t budget = 0, width = 0;
  std::vector<std::string> binds;  ///< NAME=VALUE
  std::vector<std::string> argv;   ///< the verb and its words
};

/// Takes the program's options out of the words. `--` ends them. Throws Error `invalid`.
CommandLine read_command_line(const std::vector<std::string>& words);

/// Runs one command; returns the exit code. Everything that goes wrong is said on stderr.
int run_command(const std::vector<std::string>& words);

/// `podium completion bash|zsh|fish`: a script for the shell. `own` are the program's subcommands.
/// `podium completion words ... WORD` prints what could stand for the last word.
int run_completion(const std::vector<std::string>& words, const std::vector<std::string>& own);

}  // namespace podium::host::cli
