#pragma once
// The last values of one key of a series for many records at once.
#include <optional>
#include <span>
#include <vector>

#include "reader.hpp"

namespace podium::sqlite {

/// Read from the index of last values, which is one range a partition, where the summaries would be
/// a look-up for each record.
class LastValues {
 public:
  /// Of the records `ascending`, which are of these partitions. Nothing when they lie far apart or
  /// the index has many more entries than there are records.
  static std::optional<LastValues> read(const ReadContext&, const SeriesInfo&, std::int64_t key,
                                        std::int64_t scope,
                                        std::span<const std::int64_t> partitions,
                                        std::span<const Ordinal> ascending);

  /// Whether it is known of this record; then its value, missing when the record has none.
  bool knows(Ordinal o) const noexcept {
    return o >= first_ && o - first_ < static_cast<Ordinal>(there_.size());
  }
  Cell of(Ordinal o) const noexcept {
    const auto i = static_cast<std::size_t>(o - first_);
    return there_[i] ? Cell{values_[i]} : Cell{};
  }

 private:
  Ordinal first_ = 0;
  std::vector<double> values_;
  std::vector<bool> there_;
};

}  // namespace podium::sqlite
