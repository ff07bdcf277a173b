#include "config/settings.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "podium/error.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::host {
namespace {

using Kind = Setting::Kind;

constexpr Setting table[] = {
    {"host", Kind::text, "127.0.0.1", "PODIUM_HOST MLFLOW_HOST", "ADDR", "address to listen on"},
    {"port", Kind::integer, "5000", "PODIUM_PORT MLFLOW_PORT", "N",
     "port to listen on; 0 chooses a free one", 0, 65535},
    {"data", Kind::text, "podium-data", "PODIUM_DATA", "DIR", "folder that holds all state"},
    {"store", Kind::text, "sqlite", "PODIUM_STORE", "NAME",
     "storage plugin that keeps records and points"},
    {"plugin_dirs", Kind::list, "", "PODIUM_PLUGIN_DIRS", "DIR,...",
     "folders to look for plugins in, beside podium's own"},
    {"default_artifact_root", Kind::text, "mlflow-artifacts:/",
     "PODIUM_DEFAULT_ARTIFACT_ROOT MLFLOW_DEFAULT_ARTIFACT_ROOT", "URI",
     "where new projects keep artifacts"},
    {"artifacts_destination", Kind::text, "",
     "PODIUM_ARTIFACTS_DESTINATION MLFLOW_ARTIFACTS_DESTINATION", "URI",
     "folder (or file: URI) behind mlflow-artifacts:/; empty is DATA/artifacts"},
    {"allowed_hosts", Kind::list, "", "PODIUM_ALLOWED_HOSTS MLFLOW_SERVER_ALLOWED_HOSTS",
     "PATTERN,...", "Host headers to answer; empty allows this machine and private addresses"},
    {"cors_allowed_origins", Kind::list, "",
     "PODIUM_CORS_ALLOWED_ORIGINS MLFLOW_SERVER_CORS_ALLOWED_ORIGINS", "ORIGIN,...",
     "pages of other origins that may write"},
    {"x_frame_options", Kind::text, "SAMEORIGIN",
     "PODIUM_X_FRAME_OPTIONS MLFLOW_SERVER_X_FRAME_OPTIONS", "VALUE",
     "the header of that name; NONE leaves it out"},
    {"outbound_allow", Kind::list, "", "PODIUM_OUTBOUND_ALLOW", "ORIGIN,...",
     "servers that plugins may call, such as https://hooks.example.com; empty allows none"},
    {"outbound_networks", Kind::list, "", "PODIUM_OUTBOUND_NETWORKS", "NETWORK,...",
     "private networks in which those servers may be, such as 10.1.0.0/16"},
    {"insecure_no_auth", Kind::boolean, "false", "PODIUM_INSECURE_NO_AUTH", "",
     "serve an address that other machines reach although nobody has to log in"},
    {"log_level", Kind::text, "info", "PODIUM_LOG_LEVEL", "LEVEL", "debug, info, warning or error"},
    {"log_format", Kind::text, "text", "PODIUM_LOG_FORMAT", "FORMAT", "text or json"},
    {"io_threads", Kind::integer, "1", "PODIUM_IO_THREADS", "N",
     "threads that read and write sockets", 1, 64},
    {"pool_threads", Kind::integer, "16", "PODIUM_POOL_THREADS", "N", "threads that run handlers",
     4, 1024},
    {"max_connections", Kind::integer, "1024", "PODIUM_MAX_CONNECTIONS", "N",
     "connections open at once", 1, 1000000},
    {"max_body_mib", Kind::integer, "8", "PODIUM_MAX_BODY_MIB", "N",
     "largest JSON body of podium's own API, in MiB", 1, 4096},
    {"request_seconds", Kind::integer, "60", "PODIUM_REQUEST_SECONDS", "N",
     "time limit of a handler", 1, 86400},
    {"idle_seconds", Kind::integer, "75", "PODIUM_IDLE_SECONDS", "N",
     "how long an idle connection is kept", 1, 86400},
    {"event_backlog", Kind::integer, "10000", "PODIUM_EVENT_BACKLOG", "N",
     "records that a subscriber to events may lag behind before it is dropped", 10, 1000000},
};

[[noreturn]] void refuse(const Setting& s, const Settings::Origin& o, const std::string& why) {
  throw Error(ErrorCode::invalid, "setting '" + std::string(s.key) + "' (" + o.source + ") is '" +
                                      o.value + "': " + why);
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> boolean_of(std::string_view text) {
  if (text == "true" || text == "1" || text == "yes") return true;
  if (text == "false" || text == "0" || text == "no" || text.empty()) return false;
  return std::nullopt;
}

void check(const Setting& s, const Settings::Origin& o) {
  if (s.kind == Kind::integer) {
    const auto value = integer_of(o.value);
    if (!value || *value < s.least || *value > s.most)
      refuse(s, o,
             "it must be a whole number from " + std::to_string(s.least) + " to " +
                 std::to_string(s.most));
  } else if (s.kind == Kind::boolean && !boolean_of(o.value)) {
    refuse(s, o, "it must be true or false");
  }
  const auto one_of = [&](std::initializer_list<std::string_view> words) {
    std::string list;
    for (const auto word : words) {
      if (o.value == word) return;
      list += (list.empty() ? "" : ", ") + std::string(word);
    }
    refuse(s, o, "it must be one of " + list);
  };
  if (s.key == "log_level") one_of({"debug", "info", "warning", "error"});
  if (s.key == "log_format") one_of({"text", "json"});
  if (s.key == "data" && o.value.empty()) refuse(s, o, "it must name a folder");
}

/// A TOML value as a variable would spell it.
std::string spelled(const toml::node& node, const Setting& s, const std::string& source) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto* array = node.as_array(); array && s.kind == Kind::list) {
    std::string list;
    for (const auto& item : *array) {
      const auto* text = item.as_string();
      if (!text)
        throw Error(ErrorCode::invalid,
                    source + ": '" + std::string(s.key) + "' must be a list of texts");
      list += (list.empty() ? "" : ",") + text->get();
    }
    return list;
  }
  throw Error(ErrorCode::invalid,
              source + ": '" + std::string(s.key) + "' has a value of the wrong type");
}

