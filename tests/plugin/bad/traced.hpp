#pragma once
// A plugin that writes down its life as "<id> load" and so on.
#include <string>

#include "kinds.hpp"
#include "podium/plugin.hpp"

namespace {

class Traced : public podium::Plugin {
 public:
  explicit Traced(std::string id) : id_(std::move(id)) {}
  ~Traced() override { note("destroyed"); }
  void load(podium::PluginContext& context) override {
    trace_ = context.find<podium::test::Trace>("trace");
    note("load");
  }
  void start() override { note("start"); }
  void stop() noexcept override { note("stop"); }
  void note(const std::string& what) {
    if (trace_) trace_->note(id_ + " " + what);
  }

 private:
  std::string id_;
  podium::test::Trace* trace_ = nullptr;
};

/// Writes down its end.
class TracedGreeter final : public podium::test::Greeter {
 public:
  TracedGreeter(std::string id, Traced& plugin, std::string greeting)
      : Greeter(std::move(id)), plugin_(plugin), greeting_(std::move(greeting)) {}
  ~TracedGreeter() override { plugin_.note("extension destroyed"); }
  std::string greet(std::string_view whom) override { return greeting_ + ", " + std::string(whom); }

 private:
  Traced& plugin_;
  std::string greeting_;
};

}  // namespace
