#include "services/jobs/jobs.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "services/jobs/sweep.hpp"
#include "services/only.hpp"

namespace podium::host {
namespace {

constexpr std::uint64_t no_limit = 1'000'000;

}  // namespace

std::string JobService::start(Transaction& t, const Principal& who, std::string_view kind,
                              std::string_view arguments, const Options& options) {
  (void)core_.access.visible(who, "jobs");
  core_.access.require(who, "job.write");
  if (!valid_json(arguments))
    throw Error(ErrorCode::invalid, "the arguments of a job are not JSON").in("arguments");
  if (!options.idempotency_key.empty()) {
    std::string first;
    t.query(core_.in.jobs,
            KeyRange{"idempotency", {who.id, options.idempotency_key}, {}, {}, false}, 1, {},
            [&](const Row& row) {
              first = row.id();
              return false;
            });
    if (!first.empty()) return first;
  }
  bool first_in_line = true;
  if (!options.queue.empty())
    t.query(core_.in.jobs, KeyRange{"line", {options.queue}, {}, {}, false}, 1, {},
            [&](const Row&) { return first_in_line = false; });

  JobBody body;
  body.who = who;
  body.arguments = arguments;
  const std::string id = core_.ids.id(), json = body.json();
  const std::int64_t now = core_.now(), not_before = std::max(options.not_before, now);
  NewRecord record{id, {}};
  record.content.set("kind", std::string(kind))
      .set("state", std::string("waiting"))
      .set("principal", who.id)
      .set("created", now)
      .set("not_before", not_before)
      .set("done", std::int64_t{0})
      .set("total", std::int64_t{0});
  if (!options.queue.empty()) record.content.set("queue", options.queue).set("line", options.queue);
  if (first_in_line) record.content.set("ready", not_before);
  if (!options.idempotency_key.empty())
    record.content.set("idempotency_key", options.idempotency_key);
  record.content.body = json;
  t.insert(core_.in.jobs, record);
  if (on_queued) on_queued();
  return id;
}

std::string JobService::start(Transaction& t, const Principal& who, const Sweep& sweep,
                              const Options& options) {
  return start(t, who, SweepHandler::kind, sweep_to_json(sweep), options);
}

std::optional<std::int64_t> JobService::next_ready(const std::vector<std::string>& kinds) const {
  if (kinds.empty()) return std::nullopt;
  std::optional<std::int64_t> next;
  const auto look = [&](const char* name) {
    Query q;
    q.collection = core_.in.jobs;
    q.filter = all_of({in(field("kind"), std::vector<Value>(kinds.begin(), kinds.end())),
                       is_null(field(name), true)});
    q.order = {{field(name), false, false}};
    q.limit = 1;
    q.columns = {value_of(field(name))};
    core_.store.query(q, [&](const Row& row) {
      const std::int64_t at = cell::integer(row.cell(0));
      next = next ? std::min(*next, at) : at;
      return false;
    });
  };
  look("ready");
  look("lease_until");
  return next;
}

std::optional<JobService::Claimed> JobService::claim(const std::vector<std::string>& kinds) {
  static const std::array columns = {value_of(field("kind")), value_of(field("queue")),
                                     value_of(field("stop_asked")), value_of(record_body()),
                                     value_of(field("started"))};
  return core_.store.write([&](Transaction& t) -> std::optional<Claimed> {
    const std::int64_t now = core_.now();
    Patch patch;
    patch.set("state", std::string("running"))
        .set("ready", Value{})
        .set("lease_owner", core_.run_name)
        .set("lease_until", now + lease_ms);
    for (const char* key : {"ready", "lease"})
      for (const auto& kind : kinds) {
        const auto taken =
            t.update(core_.in.jobs,
                     KeyRange{key, {kind}, Value{std::int64_t{0}}, Value{now}, false}, 1, patch);
        if (taken.empty()) continue;
        Claimed job;
        job.ordinal = taken.front();
        bool first_run = true;
        t.get(core_.in.jobs, job.ordinal, columns, [&](const Row& row) {
          job.id = row.id();
          job.kind = cell::text(row.cell(0));
          job.queue = cell::text(row.cell(1));
          job.stop_asked = cell::flag(row.cell(2));
          job.body = JobBody::parse(cell::text(row.cell(3)));
          first_run = std::holds_alternative<std::monostate>(row.cell(4));
        });
        if (first_run) {
          Patch started;
          started.set("started", now);
          t.update(core_.in.jobs, only(job.ordinal), {}, started);
        }
        return job;
      }
    return std::nullopt;
  });
}

void JobService::release_stale() {
  core_.store.write([&](Transaction& t) {
    Patch patch;
    patch.set("lease_until", std::int64_t{0});
    t.update(
        core_.in.jobs,
        KeyRange{"owner", {}, Value{core_.host_name + "#"}, Value{core_.host_name + "$"}, false},
        no_limit, patch);
  });
}

bool JobService::hold(Transaction& t, Ordinal job) {
  static const std::array columns = {value_of(field("lease_owner")), value_of(field("stop_asked")),
                                     value_of(field("state"))};
  bool mine = false, stop = false;
  t.get(core_.in.jobs, job, columns, [&](const Row& row) {
    mine = row.cell(0) == Cell{std::string_view(core_.run_name)} &&
           row.cell(2) == Cell{std::string_view("running")};
    stop = cell::flag(row.cell(1));
  });
  if (!mine)
    throw Error(ErrorCode::cancelled,
                "the job's lease was lost: another run of it goes on instead");
  return stop;
}

bool JobService::renew(Ordinal job) {
  return core_.store.write([&](Transaction& t) {
    const bool stop = hold(t, job);
    Patch patch;
    patch.set("lease_until", lease_until());
    t.update(core_.in.jobs, only(job), {}, patch);
    return stop;
  });
}

void JobService::finish(Transaction& t, Ordinal job, const std::string& queue, const Ended& ended,
                        const JobBody* body) {
  Patch patch;
  std::string json;
  patch.set("state", ended.state)
      .set("ended", core_.now())
      .set("lease_owner", Value{})
      .set("lease_until", Value{})
      .set("ready", Value{})
      .set("line", Value{});
  if (!ended.error.empty()) patch.set("error", ended.error);
  if (body) {
    json = body->json();
    patch.body = json;
  }
  t.update(core_.in.jobs, only(job), {}, patch);
  if (on_ended) on_ended(t, job, ended);
  if (queue.empty()) return;
  static const std::array columns = {value_of(field("not_before")), value_of(field("state")),
                                     value_of(field("ready"))};
  Ordinal next = 0;
  std::int64_t ready = 0;
  t.query(core_.in.jobs, KeyRange{"line", {queue}, {}, {}, false}, 1, columns, [&](const Row& row) {
    const bool waits = row.cell(1) == Cell{std::string_view("waiting")} &&
                       std::holds_alternative<std::monostate>(row.cell(2));
    if (waits) next = row.ordinal(), ready = cell::integer(row.cell(0));
    return false;
  });
  if (next == 0) return;
  Patch head;
  head.set("ready", ready);
  t.update(core_.in.jobs, only(next), {}, head);
  if (on_queued) on_queued();
}

void JobService::end(Transaction& t, const Claimed& job, const Ended& ended) {
  hold(t, job.ordinal);
  JobBody body = job.body;
  body.result = ended.result;
  finish(t, job.ordinal, job.queue, ended, &body);
}

void JobService::put_back(Transaction& t, const Claimed& job, std::int64_t ready) {
  hold(t, job.ordinal);
  Patch patch;
  patch.set("state", std::string("waiting"))
      .set("ready", ready)
      .set("lease_owner", Value{})
      .set("lease_until", Value{});
  t.update(core_.in.jobs, only(job.ordinal), {}, patch);
}

bool JobService::cancel(const Principal& who, std::string_view id) {
  static const std::array columns = {value_of(field("state")), value_of(field("queue"))};
  core_.access.require(who, "job.write");
  enum class Outcome { ended_before, ended_now, asked };
  Ordinal job = 0;
  const Outcome outcome = core_.store.write([&](Transaction& t) {
    job = t.find(core_.in.jobs, id);
    core_.check_visible(t, who, "jobs", core_.in.jobs, job, "job", id);
    std::string state, queue;
    t.get(core_.in.jobs, job, columns, [&](const Row& row) {
      state = cell::text(row.cell(0));
      queue = cell::text(row.cell(1));
    });
    if (job_ended(state)) return Outcome::ended_before;
    if (state == "waiting") {
      finish(t, job, queue, {"cancelled", {}, {}}, nullptr);
      return Outcome::ended_now;
    }
    Patch patch;
    patch.set("stop_asked", true);
    t.update(core_.in.jobs, only(job), {}, patch);
    return Outcome::asked;
  });
  if (outcome == Outcome::ended_now) announce_end();
  if (outcome == Outcome::asked && on_stop_asked) on_stop_asked(job);
  return outcome != Outcome::ended_before;
}

void JobService::announce_end() {
  {
    const std::lock_guard lock(mutex_);
    ++endings_;
  }
  ended_.notify_all();
}

void JobService::let_wait(bool yes) noexcept {
  {
    const std::lock_guard lock(mutex_);
    let_wait_ = yes;
  }
  ended_.notify_all();
}

std::string JobService::state_of(const Principal& who, std::string_view id) const {
  const Ordinal job = find(core_.store, who, id);
  std::string state;
  const std::array columns = {value_of(field("state"))};
  if (job == 0 || !get(core_.store, who, job, columns,
                       [&](const Row& row) { state = cell::text(row.cell(0)); }))
    throw no_such("job", id);
  return state;
}

std::string JobService::wait(const Principal& who, std::string_view id, std::int64_t milliseconds) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(
                                           std::clamp<std::int64_t>(milliseconds, 0, 86'400'000));
  for (;;) {
    std::uint64_t seen = 0;
    bool may_wait = false;
    {
      const std::lock_guard lock(mutex_);
      seen = endings_;
      may_wait = let_wait_;
    }
    std::string state = state_of(who, id);
    if (job_ended(state) || !may_wait || Clock::now() >= deadline) return state;
    std::unique_lock lock(mutex_);
    // Another host's jobs end without a word here: look again every second.
    ended_.wait_until(lock, std::min(deadline, Clock::now() + std::chrono::seconds(1)),
                      [&] { return endings_ != seen || !let_wait_; });
  }
}

}  // namespace podium::host
