#include "reader.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <vector>

#include "aggregate_counts.hpp"
#include "podium/storage_kit/planner.hpp"
#include "reader_engine.hpp"
#include "rows.hpp"

namespace podium::sqlite {
namespace {

// Rows that are given before it is taken that all are wanted; and ordinals that are then gathered,
// so that their rows are read together.
constexpr std::size_t first_rows = 512, gathered_rows = 1 << 18;

/// The partitions that whatever matches is of, where the filter names them. Without partitions: 0.
std::optional<std::vector<Ordinal>> partitions_named(const ReadContext& context,
                                                     const CollectionInfo& info,
                                                     const Filter& filter) {
  if (info.partition == nullptr) return std::vector<Ordinal>{0};
  const PlaceAndRest parts(filter, info);
  if (!parts.place) return std::nullopt;
  return parts.parts(context, info);
}

}  // namespace

bool ReadContext::visible(const CollectionInfo& info, Ordinal ordinal) const {
  Statement row = connection.prepare(fmt::format("SELECT 1 FROM {} WHERE rid = ?", info.table));
  return row.bind(ordinal).step() && !tombstones.hide(connection, catalog, info, ordinal);
}

SnapshotReader::SnapshotReader(const ReadPool::Snapshot& snapshot)
    : context_{snapshot.connection(), snapshot.shared().dictionary, snapshot.catalog(),
               tombstones_} {
  tombstones_.load(snapshot.connection());
}

const CollectionInfo& SnapshotReader::collection(CollectionId id) const {
  return context_.catalog.at(id);
}

Revision SnapshotReader::revision() const {
  return std::max(context_.connection.number("SELECT value FROM meta WHERE key = 'revision'"),
                  context_.connection.number("SELECT max(rev) FROM feed"));
}

void SnapshotReader::get(CollectionId c, std::span<const Ordinal> ordinals,
                         std::span<const Column> columns, RowSink sink) const {
  RowReader row(context_, collection(c), columns);
  for (const Ordinal o : ordinals)
    if (row.load(o) && !sink(row)) return;
}

std::vector<Ordinal> SnapshotReader::find(CollectionId c, std::span<const std::string> ids) const {
  const CollectionInfo& info = collection(c);
  std::vector<Ordinal> found(ids.size(), 0);
  const bool sequence = info.declaration.sequence;
  Statement row = context_.connection.prepare(
      fmt::format("SELECT rid FROM {} WHERE {} = ?", info.table, sequence ? "rid" : "id"));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (sequence) {
      const auto ordinal = kit::sequence_ordinal(info.declaration, ids[i]);
      if (!ordinal) continue;
      row.bind(*ordinal);
    } else {
      row.bind(ids[i]);
    }
    if (row.step()) found[i] = row.integer(0);
    row.reset();
    if (found[i] != 0 && !context_.tombstones.empty() &&
        context_.tombstones.hide(context_.connection, context_.catalog, info, found[i]))
      found[i] = 0;
  }
  return found;
}

Page SnapshotReader::query(const Query& q, RowSink sink) const {
  const CollectionInfo& info = collection(q.collection);
  kit::check(q.filter, info.declaration, context_.catalog);
  kit::check(q.order, info.declaration);
  RowReader row(context_, info, q.columns);
  const bool endless = q.limit == std::numeric_limits<std::uint64_t>::max();
  std::optional<std::uint64_t> print;
  const auto fingerprint = [&] {
    if (!print) print = kit::fingerprint(info.declaration.name, q.filter, q.order);
    return *print;
  };
  std::optional<kit::Cursor> behind;
  if (!q.cursor.empty()) behind = kit::decode_cursor(q.cursor, fingerprint());
  Page page;
  if (q.limit == 0) return {0, q.cursor};

  SqliteEngine engine(context_, info);
  kit::Meter meter(q.budget);
  Ordinal last = 0;
  bool stopped = false, more = false;
  const auto give = [&](std::span<const Ordinal> block) {
    for (const Ordinal o : block) {
      if (stopped || page.rows == q.limit) {
        more = true;
        return false;
      }
      if (!row.load(o)) continue;
      ++page.rows;
      last = o;
      stopped = !sink(row);
    }
    return true;
  };
  const auto partitions =
      endless && q.order.empty() ? partitions_named(context_, info, q.filter) : std::nullopt;
  std::vector<Ordinal> gathered;
  const auto give_gathered = [&] {
    row.expect(gathered, *partitions);
    const bool on = give(gathered);
    gathered.clear();
    return on;
  };
  kit::Planner planner(engine, q.filter, q.order, meter);
  // One row more than asked for tells whether something follows; so does the next one after a stop.
  planner.run(behind ? &*behind : nullptr, endless ? q.limit : q.limit + 1,
              [&](std::span<const Ordinal> block) {
                if (!partitions || stopped || page.rows < first_rows) return give(block);
                gathered.insert(gathered.end(), block.begin(), block.end());
                return gathered.size() < gathered_rows || give_gathered();
              });
  if (!gathered.empty()) give_gathered();
  if (more)
    page.cursor =
        kit::encode_cursor(fingerprint(), kit::Planner::keys_of(engine, q.order, last), last);
  return page;
}

std::vector<Ordinal> SnapshotReader::ids(CollectionId c, const Filter& filter, const Order& order,
                                         Budget budget) const {
  const CollectionInfo& info = collection(c);
  kit::check(filter, info.declaration, context_.catalog);
  kit::check(order, info.declaration);
  SqliteEngine engine(context_, info);
  kit::Meter meter(budget);
  std::vector<Ordinal> found;
  kit::Planner(engine, filter, order, meter)
      .run(nullptr, std::numeric_limits<std::uint64_t>::max(), [&](std::span<const Ordinal> block) {
        found.insert(found.end(), block.begin(), block.end());
        return true;
      });
  return found;
}

}  // namespace podium::sqlite
