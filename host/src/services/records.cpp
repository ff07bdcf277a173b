#include "services/records.hpp"

#include <algorithm>

namespace podium::host {
namespace {

bool everything(const Filter& f) { return f.op == Filter::Op::all; }

}  // namespace

bool VisibleRecords::get(const Reader& reader, const Principal& who, Ordinal o,
                         std::span<const Column> columns,
                         FunctionRef<void(const Row&)> sink) const {
  bool found = false;
  get(reader, who, std::span<const Ordinal>(&o, 1), columns, [&](const Row& row) {
    found = true;
    sink(row);
    return true;
  });
  return found;
}

void VisibleRecords::get(const Reader& reader, const Principal& who,
                         std::span<const Ordinal> ordinals, std::span<const Column> columns,
                         RowSink sink) const {
  Filter visible = core_.access.visible(who, name_);
  if (everything(visible)) return reader.get(collection_, ordinals, columns, sink);
  std::vector<Value> wanted(ordinals.begin(), ordinals.end());
  auto seen = reader.ids(
      collection_, all_of({in(record_ordinal(), std::move(wanted)), std::move(visible)}), {}, {});
  std::sort(seen.begin(), seen.end());
  std::vector<Ordinal> allowed;
  for (Ordinal o : ordinals)
    if (std::binary_search(seen.begin(), seen.end(), o)) allowed.push_back(o);
  reader.get(collection_, allowed, columns, sink);
}

Page VisibleRecords::query(const Reader& reader, const Principal& who, Query q,
                           RowSink sink) const {
  q.collection = collection_;
  q.filter = all_of({core_.access.visible(who, name_), std::move(q.filter)});
  return reader.query(q, sink);
}

std::vector<Ordinal> VisibleRecords::ids(const Reader& reader, const Principal& who,
                                         const Filter& f, const Order& order, Budget budget) const {
  return reader.ids(collection_, all_of({core_.access.visible(who, name_), f}), order, budget);
}

void VisibleRecords::aggregate(const Reader& reader, const Principal& who, Aggregate a,
                               GroupSink sink) const {
  a.collection = collection_;
  a.filter = all_of({core_.access.visible(who, name_), std::move(a.filter)});
  reader.aggregate(a, sink);
}

void VisibleRecords::points(const Reader& reader, const Principal& who, PointsQuery q,
                            PointSink sink) const {
  if (!get(reader, who, q.record, {}, [](const Row&) {}))
    throw Error(ErrorCode::not_found, "the record whose points are asked for does not exist");
  q.collection = collection_;
  reader.points(q, sink);
}

Ordinal VisibleRecords::find(const Reader& reader, const Principal& who,
                             std::string_view id) const {
  Filter visible = core_.access.visible(who, name_);
  if (everything(visible)) return reader.find(collection_, id);
  const auto found = reader.ids(
      collection_, all_of({eq(record_id(), std::string(id)), std::move(visible)}), {}, {});
  return found.empty() ? 0 : found.front();
}

}  // namespace podium::host
