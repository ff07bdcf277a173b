#include "services/actions/run_job.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "log/log.hpp"
#include "services/actions/applier.hpp"
#include "services/actions/planned_call.hpp"
#include "services/history/history.hpp"
#include "services/jobs/slice_pace.hpp"

namespace podium::host {
namespace {

using Clock = std::chrono::steady_clock;

/// How far a run came. Of named tasks `at` counts, of a filter `range` does; a call that was begun
/// is `calling`, and `then` is where the run is behind it.
struct Progress {
  std::size_t at = 0;
  Range range;
  std::int64_t number = 0;  ///< of the last block
  std::uint64_t total = 0, done = 0;
  std::vector<std::pair<Ordinal, std::string>> calling;
  std::size_t then_at = 0;
  Ordinal then_after = 0;

  std::string json() const {
    Json json = {{"at", at},         {"after", range.after}, {"upto", range.upto},
                 {"number", number}, {"total", total},       {"done", done}};
    if (!calling.empty()) {
      json["calling"] = calling;
      json["then"] = {then_at, then_after};
    }
    return json.dump();
  }
  static Progress parse(std::string_view text) {
    const Json json = Json::parse(text);
    Progress p;
    p.at = json.at("at").get<std::size_t>();
    p.range = {json.at("after").get<Ordinal>(), json.at("upto").get<Ordinal>()};
    p.number = json.at("number").get<std::int64_t>();
    p.total = json.at("total").get<std::uint64_t>();
    p.done = json.at("done").get<std::uint64_t>();
    if (json.contains("calling")) {
      p.calling = json.at("calling").get<std::vector<std::pair<Ordinal, std::string>>>();
      p.then_at = json.at("then").at(0).get<std::size_t>();
      p.then_after = json.at("then").at(1).get<Ordinal>();
    }
    return p;
  }
};

/// One run at work.
class Carrying {
 public:
  Carrying(const Core& core, ActionService& actions, JobRun& job, RunRecord run,
           KnownActionPtr action)
      : core_(core),
        actions_(actions),
        job_(job),
        run_(std::move(run)),
        action_(std::move(action)),
        undo_(actions.undoing(*action_)),
        has_undo_(!run_.undo.empty()) {}

  std::string operator()() {
    begin();
    if (action_->store)
      apply_all();
    else
      call_all();
    RunTally& tally = run_.tally;
    tally.matched = std::max(tally.matched, tally.succeeded + tally.failed);
    tally.skipped = tally.matched - tally.succeeded - tally.failed;
    job_.advance(
        [&](Transaction& t) {
          keep_tally(t, core_, run_.ordinal, tally, {});
          keep_words(t, core_, run_.ordinal, tally);
        },
        progress_.json(), progress_.total, progress_.total);
    return Json{{"run", run_.id},
                {"action", action_->id},
                {"succeeded", tally.succeeded},
                {"failed", tally.failed},
                {"skipped", tally.skipped}}
        .dump();
  }

 private:
  void go_on() const {
    if (job_.cancel().cancelled()) throw Error(ErrorCode::cancelled, "the run was asked to stop");
  }

  void begin() {
    const bool resumed = !job_.state().empty();
    Range range;
    if (resumed) {
      progress_ = Progress::parse(job_.state());
      range = progress_.range;
      if (!progress_.calling.empty()) range.after = progress_.then_after;
    }
    core_.store.read([&](const Reader& reader) {
      targets_ =
          actions_.targets(reader, job_.who(), *action_, run_.order, resumed ? &range : nullptr);
    });
    if (!resumed) {
      check_most(*action_, targets_.size());
      run_.tally.matched = targets_.matched;
      progress_.total = targets_.size();
      if (!targets_.named && targets_.size() != 0) progress_.range.upto = targets_.ordinals.back();
      job_.advance([&](Transaction& t) { keep_tally(t, core_, run_.ordinal, run_.tally, {}); },
                   progress_.json(), 0, progress_.total);
    }
    if (targets_.named)
      at_ = std::min(targets_.size(), progress_.calling.empty() ? progress_.at : progress_.then_at);
  }

