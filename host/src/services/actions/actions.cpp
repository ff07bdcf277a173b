#include "services/actions/actions.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "services/actions/applier.hpp"
#include "services/actions/parameters.hpp"
#include "services/actions/run_job.hpp"
#include "services/digest.hpp"
#include "services/only.hpp"

namespace podium::host {
namespace {

constexpr std::size_t most_at_once = 1000, most_shown = 1000;
/// A block that was taken back this often goes on in slices.
constexpr int most_taken_back = 4;

struct Never final : Cancel {
  bool cancelled() const noexcept override { return false; }
};

std::string digest_of(const RunOrder& order) {
  return digest(order.action + '\n' + order.parameters + '\n' + order.undo_of + '\n' +
                to_json(order.selection));
}

/// Of the run that took this key first; throws `conflict` when it was asked for something else.
std::string same_run(const FirstRun& first, const std::string& request) {
  if (first.request != request)
    throw Error(ErrorCode::conflict, "the idempotency key was used for another run; take a new key")
        .in("idempotency_key");
  return first.id;
}

void check_key(const std::string& key) {
  const bool plain = std::all_of(
      key.begin(), key.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f && c < 0x80; });
  if (key.size() > 255 || !plain)
    throw Error(ErrorCode::invalid, "an idempotency key is 1 to 255 printable ASCII characters")
        .in("idempotency_key");
}

/// Marks a run as taken back; throws when that cannot be (any more).
void take_back(Transaction& t, const Core& core, const RunOrder& order) {
  if (order.undo_of.empty()) return;
  static const std::array columns = {value_of(field("state")), value_of(field("undone"))};
  const Ordinal run = t.find(core.in.action_runs, order.undo_of);
  std::string state;
  bool undone = false;
  if (run == 0 || !t.get(core.in.action_runs, run, columns, [&](const Row& row) {
        state = cell::text(row.cell(0));
        undone = !cell::missing(row.cell(1));
      }))
    throw no_such("run", order.undo_of);
  if (state == "running")
    throw Error(ErrorCode::conflict, "the run still goes on; cancel it, or wait until it is done")
        .in("state")
        .with("{\"state\":\"running\"}");
  if (undone) throw Error(ErrorCode::conflict, "the run was taken back already").in("undone");
  Patch patch;
  patch.set("undone", core.now());
  t.update(core.in.action_runs, only(run), {}, patch);
}

}  // namespace

bool of_the_store(ErrorCode code) noexcept {
  return code == ErrorCode::unavailable || code == ErrorCode::out_of_space ||
         code == ErrorCode::corrupt;
}

void check_most(const KnownAction& action, std::uint64_t tasks) {
  const std::size_t most = action.spec.most;
  if (most != 0 && tasks > most)
    throw Error(ErrorCode::invalid, "'" + action.id + "' takes " +
                                        (most == 1 ? std::string("one task")
                                                   : "at most " + std::to_string(most) + " tasks") +
                                        ", not " + std::to_string(tasks) + "; select fewer")
        .in("selection");
}

ActionService::ActionService(const Core& core, const Vocabulary& tasks, JobService& jobs)
    : core_(core),
      jobs_(jobs),
      catalogue_(core.language, tasks),
      runs_(core, core.in.action_runs, "action_runs") {
  jobs_.on_ended = [this](Transaction& t, Ordinal job, const JobService::Ended& ended) {
    job_ended(t, job, ended);
  };
}

KnownActionPtr ActionService::require(const Principal& who, std::string_view action) const {
  auto found = catalogue_.find(action);
  if (!found) throw no_such("action", action).in("action");
  core_.access.require(who, found->spec.permission);
  return found;
}

std::vector<KnownActionPtr> ActionService::usable(const Principal& who) const {
  (void)core_.access.visible(who, "tasks");
  auto all = catalogue_.all();
  std::erase_if(all, [&](const KnownActionPtr& a) {
    try {
      core_.access.require(who, a->spec.permission);
      return false;
    } catch (const Error& e) {
      if (e.code() != ErrorCode::denied) throw;
      return true;
    }
  });
  return all;
}

ActionService::Asked ActionService::ask(const Principal& who, std::string_view action,
                                        const Json& parameters) const {
  (void)core_.access.visible(who, "tasks");
  Asked asked{require(who, action), {}};
  asked.parameters = std::make_shared<const Json>(complete_parameters(*asked.action, parameters));
  return asked;
}

void ActionService::check(const Principal& who, std::string_view action,
                          const Json& parameters) const {
  ask(who, action, parameters);
}

