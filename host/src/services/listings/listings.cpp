#include "services/listings/listings.hpp"

#include <algorithm>

namespace podium::host {

std::span<const Ordinal> Listing::window(std::uint64_t offset, std::uint64_t limit) const {
  const std::uint64_t size = ordinals.size();
  const std::uint64_t from = std::min(offset, size), n = std::min(limit, size - from);
  return std::span(ordinals).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(n));
}

std::size_t Listings::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::shared_ptr<const Listing> Listings::touch(Entries::iterator at) {
  entries_.splice(entries_.begin(), entries_, at);
  return at->listing;
}

bool Listings::is_current(const Listing& listing, const Asked& asked) const {
  bool changed = false;
  try {
    core_.store.changes(listing.revision, asked.reads, 1, [&](const Change&) { changed = true; });
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_old) throw;
    return false;
  }
  return !changed;
}

void Listings::keep(const Asked& asked, std::shared_ptr<const Listing> listing) {
  const std::size_t bytes = listing->ordinals.capacity() * sizeof(Ordinal) +
                            2 * asked.resolved.size() + asked.question.size() + sizeof(Entry);
  entries_.push_front({std::move(listing), asked.question, asked.resolved, bytes});
  by_id_[entries_.front().listing->id] = entries_.begin();
  newest_[asked.resolved] = entries_.begin();
  bytes_ += bytes;
  while (bytes_ > most_bytes_ && entries_.size() > 1) {
    const auto last = std::prev(entries_.end());
    by_id_.erase(last->listing->id);
    if (const auto at = newest_.find(last->resolved); at != newest_.end() && at->second == last)
      newest_.erase(at);
    bytes_ -= last->bytes;
    entries_.pop_back();
  }
}

std::shared_ptr<const Listing> Listings::make(
    FunctionRef<std::vector<Ordinal>(const Reader&)> build) {
  auto listing = std::make_shared<Listing>();
  listing->id = core_.ids.id();
  core_.store.read([&](const Reader& reader) {
    listing->revision = reader.revision();
    listing->ordinals = build(reader);
  });
  listing->ordinals.shrink_to_fit();
  return listing;
}

Listings::Found Listings::find(std::string_view id, const Asked& asked,
                               FunctionRef<std::vector<Ordinal>(const Reader&)> build) {
  Found found;
  found.moved = !id.empty();
  std::shared_ptr<const Listing> shared;
  Building other;
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = by_id_.find(id);
        at != by_id_.end() && at->second->question == asked.question)
      return {touch(at->second), false};
    if (const auto at = newest_.find(asked.resolved); at != newest_.end())
      shared = touch(at->second);
    else if (const auto made = building_.find(asked.resolved); made != building_.end())
      other = made->second;
  }
  if (other.valid()) {
    try {
      shared = other.get();
    } catch (const Error&) {  // theirs, maybe over their time; this caller tries for itself
    }
  }
  if (shared && is_current(*shared, asked)) {
    found.listing = std::move(shared);
    return found;
  }

  std::promise<std::shared_ptr<const Listing>> promise;
  bool mine = false;
  {
    const std::lock_guard lock(mutex_);
    mine = building_.emplace(asked.resolved, promise.get_future().share()).second;
  }
  try {
    found.listing = make(build);
  } catch (...) {
    promise.set_exception(std::current_exception());
    const std::lock_guard lock(mutex_);
    if (mine) building_.erase(asked.resolved);
    throw;
  }
  promise.set_value(found.listing);
  const std::lock_guard lock(mutex_);
  if (mine) building_.erase(asked.resolved);
  keep(asked, found.listing);
  return found;
}

}  // namespace podium::host
