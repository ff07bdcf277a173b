#include "plugin/manager.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "log/log.hpp"
#include "plugin/config_check.hpp"
#include "plugin/context.hpp"
#include "plugin/elf_note.hpp"
#include "plugin/library.hpp"
#include "plugin/order.hpp"
#include "plugin/route_rule.hpp"
#include "podium/error.hpp"
#include "podium/plugin.hpp"

namespace podium::host {
namespace fs = std::filesystem;
namespace {

bool world_writable(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0;
}

void report_fault(const PluginOwner& owner, std::string_view where, std::string_view what) {
  log(LogLevel::error, owner.id, "failed in " + std::string(where) + ": " + std::string(what));
}

struct Entry {
  PluginInfo info;
  bool from_flag = false;  ///< --plugin FILE
  PluginSettings settings;
  podium_manifest manifest;
  PluginOwner owner;
  bool started = false;
  // In this order, so that they are destroyed in reverse.
  std::unique_ptr<Library> library;
  std::unique_ptr<Context> context;
  std::unique_ptr<Plugin> plugin;

  bool active() const { return info.state == PluginState::active; }
  void set(PluginState state, std::string reason) {
    info.state = state;
    info.reason = std::move(reason);
  }
};

}  // namespace

struct PluginManager::Impl {
  PluginOptions options;
  ExtensionRegistry registry;
  std::vector<std::unique_ptr<Entry>> entries;       // as discovered
  std::map<std::string, Entry*, std::less<>> by_id;  // the first file of each id
  std::vector<Entry*> loaded;                        // in the order of loading
  std::vector<RouteGroup> routes;
  std::vector<std::string> problems;
  HostAccess* host = nullptr;

  void look_at(const fs::path& file, bool from_flag, bool own);
  void scan(const fs::path& directory, bool own);
  void decide(Entry& entry, bool own);
  void name_the_missing();
  std::string unmet_need(const Entry& entry) const;
  void load(Entry& entry);
  void start(Entry& entry);
  void give_up(Entry& entry, const std::string& reason);
  void check_required() const;
  void tell(const Entry& entry, std::string_view doing) const {
    if (options.progress) options.progress(entry.info.id, doing);
  }
  void problem(std::string text) {
    log(LogLevel::error, "plugins", text);
    problems.push_back(std::move(text));
  }
};

// ---- discover

void PluginManager::Impl::look_at(const fs::path& given, bool from_flag, bool own) {
  std::error_code failed;
  auto file = fs::canonical(given, failed);
  if (failed) file = fs::absolute(given);
  for (const auto& known : entries)
    if (known->info.file == file) return;
  auto entry = std::make_unique<Entry>();
  entry->info.file = file;
  entry->from_flag = from_flag;
  try {
    if (failed) throw Error(ErrorCode::invalid, "cannot be read: " + failed.message());
    auto manifest = read_manifest(file);
    entry->manifest = manifest.raw;
    entry->info.abi_tag = manifest.abi_tag;
    entry->info.id = entry->owner.id = manifest.id;
    entry->info.version = manifest.version;
    entry->info.summary = manifest.summary;
    entry->info.depends_on = std::move(manifest.depends_on);
    check_abi(entry->info.abi_tag, options.abi_tag);
    decide(*entry, own);
  } catch (const Error& e) {
    entry->set(PluginState::incompatible, e.what());
  }
  if (!entry->info.id.empty()) {
    const auto [first, fresh] = by_id.emplace(entry->info.id, entry.get());
    if (!fresh)
      entry->set(PluginState::failed, "the id '" + entry->info.id + "' is taken by " +
                                          first->second->info.file.string() + ", so " +
                                          file.string() + " is not loaded; remove one of them");
  }
  if (from_flag) entry->info.required = true;
  entries.push_back(std::move(entry));
}

void PluginManager::Impl::decide(Entry& entry, bool own) {
  auto& info = entry.info;
  if (const auto found = options.settings.find(info.id); found != options.settings.end())
    entry.settings = found->second;
  const auto& settings = entry.settings;
  info.config = settings.config;
  info.required = settings.required;
  info.first_party = own && options.first_party.contains(info.id);
  const bool enabled =
      entry.from_flag || settings.enabled.value_or(info.first_party || settings.required);
  if (!enabled)
    info.reason = settings.enabled
                      ? "disabled in podium.toml"
                      : "not enabled; to enable it, write enabled = true under [plugins.\"" +
                            info.id + "\"] in podium.toml";
  else if (!entry.from_flag && world_writable(info.file))
    entry.set(PluginState::failed,
              "its file may be written by everybody; run: chmod o-w '" + info.file.string() + "'");
  else
    entry.set(PluginState::active, {});  // until something goes wrong
}

void PluginManager::Impl::scan(const fs::path& given, bool own) {
  std::error_code failed;
  const auto directory = fs::canonical(given, failed);
  if (failed || !fs::is_directory(directory)) {
    if (!own) problem("the plugin directory '" + given.string() + "' does not exist");
    return;
  }
  if (world_writable(directory)) {
    problem("the plugin directory '" + directory.string() +
            "' may be written by everybody, so nothing in it is loaded; run: chmod o-w '" +
            directory.string() + "'");
    return;
  }
  std::vector<fs::path> files;
  for (const auto& item : fs::directory_iterator(directory, failed))
    if (item.path().extension() == ".so" && !item.path().filename().string().starts_with('.'))
      files.push_back(item.path());
  if (failed)
    problem("the plugin directory '" + directory.string() +
            "' cannot be read: " + failed.message());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) look_at(file, false, own);
}

