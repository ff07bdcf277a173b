#pragma once
// One regression tree over bins.
#include <array>
#include <cstdint>
#include <vector>

#include "bins.hpp"
#include "random.hpp"

namespace podium::comparison {

class Tree {
 public:
  /// Grows on rows (each as often as it is in `rows`).
  Tree(const Bins&, const std::vector<double>& target, std::vector<std::uint32_t> rows,
       const ForestOptions&, Random&);

  /// The mean of the leaf of a row whose bin of one feature is another (`feature` may be none).
  double value(const std::uint16_t* row, std::size_t feature, std::uint16_t bin) const {
    const Node* node = nodes_.data();
    while (node->feature >= 0) {
      const auto f = static_cast<std::size_t>(node->feature);
      node = nodes_.data() + (left(*node, f == feature ? bin : row[f]) ? node->left : node->right);
    }
    return node->value;
  }
  /// Calls `seen(feature)` for each feature that decides about a row.
  template <class F>
  void path(const std::uint16_t* row, F&& seen) const {
    const Node* node = nodes_.data();
    while (node->feature >= 0) {
      const auto f = static_cast<std::size_t>(node->feature);
      seen(f);
      node = nodes_.data() + (left(*node, row[f]) ? node->left : node->right);
    }
  }

 private:
  struct Node {
    std::int32_t feature = -1;  ///< -1: a leaf
    std::int32_t cut = 0;       ///< of numbers the last bin on the left; of texts the set's index
    std::uint32_t left = 0, right = 0;
    bool texts = false, missing_left = false;
    double value = 0;
  };
  using Set = std::array<std::uint64_t, (Bins::most + 64) / 64>;

  bool left(const Node& node, std::uint16_t bin) const {
    if (node.texts) return (sets_[static_cast<std::size_t>(node.cut)][bin / 64] >> (bin % 64)) & 1;
    return bin == Bins::missing ? node.missing_left : bin <= node.cut;
  }

  /// What a node's rows have in one bin.
  struct Pile {
    std::uint16_t bin;
    double count, sum;
    double mean() const { return sum / count; }
  };
  struct Split {
    double score = 0;
    std::int32_t feature = -1;
    std::int32_t cut = 0;
    bool missing_left = false;
    Set set{};
  };
  struct Part {
    std::uint32_t node;
    std::size_t begin, end, depth;
  };
  void pile_up(std::size_t feature, std::size_t begin, std::size_t end);
  void try_numbers(std::size_t feature, double count, double sum, Split&) const;
  void try_texts(std::size_t feature, double count, double sum, Split&);
  Split best(std::size_t begin, std::size_t end, double sum, Random&);

  const Bins* bins_ = nullptr;  // these are used only while it grows
  const std::vector<double>* target_ = nullptr;
  const ForestOptions* options_ = nullptr;
  std::vector<std::uint32_t> rows_;
  std::vector<std::size_t> features_;
  std::vector<Pile> piles_, all_;
  std::vector<Node> nodes_;
  std::vector<Set> sets_;
};

}  // namespace podium::comparison
