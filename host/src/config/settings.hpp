#pragma once
// Every setting of the host: a flag, else an environment variable, else a line of podium.toml, else
// a default. One table describes them all; `podium config` prints each with where it came from.
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/json.hpp"

namespace podium::host {

/// One row of the table.
struct Setting {
  enum class Kind {
    text,
    integer,
    boolean,
    list
  };                     ///< a list is comma-separated in flags and variables
  std::string_view key;  ///< in podium.toml; the flag is "--" with '-' for '_'
  Kind kind = Kind::text;
  std::string_view fallback;  ///< the default, spelled as in a variable
  std::string_view
      variables;  ///< space-separated, the first one set counts: "PODIUM_HOST MLFLOW_HOST"
  std::string_view value_name;  ///< in the help: "ADDR"; "" for a switch
  std::string_view help;
  std::int64_t least = 0, most = 0;  ///< of an integer
};
std::span<const Setting> setting_table();
/// The flag of a setting: "--default-artifact-root" for "default_artifact_root".
std::string flag_of(std::string_view key);

/// What the configuration says of one plugin.
struct PluginSettings {
  std::optional<bool> enabled;
  bool required = false;
  std::string config = "{}";          ///< JSON text
  std::vector<std::string> prefixes;  ///< route prefixes granted to it
};

/// The settings as found. Immutable after `load`.
class Settings {
 public:
  using Environment = std::function<const char*(const char*)>;
  /// `flags` holds what was given on the command line, by key. Throws Error `invalid` naming the
  /// setting, where it came from and what is allowed; unknown keys of podium.toml are refused with
  /// the nearest. Without "config" among the flags, ./podium.toml is read if it exists.
  static Settings load(const std::map<std::string, std::string>& flags,
                       const Environment& environment);

  std::string text(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  bool boolean(std::string_view key) const;
  std::vector<std::string> list(std::string_view key) const;

  struct Origin {
    std::string value, source;
  };
  const Origin& origin(std::string_view key) const;
  const std::map<std::string, PluginSettings>& plugins() const { return plugins_; }
  /// The table of podium.toml named like a store ("[sqlite]"), as JSON text; "{}" without one.
  std::string store_table() const { return store_table_; }

 private:
  std::map<std::string, Origin, std::less<>> values_;
  std::map<std::string, PluginSettings> plugins_;
  std::string store_table_ = "{}";
};

/// Whether an address is this machine's own: "127.0.0.0/8", "::1", "localhost".
bool is_loopback(std::string_view host);

}  // namespace podium::host
