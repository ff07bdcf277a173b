#pragma once
// The listener that sees filters start and cease to hold.
#include <string>
#include <vector>

#include "firing.hpp"
#include "podium/extension/listener.hpp"

namespace podium::rules {

/// All that happens to pairs of rules and tasks is decided here, on one thread of one host, and
/// written in the transaction that moves this listener on: neither a restart nor a second host
/// loses a firing or repeats one.
///
/// What is long (a rule that is switched on looks at all tasks) goes in slices: each notes in the
/// rule how far it came, which this listener hears as a change of the rule, and goes on. What time
/// brings (`quiet`, ages in filters) is told by the Ticker in the same way.
class Watcher final : public Listener {
 public:
  Watcher(PluginContext& context, Clock now)
      : Listener("rules"), context_(context), now_(std::move(now)) {}
  std::vector<std::string> collections() const override {
    return {"tasks", "projects", "queues", "rules/rules"};
  }
  Work handle(std::span<const Change>, const Reader&) override;
  Work resync(Revision, const Reader&) override;
  Pace pace() const override { return {std::chrono::milliseconds(10), 1000}; }

 private:
  struct Parts {
    Parts(PluginContext& context, const Clock& now)
        : ids(context.store()), book(context, ids), firing(context, ids, now) {}
    Ids ids;
    Book book;
    Firing firing;
  };
  Parts& parts();
  void news(std::map<Ordinal, Step>&, std::vector<Ordinal>& rules);
  void look(const Reader&, std::span<const Ordinal> tasks, std::map<Ordinal, Step>&);
  void slice(const Reader&, const Question&, Step&);
  void quiet(const Reader&, const Question&, Step&);
  Work work(std::map<Ordinal, Step>);
  Step& step_of(std::map<Ordinal, Step>&, const Rule&);

  PluginContext& context_;
  Clock now_;
  std::shared_ptr<Parts> parts_;  ///< shared with the work that is written
};

}  // namespace podium::rules
