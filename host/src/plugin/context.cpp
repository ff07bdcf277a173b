#include "plugin/context.hpp"

#include <nlohmann/json.hpp>

#include "log/log.hpp"
#include "plugin/action_rule.hpp"
#include "plugin/route_rule.hpp"
#include "plugin/verb_rule.hpp"
#include "podium/error.hpp"
#include "podium/http/routes.hpp"

namespace podium::host {

Context::Context(PluginOwner& owner, HostAccess& host, ExtensionRegistry& registry,
                 const Json& config, std::vector<std::string> granted_prefixes)
    : owner_(owner),
      host_(host),
      registry_(registry),
      config_(std::make_unique<const Json>(config)),
      granted_prefixes_(std::move(granted_prefixes)) {}

Context::~Context() = default;

void Context::only_while_loading(const char* call) const {
  if (phase_.load(std::memory_order_acquire) == Phase::loading &&
      std::this_thread::get_id() == loading_thread_)
    return;
  throw Error(ErrorCode::misuse,
              std::string(call) + "() works during load, on the loading thread, only");
}

HostAccess& Context::services(const char* call) const {
  switch (phase_.load(std::memory_order_acquire)) {
    case Phase::started:
      return host_;
    case Phase::stopped:
      throw Error(ErrorCode::misuse, std::string(call) + "() works until stop has returned");
    default:
      throw Error(ErrorCode::misuse,
                  std::string(call) + "() works from start on: in load the store is not open yet");
  }
}

void Context::log(LogLevel level, std::string_view message) {
  host::log(level, owner_.id, message);
}
const Json& Context::config() const { return *config_; }
const HostInfo& Context::host() const { return host_.info(); }

std::filesystem::path Context::data_dir() {
  auto folder = host_.info().data_dir / "plugins" / owner_.id;
  std::call_once(data_dir_made_, [&] {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
      throw Error(ErrorCode::unavailable,
                  "cannot make the folder " + folder.string() + ": " + failed.message());
  });
  return folder;
}

void Context::add(std::unique_ptr<Extension> extension) {
  only_while_loading("add");
  if (const auto* routes = dynamic_cast<const Routes*>(extension.get())) {
    const auto prefixes = routes->prefixes();
    check_prefixes(owner_.id, prefixes, granted_prefixes_);
    registry_.each<Routes>([&](PluginOwner& other, Routes& theirs) {
      if (&other == &owner_) return;
      for (const auto& taken : contained(other, "prefixes", [&] { return theirs.prefixes(); }))
        for (const auto& prefix : prefixes)
          if (below(prefix, taken) && below(taken, prefix))
            throw Error(ErrorCode::exists, "plugin '" + owner_.id + "' asks for routes below '" +
                                               prefix + "', but plugin '" + other.id +
                                               "' answers there");
    });
  }
  if (const auto* action = dynamic_cast<const Action*>(extension.get())) {
    const std::string word =
        read_action(owner_.id, *action, query_language(), vocabulary("tasks")).word;
    if (registry_.find([](Extension& e) { return dynamic_cast<Verb*>(&e) != nullptr; }, word))
      throw Error(ErrorCode::exists, "plugin '" + owner_.id + "' adds the action '" + action->id() +
                                         "', but '" + word + "' is a verb already");
  }
  if (const auto* verb = dynamic_cast<const Verb*>(extension.get())) check_verb(*verb);
  registry_.add(owner_, std::move(extension));
}

void Context::declare(Collection collection) {
  only_while_loading("declare");
  const auto prefix = owner_.id + "/";
  if (!collection.name.starts_with(prefix) || collection.name.size() == prefix.size())
    throw Error(ErrorCode::denied, "a collection of plugin '" + owner_.id + "' is named '" +
                                       prefix + "...', not '" + collection.name + "'");
  for (const auto& other : declarations_)
    if (other.name == collection.name)
      throw Error(ErrorCode::exists, "collection '" + collection.name + "' is declared twice");
  declarations_.push_back(std::move(collection));
}

Store& Context::store() { return services("store").store(owner_); }
BlobStore& Context::blobs() { return services("blobs").blobs(); }
Projects& Context::projects() { return services("projects").projects(); }
Tasks& Context::tasks() { return services("tasks").tasks(); }
Datasets& Context::datasets() { return services("datasets").datasets(); }
Models& Context::models() { return services("models").models(); }
Queues& Context::queues() { return services("queues").queues(); }
Notes& Context::notes() { return services("notes").notes(); }
Goals& Context::goals() { return services("goals").goals(); }
Jobs& Context::jobs() { return services("jobs").jobs(); }
Actions& Context::actions() { return services("actions").actions(); }
HttpClient& Context::http() { return services("http").http(); }
Access& Context::access() { return services("access").access(); }
const QueryLanguage& Context::query_language() const { return host_.query_language(); }
const Vocabulary& Context::vocabulary(std::string_view entity) const {
  return host_.vocabulary(entity);
}

Extension* Context::find_extension(bool (*is)(Extension&), std::string_view id) {
  return registry_.find(is, id);
}

}  // namespace podium::host
