#pragma once
// `podium VERB ...`: sends what was typed to the host and draws the answer. Nothing of the language
// is known here but a few options that are the program's own.
#include <string>
#include <vector>

namespace podium::host::cli {

/// Runs one command; returns the exit code. Everything that goes wrong is said on stderr.
int run_command(const std::vector<std::string>& words);

/// `podium shell`: reads commands from the terminal, or lines from standard input when that is
/// none. Returns the exit code: of the last command that failed, where nobody types.
int run_shell(const std::vector<std::string>& words);

/// `podium completion bash|zsh|fish`: a script for the shell. `own` are the program's subcommands.
/// `podium completion words ... WORD` prints what could stand for the last word.
int run_completion(const std::vector<std::string>& words, const std::vector<std::string>& own);

}  // namespace podium::host::cli
