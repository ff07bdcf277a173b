#include "library.hpp"

#include <algorithm>

#include "podium/principal.hpp"
#include "telling.hpp"

namespace podium::leaderboard {

std::shared_ptr<Live> Library::make(Ordinal project, DefinitionPtr definition, Filter visible,
                                    bool remembers) {
  return std::make_shared<Live>(context_, Ids(context_.store()), project, std::move(definition),
                                std::move(visible), now_, remembers);
}

Library::Kept& Library::kept(const Board& board) {
  Kept& k = kept_[board.ordinal];
  k.used = ++uses_;
  if (!k.live) {
    k.live = make(board.project, board.definition, {}, true);
    k.revision = board.revision;
  }
  if (kept_.size() > most_) {
    const auto oldest = std::min_element(
        kept_.begin(), kept_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    kept_.erase(oldest);
  }
  return k;
}

/// That of the board's definition. The one before stays beside it where it is large, until this is
/// ready.
std::shared_ptr<Live> Library::newest(Kept& k, const Board& board) {
  if (k.next && k.next->ready) {
    k.live = std::exchange(k.next, nullptr);
    k.revision = k.next_revision;
  }
  if (k.revision >= board.revision) return k.live;
  if (k.next && k.next_revision >= board.revision) return k.next;
  const auto made = make(board.project, board.definition, {}, true);
  if (k.live->ready && k.live->size > large_) {
    k.next = made;
    k.next_revision = board.revision;
  } else {
    k.live = made;
    k.revision = board.revision;
    k.next = nullptr;
  }
  return made;
}

std::shared_ptr<Live> Library::current(const Board& board) {
  const std::lock_guard lock(mutex_);
  return newest(kept(board), board);
}

Library::Found Library::find(const Board& board) {
  const std::lock_guard lock(mutex_);
  Kept& k = kept(board);
  if (const auto found = newest(k, board); found == k.live) return {found, false, k.revision};
  if (std::find(waiting_.begin(), waiting_.end(), board.ordinal) == waiting_.end()) {
    waiting_.push_back(board.ordinal);
    if (!thread_.joinable() && !stopping_) thread_ = std::thread([this] { work(); });
    wake_.notify_all();
  }
  return {k.live, true, k.revision};
}

void Library::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const Ordinal board = waiting_.front();
    waiting_.erase(waiting_.begin());
    const auto at = kept_.find(board);
    if (at == kept_.end() || !at->second.next) continue;
    const std::shared_ptr<Live> next = at->second.next;
    lock.unlock();
    try {
      const std::lock_guard hold(next->mutex);
      context_.store().read([&](const Reader& reader) { next->catch_up(reader); });
    } catch (const std::exception& e) {
      context_.log(LogLevel::warning,
                   std::string("a board is not worked out beforehand: ") + e.what());
      lock.lock();
      // Who reads it next meets the reason.
      if (const auto again = kept_.find(board);
          again != kept_.end() && again->second.next == next) {
        again->second.live = next;
        again->second.revision = again->second.next_revision;
        again->second.next = nullptr;
      }
      continue;
    }
    lock.lock();
  }
}

std::shared_ptr<Library::Trust> Library::trust_memory(Ordinal board) {
  const std::lock_guard lock(mutex_);
  const auto at = kept_.find(board);
  if (at == kept_.end()) return nullptr;
  if (!at->second.trust) at->second.trust = std::make_shared<Trust>();
  return at->second.trust;
}

std::shared_ptr<Library::Told> Library::told(Ordinal board) {
  const std::lock_guard lock(mutex_);
  auto& told = told_[board];
  auto out = told.lock();
  if (!out) told = out = std::make_shared<Told>(board);
  return out;
}

void Library::forget(Ordinal board) {
  const std::lock_guard lock(mutex_);
  kept_.erase(board);
  told_.erase(board);
}

void Library::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace podium::leaderboard
