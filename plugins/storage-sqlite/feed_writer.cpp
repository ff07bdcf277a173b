#include "feed_writer.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "podium/storage_kit/declaration.hpp"

namespace podium::sqlite {

FeedWriter::Entry& FeedWriter::note(CollectionId c, Ordinal o, Change::Kind kind) {
  const auto [it, fresh] = entries_.try_emplace(Key{c, o});
  Entry& entry = it->second;
  entry.kind =
      fresh ? static_cast<int>(kind) : kit::merge_kinds(entry.kind, static_cast<int>(kind));
  return entry;
}

void FeedWriter::moved(CollectionId c, Ordinal o, Ordinal old_partition) {
  Entry& entry = note(c, o, Change::Kind::updated);
  if (entry.old_partition == 0) entry.old_partition = old_partition;
}

void FeedWriter::erased(CollectionId c, Ordinal o, std::string id, Ordinal partition) {
  Entry& entry = note(c, o, Change::Kind::erased);
  entry.id = std::move(id);
  entry.partition = partition;
}

bool FeedWriter::write(Connection& connection, Revision revision) const {
  // In the order of the table.
  std::vector<const std::pair<const Key, Entry>*> entries;
  entries.reserve(entries_.size());
  for (const auto& one : entries_)
    if (one.second.kind != 0) entries.push_back(&one);
  if (entries.empty()) return false;
  std::sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) {
    return std::tie(a->first.collection, a->first.ordinal) <
           std::tie(b->first.collection, b->first.ordinal);
  });
  Statement insert = connection.prepare(
      "INSERT INTO feed (rev, cid, rid, kind, id, part, old_part) VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (const auto* one : entries) {
    const auto& [key, entry] = *one;
    insert.bind(revision, static_cast<int>(key.collection), key.ordinal, entry.kind);
    if (entry.kind == static_cast<int>(Change::Kind::erased)) {
      insert.bind_at(5, entry.id);
      insert.bind_at(6, entry.partition);
    } else {
      insert.bind_at(5, nullptr);
      insert.bind_at(6, nullptr);
    }
    if (entry.old_partition != 0)
      insert.bind_at(7, entry.old_partition);
    else
      insert.bind_at(7, nullptr);
    insert.run();
  }
  return true;
}

}  // namespace podium::sqlite