std::string ActionService::undoing(const KnownAction& action) const {
  if (action.spec.undo.empty()) return {};
  const auto found = catalogue_.find(action.spec.undo);
  return found ? found->id : std::string();
}

ActionRun ActionService::run(const Principal& who, std::string_view action,
                             const ActionSelection& selection, const Json& parameters,
                             const ActionOptions& options) {
  check_key(options.idempotency_key);
  const Asked asked = ask(who, action, parameters);
  if (options.dry_run || !asked.action->spec.writes) return show(who, asked, selection, options);
  const RunOrder order{asked.action->id, selection, {}, asked.parameters->dump(), options.why};
  return carry_out(who, asked.action, order, targets(core_.store, who, *asked.action, order),
                   options);
}

ActionRun ActionService::undo(const Principal& who, std::string_view run,
                              const ActionOptions& options) {
  if (options.dry_run) return would_take_back(who, read(who, run));
  check_key(options.idempotency_key);
  const RunRecord record = read(who, run);
  if (record.undo.empty())
    throw Error(ErrorCode::invalid, "there is nothing in this run that could be taken back")
        .in("run");
  const auto action = require(who, record.undo);
  const RunOrder order{action->id, {}, record.id, "{}", options.why};
  return carry_out(who, action, order, targets(core_.store, who, *action, order), options);
}

ActionRun ActionService::would_take_back(const Principal& who, const RunRecord& record) const {
  if (!undoable(record))
    throw Error(ErrorCode::conflict,
                "this run cannot be taken back: it still goes on, was taken back already, or left "
                "nothing to take back");
  RunOrder order;
  order.undo_of = record.id;
  ActionRun run;
  run.matched = targets(core_.store, who, *require(who, record.undo), order).size();
  run.succeeded = run.matched;
  return run;
}

ActionRun ActionService::carry_out(const Principal& who, const KnownActionPtr& action,
                                   const RunOrder& order, Targets targets,
                                   const ActionOptions& options) {
  check_most(*action, targets.size());
  if (action->store && targets.size() <= most_at_once)
    if (auto done = at_once(who, action, order, targets, options)) return std::move(*done);
  const std::string id =
      core_.store.write([&](Transaction& t) { return queue(t, who, order, options); });
  return wait_for(who, id, options.wait);
}

std::optional<ActionRun> ActionService::at_once(const Principal& who, const KnownActionPtr& action,
                                                const RunOrder& order, const Targets& targets,
                                                const ActionOptions& options) {
  const Never never;
  const std::string id = core_.ids.id(), request = digest_of(order), undo = undoing(*action);
  Applier applier(core_, {action, who, order.why, id, never});
  for (int tries = 0; tries < most_taken_back; ++tries) {
    BlockResult block;
    std::optional<FirstRun> first;
    NewRun run{id, "done", 0, options.idempotency_key, request, {}, {}};
    try {
      core_.store.transact([&](Transaction& t) {
        first = find_first(t, core_, who, options.idempotency_key);
        if (first) return;
        take_back(t, core_, order);
        block = applier(t, targets, 0, targets.size());
        run.undo = block.undoable() != 0 ? undo : std::string();
        run.tally.matched = targets.matched;
        run.tally.failed = block.failed;
        run.tally.succeeded = block.items.size() - block.failed;
        run.tally.skipped = targets.matched - std::min(targets.matched, block.items.size());
        keep_block(t, core_, insert_run(t, core_, who, order, run), 1, block);
      });
    } catch (const Error& e) {
      if (!applier.took_back() || of_the_store(e.code())) throw;
      continue;
    }
    if (first) return wait_for(who, same_run(*first, request), options.wait);
    ActionRun out;
    out.id = id;
    out.matched = run.tally.matched;
    out.succeeded = run.tally.succeeded;
    out.failed = run.tally.failed;
    out.skipped = run.tally.skipped;
    out.undoable = !run.undo.empty();
    out.items = std::move(block.items);
    std::stable_partition(out.items.begin(), out.items.end(),
                          [](const ActionOutcome& o) { return o.error.has_value(); });
    return out;
  }
  return std::nullopt;
}

std::string ActionService::queue(Transaction& t, const Principal& who, const RunOrder& order,
                                 const ActionOptions& options) {
  const std::string request = digest_of(order);
  if (const auto first = find_first(t, core_, who, options.idempotency_key))
    return same_run(*first, request);
  take_back(t, core_, order);
  NewRun run{core_.ids.id(), "running", 0, options.idempotency_key, request, {}, {}};
  const std::string job =
      jobs_.start(t, who, ActionJob::kind, Json{{"run", run.id}}.dump(), Jobs::Options{});
  run.job = t.find(core_.in.jobs, job);
  insert_run(t, core_, who, order, run);
  return run.id;
}

