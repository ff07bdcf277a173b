#pragma once
// A random forest of regression trees: small, seeded, and the same however many threads grow it.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace podium {
class Cancel;
}

namespace podium::comparison {

/// One column of what a target is explained by. Of a number there are `numbers`, of texts `codes`;
/// a missing value is a category of its own, or beside the numbers on the side where it fits.
struct Feature {
  std::string name;
  bool categorical = false;
  std::vector<std::optional<double>> numbers;  ///< unless categorical; finite
  std::vector<std::int32_t> codes;             ///< when categorical: 0, 1, ...; -1 is missing
};

struct ForestOptions {
  std::size_t trees = 100;
  /// How many features each split looks at; 0: a third of them, at least one.
  std::size_t tried = 0;
  std::size_t least_leaf = 1;  ///< rows
  std::size_t most_depth = 40;
  std::size_t repeats = 5;  ///< how often each feature is shuffled
  std::uint64_t seed = 1;
  unsigned threads = 1;
};

struct ForestImportance {
  /// R² of the rows by the trees that have not seen them; less than 0 when it is worse than the
  /// mean.
  double score = 0;
  struct Of {
    double mean = 0, deviation = 0;  ///< of how far the score falls when the feature is shuffled
  };
  std::vector<Of> features;
  std::size_t rows = 0;  ///< that some tree has not seen, of which the score is made
};

/// Throws `misuse` for columns of different lengths, `cancelled` when the caller has gone. The
/// target is finite. Fewer than two rows, or a target that is constant, have score 0 and no
/// importance.
ForestImportance importance_of(const std::vector<Feature>&, const std::vector<double>& target,
                               const ForestOptions&, const Cancel* = nullptr);

/// Of the rows that have both; nothing when fewer than three do or one of them is constant.
std::optional<double> pearson(const std::vector<std::optional<double>>&,
                              const std::vector<double>& target);
/// Pearson's of the ranks, those of equals being their mean.
std::optional<double> spearman(const std::vector<std::optional<double>>&,
                               const std::vector<double>& target);

}  // namespace podium::comparison
