// Reading the change feed.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "podium/storage_kit/declaration.hpp"
#include "reader.hpp"

namespace podium::sqlite {

Changes SnapshotReader::changes(Revision since, std::span<const CollectionId> collections,
                                std::uint64_t limit, FunctionRef<void(const Change&)> sink) const {
  Connection& connection = context_.connection;
  if (since < connection.number("SELECT value FROM meta WHERE key = 'horizon'"))
    throw Error(
        ErrorCode::too_old,
        fmt::format("the change feed no longer reaches back to revision {}; start from a query",
                    since));
  for (const CollectionId c : collections) collection(c);
  const auto asked = [&](CollectionId c) {
    return collections.empty() ||
           std::find(collections.begin(), collections.end(), c) != collections.end();
  };

  struct Entry {
    Change change;
    std::string id;
    bool superseded = false;
  };
  std::vector<Entry> entries;
  std::map<std::pair<CollectionId, Ordinal>, std::size_t> last;  // where a record's entry is
  Changes result{since, false};
  std::uint64_t kept = 0;
  Statement s = connection.prepare(
      "SELECT rev, cid, rid, kind, id, part, old_part FROM feed WHERE rev > ? ORDER BY rev, cid, "
      "rid");
  s.bind(since);
  while (s.step()) {
    const Revision revision = s.integer(0);
    if (revision != result.through && kept >= std::max<std::uint64_t>(limit, 1)) {
      result.more = true;
      break;
    }
    result.through = revision;
    const auto c = static_cast<CollectionId>(s.integer(1));
    if (!asked(c)) continue;
    Entry entry;
    Change& change = entry.change;
    change.revision = revision;
    change.collection = c;
    change.ordinal = s.integer(2);
    change.kind = static_cast<Change::Kind>(s.integer(3));
    if (change.kind == Change::Kind::erased) entry.id = s.text(4);
    change.partition = s.integer(5);
    change.old_partition = s.integer(6);
    const auto [at, first] = last.try_emplace({c, change.ordinal}, entries.size());
    if (!first) {
      // The same record once: at its last change, telling what all of them come to.
      Entry& earlier = entries[at->second];
      const int kind =
          kit::merge_kinds(static_cast<int>(earlier.change.kind), static_cast<int>(change.kind));
      --kept;
      earlier.superseded = true;
      if (earlier.change.old_partition != 0) change.old_partition = earlier.change.old_partition;
      // An "inserted" that compaction moved up to a later change may be of a record that the reader
      // has known since before `since`: its end is told in any case.
      if (kind != 0) change.kind = static_cast<Change::Kind>(kind);
      at->second = entries.size();
    }
    ++kept;
    entries.push_back(std::move(entry));
  }
  if (!result.more) result.through = std::max(result.through, revision());
  for (Entry& entry : entries) {
    if (entry.superseded) continue;
    if (entry.change.kind == Change::Kind::erased) entry.change.id = entry.id;
    sink(entry.change);
  }
  return result;
}

}  // namespace podium::sqlite