std::string ActionService::start(Transaction& t, const Principal& who, std::string_view action,
                                 const ActionSelection& selection, const Json& parameters,
                                 const ActionOptions& options) {
  check_key(options.idempotency_key);
  const Asked asked = ask(who, action, parameters);
  if (options.dry_run || !asked.action->spec.writes)
    throw Error(ErrorCode::invalid,
                "'" + asked.action->id + "' only shows, or is a dry run: nothing to be queued");
  check_most(*asked.action, selection.ids.size());
  return queue(t, who, {asked.action->id, selection, {}, asked.parameters->dump(), options.why},
               options);
}

ActionRun ActionService::wait_for(const Principal& who, const std::string& run,
                                  std::int64_t milliseconds) const {
  RunRecord record = read(who, run);
  if (record.state == "running" && !record.job.empty()) {
    jobs_.wait(who, record.job, milliseconds);
    record = read(who, run);
  }
  return answer(record);
}

void ActionService::job_ended(Transaction& t, Ordinal job, const JobService::Ended& ended) {
  static const std::array columns = {value_of(field("state"))};
  Ordinal run = 0;
  t.query(core_.in.action_runs, KeyRange{"job", {job}, {}, {}, false}, 1, columns,
          [&](const Row& row) {
            if (cell::text(row.cell(0)) == "running") run = row.ordinal();
            return false;
          });
  if (run == 0) return;
  Patch patch;
  patch.set("state", ended.state).set("ended", core_.now());
  t.update(core_.in.action_runs, only(run), {}, patch);
  RunTally words;
  if (ended.state == "failed") words.message = ended.error;
  keep_words(t, core_, run, words);
}

RunRecord ActionService::read(const Principal& who, std::string_view run) const {
  return read_run(core_, runs_, core_.store, who, run);
}

bool ActionService::undoable(const RunRecord& run) const {
  return !run.undo.empty() && run.undone == 0 && run.state != "running" &&
         catalogue_.find(run.undo) != nullptr;
}

ActionRun ActionService::answer(const RunRecord& run) const {
  ActionRun out;
  out.id = run.id;
  out.job = run.job;
  out.state = run.state;
  out.matched = run.tally.matched;
  out.succeeded = run.tally.succeeded;
  out.failed = run.tally.failed;
  out.skipped = run.tally.skipped;
  out.message = run.tally.message;
  out.open_url = run.tally.open_url;
  out.undoable = undoable(run);
  core_.store.read([&](const Reader& reader) {
    for (const bool failed : {true, false})
      each_block(core_, reader, run.ordinal, 0, failed, [&](std::int64_t, auto& items) {
        for (ActionOutcome& item : items)
          if (item.error.has_value() == failed && out.items.size() < most_shown)
            out.items.push_back(std::move(item));
        return out.items.size() < most_shown;
      });
  });
  return out;
}

Targets ActionService::targets(const Reader& reader, const Principal& who,
                               const KnownAction& action, const RunOrder& order,
                               const Range* range) const {
  if (order.undo_of.empty()) {
    Targets out = take(core_, reader, who, order.selection, action.when, range);
    out.parameters.push_back(std::make_shared<const Json>(Json::parse(order.parameters)));
    return out;
  }
  const RunRecord undone = read_run(core_, runs_, reader, who, order.undo_of);
  Targets out;
  out.named = true;
  std::map<std::string, std::uint32_t> groups;
  each_block(core_, reader, undone.ordinal, 0, false, [&](std::int64_t, auto& items) {
    for (const ActionOutcome& item : items) {
      if (item.error || item.undo.empty()) continue;
      const auto [group, added] =
          groups.try_emplace(item.undo, static_cast<std::uint32_t>(out.parameters.size()));
      if (added)
        out.parameters.push_back(
            std::make_shared<const Json>(complete_parameters(action, Json::parse(item.undo))));
      out.ids.push_back(item.id);
      out.groups.push_back(group->second);
    }
    return true;
  });
  // Last done, first taken back.
  std::reverse(out.ids.begin(), out.ids.end());
  std::reverse(out.groups.begin(), out.groups.end());
  out.ordinals = reader.find(core_.in.tasks, out.ids);
  out.matched = out.ids.size();
  return out;
}

}  // namespace podium::host
