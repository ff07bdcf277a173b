#include "app/host.hpp"

#include <unistd.h>

#include <chrono>
#include <deque>
#include <nlohmann/json.hpp>

#include "app/data_folder.hpp"
#include "app/plugin_routes.hpp"
#include "app/route_list.hpp"
#include "blob/local_blob_store.hpp"
#include "commands/routes.hpp"
#include "commands/waits.hpp"
#include "http/server.hpp"
#include "log/log.hpp"
#include "openapi/openapi.hpp"
#include "outbound/client.hpp"
#include "plugin/host_access.hpp"
#include "podium/store/store.hpp"
#include "query/language.hpp"
#include "query/vocabularies.hpp"
#include "services/actions/catalogue.hpp"
#include "services/events/hub.hpp"
#include "services/services.hpp"

namespace podium::host {
namespace {

/// The plugins that podium ships: enabled by default, and granted the routes they ask for.
const std::set<std::string>& first_party() {
  static const std::set<std::string> ids = {"storage-sqlite", "mlflow",   "actions",
                                            "custom-actions", "rules",    "leaderboard",
                                            "comparison",     "dashboard"};
  return ids;
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void report_fault(const PluginOwner& owner, std::string_view where, std::string_view what) {
  log(LogLevel::error, owner.id.empty() ? "host" : owner.id,
      "failed in " + std::string(where) + ": " + std::string(what));
}

/// `file:///a/b`, `file:a` or a plain path, made absolute.
std::filesystem::path local_path(const std::string& uri) {
  std::string path = uri;
  if (path.starts_with("file://"))
    path.erase(0, 7);
  else if (path.starts_with("file:"))
    path.erase(0, 5);
  else if (path.find("://") != path.npos)
    throw Error(ErrorCode::unsupported,
                "--artifacts-destination '" + uri + "': only a local folder can be served");
  return std::filesystem::absolute(path);
}

void check_bind(const Settings& settings) {
  const auto host = settings.text("host");
  if (!is_loopback(host) && !settings.boolean("insecure_no_auth"))
    throw Error(ErrorCode::invalid,
                "refusing to listen on " + host +
                    ": other machines reach it and nobody has to log in. Listen on 127.0.0.1, put "
                    "a proxy that authenticates before it, or say --insecure-no-auth if that "
                    "network may do everything");
}

/// Calls `use` of the factory that the settings name, contained.
template <class Use>
auto with_store_factory(PluginManager& plugins, const Settings& settings,
                        const std::filesystem::path& folder, Use&& use) {
  const auto name = settings.text("store");
  PluginOwner* owner = nullptr;
  StoreFactory* factory = nullptr;
  std::string known;
  plugins.extensions().each<StoreFactory>([&](PluginOwner& o, StoreFactory& f) {
    known += (known.empty() ? "" : ", ") + f.id();
    if (f.id() == name) owner = &o, factory = &f;
  });
  if (!factory) {
    throw Error(ErrorCode::invalid,
                "no plugin offers the store '" + name + "'" +
                    (known.empty() ? "; see `podium plugins list`" : "; there is: " + known));
  }
  const Json table = Json::parse(settings.store_table());
  StoreOptions options;
  options.directory = folder;
  options.settings = &table;
  options.log = [](int level, std::string_view message) {
    log(static_cast<LogLevel>(level), "store", message);
  };
  return contained(*owner, "open", [&] { return use(*factory, options); });
}

std::unique_ptr<Store> open_store(PluginManager& plugins, const Settings& settings,
                                  const std::filesystem::path& folder) {
  return with_store_factory(
      plugins, settings, folder,
      [](StoreFactory& factory, const StoreOptions& options) { return factory.open(options); });
}

}  // namespace

std::filesystem::path executable_path() { return std::filesystem::read_symlink("/proc/self/exe"); }

PluginOptions plugin_options(const Settings& settings, std::vector<std::filesystem::path> files) {
  PluginOptions options;
  options.own_directory = executable_path().parent_path().parent_path() / "lib/podium/plugins";
  options.first_party = first_party();
  for (const auto& folder : settings.list("plugin_dirs")) options.directories.emplace_back(folder);
  options.files = std::move(files);
  options.settings = settings.plugins();
  for (const auto& id : first_party()) options.settings[id].prefixes = {"/"};
  return options;
}

struct HostImpl final : HostAccess {
  HostImpl(const Settings& s, std::vector<std::filesystem::path> files)
      : settings(s),
        plugins(plugin_options(s, std::move(files))),
        language(make_query_language()),
        vocabularies(std::make_unique<Vocabularies>(Services::declarations(), now)),
        http_client(make_http_client({s.list("outbound_allow"), s.list("outbound_networks"), {}})) {
    host_info.version = PODIUM_VERSION;
    host_info.data_dir = settings.text("data");
    host_info.started = now();
    host_info.default_artifact_root = settings.text("default_artifact_root");
  }

