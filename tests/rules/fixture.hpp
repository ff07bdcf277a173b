#pragma once
// A host with rules, and actions that note in the store that they were started.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../services/fixture.hpp"
#include "podium/service/actions.hpp"
#include "routes.hpp"
#include "ticker.hpp"
#include "verb.hpp"
#include "watcher.hpp"

namespace podium::test {

/// "tell" takes {"to": text}, "one" takes one task at most; others do not exist. What is started is
/// a record of "test/runs", written in the transaction that starts it.
class NotedActions final : public Actions {
 public:
  explicit NotedActions(Host& h) : host_(h) {}
  ActionRun run(const Principal&, std::string_view, const ActionSelection&, const Json&,
                const ActionOptions&) override {
    throw Error(ErrorCode::unsupported, "rules start, they do not run");
  }
  std::string start(Transaction&, const Principal&, std::string_view, const ActionSelection&,
                    const Json&, const ActionOptions&) override;
  void check(const Principal&, std::string_view action, const Json&) const override;

  std::atomic<bool> gone{false};  ///< the actions are not there any more
  /// What the run does, in the same transaction.
  std::function<void(Transaction&, const Principal&, const std::string& task)> effect;

 private:
  Host& host_;
};

class RulesHost final : public PluginContext {
 public:
  explicit RulesHost(Host::Derive = Host::Derive::no);
  ~RulesHost() override;

  Host world;
  NotedActions noted{world};
  std::unique_ptr<rules::Watcher> watcher;
  std::unique_ptr<rules::Ticker> ticker;
  std::unique_ptr<rules::RuleRoutes> routes;
  std::unique_ptr<rules::RulesVerb> verb;

  /// Calls the API as the server would; errors are thrown.
  struct Answer {
    Json json;
    std::string etag;
  };
  Answer call(const std::string& method, const std::string& target, const Json& body = nullptr,
              const std::string& if_match = {});
  Json make(Json rule);
  Json get(const std::string& id) { return call("GET", "/api/v1/rules/" + id).json; }

  /// What was started: "rule:1 tell TASK".
  std::vector<std::string> runs();
  /// Waits until so many were started.
  void await_runs(std::size_t n);
  /// Waits until the rules have heard of all that was committed by now.
  void settle();
  void log(const std::string& task, const std::string& key, std::int64_t step, double value,
           std::int64_t time = 0);
  void tag(const std::string& task, const std::string& key, const std::string& text);
  void go(const std::string& task, TaskState, Transition);
  void fail(const std::string& task) { go(task, TaskState::failed, Transition::fail); }

  /// Ends the host's life, and begins another; between them nothing listens.
  void down();
  void up();  ///< the services without listeners
  void listen();
  void pass(std::int64_t ms) { *world.clock += ms; }

  // PluginContext
  void log(LogLevel, std::string_view message) override { lines.emplace_back(message); }
  const Json& config() const override { return config_; }
  std::filesystem::path data_dir() override { return world.folder.path(); }
  const HostInfo& host() const override { return info_; }
  void add(std::unique_ptr<Extension>) override {}
  void declare(Collection) override {}
  Store& store() override { return *world.store; }
  BlobStore& blobs() override { return world.blobs; }
  Projects& projects() override { return world.services->projects(); }
  Tasks& tasks() override { return world.services->tasks(); }
  Datasets& datasets() override { return world.services->datasets(); }
  Models& models() override { return world.services->models(); }
  Queues& queues() override { return world.services->queues(); }
  Notes& notes() override { return world.services->notes(); }
  Goals& goals() override { return world.services->goals(); }
  Jobs& jobs() override { return world.services->jobs(); }
  Actions& actions() override { return noted; }
  HttpClient& http() override { throw Error(ErrorCode::unavailable, "no http here"); }
  Access& access() override { return world.services->access(); }
  const QueryLanguage& query_language() const override { return *world.language; }
  const Vocabulary& vocabulary(std::string_view entity) const override {
    return world.vocabularies->of(entity);
  }
  std::vector<std::string> lines;

 protected:
  Extension* find_extension(bool (*)(Extension&), std::string_view) override { return nullptr; }

 private:
  Json config_ = Json::object();
  HostInfo info_;
  podium::host::PluginOwner owner_;
};

}  // namespace podium::test
