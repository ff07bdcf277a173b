#include "last_values.hpp"

#include <fmt/format.h>

#include "summary_columns.hpp"

namespace podium::sqlite {
namespace {

// Entries of the index that cost less than looking up one record's summary.
constexpr std::size_t worth_per_record = 4;
// Ordinals of a range that may be nobody's, for each record that is wanted.
constexpr std::size_t sparse = 16;
constexpr std::size_t most_partitions = 256;

}  // namespace

std::optional<LastValues> LastValues::read(const ReadContext& context, const SeriesInfo& series,
                                           std::int64_t key, std::int64_t scope,
                                           std::span<const std::int64_t> partitions,
                                           std::span<const Ordinal> ascending) {
  if (ascending.empty() || partitions.size() > most_partitions) return std::nullopt;
  LastValues out;
  out.first_ = ascending.front();
  const auto width = static_cast<std::size_t>(ascending.back() - ascending.front()) + 1;
  if (width / sparse > ascending.size()) return std::nullopt;
  out.values_.resize(width);
  out.there_.resize(width);
  Statement entries = context.connection.prepare(
      fmt::format("SELECT owner, rank, value FROM {} WHERE part = ? AND key = ? AND scope = ?",
                  series.last_values));
  std::size_t left = ascending.size() * worth_per_record;
  for (const std::int64_t partition : partitions) {
    entries.bind(partition, key, scope);
    while (entries.step()) {
      if (left-- == 0) return std::nullopt;
      const Ordinal owner = entries.integer(0);
      if (!out.knows(owner)) continue;
      const auto i = static_cast<std::size_t>(owner - out.first_);
      out.values_[i] = ranked(entries.integer(1), entries.real(2));
      out.there_[i] = true;
    }
    entries.reset();
  }
  return out;
}

}  // namespace podium::sqlite
