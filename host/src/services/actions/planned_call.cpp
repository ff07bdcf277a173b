#include "services/actions/planned_call.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "log/log.hpp"
#include "podium/http/opened_link.hpp"
#include "services/actions/applier.hpp"

namespace podium::host {

PlannedCall plan_call(const Core& core, const Reader& reader, const Principal& who,
                      const KnownAction& action, const Targets& targets, std::size_t first,
                      std::size_t end) {
  PlannedCall plan;
  plan.first = first;
  plan.end = end;
  std::vector<Value> asked;
  for (std::size_t i = first; i < end; ++i)
    if (targets.ordinals[i] != 0) asked.emplace_back(targets.ordinals[i]);
  const Filter seen = all_of(
      {asked.empty() ? none() : in(record_ordinal(), asked), core.access.visible(who, "tasks")});
  const auto set = [&](const Filter& filter) {
    const auto found = reader.ids(core.in.tasks, filter, {});
    return std::unordered_set<Ordinal>(found.begin(), found.end());
  };
  const auto there = targets.named ? set(seen) : std::unordered_set<Ordinal>();
  const auto good = set(all_of({seen, action.when}));
  std::vector<Ordinal> called;
  for (std::size_t i = first; i < end; ++i) {
    const Ordinal task = targets.ordinals[i];
    if (good.contains(task))
      called.push_back(task);
    else if (!targets.named)
      ++plan.result.skipped;
    else
      plan.result.fail(targets.ids[i],
                       there.contains(task) ? not_now(action) : no_such("task", targets.ids[i]));
  }
  reader.get(core.in.tasks, called, {}, [&](const Row& row) {
    plan.ordinals.push_back(row.ordinal());
    plan.ids.emplace_back(row.id());
    return true;
  });
  return plan;
}

void judge(const KnownAction& action, PlannedCall& plan, const Invoked& invoked) {
  if (invoked.error) {
    for (const auto& id : plan.ids) plan.result.fail(id, *invoked.error);
    return;
  }
  std::unordered_map<std::string_view, const ActionOutcome*> answers;
  for (const ActionOutcome& o : invoked.result.items) answers.try_emplace(o.id, &o);
  std::size_t heard = 0;
  for (const auto& id : plan.ids) {
    const auto answer = answers.find(id);
    if (answer == answers.end()) {
      plan.result.fail(id, Error(ErrorCode::internal,
                                 "'" + action.id + "' did not say what became of this task"));
      continue;
    }
    ++heard;
    ActionOutcome outcome = *answer->second;
    if (outcome.error) outcome.undo.clear();
    clean(outcome);
    plan.result.add(std::move(outcome));
  }
  if (answers.size() > heard)
    log(LogLevel::warning, action.owner->id,
        "'" + action.id + "' answered for " + std::to_string(answers.size() - heard) +
            " tasks that it was not asked about; they are ignored");
}

std::string words_of(std::string text) {
  ActionOutcome outcome;
  outcome.message = std::move(text);
  clean(outcome);
  return outcome.message;
}

std::string address_of(const KnownAction& action, const std::string& url) {
  if (may_be_opened(url)) return url;
  log(LogLevel::warning, action.owner->id,
      "'" + action.id +
          "' gave an address that is neither a path here nor https://; it is ignored");
  return {};
}

}  // namespace podium::host