  /// One block, and where the run is behind it.
  struct Step {
    PlannedCall call;
    std::size_t at = 0;
    Ordinal after = 0;
    std::uint64_t tasks = 0;
  };
  Step step_to(std::size_t end) const {
    Step step;
    step.at = end;
    step.tasks = end - at_;
    step.after = targets_.named ? 0 : targets_.ordinals[end - 1];
    return step;
  }
  /// The progress behind a step; `left` is what of the targets is still to come then.
  Progress behind(const Step& step, std::size_t left) const {
    Progress next = progress_;
    next.calling.clear();
    next.at = step.at;
    if (!targets_.named) next.range.after = step.after;
    next.number += 1;
    next.done += step.tasks;
    next.total = std::max(next.total, next.done + left);
    return next;
  }
  RunTally with(const BlockResult& block) const {
    RunTally next = run_.tally;
    next.failed += block.failed;
    next.succeeded += block.items.size() - block.failed;
    return next;
  }
  /// Inside the write of a slice.
  void keep(Transaction& t, const Progress& next, const BlockResult& block) {
    keep_block(t, core_, run_.ordinal, next.number, block);
    keep_tally(t, core_, run_.ordinal, with(block),
               !has_undo_ && block.undoable() != 0 ? undo_ : std::string());
  }
  void kept(Progress next, const BlockResult& block) {
    run_.tally = with(block);
    has_undo_ = has_undo_ || block.undoable() != 0;
    progress_ = std::move(next);
  }

  void apply_all() {
    Applier applier(core_, {action_, job_.who(), run_.order.why, run_.id, job_.cancel()});
    SlicePace pace;
    while (at_ < targets_.size()) {
      go_on();
      const std::size_t end = std::min(targets_.size(), at_ + pace.size());
      BlockResult block;
      Progress next = behind(step_to(end), targets_.size() - end);
      auto took = Clock::duration::zero();
      try {
        job_.advance(
            [&](Transaction& t) {
              const auto begin = Clock::now();
              block = applier(t, targets_, at_, end);
              keep(t, next, block);
              took = Clock::now() - begin;
            },
            next.json(), next.done, next.total);
      } catch (const Error& e) {
        const auto fault = applier.took_back();
        if (!fault || of_the_store(e.code())) throw;
        // What stands before it goes alone; then it is passed over with its error.
        pace.limit(*fault - at_);
        continue;
      }
      pace.took(end - at_, took);
      at_ = end;
      kept(std::move(next), block);
    }
  }

  /// The next block for one call, of one set of parameters.
  Step plan() const {
    std::size_t end = std::min(targets_.size(), at_ + action_->spec.block);
    for (std::size_t i = at_ + 1; i < end && !targets_.groups.empty(); ++i)
      if (targets_.groups[i] != targets_.groups[at_]) end = i;
    Step step = step_to(end);
    core_.store.read([&](const Reader& reader) {
      step.call = plan_call(core_, reader, job_.who(), *action_, targets_, at_, end);
    });
    return step;
  }
  static void announce(Progress& progress, const Step& step) {
    for (std::size_t i = 0; i < step.call.ids.size(); ++i)
      progress.calling.emplace_back(step.call.ordinals[i], step.call.ids[i]);
    progress.then_at = step.at;
    progress.then_after = step.after;
  }
  /// The block whose call a restart cut short, as it was.
  Step cut_short() const {
    Step step;
    step.at = progress_.then_at;
    step.after = progress_.then_after;
    step.tasks = progress_.calling.size();
    PlannedCall& call = step.call;
    for (const auto& [ordinal, id] : progress_.calling) {
      call.ordinals.push_back(ordinal);
      call.ids.push_back(id);
    }
    if (!targets_.named) return step;
    call.first = progress_.at;
    step.tasks = step.at - progress_.at;
    for (std::size_t i = progress_.at; i < std::min(step.at, targets_.size()); ++i)
      if (std::find(call.ids.begin(), call.ids.end(), targets_.ids[i]) == call.ids.end())
        call.result.fail(targets_.ids[i], targets_.ordinals[i] == 0
                                              ? no_such("task", targets_.ids[i])
                                              : not_now(*action_));
    return step;
  }