/// Ids that the configuration enables and no file has are listed too.
void PluginManager::Impl::name_the_missing() {
  for (const auto& [id, settings] : options.settings) {
    if (by_id.contains(id) || !(settings.enabled.value_or(settings.required) || settings.required))
      continue;
    auto entry = std::make_unique<Entry>();
    entry->info.id = entry->owner.id = id;
    entry->info.required = settings.required;
    std::string where = options.own_directory.string();
    for (const auto& directory : options.directories) where += ", " + directory.string();
    entry->set(PluginState::failed,
               "podium.toml names it, but no plugin file in " + where + " has that id");
    by_id.emplace(id, entry.get());
    entries.push_back(std::move(entry));
  }
}

PluginManager::PluginManager(PluginOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
}

void PluginManager::discover() {
  for (const auto& file : impl_->options.files) impl_->look_at(file, true, false);
  if (!impl_->options.own_directory.empty()) impl_->scan(impl_->options.own_directory, true);
  for (const auto& directory : impl_->options.directories) impl_->scan(directory, false);
  impl_->name_the_missing();

  std::map<std::string, std::vector<std::string>> wanted;
  for (const auto& [id, entry] : impl_->by_id)
    if (entry->active()) wanted.emplace(id, entry->info.depends_on);
  const auto order = load_order(wanted);
  for (const auto& [id, path] : order.cycles)
    impl_->by_id.at(id)->set(PluginState::failed, "its dependencies form a cycle: " + path);
  for (const auto& id : order.ids) {
    auto& entry = *impl_->by_id.at(id);
    if (auto why = impl_->unmet_need(entry); !why.empty())
      entry.set(PluginState::failed, std::move(why));
    impl_->loaded.push_back(&entry);
  }
}

std::string PluginManager::Impl::unmet_need(const Entry& entry) const {
  for (const auto& id : entry.info.depends_on) {
    const auto found = by_id.find(id);
    const auto needs = "needs '" + id + "', which ";
    if (found == by_id.end()) return needs + "is not installed";
    const auto& other = found->second->info;
    switch (other.state) {
      case PluginState::active:
        break;
      case PluginState::disabled:
        return needs + "is disabled";
      case PluginState::incompatible:
        return needs + "is incompatible: " + other.reason;
      case PluginState::failed:
        return needs + "failed: " + other.reason;
    }
  }
  return {};
}

void PluginManager::Impl::check_required() const {
  for (const auto& entry : entries)
    if (entry->info.required && !entry->active() &&
        (entry->from_flag || by_id.at(entry->info.id) == entry.get())) {
      const auto& info = entry->info;
      throw Error(ErrorCode::unavailable,
                  "plugin '" + (info.id.empty() ? info.file.string() : info.id) +
                      "' is required but " + std::string(name(info.state)) + ": " + info.reason);
    }
}

// ---- load

void PluginManager::load(HostAccess& host) {
  impl_->host = &host;
  for (auto* entry : impl_->loaded)
    if (entry->active()) impl_->load(*entry);
  for (const auto& entry : impl_->entries)
    if (entry->info.state == PluginState::failed ||
        (entry->info.state == PluginState::incompatible))
      log(LogLevel::error, entry->info.id.empty() ? entry->info.file.string() : entry->info.id,
          std::string(name(entry->info.state)) + ": " + entry->info.reason);
  impl_->check_required();
}

