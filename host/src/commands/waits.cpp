#include "commands/waits.hpp"

#include <algorithm>
#include <chrono>

#include "commands/table_of.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

constexpr std::size_t most_waiting = 1000;
constexpr std::uint64_t changes_at_once = 10'000;
/// Commits that follow each other faster are looked at together.
constexpr std::chrono::milliseconds pace{20};

std::int64_t steady_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool has_ended(std::string_view state) {
  return state == "completed" || state == "failed" || state == "aborted" || state == "published";
}
bool went_badly(std::string_view state) { return state == "failed" || state == "aborted"; }

/// Whether only running can make the filter true, so that it stays false once a task has ended.
bool needs_running(const Filter& f) {
  if (f.op == Filter::Op::any) return false;
  if (f.children.empty() && f.op != Filter::Op::all && f.op != Filter::Op::none) {
    if (f.path.kind == Path::Kind::series) return true;
    if (f.path.kind != Path::Kind::field) return false;
    for (const char* name : {"state", "iteration", "progress", "active", "run_time", "started",
                             "completed", "reason", "goals_met"})
      if (f.path.name == name) return true;
    return false;
  }
  return std::all_of(f.children.begin(), f.children.end(), needs_running);
}

struct Seen {
  Ordinal ordinal = 0;
  std::string state;
  bool matches = false;
};

}  // namespace

void Waits::start() {
  const std::lock_guard lock(mutex_);
  stopping_ = false;
  seen_ = parts_.core->store.revision();
  watch_ = parts_.core->store.watch([this](Revision) {
    const std::lock_guard hint(mutex_);
    hinted_ = true;
    changed_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
}

void Waits::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) return;
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
  parts_.core->store.unwatch(watch_);
}

void Waits::add(Ask ask, Answered answered, Failed failed) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || !thread_.joinable()) throw Error(ErrorCode::unavailable, "podium is stopping");
  if (waiting_ >= most_waiting)
    throw Error(ErrorCode::busy, "too many wait already; try again later");
  ++waiting_;
  new_.push_back({std::move(ask), std::move(answered), std::move(failed)});
  changed_.notify_one();
}

void Waits::run() {
  while (true) {
    std::vector<New> incoming;
    bool hinted = false;
    {
      std::unique_lock lock(mutex_);
      const auto awake = [&] { return stopping_ || !new_.empty() || hinted_; };
      std::int64_t next = steady_now() + longest_call;
      for (const Waiter& w : waiters_) next = std::min(next, w.deadline);
      if (waiters_.empty())
        changed_.wait(lock, [&] { return stopping_ || !new_.empty(); });
      else
        changed_.wait_until(
            lock, std::chrono::steady_clock::time_point(std::chrono::milliseconds(next)), awake);
      if (hinted_ && new_.empty() && !stopping_)
        changed_.wait_for(lock, pace, [&] { return stopping_ || !new_.empty(); });
      incoming = std::move(new_);
      new_.clear();
      hinted = std::exchange(hinted_, false);
      if (stopping_) {
        lock.unlock();
        const Error stopping(ErrorCode::unavailable, "podium is stopping");
        for (auto& n : incoming) n.failed(stopping);
        for (auto& w : waiters_) w.failed(stopping);
        waiters_.clear();
        return;
      }
    }
    if (hinted) look(false);
    take_in(std::move(incoming));
    const std::int64_t now = steady_now();
    for (Waiter& w : waiters_)
      if (w.deadline <= now) settle(w, true);
    std::erase_if(waiters_, [](const Waiter& w) { return !w.answered; });
    const std::lock_guard lock(mutex_);
    waiting_ = waiters_.size() + new_.size();
  }
}

void Waits::take_in(std::vector<New> incoming) {
  // Whoever is new looks at the store as it is now; the feed goes on behind that.
  if (waiters_.empty() && !incoming.empty()) seen_ = parts_.core->store.revision();
  for (New& n : incoming) {
    Waiter waiter;
    try {
      waiter.asked = n.ask();
    } catch (const Error& e) {
      n.failed(e);
      continue;
    }
    waiter.deadline = steady_now() + waiter.asked.milliseconds;
    waiter.answered = std::move(n.answered);
    waiter.failed = std::move(n.failed);
    if (!settle(waiter, false)) waiters_.push_back(std::move(waiter));
  }
}

