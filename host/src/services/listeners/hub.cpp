#include "services/listeners/hub.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <string>
#include <thread>

#include "log/log.hpp"

namespace podium::host {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t lease_ms = 30'000;
constexpr milliseconds lease_poll{5000};  ///< while another host tells it
constexpr milliseconds catching_up{10};   ///< between two batches while there is more
constexpr milliseconds first_retry{100}, last_retry{60'000};
/// A cursor that moved over nothing of interest is kept this often, so that it does not fall
/// behind.
constexpr milliseconds keep_cursor{300'000};
/// A cursor that moved over what was told, with nothing to write for it: a commit for each batch
/// would cost more than the telling. After a crash so much is told again.
constexpr milliseconds keep_told{250};

}  // namespace

/// One listener and its thread.
class ListenerHub::Teller {
 public:
  Teller(ListenerHub& hub, Listener& listener, PluginOwner& owner)
      : hub_(hub), core_(hub.core_), listener_(listener), owner_(owner) {
    for (const auto& name :
         contained(owner_, "collections", [&] { return listener_.collections(); })) {
      if (name == "listeners")
        throw Error(ErrorCode::invalid,
                    "listener '" + listener_.id() +
                        "' listens to 'listeners', which every delivery changes");
      collections_.push_back(core_.store.collection(name));
    }
    pace_ = contained(owner_, "pace", [&] { return listener_.pace(); });
    if (collections_.empty())
      throw Error(ErrorCode::invalid, "listener '" + listener_.id() + "' names no collection");
  }
  const std::string& id() const { return listener_.id(); }
  void start() {
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  void join() noexcept {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run();
  bool acquire();
  bool tell();
  void commit(Listener::Work, Revision from, Revision to);
  void keep_seen() noexcept;
  milliseconds patience() const;
  void release() noexcept;
  void hold(Transaction&, std::int64_t cursor);
  /// Waits for what was committed; false when the hub stops.
  template <class Ready>
  bool wait(milliseconds, Ready);
  /// Waits whatever is committed; false when the hub stops.
  bool rest(milliseconds);

  ListenerHub& hub_;
  const Core& core_;
  Listener& listener_;
  PluginOwner& owner_;
  std::vector<CollectionId> collections_;
  Listener::Pace pace_;
  std::thread thread_;
  Ordinal record_ = 0;
  bool leased_ = false, fresh_ = false;
  Revision stored_ = 0;  ///< the cursor as the store has it
  Revision seen_ = 0;    ///< how far the feed was looked through; >= stored_
  Clock::time_point renew_at_{}, keep_at_{};
};

template <class Ready>
bool ListenerHub::Teller::wait(milliseconds time, Ready ready) {
  std::unique_lock lock(hub_.mutex_);
  hub_.wake_.wait_for(lock, time, [&] { return hub_.stopping_ || ready(); });
  return !hub_.stopping_;
}

bool ListenerHub::Teller::rest(milliseconds time) {
  std::unique_lock lock(hub_.mutex_);
  return !hub_.stop_.wait_for(lock, time, [&] { return hub_.stopping_; });
}

void ListenerHub::Teller::run() {
  milliseconds retry = first_retry;
  for (bool go_on = true; go_on;) {
    try {
      if (!acquire()) {
        go_on = rest(lease_poll);
        continue;
      }
      const bool more = tell();
      retry = first_retry;
      go_on = rest(more ? std::min(catching_up, pace_.gather) : pace_.gather);
      if (go_on && !more) go_on = wait(patience(), [&] { return hub_.newest_ > seen_; });
    } catch (const std::exception& e) {
      log(LogLevel::error, owner_.id.empty() ? "listeners" : owner_.id,
          "listener '" + listener_.id() + "': " + e.what() + "; the same changes come again in " +
              std::to_string(retry.count()) + " ms");
      keep_seen();      // what went well does not come again
      leased_ = false;  // what was committed is read again
      go_on = rest(retry);
      retry = std::min(retry * 2, last_retry);
    }
  }
  release();
}

/// Takes or renews the lease and reads the cursor. False while another host has it.
bool ListenerHub::Teller::acquire() {
  if (leased_ && Clock::now() < renew_at_) return true;
  static const std::array columns = {value_of(field("cursor")), value_of(field("lease_owner")),
                                     value_of(field("lease_until"))};
  const Revision newest = core_.store.revision();
  struct Result {
    Ordinal record = 0;
    bool mine = false, fresh = false;
    Revision cursor = 0;
  };
  const Result result = core_.store.write([&](Transaction& t) {
    Result r;
    const std::int64_t now = core_.now();
    r.record = t.find(core_.in.listeners, listener_.id());
    if (r.record == 0) {
      NewRecord record{listener_.id(), {}};
      record.content.set("registered", now)
          .set("lease_owner", core_.run_name)
          .set("lease_until", now + lease_ms);
      r.record = t.insert(core_.in.listeners, record);
      r.mine = r.fresh = true;
      r.cursor = newest;
      return r;
    }
    std::string owner;
    std::int64_t until = 0;
    t.get(core_.in.listeners, r.record, columns, [&](const Row& row) {
      const Cell cursor = row.cell(0), who = row.cell(1), time = row.cell(2);
      r.fresh = std::holds_alternative<std::monostate>(cursor);
      r.cursor = r.fresh ? newest : std::get<std::int64_t>(cursor);
      if (const auto* text = std::get_if<std::string_view>(&who)) owner = *text;
      if (const auto* at = std::get_if<std::int64_t>(&time)) until = *at;
    });
    // An earlier run of this host is gone, whatever its lease says.
    r.mine = owner == core_.run_name || until <= now || owner.starts_with(core_.host_name + "#");
    if (!r.mine) return r;
    Patch patch;
    patch.set("lease_owner", core_.run_name).set("lease_until", now + lease_ms);
    t.update(core_.in.listeners, std::span<const Ordinal>(&r.record, 1), {}, patch);
    return r;
  });
  if (!result.mine) return leased_ = false;
  record_ = result.record;
  if (!leased_) {
    stored_ = seen_ = result.cursor;
    fresh_ = result.fresh;
    keep_at_ = Clock::now() + keep_cursor;
  }
  renew_at_ = Clock::now() + milliseconds(lease_ms / 2);
  return leased_ = true;
}

/// Locks the record; throws `conflict` when another host took over.
void ListenerHub::Teller::hold(Transaction& t, std::int64_t cursor) {
  static const std::array columns = {value_of(field("cursor")), value_of(field("lease_owner"))};
  bool mine = false;
  t.get(core_.in.listeners, record_, columns, [&](const Row& row) {
    const Cell at = row.cell(0);
    mine = row.cell(1) == Cell{std::string_view(core_.run_name)} &&
           (fresh_ ? std::holds_alternative<std::monostate>(at) : at == Cell{cursor});
  });
  if (!mine) throw Error(ErrorCode::conflict, "another host goes on with it");
}

void ListenerHub::Teller::commit(Listener::Work work, Revision from, Revision to) {
  core_.store.transact([&](Transaction& t) {
    hold(t, from);
    if (work) contained(owner_, "listener", [&] { work(t); });
    const std::int64_t now = core_.now();
    Patch patch;
    patch.set("cursor", to).set("heard", now).set("lease_until", now + lease_ms);
    t.update(core_.in.listeners, std::span<const Ordinal>(&record_, 1), {}, patch);
  });
  stored_ = seen_ = to;
  fresh_ = false;
  renew_at_ = Clock::now() + milliseconds(lease_ms / 2);
  keep_at_ = Clock::now() + keep_cursor;
}

void ListenerHub::Teller::keep_seen() noexcept {
  if (!leased_ || fresh_ || seen_ <= stored_) return;
  try {
    commit({}, stored_, seen_);
  } catch (const std::exception&) {  // then it does come again
  }
}

/// How long to wait for something new: until the lease is to be renewed or the cursor kept.
milliseconds ListenerHub::Teller::patience() const {
  constexpr milliseconds least{1}, most{lease_ms / 3};
  if (seen_ <= stored_) return most;
  return std::clamp(std::chrono::duration_cast<milliseconds>(keep_at_ - Clock::now()), least, most);
}

/// One batch. True when there is more to tell now.
bool ListenerHub::Teller::tell() {
  const Reader& reader = core_.store;
  const auto start_over = [&] {
    const Revision revision = reader.revision();
    commit(contained(owner_, "listener", [&] { return listener_.resync(revision, reader); }),
           stored_, revision);
    return true;
  };
  if (fresh_) return start_over();

  std::vector<Change> changes;
  std::deque<std::string> ids;  // the feed's views end with its call
  Changes page;
  try {
    page = reader.changes(seen_, collections_, pace_.batch, [&](const Change& change) {
      changes.push_back(change);
      if (!change.id.empty()) changes.back().id = ids.emplace_back(change.id);
    });
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_old) throw;
    return start_over();
  }
  if (!changes.empty()) {
    auto work = contained(owner_, "listener", [&] { return listener_.handle(changes, reader); });
    if (work) {
      commit(std::move(work), stored_, page.through);
      return page.more;
    }
    keep_at_ = std::min(keep_at_, Clock::now() + keep_told);
  }
  seen_ = std::max(seen_, page.through);
  if (seen_ > stored_ && Clock::now() >= keep_at_) commit({}, stored_, seen_);
  return page.more;
}

void ListenerHub::Teller::release() noexcept {
  if (!leased_) return;
  try {
    core_.store.transact([&](Transaction& t) {
      Patch patch;
      patch.set("lease_until", std::int64_t{0});
      if (!fresh_ && seen_ > stored_) patch.set("cursor", seen_);
      t.update(core_.in.listeners, std::span<const Ordinal>(&record_, 1),
               eq(field("lease_owner"), core_.run_name), patch);
    });
  } catch (const std::exception& e) {
    log(LogLevel::warning, "listeners",
        "the lease of '" + listener_.id() + "' runs out by itself: " + e.what());
  }
  leased_ = false;
}

ListenerHub::ListenerHub(const Core& core) : core_(core) {}
ListenerHub::~ListenerHub() { stop(); }

void ListenerHub::add(Listener& listener, PluginOwner& owner) {
  auto teller = std::make_unique<Teller>(*this, listener, owner);
  const std::lock_guard lock(mutex_);
  for (const auto& other : tellers_)
    if (other->id() == teller->id())
      throw Error(ErrorCode::exists, "there is a listener '" + teller->id() + "' already");
  tellers_.push_back(std::move(teller));
  if (started_) tellers_.back()->start();
}

void ListenerHub::start() {
  const std::lock_guard lock(mutex_);
  started_ = true;
  stopping_ = false;
  for (const auto& teller : tellers_) teller->start();
}

void ListenerHub::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    started_ = false;
  }
  wake_.notify_all();
  stop_.notify_all();
  for (const auto& teller : tellers_) teller->join();
}

void ListenerHub::hint(Revision newest) noexcept {
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::max(newest_, newest);
  }
  wake_.notify_all();
}

}  // namespace podium::host
