// What nothing is kept of: dry runs, and actions that only show.
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "services/actions/actions.hpp"
#include "services/actions/applier.hpp"
#include "services/actions/planned_call.hpp"

namespace podium::host {
namespace {

constexpr std::size_t most_shown = 1000, slice = 50;

struct Never final : Cancel {
  bool cancelled() const noexcept override { return false; }
};

void add(ActionRun& run, BlockResult block) {
  run.failed += block.failed;
  run.succeeded += block.items.size() - block.failed;
  for (ActionOutcome& item : block.items) {
    item.undo.clear();
    run.items.push_back(std::move(item));
  }
}

/// What `when` alone says: of named tasks of each, of a filter of all at once.
void by_when(ActionRun& run, const Core& core, const Principal& who, const KnownAction& action,
             const Targets& targets, std::size_t first) {
  const std::size_t listed = std::min(targets.size(), first + most_shown);
  core.store.read([&](const Reader& reader) {
    for (std::size_t at = first; at < (targets.named ? targets.size() : listed); at += most_shown) {
      const std::size_t end = std::min(targets.size(), at + most_shown);
      PlannedCall plan = plan_call(core, reader, who, action, targets, at, end);
      for (const auto& id : plan.ids) plan.result.add({id, {}, {}, {}, {}, {}});
      add(run, std::move(plan.result));
    }
  });
  if (!targets.named) run.succeeded = targets.size() - run.failed;
}

}  // namespace

ActionRun ActionService::show(const Principal& who, const Asked& asked,
                              const ActionSelection& selection, const ActionOptions& options) {
  using Clock = std::chrono::steady_clock;
  const KnownAction& action = *asked.action;
  const bool asks = action.spec.previews || !options.dry_run;
  const RunOrder order{action.id, selection, {}, asked.parameters->dump(), options.why};
  const Targets all = targets(core_.store, who, action, order);
  check_most(action, all.size());
  if (!options.dry_run && all.size() > most_shown)
    throw Error(ErrorCode::invalid, "'" + action.id + "' shows at most " +
                                        std::to_string(most_shown) + " tasks, not " +
                                        std::to_string(all.size()) + "; select fewer")
        .in("selection");
  ActionRun run;
  run.matched = all.matched;
  const Never never;
  const std::string key = core_.ids.id();
  const auto until =
      Clock::now() + std::chrono::milliseconds(std::max<std::int64_t>(options.wait, 1000));
  const std::size_t most = asks ? std::min(all.size(), most_shown) : 0;
  std::size_t at = 0;
  if (action.store) {
    Applier applier(core_, {asked.action, who, options.why, key, never, true});
    while (at < most && Clock::now() < until) {
      const std::size_t end = std::min(most, at + slice);
      BlockResult block;
      core_.store.transact([&](Transaction& t) { block = applier(t, all, at, end); });
      add(run, std::move(block));
      at = end;
    }
  } else {
    while (at < most && (Clock::now() < until || !options.dry_run)) {
      const std::size_t end = std::min(most, at + action.spec.block);
      PlannedCall plan = plan_call(core_, core_.store, who, action, all, at, end);
      if (!plan.ids.empty()) {
        const Invoked invoked = calls_.call({asked.action, who, asked.parameters, options.why,
                                             key + "-" + std::to_string(plan.ordinals.front()),
                                             options.dry_run, plan.ordinals, plan.ids},
                                            never);
        judge(action, plan, invoked);
        if (!invoked.result.message.empty()) run.message = words_of(invoked.result.message);
        if (!invoked.result.open_url.empty())
          run.open_url = address_of(action, invoked.result.open_url);
      }
      add(run, std::move(plan.result));
      at = end;
    }
  }
  if (at < all.size()) {
    ActionRun rest;
    by_when(rest, core_, who, action, all, at);
    if (!all.named) rest.succeeded = all.size() - at;
    run.succeeded += rest.succeeded;
    run.failed += rest.failed;
    if (at == 0) run.items = std::move(rest.items);
    if (asks && run.message.empty())
      run.message = "tried on " + std::to_string(at) + " of " + std::to_string(all.size()) +
                    " tasks; of the others only the state was looked at";
  }
  run.skipped = run.matched - std::min(run.matched, run.succeeded + run.failed);
  std::stable_partition(run.items.begin(), run.items.end(),
                        [](const ActionOutcome& o) { return o.error.has_value(); });
  if (run.items.size() > most_shown) run.items.resize(most_shown);
  return run;
}

}  // namespace podium::host
