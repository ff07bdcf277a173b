#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "podium/error.hpp"
#include "podium/front_kit/cell.hpp"

namespace podium::host::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Spec {
  const char* name;
  bool Options::*flag = nullptr;
  std::string Options::*text = nullptr;
  std::size_t Options::*number = nullptr;
};

constexpr Spec specs[] = {
    {"--bind"},
    {"--budget", nullptr, nullptr, &Options::budget},
    {"--csv", &Options::csv},
    {"--detach", &Options::detach},
    {"--dry-run", &Options::dry_run},
    {"--idempotency-key", nullptr, &Options::idempotency_key},
    {"--json", &Options::json},
    {"--jsonl", &Options::jsonl},
    {"--out", nullptr, &Options::out},
    {"--url", nullptr, &Options::url},
    {"--utc", &Options::utc},
    {"--width", nullptr, nullptr, &Options::width},
};

Error wrong(const std::string& sentence) { return Error(ErrorCode::invalid, sentence); }

std::size_t number_of(std::string_view option, const std::string& text) {
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc() || stop != end)
    throw wrong(fmt::format("{} needs a whole number, not '{}'", option, text));
  return number;
}

/// Reads the option at words[i], if it is one; returns how many words it takes, or 0.
std::size_t read_option(const std::vector<std::string>& words, std::size_t i, Options& into) {
  const std::string& word = words[i];
  const std::size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
  const std::string name = word.substr(0, equals);
  const auto* spec = std::find_if(std::begin(specs), std::end(specs),
                                  [&](const Spec& s) { return name == s.name; });
  if (spec == std::end(specs)) return 0;
  if (spec->flag != nullptr) {
    if (equals != word.npos) throw wrong(fmt::format("{} takes no value", name));
    into.*spec->flag = true;
    return 1;
  }
  if (equals == word.npos && i + 1 == words.size())
    throw wrong(fmt::format("{} needs a value behind it", name));
  const std::string value = equals != word.npos ? word.substr(equals + 1) : words[i + 1];
  if (spec->text != nullptr)
    into.*spec->text = value;
  else if (spec->number != nullptr)
    into.*spec->number = number_of(name, value);
  else
    into.binds.push_back(value);
  return equals != word.npos ? 1 : 2;
}

void check(const Options& options) {
  if (options.json + options.jsonl + options.csv > 1)
    throw wrong("--json, --jsonl and --csv exclude each other");
}

/// A value bound to a name: a number, true, false or null as in JSON, else a text.
Json bound_value(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  if (value.is_number() || value.is_boolean() || value.is_null() || value.is_string()) return value;
  return text;
}

}  // namespace

CommandLine read_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  bool help = false;
  std::size_t i = 0;
  while (i < words.size() && words[i] != "--") {
    if (const std::size_t taken = read_option(words, i, line.options); taken > 0) {
      i += taken;
      continue;
    }
    if (words[i] == "--help" || words[i] == "-h")
      help = true;
    else
      line.argv.push_back(words[i]);
    ++i;
  }
  line.argv.insert(line.argv.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  check(line.options);
  if (help && !line.argv.empty() && line.argv.front() != "help")
    line.argv = {"help", line.argv.front()};
  return line;
}

Options take_options(std::string& line) {
  Options options;
  const auto found = front::words_of(line);
  std::vector<std::string> words;
  for (const auto& word : found) words.push_back(word.text);
  for (std::size_t i = 0; i < words.size();) {
    const bool starts = line.compare(found[i].begin, 2, "--") == 0;  // not in quotes
    const std::size_t taken = starts ? read_option(words, i, options) : 0;
    for (std::size_t k = 0; k < taken; ++k)
      std::fill(line.begin() + static_cast<std::ptrdiff_t>(found[i + k].begin),
                line.begin() + static_cast<std::ptrdiff_t>(found[i + k].end), ' ');
    i += std::max<std::size_t>(taken, 1);
  }
  line.erase(std::find_if(line.rbegin(), line.rend(), [](char c) { return c != ' '; }).base(),
             line.end());
  check(options);
  return options;
}

Json members_of(const Options& options) {
  Json members = Json::object();
  for (const std::string& bind : options.binds) {
    const std::size_t equals = bind.find('=');
    if (equals == 0 || equals == bind.npos)
      throw wrong(fmt::format("--bind needs NAME=VALUE, not '{}'", bind));
    members["bind"][bind.substr(0, equals)] = bound_value(bind.substr(equals + 1));
  }
  if (options.dry_run) members["dry_run"] = true;
  if (options.budget > 0) members["budget"] = options.budget;
  if (!options.idempotency_key.empty()) members["idempotency_key"] = options.idempotency_key;
  return members;
}

const std::vector<std::string>& option_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Spec& spec : specs) all.emplace_back(spec.name);
    return all;
  }();
  return names;
}

}  // namespace podium::host::cli
