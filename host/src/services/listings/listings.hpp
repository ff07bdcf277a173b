#pragma once
// Listings: the ordered ordinals of a question, kept while somebody looks at them, so that a table
// can show any of its rows at once.
#include <cstddef>
#include <cstdint>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/core.hpp"

namespace podium::host {

/// What a question found, in its order, at a revision. Membership and order stay as they were; what
/// the rows hold is read, and checked for the caller, when they are shown.
struct Listing {
  std::string id;         ///< opaque
  Revision revision = 0;  ///< of the state it was made from
  std::vector<Ordinal> ordinals;

  /// The rows from `offset` on, at most `limit`.
  std::span<const Ordinal> window(std::uint64_t offset, std::uint64_t limit) const;
};

/// A cache of listings, shared by all who ask the same and may see the same; those that nobody
/// asked for longest go first. Thread-safe.
class Listings {
 public:
  static constexpr std::size_t usual_bytes = std::size_t{64} << 20;
  /// `most_bytes` bounds what is kept, 8 bytes a row; the newest is kept whatever its size.
  explicit Listings(const Core& core, std::size_t most_bytes = usual_bytes)
      : core_(core), most_bytes_(most_bytes) {}

  struct Asked {
    /// The question as it was asked, with what the caller may see: an id is good for this only.
    std::string question;
    /// The same with everything in it found out ('-7d' is a moment): who asks this shares.
    std::string resolved;
    /// Whose changes make it old.
    std::vector<CollectionId> reads;
  };
  struct Found {
    std::shared_ptr<const Listing> listing;
    bool moved = false;  ///< the id that was given is no longer, or was of another question
  };
  /// The listing `id` ("" for none yet), or else one that is as new as the store, made by `build`
  /// when nobody has it. What `build` throws is thrown.
  Found find(std::string_view id, const Asked&,
             FunctionRef<std::vector<Ordinal>(const Reader&)> build);

  std::size_t bytes() const;

 private:
  struct Entry {
    std::shared_ptr<const Listing> listing;
    std::string question, resolved;
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;
  using Building = std::shared_future<std::shared_ptr<const Listing>>;

  std::shared_ptr<const Listing> touch(Entries::iterator);
  bool is_current(const Listing&, const Asked&) const;
  std::shared_ptr<const Listing> make(FunctionRef<std::vector<Ordinal>(const Reader&)> build);
  void keep(const Asked&, std::shared_ptr<const Listing>);

  const Core& core_;
  const std::size_t most_bytes_;
  mutable std::mutex mutex_;
  Entries entries_;  ///< the last used in front
  std::map<std::string, Entries::iterator, std::less<>> by_id_;
  std::map<std::string, Entries::iterator, std::less<>> newest_;  ///< by `resolved`
  std::map<std::string, Building, std::less<>> building_;         ///< by `resolved`
  std::size_t bytes_ = 0;
};

}  // namespace podium::host
