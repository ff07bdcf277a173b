#include "tree.hpp"

#include <algorithm>
#include <cmath>

namespace podium::comparison {
namespace {

constexpr std::size_t few = 64;  // rows: sorting them is cheaper than emptying every bin

/// Rows that a category must have, on average, for its mean to be worth something.
constexpr double rows_a_category = 4;

/// What a split is worth: the larger, the less its sides vary.
double worth(double left_count, double left_sum, double count, double sum) {
  const double right_count = count - left_count, right_sum = sum - left_sum;
  return left_sum * left_sum / left_count + right_sum * right_sum / right_count;
}

}  // namespace

/// The rows' piles by bin, in the order of bins.
void Tree::pile_up(std::size_t feature, std::size_t begin, std::size_t end) {
  const std::vector<double>& y = *target_;
  piles_.clear();
  if (end - begin <= few) {
    for (std::size_t i = begin; i < end; ++i)
      piles_.push_back({bins_->at(rows_[i], feature), 1, y[rows_[i]]});
    std::sort(piles_.begin(), piles_.end(), [](const Pile& a, const Pile& b) {
      return a.bin != b.bin ? a.bin < b.bin : a.sum < b.sum;
    });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < piles_.size(); ++i) {
      if (piles_[i].bin == piles_[kept].bin) {
        piles_[kept].count += 1;
        piles_[kept].sum += piles_[i].sum;
      } else {
        piles_[++kept] = piles_[i];
      }
    }
    piles_.resize(kept + 1);
    return;
  }
  for (std::size_t b = 0; b < all_.size(); ++b) all_[b] = {static_cast<std::uint16_t>(b), 0, 0};
  for (std::size_t i = begin; i < end; ++i) {
    Pile& pile = all_[bins_->at(rows_[i], feature)];
    pile.count += 1;
    pile.sum += y[rows_[i]];
  }
  for (const Pile& pile : all_)
    if (pile.count > 0) piles_.push_back(pile);
}

void Tree::try_numbers(std::size_t feature, double count, double sum, Split& split) const {
  const auto leaf = static_cast<double>(options_->least_leaf);
  const bool missing = piles_.back().bin == Bins::missing;
  const std::size_t numbers = piles_.size() - (missing ? 1 : 0);
  for (const bool missing_left : {false, true}) {
    if (missing_left && !missing) break;
    double left_count = missing_left ? piles_.back().count : 0;
    double left_sum = missing_left ? piles_.back().sum : 0;
    for (std::size_t i = 0; i < numbers; ++i) {
      left_count += piles_[i].count;
      left_sum += piles_[i].sum;
      if (left_count < leaf) continue;
      if (count - left_count < leaf) break;
      if (const double score = worth(left_count, left_sum, count, sum); score > split.score) {
        split.score = score;
        split.feature = static_cast<std::int32_t>(feature);
        split.cut = piles_[i].bin;
        split.missing_left = missing_left;
      }
    }
  }
}

/// Of all ways to part categories the best is one that keeps the order of their means. Among many
/// categories of a few rows each, that would fit whatever is there: then one is parted from the
/// others.
void Tree::try_texts(std::size_t feature, double count, double sum, Split& split) {
  const auto leaf = static_cast<double>(options_->least_leaf);
  const bool one = count < rows_a_category * static_cast<double>(piles_.size());
  std::sort(piles_.begin(), piles_.end(), [](const Pile& a, const Pile& b) {
    const double x = a.mean(), y = b.mean();
    return x != y ? x < y : a.bin < b.bin;
  });
  double left_count = 0, left_sum = 0;
  std::size_t begin = 0, end = 0;  // piles that go left
  for (std::size_t i = 0; i < piles_.size(); ++i) {
    left_count = (one ? 0 : left_count) + piles_[i].count;
    left_sum = (one ? 0 : left_sum) + piles_[i].sum;
    if (left_count < leaf || count - left_count < leaf || left_count == count) continue;
    if (const double score = worth(left_count, left_sum, count, sum); score > split.score) {
      split.score = score;
      split.feature = static_cast<std::int32_t>(feature);
      begin = one ? i : 0;
      end = i + 1;
    }
  }
  if (end == 0) return;
  // Categories that are not here go with the larger side.
  double in_left = 0;
  for (std::size_t i = begin; i < end; ++i) in_left += piles_[i].count;
  split.set.fill(in_left * 2 > count ? ~std::uint64_t{0} : 0);
  for (std::size_t i = 0; i < piles_.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << (piles_[i].bin % 64);
    std::uint64_t& word = split.set[piles_[i].bin / 64];
    word = i >= begin && i < end ? word | bit : word & ~bit;
  }
}

