#include "custom_action.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "audit.hpp"
#include "call.hpp"
#include "clock.hpp"
#include "podium/http/client.hpp"
#include "podium/service/tasks.hpp"
#include "signature.hpp"

namespace podium::custom {
namespace {

constexpr std::size_t rounds = 4;  // requests that one thread sends in a call of `invoke`

/// Requests of one call of `invoke`, each for one task, a few at once.
class Calls {
 public:
  Calls(PluginContext& context, const Secrets& secrets, const Definition& definition,
        std::span<const ActionTarget> targets, const ActionCall& call)
      : context_(context),
        secrets_(secrets),
        definition_(definition),
        targets_(targets),
        call_(call),
        out_(targets.size()) {}

  std::vector<Called> each() {
    std::vector<Ordinal> ordinals;
    for (const ActionTarget& target : targets_) ordinals.push_back(target.ordinal);
    facts_ = read_facts(context_, call_.who, ordinals, definition_.names);
    std::vector<std::thread> threads;
    try {
      for (std::size_t i = 1; i < std::min(definition_.parallel, targets_.size()); ++i)
        threads.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // With fewer threads it takes longer.
    }
    work();
    for (auto& thread : threads) thread.join();
    return std::move(out_);
  }

  std::vector<Called> single() {
    std::vector<std::string> ids;
    for (const ActionTarget& target : targets_) ids.emplace_back(target.id);
    const Scene scene{nullptr, call_.parameters, ids, call_.who.id, call_.why};
    const Called one = call(context_.http(), definition_, secrets_, scene,
                            idempotency_key(call_.idempotency_key, {}), call_.cancel);
    std::fill(out_.begin(), out_.end(), one);
    return std::move(out_);
  }

 private:
  void work() noexcept {
    for (std::size_t i = next_++; i < targets_.size(); i = next_++) {
      const ActionTarget& target = targets_[i];
      Called& out = out_[i];
      const auto facts = facts_.find(target.ordinal);
      if (call_.cancel.cancelled()) {
        out.error = ErrorCode::cancelled;
        out.message = "it was cancelled before the request was sent";
      } else if (facts == facts_.end()) {
        out.error = ErrorCode::not_found;
        out.message = "the task does not exist";
      } else {
        const std::vector<std::string> ids = {std::string(target.id)};
        const Scene scene{&facts->second, call_.parameters, ids, call_.who.id, call_.why};
        out = call(context_.http(), definition_, secrets_, scene,
                   idempotency_key(call_.idempotency_key, target.id), call_.cancel);
      }
    }
  }

  PluginContext& context_;
  const Secrets& secrets_;
  const Definition& definition_;
  const std::span<const ActionTarget> targets_;
  const ActionCall& call_;
  std::map<Ordinal, Facts> facts_;
  std::vector<Called> out_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace

CustomAction::CustomAction(PluginContext& context, const Secrets& secrets, DefinitionPtr definition)
    : Action(definition->id),
      context_(context),
      secrets_(secrets),
      definition_(std::move(definition)) {}

ActionSpec CustomAction::spec() const {
  ActionSpec spec = definition_->spec;
  spec.block =
      definition_->each ? std::min<std::size_t>(definition_->parallel * rounds, 1000) : 1000;
  const auto one =
      definition_->timeout * (definition_->retries + 1) + longest_pause * definition_->retries;
  spec.time_limit = one * (definition_->each ? rounds : 1) + std::chrono::seconds(10);
  return spec;
}

ActionResult CustomAction::invoke(std::span<const ActionTarget> targets, const ActionCall& call) {
  Calls calls(context_, secrets_, *definition_, targets, call);
  const std::vector<Called> called = definition_->each ? calls.each() : calls.single();

  // The audit and the tags stand together: what is tagged was called, and that is written down.
  std::vector<std::string> untagged(targets.size());
  Store& store = context_.store();
  const CollectionId audit = store.collection(audit_name);
  const std::int64_t time = now();
  store.write([&](Transaction& t) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      add_audit(t, audit, call.who.id, definition_->id, targets[i].id, called[i], time);
      untagged[i].clear();
      if (called[i].error || definition_->add_tags.empty()) continue;
      Patch patch;
      for (const auto& tag : definition_->add_tags) patch.put("tags", tag, "");
      try {
        const auto head = context_.tasks().require(t, call.who, targets[i].ordinal);
        context_.tasks().edit(t, call.who, head, patch, call.why);
      } catch (const Error& e) {
        untagged[i] = e.what();
      }
    }
  });

  ActionResult result;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ActionOutcome outcome;
    outcome.id = std::string(targets[i].id);
    outcome.error = called[i].error;
    outcome.message = called[i].message;
    if (!untagged[i].empty())
      outcome.message += (outcome.message.empty() ? "" : "; ") + ("not tagged: " + untagged[i]);
    JsonWriter w(outcome.detail);
    w.object();
    if (called[i].status) w.key("status").value(called[i].status);
    w.key("ms").value(called[i].milliseconds).key("attempts").value(called[i].attempts);
    w.end_object();
    if (result.open_url.empty()) result.open_url = called[i].open_url;
    result.items.push_back(std::move(outcome));
  }
  if (!called.empty() && !called[0].error && (targets.size() == 1 || !definition_->each))
    result.message = called[0].message;
  return result;
}

}  // namespace podium::custom