  // Used by plugins through their contexts.
  const HostInfo& info() const override { return host_info; }
  const QueryLanguage& query_language() const override { return *language; }
  const Vocabulary& vocabulary(std::string_view entity) const override {
    return vocabularies->of(entity);
  }
  void declare(const PluginOwner&, std::span<const Collection> collections) override {
    store_->declare(collections);
  }
  Store& store(PluginOwner&) override { return *store_; }
  BlobStore& blobs() override { return *blobs_; }
  Projects& projects() override { return services->projects(); }
  Tasks& tasks() override { return services->tasks(); }
  Datasets& datasets() override { return services->datasets(); }
  Models& models() override { return services->models(); }
  Queues& queues() override { return services->queues(); }
  Notes& notes() override { return services->notes(); }
  Goals& goals() override { return services->goals(); }
  Jobs& jobs() override { return services->jobs(); }
  Actions& actions() override { return services->actions(); }
  HttpClient& http() override { return *http_client; }
  Access& access() override { return services->access(); }

  /// Plugins loaded, store open, services made, plugins started: everything but listening. Also
  /// what `verify` does with a temporary folder.
  void bring_up(PluginManager& manager, const std::filesystem::path& data) {
    host_info.data_dir = data;
    const auto artifacts = artifacts_folder(settings, data);
    host_info.artifacts_destination = artifacts.string();

    // Before the plugins', so that none takes a word of ours.
    commands = std::make_unique<commands::Commands>(parts, manager.extensions());
    for (auto& verb : commands::make_verbs(parts, *commands))
      manager.extensions().add(self, std::move(verb));
    manager.load(*this);
    blobs_ = std::make_unique<LocalBlobStore>(artifacts);
    store_ = open_store(manager, settings, data);
    store_->declare(Services::declarations());
    vocabularies->bind(*store_);
    Services::Options options{*store_, *blobs_, *language, host_info, now, *vocabularies};
    options.events.pending = static_cast<std::size_t>(settings.integer("event_backlog"));
    services = std::make_unique<Services>(std::move(options));
    parts = {&services->core(),
             &projects(),
             &tasks(),
             &datasets(),
             &models(),
             &jobs(),
             vocabularies.get(),
             &services->table(),
             &waits,
             &services->actions(),
             &services->action_service(),
             &services->catalogue()};
    manager.start();
    manager.extensions().each<JobHandler>(
        [this](PluginOwner& owner, JobHandler& h) { services->add(h, owner); });
    manager.extensions().each<Listener>(
        [this](PluginOwner& owner, Listener& l) { services->add(l, owner); });
    std::set<std::string> verbs;
    manager.extensions().each<Verb>([&](PluginOwner&, Verb& v) { verbs.insert(v.id()); });
    services->catalogue().reserve(std::move(verbs));
    manager.extensions().each<Action>(
        [this](PluginOwner& owner, Action& a) { add_action(owner, a); });
    manager.extensions().each<ActionSource>(
        [this](PluginOwner& owner, ActionSource& s) { services->add(s, owner); });
    services->start();
    waits.start();
  }

  /// What does not fit beside the others is left out: the plugin was judged alone while it loaded.
  void add_action(PluginOwner& owner, Action& action) {
    try {
      services->add(action, owner);
    } catch (const Error& e) {
      log(LogLevel::error, owner.id, e.what());
    }
  }

  void take_down(PluginManager& manager) noexcept {
    waits.stop();
    if (services) services->stop();
    hung = hung || manager.calls_left();
    manager.stop();
    if (hung) return;
    manager.extensions().remove(self);
    commands.reset();
    services.reset();
    store_.reset();
    blobs_.reset();
  }

  ServerOptions server_options() {
    ServerOptions options;
    options.host = settings.text("host");
    if (options.host == "localhost") options.host = "127.0.0.1";
    options.port = static_cast<std::uint16_t>(settings.integer("port"));
    options.io_threads = static_cast<std::size_t>(settings.integer("io_threads"));
    options.pool_threads = static_cast<std::size_t>(settings.integer("pool_threads"));
    options.limits.connections = static_cast<std::size_t>(settings.integer("max_connections"));
    options.limits.connections_per_loopback = options.limits.connections;
    options.limits.body_bytes = static_cast<std::size_t>(settings.integer("max_body_mib")) << 20;
    options.limits.time_limit = std::chrono::seconds(settings.integer("request_seconds"));
    options.limits.idle = std::chrono::seconds(settings.integer("idle_seconds"));
    options.allowed_hosts = settings.list("allowed_hosts");
    options.cors_allowed_origins = settings.list("cors_allowed_origins");
    options.x_frame_options = settings.text("x_frame_options");
    options.blobs = blobs_.get();
    return options;
  }