/// The best split of a few features, each in turn by lot; those that do not vary here do not count.
Tree::Split Tree::best(std::size_t begin, std::size_t end, double sum, Random& random) {
  const auto count = static_cast<double>(end - begin);
  Split split;
  split.score = sum * sum / count;
  double squares = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double y = (*target_)[rows_[i]];
    squares += y * y;
  }
  if (squares - split.score <= 1e-12 * squares) return split;
  split.score += 1e-12 * squares;  // less is rounding
  std::size_t tried = 0;
  for (std::size_t k = 0; k < features_.size() && tried < options_->tried; ++k) {
    std::swap(features_[k], features_[k + random.below(features_.size() - k)]);
    const std::size_t feature = features_[k];
    pile_up(feature, begin, end);
    if (piles_.size() < 2) continue;
    ++tried;
    if (bins_->categorical[feature])
      try_texts(feature, count, sum, split);
    else
      try_numbers(feature, count, sum, split);
  }
  return split;
}

Tree::Tree(const Bins& bins, const std::vector<double>& target, std::vector<std::uint32_t> rows,
           const ForestOptions& options, Random& random)
    : bins_(&bins), target_(&target), options_(&options), rows_(std::move(rows)) {
  features_.resize(bins.features);
  for (std::size_t f = 0; f < features_.size(); ++f) features_[f] = f;
  all_.resize(Bins::most + 1);
  nodes_.emplace_back();
  std::vector<Part> parts = {{0, 0, rows_.size(), 0}};
  while (!parts.empty()) {
    const Part part = parts.back();
    parts.pop_back();
    double sum = 0;
    for (std::size_t i = part.begin; i < part.end; ++i) sum += target[rows_[i]];
    nodes_[part.node].value = sum / static_cast<double>(part.end - part.begin);
    if (part.end - part.begin < 2 * options.least_leaf || part.depth >= options.most_depth)
      continue;
    const Split split = best(part.begin, part.end, sum, random);
    if (split.feature < 0) continue;
    const auto feature = static_cast<std::size_t>(split.feature);
    Node node = nodes_[part.node];
    node.feature = split.feature;
    node.texts = bins.categorical[feature];
    node.missing_left = split.missing_left;
    node.cut = node.texts ? static_cast<std::int32_t>(sets_.size()) : split.cut;
    if (node.texts) sets_.push_back(split.set);
    const auto middle =
        std::partition(rows_.begin() + static_cast<std::ptrdiff_t>(part.begin),
                       rows_.begin() + static_cast<std::ptrdiff_t>(part.end),
                       [&](std::uint32_t row) { return left(node, bins.at(row, feature)); });
    const auto cut = static_cast<std::size_t>(middle - rows_.begin());
    node.left = static_cast<std::uint32_t>(nodes_.size());
    node.right = node.left + 1;
    nodes_[part.node] = node;
    nodes_.resize(nodes_.size() + 2);
    parts.push_back({node.right, cut, part.end, part.depth + 1});
    parts.push_back({node.left, part.begin, cut, part.depth + 1});
  }
  rows_ = {};
  piles_ = {};
  all_ = {};
  features_ = {};
}

}  // namespace podium::comparison
