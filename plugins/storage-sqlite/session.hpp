#pragma once
// The writer's connection and what the open group has changed in memory beside the file: published
// by a commit, forgotten by a rollback. Used on the writer's thread only.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "feed_writer.hpp"
#include "shared.hpp"
#include "tombstones.hpp"

namespace podium::sqlite {

/// A series with points that wait to be merged.
struct LooseSeries {
  CollectionId collection{};
  std::size_t series = 0;  ///< in CollectionInfo::series
  std::int64_t sid = 0;
  auto operator<=>(const LooseSeries&) const = default;
};

class Session {
 public:
  /// Opens the file, makes or checks it, and loads what the writer keeps in memory.
  explicit Session(Shared&);

  /// Whether there is a connection: false after a `settle` that threw.
  bool open() const noexcept { return connection_ != nullptr; }

  void begin();
  /// Writes the feed, commits, publishes. Throws EngineError; then `rollback` or `settle`.
  /// `visible`: somebody can see what was changed, so the commit gets a revision even without an
  /// entry in the feed.
  void commit(bool visible = true);
  void rollback() noexcept;
  /// After an I/O error: closes the connection, opens the file anew, and looks whether the group
  /// that was being committed is in it. If so it is published and true returned, else it is
  /// forgotten. What the file then holds is on disk. Throws when it cannot be opened.
  bool settle();
  /// Changes so far, to tell whether something has been written in between.
  std::int64_t written() const noexcept { return connection_->total_changes(); }
  Revision next_revision() const noexcept { return shared_.revision.load() + 1; }

  // For what a transaction does:
  Shared& shared() noexcept { return shared_; }
  Connection& db() noexcept { return *connection_; }
  const Catalog& catalog() const noexcept { return *catalog_; }
  FeedWriter& feed() noexcept { return feed_; }
  const Tombstones& tombstones() const noexcept { return tombstones_; }
  /// Whether an existing record is hidden by a tombstone.
  bool hidden(const CollectionInfo& info, Ordinal o) {
    return !tombstones_.empty() && tombstones_.hide(*connection_, *catalog_, info, o);
  }
  /// Notes that a record exists and is not hidden, and whether that is known; of the last one only.
  void exists(CollectionId c, Ordinal o) noexcept { known_ = {c, o}; }
  bool known(CollectionId c, Ordinal o) const noexcept {
    return known_.second == o && known_.first == c;
  }
  Ordinal next_ordinal(const CollectionInfo&);
  /// The ordinal is never given again.
  void retire(CollectionId, Ordinal);
  /// The number of a key's or scope's text, made when there is none.
  std::int64_t text_id(std::string_view);
  std::optional<std::int64_t> find_text(std::string_view);
  void entomb(CollectionId, Ordinal, Ordinal partition);
  void unentomb(CollectionId, Ordinal);
  /// Makes `catalog` the current one when the group commits.
  void declare(std::shared_ptr<const Catalog> catalog) { next_catalog_ = std::move(catalog); }

  std::int64_t points = 0;  ///< appended in this group
  /// Pages in the WAL as of the last commit.
  int wal_pages() const noexcept { return wal_pages_; }

  void loosen(const LooseSeries& series) { new_loose_.push_back(series); }
  /// Series with something to merge, as far as known; may name some that are gone.
  std::set<LooseSeries>& loose() noexcept { return loose_; }
  /// `loose` does not know them all: find them in the tables.
  bool loose_incomplete = true;

 private:
  static constexpr std::size_t most_loose = 65536;
  void connect();
  void publish();
  void forget() noexcept;

  Shared& shared_;
  std::unique_ptr<Connection> connection_;
  std::shared_ptr<const Catalog> catalog_, next_catalog_;
  FeedWriter feed_;
  Tombstones tombstones_;
  bool tombstones_stale_ = true;
  std::int64_t written_before_ = 0;
  int wal_pages_ = 0;
  Revision committing_ = 0;  ///< what the group's commit makes of it; 0 while it has none
  std::map<CollectionId, Ordinal> next_, retired_;
  std::pair<CollectionId, Ordinal> known_{};  ///< none: no ordinal is 0
  std::unordered_map<std::string, std::int64_t> new_texts_;
  std::vector<LooseSeries> new_loose_;
  std::set<LooseSeries> loose_;
};

}  // namespace podium::sqlite
