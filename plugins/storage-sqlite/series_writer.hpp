#pragma once
// Points of series: appended without duplicates, summaries and the index of `last` kept, loose
// points merged into chunks.
#include <span>
#include <string_view>

#include "map_writer.hpp"
#include "podium/store/store.hpp"
#include "session.hpp"

namespace podium::sqlite {

/// Each returns whether something changed.
bool append_points(Session&, const CollectionInfo&, const SeriesInfo&, Owner,
                   std::span<const SeriesPoints>);
bool clear_series(Session&, const SeriesInfo&, Owner);
/// As move_map.
bool move_series(Session&, const SeriesInfo& from, Owner, const SeriesInfo& to, Owner);
bool has_series(Session&, const SeriesInfo&, Ordinal);

/// Takes one series' tail and small chunks into sealed chunks and at most one small rest. False
/// when there was nothing worth it.
bool merge_series(Session&, const SeriesInfo&, std::int64_t sid);

/// A chunk with fewer points waits to be merged.
constexpr std::size_t small_chunk = 512;
/// An append of fewer points to one series goes to its tail.
constexpr std::size_t chunk_at_once = 8;
/// Whether a series has something that merge_series would take.
constexpr bool worth_merging(std::int64_t loose, std::int64_t small) {
  return loose >= static_cast<std::int64_t>(chunk_at_once) || small >= 2;
}

}  // namespace podium::sqlite
