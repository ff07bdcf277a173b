#pragma once
// Which groups there are, when nothing is counted.
#include <optional>
#include <vector>

#include "aggregate_counts.hpp"
#include "podium/storage_kit/evaluate.hpp"

namespace podium::sqlite {

/// Skips through an index from one group to the next, so that a group costs a seek however many
/// records are in it: the keys of a map or a series, and the texts of an entry for records that
/// have it. One use, for a question without folds.
class IndexDistinct {
 public:
  IndexDistinct(const ReadContext& context, const CollectionInfo& info, const Aggregate& question,
                Groups& groups, kit::Meter& meter)
      : context_(context),
        info_(info),
        question_(question),
        groups_(groups),
        meter_(meter),
        engine_(context, info) {}
  /// False when it cannot tell all of them. What it found by then are groups.
  bool run();

 private:
  bool keys_of(const MapInfo&, Ordinal part);
  bool keys_of(const SeriesInfo&, Ordinal part);
  void numbers_of(const MapInfo&, Ordinal part, std::int64_t key);
  bool texts_of(const MapInfo&, Ordinal part, std::int64_t key);
  void spellings_of(const MapInfo&, Ordinal part, std::int64_t key, std::string_view start);
  template <class... Bound>
  std::optional<bool> holds_one(const std::string& from, const Bound&... bound);
  bool matches(Ordinal);
  void add(std::string_view text, std::optional<double> number);

  const ReadContext& context_;
  const CollectionInfo& info_;
  const Aggregate& question_;
  Groups& groups_;
  kit::Meter& meter_;
  SqliteEngine engine_;
  std::vector<Filter> rest_;
  std::vector<kit::Evaluator> tests_;  ///< of `rest_`
  bool look_ = false;                  ///< not all records of the partitions are asked for
};

}  // namespace podium::sqlite
