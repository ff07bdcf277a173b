#pragma once
// What the program itself understands of what is typed; everything else is the host's.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace podium::host::cli {

struct Options {
  std::string url, out, idempotency_key;
  bool json = false, jsonl = false, csv = false, dry_run = false, utc = false, detach = false;
  std::size_t budget = 0, width = 0;
  std::vector<std::string> binds;  ///< NAME=VALUE
};

/// Options, and the verb with its words.
struct CommandLine {
  Options options;
  std::vector<std::string> argv;
};

/// Takes the options out of the words. `--` ends them. Throws Error `invalid`.
CommandLine read_command_line(const std::vector<std::string>& words);

/// Takes the options out of a line of the language: blanks stand in their place, so that positions
/// stay what they are. Throws Error `invalid`.
Options take_options(std::string& line);

/// The members of a request that options say: `bind`, `dry_run`, `budget`, `idempotency_key`.
nlohmann::ordered_json members_of(const Options&);

/// For completion in shells.
const std::vector<std::string>& option_names();

}  // namespace podium::host::cli
