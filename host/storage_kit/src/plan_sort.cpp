#include "plan_sort.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace podium::kit {
std::vector<SortKey> Planner::keys_of(IndexEngine& engine, const Order& order, Ordinal ordinal) {
  std::vector<SortKey> keys;
  if (engine.seek(ordinal))
    for (const OrderKey& key : order)
      keys.push_back(sort_key(engine.record().value(key.path), key.as_text));
  keys.resize(order.size());
  return keys;
}

// The keys of the record that was sought; false as soon as they tell that it is not among the
// first.
bool FirstRows::fill() {
  row_.clear();
  bool open = !worst_.empty();
  for (std::size_t i = 0; i < order_.size(); ++i) {
    row_.push_back(sort_key(engine_.record().value(order_[i].path), order_[i].as_text));
    if (!open) continue;
    const int c = compare(row_[i], worst_[i], order_[i].descending);
    if (c > 0) return false;
    open = c == 0;
  }
  return true;
}

void FirstRows::add(Ordinal ordinal) {
  if (!order_.empty() || engine_.hides()) {
    if (!engine_.seek(ordinal) || !fill()) return;
  }
  if (behind_ != nullptr && compare(row_, ordinal, behind_->keys, behind_->ordinal, order_) <= 0)
    return;
  for (SortKey& key : row_) keys_.push_back(std::move(key));
  ordinals_.push_back(ordinal);
  if (ordinals_.size() > most_ && ordinals_.size() - most_ > most_ * 3 + 1024) prune();
}

bool FirstRows::before(std::size_t a, std::size_t b) const {
  const std::size_t width = order_.size();
  for (std::size_t i = 0; i < width; ++i)
    if (const int c = compare(keys_[a * width + i], keys_[b * width + i], order_[i].descending);
        c != 0)
      return c < 0;
  bool down = false;
  if (width != 0 && order_.back().descending) {
    const SortKey& last = keys_[a * width + width - 1];
    down = last.rank != rank_missing && !std::isnan(last.number);
  }
  return down ? ordinals_[a] > ordinals_[b] : ordinals_[a] < ordinals_[b];
}

void FirstRows::sort(std::size_t wanted) {
  at_.resize(ordinals_.size());
  std::iota(at_.begin(), at_.end(), std::size_t{0});
  const auto less = [this](std::size_t a, std::size_t b) { return before(a, b); };
  if (wanted < at_.size()) {
    std::nth_element(at_.begin(), at_.begin() + static_cast<std::ptrdiff_t>(wanted), at_.end(),
                     less);
    at_.resize(wanted);
  }
  std::sort(at_.begin(), at_.end(), less);
}

// Forgets what cannot be among the first any more, so that memory follows the limit.
void FirstRows::prune() {
  const std::size_t width = order_.size();
  sort(static_cast<std::size_t>(most_));
  std::vector<SortKey> keys;
  std::vector<Ordinal> ordinals;
  for (const std::size_t i : at_) {
    for (std::size_t k = 0; k < width; ++k) keys.push_back(std::move(keys_[i * width + k]));
    ordinals.push_back(ordinals_[i]);
  }
  keys_ = std::move(keys);
  ordinals_ = std::move(ordinals);
  if (!ordinals_.empty())
    worst_.assign(keys_.end() - static_cast<std::ptrdiff_t>(width), keys_.end());
}

std::vector<Ordinal> FirstRows::take() {
  sort(static_cast<std::size_t>(std::min<std::uint64_t>(most_, ordinals_.size())));
  std::vector<Ordinal> result;
  result.reserve(at_.size());
  for (const std::size_t i : at_) result.push_back(ordinals_[i]);
  keys_.clear();
  ordinals_.clear();
  return result;
}

}  // namespace podium::kit