  void call_all() {
    if (progress_.calling.empty() && at_ == targets_.size()) return;
    Step now;
    if (!progress_.calling.empty()) {
      now = cut_short();
    } else {
      go_on();
      now = plan();
      announce(progress_, now);
      job_.advance([](Transaction&) {}, progress_.json(), progress_.done, progress_.total);
      at_ = now.at;
    }
    for (;;) {
      const Invoked invoked = call(now.call);
      judge(*action_, now.call, invoked);
      if (!invoked.result.message.empty()) run_.tally.message = words_of(invoked.result.message);
      if (!invoked.result.open_url.empty())
        run_.tally.open_url = address_of(*action_, invoked.result.open_url);
      Progress next = behind(now, targets_.size() - at_);
      Step following;
      const bool more = at_ < targets_.size() && !job_.cancel().cancelled();
      if (more) {
        following = plan();
        announce(next, following);
      }
      job_.advance(
          [&](Transaction& t) {
            keep(t, next, now.call.result);
            write_calls(t, now.call, invoked);
          },
          next.json(), next.done, next.total);
      kept(std::move(next), now.call.result);
      if (at_ == targets_.size()) return;
      if (!more) throw Error(ErrorCode::cancelled, "the run was asked to stop");
      at_ = following.at;
      now = std::move(following);
    }
  }

  Invoked call(const PlannedCall& plan) {
    if (plan.ids.empty()) return {};
    const auto& parameters =
        targets_.parameters[targets_.groups.empty() ? 0 : targets_.groups[plan.first]];
    Invoked invoked = actions_.calls().call(
        {action_, job_.who(), parameters, run_.order.why,
         run_.id + "-" + std::to_string(plan.ordinals.front()), false, plan.ordinals, plan.ids},
        job_.cancel());
    // The host stops: the same block is called again after the restart.
    if (invoked.error && invoked.error->code() == ErrorCode::cancelled &&
        actions_.calls().stopping())
      throw Error(ErrorCode::cancelled, "the host is stopping");
    return invoked;
  }

  /// What was done to a task by others is told by its history.
  void write_calls(Transaction& t, const PlannedCall& plan, const Invoked& invoked) const {
    for (const ActionOutcome& o : plan.result.items) {
      const auto at = std::find(plan.ids.begin(), plan.ids.end(), o.id);
      if (at == plan.ids.end()) continue;
      const Ordinal task = plan.ordinals[static_cast<std::size_t>(at - plan.ids.begin())];
      if (!t.get(core_.in.tasks, task, {}, [](const Row&) {})) continue;
      std::string body;
      JsonWriter w(body);
      w.object().key("old").object().end_object().key("new").object();
      w.key("action").value(action_->id).key("run").value(run_.id);
      w.key("outcome").value(o.error ? name(*o.error) : std::string_view("done"));
      if (!o.message.empty()) w.key("message").value(o.message);
      w.key("ms").value(static_cast<std::int64_t>(invoked.took.count()));
      w.end_object().end_object();
      write_history(t, core_, job_.who(), {Subject::Kind::task, task}, "action", run_.order.why,
                    body);
    }
  }

  const Core& core_;
  ActionService& actions_;
  JobRun& job_;
  RunRecord run_;
  KnownActionPtr action_;
  std::string undo_;
  bool has_undo_;
  Progress progress_;
  Targets targets_;
  std::size_t at_ = 0;
};

}  // namespace

std::string ActionJob::run(JobRun& job) {
  const std::string id = Json::parse(job.arguments()).at("run").get<std::string>();
  RunRecord run = actions_.read(job.who(), id);
  auto action = actions_.require(job.who(), run.order.action);
  return Carrying(core_, actions_, job, std::move(run), std::move(action))();
}

}  // namespace podium::host
