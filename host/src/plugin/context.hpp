#pragma once
// The host as one plugin sees it.
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "plugin/extensions.hpp"
#include "plugin/host_access.hpp"
#include "podium/plugin.hpp"

namespace podium::host {

/// One per plugin, so that who registers, logs or stores never depends on which thread it happens.
/// The manager says in which phase of its life the plugin is; what the phase forbids throws
/// `misuse`.
class Context final : public PluginContext {
 public:
  enum class Phase { loading, loaded, started, stopped };

  /// All references outlive the context. `config` is a JSON object.
  Context(PluginOwner& owner, HostAccess& host, ExtensionRegistry& registry, const Json& config,
          std::vector<std::string> granted_prefixes);
  ~Context() override;

  void enter(Phase phase) noexcept { phase_.store(phase, std::memory_order_release); }
  /// What was declared during `load`.
  std::vector<Collection>& declarations() noexcept { return declarations_; }

  void log(LogLevel, std::string_view message) override;
  const Json& config() const override;
  std::filesystem::path data_dir() override;
  const HostInfo& host() const override;
  void add(std::unique_ptr<Extension>) override;
  void declare(Collection) override;
  Store& store() override;
  BlobStore& blobs() override;
  Projects& projects() override;
  Tasks& tasks() override;
  Datasets& datasets() override;
  Models& models() override;
  Queues& queues() override;
  Notes& notes() override;
  Goals& goals() override;
  Jobs& jobs() override;
  Actions& actions() override;
  HttpClient& http() override;
  Access& access() override;
  const QueryLanguage& query_language() const override;
  const Vocabulary& vocabulary(std::string_view entity) const override;

 protected:
  Extension* find_extension(bool (*is)(Extension&), std::string_view id) override;

 private:
  void only_while_loading(const char* call) const;
  HostAccess& services(const char* call) const;

  PluginOwner& owner_;
  HostAccess& host_;
  ExtensionRegistry& registry_;
  std::unique_ptr<const Json> config_;
  const std::vector<std::string> granted_prefixes_;
  const std::thread::id loading_thread_ = std::this_thread::get_id();
  std::atomic<Phase> phase_{Phase::loading};
  std::vector<Collection> declarations_;
  std::once_flag data_dir_made_;
};

}  // namespace podium::host
