#pragma once
// A host with boards.
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "../services/fixture.hpp"
#include "podium/service/actions.hpp"
#include "podium/service/datasets.hpp"
#include "routes.hpp"
#include "watcher.hpp"

namespace podium::test {

/// What somebody may see of tasks.
class SomeAccess final : public Access {
 public:
  explicit SomeAccess(Access& all) : all_(all) {}
  Filter visible(const Principal& who, std::string_view collection) const override {
    Filter f = all_.visible(who, collection);
    return collection == "tasks" && who.id != "local" ? all_of({std::move(f), tasks}) : f;
  }
  void require(const Principal& who, std::string_view permission) const override {
    all_.require(who, permission);
  }
  Filter tasks;  ///< of everybody but "local"

 private:
  Access& all_;
};

/// A listener that can be made to hear nothing for a while.
class LateListener final : public Listener {
 public:
  explicit LateListener(Listener& other) : Listener(other.id()), other_(other) {}
  std::vector<std::string> collections() const override { return other_.collections(); }
  Pace pace() const override { return other_.pace(); }
  Work handle(std::span<const Change> changes, const Reader& reader) override {
    wait();
    return other_.handle(changes, reader);
  }
  Work resync(Revision revision, const Reader& reader) override {
    wait();
    return other_.resync(revision, reader);
  }
  void hold() { become(State::held); }
  void go_on() { become(State::hears); }
  /// What it was to hear it never hears, if it is held.
  void end() {
    if (state_ == State::held) become(State::dead);
  }

 private:
  enum class State { hears, held, dead };
  void become(State state) {
    const std::lock_guard lock(mutex_);
    state_ = state;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return state_ != State::held; });
    if (state_ == State::dead) throw Error(ErrorCode::unavailable, "it is down");
  }

  Listener& other_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<State> state_{State::hears};
};

class BoardsHost final : public PluginContext {
 public:
  explicit BoardsHost(std::size_t large = 20'000);
  ~BoardsHost() override;

  Host world;
  std::unique_ptr<leaderboard::Library> library;
  std::unique_ptr<leaderboard::Watcher> watcher;
  std::unique_ptr<LateListener> listener;  ///< the watcher
  std::unique_ptr<leaderboard::BoardRoutes> routes;
  Principal caller;

  /// Calls the API as the server would; errors are thrown.
  struct Answer {
    Json json;  ///< null when the body is none
    std::string etag, text;
    int status = 200;
  };
  Answer call(const std::string& method, const std::string& target, const Json& body = nullptr,
              const std::map<std::string, std::string>& headers = {});
  Json get(const std::string& target) { return call("GET", "/api/v1/boards" + target).json; }
  /// The id of a board of the project "p".
  std::string board(const Json& definition, const std::string& name = "b");
  Json ranking(const std::string& board) { return get("/" + board + "/ranking"); }
  /// The ranks and first values: {[rank or null, value], ...}.
  Json short_ranking(const std::string& board);

  Ordinal project = 0;
  struct Task {
    std::map<std::string, double> metrics = {{"acc", 0.5}};
    std::map<std::string, std::string> params = {}, tags = {};
    std::vector<std::pair<std::string, std::string>> datasets = {};  ///< name and digest
    std::string name = {};
  };
  /// A completed task.
  std::string run(const Task&);
  void archive(const std::string& task, bool archived = true);
  void erase(const std::string& task);
  void tag(const std::string& task, const std::string& key, const std::string& text);
  void label(const std::string& dataset, const std::string& digest, const std::string& label);

  /// Waits until the listener has heard of all that was committed by now.
  void settle();
  std::int64_t now() const { return world.clock->load(); }
  void pass(std::int64_t ms) { *world.clock += ms; }
  void listen();
  void down();
  void up();

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
  Actions& actions() override { return world.services->actions(); }
  HttpClient& http() override { throw Error(ErrorCode::unavailable, "no http here"); }
  Access& access() override { return *access_; }
  const QueryLanguage& query_language() const override { return *world.language; }
  const Vocabulary& vocabulary(std::string_view entity) const override {
    return world.vocabularies->of(entity);
  }
  SomeAccess& limits() { return *access_; }
  std::vector<std::string> lines;

 protected:
  Extension* find_extension(bool (*)(Extension&), std::string_view) override { return nullptr; }

 private:
  std::size_t large_;
  std::unique_ptr<SomeAccess> access_;
  Json config_ = Json::object();
  HostInfo info_;
  podium::host::PluginOwner owner_;
};

}  // namespace podium::test