void PluginManager::Impl::load(Entry& entry) {
  tell(entry, "loading");
  try {
    if (const auto why = unmet_need(entry); !why.empty()) throw Error(ErrorCode::unavailable, why);
    const auto config = Json::parse(entry.settings.config, nullptr, false);
    if (!config.is_object())
      throw Error(ErrorCode::invalid, "its config in podium.toml must be a table");
    entry.library = std::make_unique<Library>(entry.info.file);
    const auto& descriptor = entry.library->descriptor(entry.manifest);
    std::array<char, 1024> error{};
    entry.plugin.reset(contained(entry.owner, "its constructor",
                                 [&] { return descriptor.create(error.data(), error.size()); }));
    error.back() = '\0';
    if (!entry.plugin)
      throw Error(ErrorCode::invalid,
                  error[0] ? error.data() : "constructor failed without a reason");
    check_config(
        contained(entry.owner, "config_schema", [&] { return entry.plugin->config_schema(); }),
        config);
    entry.context =
        std::make_unique<Context>(entry.owner, *host, registry, config, entry.settings.prefixes);
    contained(entry.owner, "load", [&] { entry.plugin->load(*entry.context); });
    entry.context->enter(Context::Phase::loaded);
  } catch (const std::exception& e) {
    give_up(entry, e.what());
    // Nobody has found anything of it yet, so nothing of it is kept.
    registry.remove(entry.owner);
    entry.plugin.reset();
  }
}

/// Makes a plugin failed. What others may have found of it stays alive, unseen, until the end.
void PluginManager::Impl::give_up(Entry& entry, const std::string& reason) {
  entry.set(PluginState::failed, reason);
  registry.hide(entry.owner);
  if (entry.context) {
    entry.context->enter(Context::Phase::stopped);
    entry.context->declarations().clear();
  }
  std::erase_if(routes, [&](const RouteGroup& group) { return group.owner == &entry.owner; });
}

// ---- start, stop

void PluginManager::start() {
  for (auto* entry : impl_->loaded) {
    if (!entry->active()) continue;
    impl_->start(*entry);
    if (!entry->active()) log(LogLevel::error, entry->info.id, "failed: " + entry->info.reason);
  }
  impl_->check_required();
}

void PluginManager::Impl::start(Entry& entry) {
  try {
    if (const auto why = unmet_need(entry); !why.empty()) throw Error(ErrorCode::unavailable, why);
    tell(entry, "starting");
    if (const auto& declared = entry.context->declarations(); !declared.empty())
      host->declare(entry.owner, declared);
    entry.context->enter(Context::Phase::started);
    entry.started = true;
    contained(entry.owner, "start", [&] { entry.plugin->start(); });
    for (const auto& added : registry.of(entry.owner)) {
      auto* group = dynamic_cast<Routes*>(added.extension);
      if (!group) continue;
      auto prefixes = contained(entry.owner, "prefixes", [&] { return group->prefixes(); });
      check_prefixes(entry.info.id, prefixes, entry.settings.prefixes);
      auto table = contained(entry.owner, "routes", [&] { return group->routes(); });
      check_routes(table, prefixes);
      routes.push_back({&entry.owner, group, std::move(prefixes), std::move(table)});
    }
    entry.owner.report = report_fault;  // from now on; before, the reason tells
  } catch (const std::exception& e) {
    if (entry.started) entry.plugin->stop();  // noexcept: joins what a half-done start began
    entry.started = false;
    give_up(entry, e.what());
  }
}

void PluginManager::stop() noexcept {
  for (auto entry = impl_->loaded.rbegin(); entry != impl_->loaded.rend(); ++entry) {
    auto& e = **entry;
    if (!e.started) continue;
    impl_->tell(e, "stopping");
    e.started = false;
    if (e.owner.calls_left.load() == 0) e.plugin->stop();
    e.context->enter(Context::Phase::stopped);
  }
}

bool PluginManager::calls_left() const noexcept {
  return std::any_of(impl_->loaded.begin(), impl_->loaded.end(),
                     [](const Entry* e) { return e->owner.calls_left.load() != 0; });
}

PluginManager::~PluginManager() {
  stop();
  impl_->routes.clear();
  for (auto entry = impl_->loaded.rbegin(); entry != impl_->loaded.rend(); ++entry) {
    if (!(*entry)->plugin) continue;
    impl_->tell(**entry, "destroying");
    impl_->registry.remove((*entry)->owner);
    (*entry)->plugin.reset();
  }
}

// ---- looking

ExtensionRegistry& PluginManager::extensions() noexcept { return impl_->registry; }
std::vector<PluginManager::RouteGroup> PluginManager::take_routes() {
  return std::move(impl_->routes);
}
const std::vector<std::string>& PluginManager::problems() const noexcept { return impl_->problems; }

std::vector<PluginInfo> PluginManager::list() const {
  std::vector<PluginInfo> infos;
  for (const auto& entry : impl_->entries) {
    auto info = entry->info;
    info.faults = entry->owner.faults.load(std::memory_order_relaxed);
    for (const auto& added : impl_->registry.of(entry->owner))
      info.extensions.push_back({std::string(kind_of(*added.extension)), added.extension->id()});
    infos.push_back(std::move(info));
  }
  std::stable_sort(infos.begin(), infos.end(), [](const PluginInfo& a, const PluginInfo& b) {
    return std::tie(a.id, a.file) < std::tie(b.id, b.file);
  });
  return infos;
}

}  // namespace podium::host