  void listen() {
    server = std::make_unique<Server>(server_options());
    own_routes = services->api_routes();
    own_routes.push_back(make_plugin_routes(plugins));
    own_routes.push_back(make_route_list([this] { return server->router(); }));
    own_routes.push_back(make_command_routes(parts, *commands));
    own_routes.push_back(
        make_openapi_routes([this] { return server->router(); }, host_info.version));
    using Kind = MetricRegistry::Kind;
    server->metrics().value(
        Kind::gauge, "podium_event_subscribers", "Who listens to /api/v1/events.",
        [this] { return static_cast<double>(services->events().subscribers()); });
    server->metrics().value(Kind::counter, "podium_event_subscribers_dropped_total",
                            "Subscribers that were dropped because they were too slow.",
                            [this] { return static_cast<double>(services->events().dropped()); });
    for (auto& group : own_routes) server->add(*group, self, true);
    for (auto& group : plugins.take_routes())
      server->add(*group.routes, *group.owner, first_party().contains(group.owner->id),
                  std::move(group.prefixes), std::move(group.table));
    server->start();
  }

  Settings settings;
  HostInfo host_info;
  PluginOwner self{.id = "", .faults = 0, .report = report_fault};
  PluginManager plugins;
  std::unique_ptr<QueryLanguage> language;
  std::unique_ptr<Vocabularies> vocabularies;
  std::unique_ptr<HttpClient> http_client;
  std::unique_ptr<BlobStore> blobs_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Services> services;
  commands::Parts parts;
  std::unique_ptr<commands::Commands> commands;
  commands::Waits waits{parts};
  std::vector<std::unique_ptr<Routes>> own_routes;
  std::unique_ptr<Server> server;
  bool hung = false;  ///< calls that were given up still run
};

Host::Host(const Settings& settings, std::vector<std::filesystem::path> plugin_files)
    : impl_(std::make_unique<HostImpl>(settings, std::move(plugin_files))) {}

Host::~Host() {
  stop();
  // A call that hangs in a plugin may wake up and use any of it: it stays until the process ends.
  if (impl_->hung) static_cast<void>(impl_.release());
}

void Host::start() {
  auto& host = *impl_;
  check_bind(host.settings);
  const auto data = make_data_folder(host.settings.text("data"));
  host.plugins.discover();
  for (const auto& problem : host.plugins.problems()) log(LogLevel::warning, "plugins", problem);
  host.bring_up(host.plugins, data);
  host.listen();
  log(LogLevel::info, "host", "listening", {{"url", url()}, {"data", data.string()}});
}

void Host::stop() noexcept {
  auto& host = *impl_;
  host.waits.stop();  // whoever waits is a request in flight
  if (host.services) host.services->stop_waiting();
  if (host.server) host.server->stop(std::chrono::seconds(20));
  host.server.reset();
  host.own_routes.clear();
  host.take_down(host.plugins);
}

std::string Host::url() const {
  const auto host = impl_->settings.text("host");
  const bool six = host.find(':') != host.npos && !host.starts_with('[');
  return "http://" + (six ? "[" + host + "]" : host) + ":" +
         std::to_string(impl_->server ? impl_->server->port() : 0);
}

void look_at_plugins(const Settings& settings, FunctionRef<void(const PluginManager&)> look) {
  HostImpl host(settings, {});
  host.plugins.discover();
  try {
    host.plugins.load(host);
  } catch (const Error&) {
    // A required plugin failed: the list says which and why.
  }
  look(host.plugins);
}

std::filesystem::path artifacts_folder(const Settings& settings,
                                       const std::filesystem::path& data) {
  const auto destination = settings.text("artifacts_destination");
  return destination.empty() ? data / "artifacts" : local_path(destination);
}

void look_at_state(const Settings& settings,
                   FunctionRef<void(const PluginManager&, const LookAtStore&)> look) {
  HostImpl host(settings, {});
  host.plugins.discover();
  try {
    host.plugins.load(host);
  } catch (const Error&) {
    // A required plugin failed: that is no reason not to look.
  }
  look(host.plugins, [&](const std::filesystem::path& folder) {
    return with_store_factory(
        host.plugins, settings, folder,
        [](StoreFactory& factory, const StoreOptions& options) { return factory.look(options); });
  });
}

VerifyOptions verify_options(const Settings& settings) {
  VerifyOptions options;
  options.plugins = plugin_options(settings, {});
  options.life = [settings](PluginManager& manager) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "podium-verify-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw Error(ErrorCode::internal, "no temporary folder can be made");
    HostImpl host(settings, {});
    std::exception_ptr failure;
    try {
      host.bring_up(manager, pattern);
    } catch (...) {
      failure = std::current_exception();
    }
    host.take_down(manager);
    std::error_code ignored;
    std::filesystem::remove_all(pattern, ignored);
    if (failure) std::rethrow_exception(failure);
  };
  return options;
}

}  // namespace podium::host
