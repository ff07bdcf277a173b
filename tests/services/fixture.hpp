#pragma once
// A host without a server: a store in memory and the services over it, with a clock that the test
// sets.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "faulty_store.hpp"
#include "memory_blobs.hpp"
#include "plugin/contained.hpp"
#include "podium/json.hpp"
#include "query/language.hpp"
#include "query/vocabularies.hpp"
#include "services/services.hpp"
#include "support.hpp"

namespace podium::test {

struct Host {
  /// Deriving, the host keeps up the derived fields of tasks, which others see as changes of
  /// theirs.
  enum class Derive { no, yes };
  explicit Host(Derive = Derive::no);
  ~Host();
  /// Stops the services and closes the store.
  void shut();
  /// Opens the store and makes services that are not started yet.
  void open();
  void restart() {
    shut();
    open();
    services->start();
  }

  TemporaryFolder folder;
  std::unique_ptr<FaultyStore> store;
  MemoryBlobs blobs;
  std::shared_ptr<std::atomic<std::int64_t>> clock;
  std::unique_ptr<QueryLanguage> language = host::make_query_language();
  std::unique_ptr<host::Vocabularies> vocabularies;
  std::unique_ptr<host::Services> services;
  Principal me;
  Derive derive;

  Projects& projects() { return services->projects(); }
  Tasks& tasks() { return services->tasks(); }
  Queues& queues() { return services->queues(); }
  Models& models() { return services->models(); }
  Ordinal project(const std::string& name);
  std::string task(Ordinal project, TaskState state = TaskState::running,
                   const std::string& id = {});
  /// The id of a task in a state, brought there by legal transitions.
  std::string task_in(Ordinal project, TaskState state);
  /// The id of a pending task that was enqueued from a state: draft, failed or aborted.
  std::string pending_from(Ordinal project, TaskState before);
  /// A model that the task made, or that it reads.
  std::string model(const std::string& task, ModelStatus status = ModelStatus::ready);
  void reads(const std::string& task, const std::string& model);
  std::string id_of(const char* collection, Ordinal) const;
  template <class F>
  auto with(const std::string& id, F&& fn) {
    return store->write([&](Transaction& t) { return fn(t, tasks().require(t, me, id)); });
  }
  Value cell(CollectionId, Ordinal, const Path&) const;
  Value task_cell(const std::string& id, const Path& path) const {
    const auto c = store->collection("tasks");
    return cell(c, store->find(c, id), path);
  }
  /// Rows of the history of a task: "change who why body".
  struct Event {
    std::string change, who, why;
    Json body;
  };
  std::vector<Event> history(const std::string& task) const;
  std::size_t count(const char* collection, const Filter& = {}) const;
};

/// What an HTTP server would give to a handler.
class FakeRequest final : public Request {
 public:
  FakeRequest(std::string method, std::string body)
      : method_(std::move(method)), body_(std::move(body)) {}
  FakeRequest& segment_is(std::string name, std::string value) {
    segments[std::move(name)] = std::move(value);
    return *this;
  }
  std::string_view method() const override { return method_; }
  std::string_view target() const override { return address; }
  std::string_view path() const override { return ""; }
  std::string_view header(std::string_view name) const override {
    const auto at = headers.find(std::string(name));
    return at == headers.end() ? std::string_view() : std::string_view(at->second);
  }
  bool has_header(std::string_view name) const override {
    return headers.count(std::string(name)) != 0;
  }
  std::string_view segment(std::string_view name) const override {
    const auto at = segments.find(std::string(name));
    return at == segments.end() ? std::string_view() : std::string_view(at->second);
  }
  const std::vector<std::pair<std::string, std::string>>& query() const override {
    return parameters;
  }
  using Request::query;
  std::string_view body() const override { return body_; }
  std::unique_ptr<BlobWriter> upload() override { return nullptr; }
  const Principal& who() const override { return principal; }
  const Cancel& cancel() const override { return never_; }
  std::string_view remote_address() const override { return "127.0.0.1"; }
  std::uint64_t number() const override { return 1; }

  std::string address;
  std::map<std::string, std::string> headers, segments;
  std::vector<std::pair<std::string, std::string>> parameters;
  Principal principal;

 private:
  struct Never final : Cancel {
    bool cancelled() const noexcept override { return false; }
  } never_;
  std::string method_, body_;
};

/// The API, called as the server would.
class Api {
 public:
  explicit Api(Host&);
  struct Answer {
    int status = 200;
    Json json;  ///< null when the answer is no JSON
    std::string etag, text;
    std::size_t blocks = 0;  ///< of a streamed answer
  };
  /// `target` is path and query; errors are thrown. Fails the test when no object was checked.
  Answer operator()(const std::string& method, const std::string& target,
                    const Json& body = nullptr, const std::string& if_match = {});
  const std::vector<Route>& routes() const { return routes_; }
  std::map<std::string, std::string> headers;  ///< sent with every request
  Principal principal;                         ///< who calls

 private:
  std::vector<std::unique_ptr<Routes>> groups_;
  std::vector<Route> routes_;
};

/// What code on other threads expects, told by the test's own thread (Catch's macros are for one
/// thread).
class Expected {
 public:
  ~Expected() { CHECK(broken_ == 0); }
  void that(bool ok) noexcept {
    if (!ok) ++broken_;
  }

 private:
  std::atomic<int> broken_{0};
};

/// An event that is waited for; throws after 30 s.
class Signal {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(30), [&] { return set_; }))
      throw std::runtime_error("nothing came in 30 s");
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

/// Waits until `true_yet` after commits; fails the test after 30 s without one, or 120 s in all.
template <class F>
void await(Store& store, F&& true_yet) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  std::mutex mutex;
  std::condition_variable changed;
  bool look = true;
  const int watch = store.watch([&](Revision) {
    const std::lock_guard lock(mutex);
    look = true;
    changed.notify_all();
  });
  bool good = true_yet();
  while (!good) {
    std::unique_lock lock(mutex);
    const bool hinted = changed.wait_for(lock, std::chrono::seconds(30), [&] { return look; });
    look = false;
    lock.unlock();
    good = true_yet();
    if (!good && (!hinted || std::chrono::steady_clock::now() > end)) break;
  }
  store.unwatch(watch);
  if (!good) FAIL("it did not come true in time");
}

}  // namespace podium::test