std::string json_of(const toml::node& node) {
  std::ostringstream text;
  text << toml::json_formatter(node);
  return text.str();
}

PluginSettings plugin_of(const toml::table& entry, const std::string& id,
                         const std::string& source) {
  PluginSettings plugin;
  for (const auto& [key, node] : entry) {
    const std::string name(key.str());
    const auto wrong = [&](const char* what) {
      return Error(ErrorCode::invalid,
                   source + ": [plugins.\"" + id + "\"] " + name + " must be " + what);
    };
    if (name == "enabled" || name == "required") {
      const auto* truth = node.as_boolean();
      if (!truth) throw wrong("true or false");
      if (name == "enabled")
        plugin.enabled = truth->get();
      else
        plugin.required = truth->get();
    } else if (name == "config") {
      if (!node.as_table()) throw wrong("a table");
      plugin.config = json_of(node);
    } else if (name == "prefixes") {
      const auto* array = node.as_array();
      if (!array) throw wrong("a list of texts");
      for (const auto& item : *array) {
        if (!item.as_string()) throw wrong("a list of texts");
        plugin.prefixes.push_back(item.as_string()->get());
      }
    } else {
      throw Error(ErrorCode::invalid, source + ": [plugins.\"" + id + "\"] has no setting '" +
                                          name +
                                          "'; it may say enabled, required, config and prefixes");
    }
  }
  return plugin;
}

}  // namespace

std::span<const Setting> setting_table() { return table; }

std::string flag_of(std::string_view key) {
  std::string flag = "--" + std::string(key);
  for (auto& c : flag)
    if (c == '_') c = '-';
  return flag;
}

Settings Settings::load(const std::map<std::string, std::string>& flags,
                        const Environment& environment) {
  Settings settings;
  std::string file = "podium.toml";
  bool file_wanted = false;
  if (const auto given = flags.find("config"); given != flags.end()) {
    file = given->second;
    file_wanted = true;
  } else if (const char* named = environment("PODIUM_CONFIG"); named && *named) {
    file = named;
    file_wanted = true;
  }
  toml::table document;
  if (std::ifstream stream(file); stream) {
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    try {
      document = toml::parse(text, file);
    } catch (const toml::parse_error& error) {
      throw Error(ErrorCode::invalid, file + ":" + std::to_string(error.source().begin.line) +
                                          ": " + std::string(error.description()));
    }
  } else if (file_wanted) {
    throw Error(ErrorCode::invalid, "the configuration file '" + file + "' cannot be read");
  }

  std::vector<std::string> known = {"plugins"};
  for (const auto& s : table) {
    known.emplace_back(s.key);
    Origin origin{std::string(s.fallback), "default"};
    if (const auto flag = flags.find(std::string(s.key)); flag != flags.end()) {
      origin = {flag->second, "flag " + flag_of(s.key)};
    } else {
      bool found = false;
      std::istringstream names{std::string(s.variables)};
      for (std::string name; !found && names >> name;)
        if (const char* value = environment(name.c_str())) {
          origin = {value, "environment " + name};
          found = true;
        }
      if (!found)
        if (const auto* node = document.get(s.key))
          origin = {spelled(*node, s, file), "file " + file};
    }
    check(s, origin);
    settings.values_.emplace(s.key, std::move(origin));
  }
  const std::string store = settings.text("store");
  known.push_back(store);
  for (const auto& [key, node] : document) {
    const std::string name(key.str());
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const auto near = kit::nearest(name, known);
      throw Error(ErrorCode::invalid, file + ": there is no setting '" + name + "'" +
                                          (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
  }
  if (const auto* node = document.get(store); node && node->as_table())
    settings.store_table_ = json_of(*node);
  if (const auto* node = document.get("plugins")) {
    const auto* plugins = node->as_table();
    if (!plugins) throw Error(ErrorCode::invalid, file + ": 'plugins' must be a table");
    for (const auto& [id, entry] : *plugins) {
      const std::string name(id.str());
      if (!entry.as_table())
        throw Error(ErrorCode::invalid, file + ": [plugins.\"" + name + "\"] must be a table");
      settings.plugins_.emplace(name, plugin_of(*entry.as_table(), name, file));
    }
  }
  return settings;
}

const Settings::Origin& Settings::origin(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end())
    throw Error(ErrorCode::misuse, "there is no setting '" + std::string(key) + "'");
  return found->second;
}
std::string Settings::text(std::string_view key) const { return origin(key).value; }
std::int64_t Settings::integer(std::string_view key) const {
  return integer_of(origin(key).value).value_or(0);
}
bool Settings::boolean(std::string_view key) const {
  return boolean_of(origin(key).value).value_or(false);
}
std::vector<std::string> Settings::list(std::string_view key) const {
  std::vector<std::string> items;
  std::istringstream stream(origin(key).value);
  for (std::string item; std::getline(stream, item, ',');) {
    const auto first = item.find_first_not_of(' ');
    if (first == item.npos) continue;
    items.push_back(item.substr(first, item.find_last_not_of(' ') - first + 1));
  }
  return items;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace podium::host
