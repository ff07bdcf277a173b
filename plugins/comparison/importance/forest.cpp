#include "forest.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>

#include "podium/error.hpp"
#include "podium/http/message.hpp"
#include "tree.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t no_feature = static_cast<std::size_t>(-1);
enum : std::uint64_t { of_tree = 1, of_shuffle };

/// Does `work(0)` to `work(n - 1)`, in any order and by several threads; throws what one of them
/// threw.
template <class F>
void each(std::size_t n, unsigned threads, F&& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex lock;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < n; i = next++) work(i);
    } catch (...) {
      next = n;
      const std::lock_guard hold(lock);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  for (unsigned t = 1; t < std::min<std::size_t>(threads, n); ++t) others.emplace_back(run);
  run();
  for (auto& thread : others) thread.join();
  if (failure) std::rethrow_exception(failure);
}

/// A tree, and the rows that it has not seen.
struct Grown {
  std::optional<Tree> tree;
  std::vector<std::uint32_t> unseen;
  std::vector<double> values;           ///< of each unseen row
  std::vector<std::uint64_t> deciding;  ///< `words` a row: bits of the features on its path
};

class Forest {
 public:
  Forest(const Bins& bins, const std::vector<double>& target, const ForestOptions& options,
         const Cancel* cancel)
      : bins_(bins),
        target_(target),
        options_(options),
        cancel_(cancel),
        words_((bins.features + 63) / 64) {
    trees_.resize(options.trees);
    each(options.trees, options.threads, [&](std::size_t t) { grow(t); });
    sums_.assign(bins.rows, 0);
    counts_.assign(bins.rows, 0);
    for (const Grown& grown : trees_)
      for (std::size_t k = 0; k < grown.unseen.size(); ++k) {
        sums_[grown.unseen[k]] += grown.values[k];
        counts_[grown.unseen[k]] += 1;
      }
  }

  std::size_t rows() const {
    return static_cast<std::size_t>(
        std::count_if(counts_.begin(), counts_.end(), [](double c) { return c > 0; }));
  }

  double score() const { return score_of(sums_); }

  /// The score when a feature's values are shuffled among the rows.
  double shuffled_score(std::size_t feature, std::size_t repeat) const {
    check();
    Random random(stream_of(options_.seed, of_shuffle, feature * 1000 + repeat));
    std::vector<std::uint32_t> other(bins_.rows);
    std::iota(other.begin(), other.end(), 0U);
    random.shuffle(other);
    std::vector<double> sums = sums_;
    const std::size_t word = feature / 64;
    const std::uint64_t bit = std::uint64_t{1} << (feature % 64);
    for (const Grown& grown : trees_)
      for (std::size_t k = 0; k < grown.unseen.size(); ++k) {
        if ((grown.deciding[k * words_ + word] & bit) == 0) continue;
        const std::uint32_t row = grown.unseen[k];
        const std::uint16_t bin = bins_.at(other[row], feature);
        if (bin == bins_.at(row, feature)) continue;
        sums[row] +=
            grown.tree->value(&bins_.of[row * bins_.features], feature, bin) - grown.values[k];
      }
    return score_of(sums);
  }

 private:
  void check() const {
    if (cancel_ != nullptr && cancel_->cancelled())
      throw Error(ErrorCode::cancelled, "the caller has gone, or the time limit has passed");
  }

  void grow(std::size_t t) {
    check();
    Random random(stream_of(options_.seed, of_tree, t));
    std::vector<std::uint32_t> rows(bins_.rows);
    std::vector<bool> seen(bins_.rows, false);
    for (auto& row : rows) {
      row = static_cast<std::uint32_t>(random.below(bins_.rows));
      seen[row] = true;
    }
    // Rows that are the same stand together, and memory is read forwards.
    std::sort(rows.begin(), rows.end());
    Grown& grown = trees_[t];
    grown.tree.emplace(bins_, target_, std::move(rows), options_, random);
    for (std::uint32_t row = 0; row < bins_.rows; ++row) {
      if (seen[row]) continue;
      const std::uint16_t* at = &bins_.of[row * bins_.features];
      grown.unseen.push_back(row);
      grown.values.push_back(grown.tree->value(at, no_feature, 0));
      const std::size_t begin = grown.deciding.size();
      grown.deciding.resize(begin + words_, 0);
      grown.tree->path(at, [&](std::size_t f) {
        grown.deciding[begin + f / 64] |= std::uint64_t{1} << (f % 64);
      });
    }
  }

  /// R² of the rows that some tree has not seen.
  double score_of(const std::vector<double>& sums) const {
    double mean = 0, n = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      if (counts_[i] > 0) {
        mean += target_[i];
        n += 1;
      }
    if (n < 2) return 0;
    mean /= n;
    double errors = 0, all = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] <= 0) continue;
      const double error = target_[i] - sums[i] / counts_[i], off = target_[i] - mean;
      errors += error * error;
      all += off * off;
    }
    return all > 0 ? 1 - errors / all : 0;
  }

  const Bins& bins_;
  const std::vector<double>& target_;
  const ForestOptions& options_;
  const Cancel* cancel_;
  std::size_t words_;
  std::vector<Grown> trees_;
  std::vector<double> sums_, counts_;
};

}  // namespace

ForestImportance importance_of(const std::vector<Feature>& features,
                               const std::vector<double>& target, const ForestOptions& asked,
                               const Cancel* cancel) {
  ForestOptions options = asked;
  options.least_leaf = std::max<std::size_t>(options.least_leaf, 1);
  if (options.tried == 0) options.tried = std::max<std::size_t>(features.size() / 3, 1);
  const Bins bins = bins_of(features, target.size());
  ForestImportance out;
  out.features.resize(features.size());
  if (target.size() < 2 || features.empty() || options.trees == 0) return out;
  const double mean =
      std::accumulate(target.begin(), target.end(), 0.0) / static_cast<double>(target.size());
  std::vector<double> centered;
  for (const double y : target) centered.push_back(y - mean);
  const Forest forest(bins, centered, options, cancel);
  out.rows = forest.rows();
  out.score = forest.score();
  const std::size_t repeats = std::max<std::size_t>(options.repeats, 1);
  std::vector<double> falls(features.size() * repeats);
  each(falls.size(), options.threads, [&](std::size_t k) {
    falls[k] = out.score - forest.shuffled_score(k / repeats, k % repeats);
  });
  for (std::size_t f = 0; f < features.size(); ++f) {
    const auto begin = falls.begin() + static_cast<std::ptrdiff_t>(f * repeats);
    const auto n = static_cast<double>(repeats);
    const double average =
        std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(repeats), 0.0) / n;
    double squares = 0;
    for (std::size_t r = 0; r < repeats; ++r) {
      const double off = falls[f * repeats + r] - average;
      squares += off * off;
    }
    out.features[f] = {average, repeats > 1 ? std::sqrt(squares / (n - 1)) : 0};
  }
  return out;
}

}  // namespace podium::comparison
