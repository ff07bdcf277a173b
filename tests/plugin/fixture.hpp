#pragma once
// A plugin directory of the test's own, a host without services, and the trace of what plugins did.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <vector>

#include "bad/kinds.hpp"
#include "plugin/manager.hpp"
#include "podium/plugin.hpp"
#include "podium/query.hpp"
#include "support.hpp"

namespace podium::test {

inline std::filesystem::path module(const std::string& name) {
  return std::filesystem::path(PODIUM_TEST_MODULES) / (name + ".so");
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

/// A host of which `load` may use everything, and whose services throw `unavailable` with their
/// name.
class FakeHost : public host::HostAccess {
 public:
  explicit FakeHost(const std::filesystem::path& data) {
    info_.version = "9.9.9", info_.data_dir = data;
  }
  const HostInfo& info() const override { return info_; }
  const QueryLanguage& query_language() const override { return language_; }
  const Vocabulary& vocabulary(std::string_view) const override { missing("vocabulary"); }
  void declare(const host::PluginOwner& owner, std::span<const Collection> collections) override {
    for (const auto& c : collections) {
      if (c.name.ends_with("/refused"))
        throw Error(ErrorCode::invalid, "'" + c.name + "' contradicts itself");
      declared.push_back(owner.id + " declares " + c.name);
    }
  }
  Store& store(host::PluginOwner& owner) override { missing("store of " + owner.id); }
  BlobStore& blobs() override { missing("blobs"); }
  Projects& projects() override { missing("projects"); }
  Tasks& tasks() override { missing("tasks"); }
  Datasets& datasets() override { missing("datasets"); }
  Models& models() override { missing("models"); }
  Queues& queues() override { missing("queues"); }
  Notes& notes() override { missing("notes"); }
  Goals& goals() override { missing("goals"); }
  Jobs& jobs() override { missing("jobs"); }
  Actions& actions() override { missing("actions"); }
  HttpClient& http() override { missing("http"); }
  Access& access() override { missing("access"); }

  std::vector<std::string> declared;

 private:
  [[noreturn]] static void missing(const std::string& what) {
    throw Error(ErrorCode::unavailable, what);
  }
  struct Language : QueryLanguage {
    Filter parse(std::string_view, const Vocabulary&) const override { return {}; }
    OrderKey parse_order(std::string_view, const Vocabulary&) const override { return {}; }
    Filter parse(std::string_view, const Vocabulary&, std::span<const Binding>) const override {
      return {};
    }
  };
  HostInfo info_;
  Language language_;
};

class RecordedTrace : public Trace {
 public:
  explicit RecordedTrace(std::vector<std::string>& lines) : Trace("trace"), lines_(lines) {}
  void note(std::string_view what) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(what);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string>& lines_;
};

/// Everything in `plugins()` is of podium's own directory and enabled, unless `options` say
/// otherwise.
class Fixture {
  TemporaryFolder folder_;  // first: the others lie in it

 public:
  Fixture() : host(folder_.path() / "data") {
    std::filesystem::create_directory(plugins());
    options.own_directory = plugins();
  }
  ~Fixture() { end(); }

  std::filesystem::path plugins() const { return folder_.path() / "plugins"; }
  std::filesystem::path folder() const { return folder_.path(); }
  /// Copies a module into the plugin directory and enables `id`.
  std::filesystem::path add(const std::string& name, const std::string& id = {}) {
    if (!id.empty()) options.first_party.insert(id);
    const auto file = plugins() / (name + ".so");
    std::filesystem::copy_file(module(name), file);
    return file;
  }

  host::PluginManager& discover() {
    manager = std::make_unique<host::PluginManager>(options);
    manager->extensions().add(host_owner, std::make_unique<RecordedTrace>(trace));
    manager->discover();
    return *manager;
  }
  host::PluginManager& load() {
    discover().load(host);
    return *manager;
  }
  host::PluginManager& start() {
    load().start();
    return *manager;
  }
  void end() { manager.reset(); }

  host::PluginInfo info(const std::string& id) const {
    for (auto& info : manager->list())
      if (info.id == id) return info;
    FAIL("no plugin has the id " << id);
    throw 0;
  }
  /// "active", or "failed: reason".
  std::string state(const std::string& id) const { return text(info(id)); }
  std::string state_of_file(const std::string& name) const {
    for (auto& info : manager->list())
      if (info.file.filename() == name + ".so") return text(info);
    FAIL("no plugin file " << name);
    throw 0;
  }
  bool traced(const std::string& line) const {
    return std::find(trace.begin(), trace.end(), line) != trace.end();
  }

  host::PluginOptions options;
  FakeHost host;
  host::PluginOwner host_owner;
  std::vector<std::string> trace;
  std::unique_ptr<host::PluginManager> manager;

 private:
  static std::string text(const host::PluginInfo& info) {
    auto text = std::string(name(info.state));
    if (!info.reason.empty()) text += ": " + info.reason;
    return text;
  }
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

}  // namespace podium::test