void Waits::look(bool all) {
  if (waiters_.empty()) return;  // the next one begins with the store as it is then
  std::vector<Ordinal> changed;
  const CollectionId tasks = parts_.core->in.tasks;
  try {
    bool more = true;
    while (more && !all) {
      const Changes c = parts_.core->store.changes(
          seen_, std::span<const CollectionId>(&tasks, 1), changes_at_once,
          [&](const Change& change) { changed.push_back(change.ordinal); });
      seen_ = c.through;
      more = c.more;
    }
  } catch (const Error&) {
    all = true;  // the feed no longer reaches back: everything may have changed
    seen_ = parts_.core->store.revision();
  }
  std::sort(changed.begin(), changed.end());
  for (Waiter& w : waiters_) {
    const bool concerned =
        all || (w.asked.tasks.empty()
                    ? !changed.empty()
                    : std::any_of(w.asked.tasks.begin(), w.asked.tasks.end(), [&](Ordinal o) {
                        return std::binary_search(changed.begin(), changed.end(), o);
                      }));
    if (concerned) settle(w, false);
  }
  std::erase_if(waiters_, [](const Waiter& w) { return !w.answered; });
}

bool Waits::settle(Waiter& waiter, bool time_is_up) const noexcept {
  try {
    const auto answer = judge(waiter.asked, time_is_up);
    if (!answer) return false;
    waiter.answered(*answer);
  } catch (const Error& e) {
    waiter.failed(e);
  } catch (const std::exception& e) {
    waiter.failed(Error(ErrorCode::internal, e.what()));
  }
  waiter.answered = nullptr;
  return true;
}

std::optional<Answer> Waits::judge(const AskedWait& asked, bool time_is_up) const {
  std::vector<Seen> seen;
  const std::array state = {value_of(field("state"))};
  const auto& tasks = *parts_.tasks;
  parts_.core->store.read([&](const Reader& reader) {
    seen.clear();
    std::vector<Ordinal> matching;
    const auto take = [&](const Row& row) {
      const Cell cell = row.cell(0);
      const auto* text = std::get_if<std::string_view>(&cell);
      seen.push_back({row.ordinal(), std::string(text ? *text : std::string_view()), true});
      return true;
    };
    if (asked.tasks.empty()) {
      Query query;
      query.filter = all_of({asked.among, asked.until});
      query.limit = 10;
      query.columns = {state.begin(), state.end()};
      query.budget = question_budget;
      tasks.query(reader, asked.who, query, take);
      return;
    }
    tasks.get(reader, asked.who, asked.tasks, state, take);
    std::vector<Value> ordinals(asked.tasks.begin(), asked.tasks.end());
    matching = tasks.ids(reader, asked.who,
                         all_of({in(record_ordinal(), std::move(ordinals)), asked.until}), {});
    std::sort(matching.begin(), matching.end());
    for (Seen& s : seen)
      s.matches = std::binary_search(matching.begin(), matching.end(), s.ordinal);
  });
  if (seen.size() < asked.tasks.size())
    throw Error(ErrorCode::gone, "a task that was waited for was deleted");

  const auto hopeless = [&](const Seen& s) {
    return !s.matches && has_ended(s.state) && needs_running(asked.until);
  };
  const auto matches = [](const Seen& s) { return s.matches; };
  const bool one = asked.any || asked.tasks.empty();
  const bool met = !seen.empty() && (one ? std::any_of(seen.begin(), seen.end(), matches)
                                         : std::all_of(seen.begin(), seen.end(), matches));
  const bool lost = !met && !seen.empty() &&
                    (one ? std::all_of(seen.begin(), seen.end(), hopeless)
                         : std::any_of(seen.begin(), seen.end(), hopeless));
  if (!met && !lost && !time_is_up) return std::nullopt;

  TableOf table(parts_, tasks, parts_.words->of("tasks"), "task");
  for (const std::string& name : asked.columns) table.add(name);
  std::vector<Ordinal> shown;
  for (const Seen& s : seen)
    if (!(met && one) || s.matches) shown.push_back(s.ordinal);
  Answer answer(table.read(asked.who, shown));
  const bool badly = std::any_of(seen.begin(), seen.end(),
                                 [](const Seen& s) { return s.matches && went_badly(s.state); });
  if (lost) {
    answer.outcome = Outcome::failed;
    answer.notice("What was waited for cannot happen any more: the tasks have ended.");
  } else if (!met) {
    answer.outcome = asked.last ? Outcome::timed_out : Outcome::pending;
  } else if (badly) {
    answer.outcome = Outcome::failed;
  }
  return answer;
}

}  // namespace podium::host::commands
