#include "seen.hpp"

#include <algorithm>

namespace podium::leaderboard {
namespace {

/// Nobody writes them on a host whose listener is another's: then the oldest go.
constexpr std::size_t most_steps = 20'000;

}  // namespace

void SeenSteps::add(Seen step) {
  if (steps_.size() >= most_steps) {
    const std::size_t half = most_steps / 2;
    steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(half));
    given_ -= std::min(given_, half);
  }
  steps_.push_back(std::move(step));
}

std::span<const Seen> SeenSteps::unwritten(std::int64_t records) const noexcept {
  const std::span<const Seen> all = steps_;
  return given_ != 0 && records >= held_by_ ? all.subspan(given_) : all;
}

void SeenSteps::clear() noexcept {
  steps_.clear();
  given_ = 0;
}

void SeenSteps::given(std::int64_t records) noexcept {
  given_ = steps_.size();
  held_by_ = records;
}

void SeenSteps::written(std::int64_t records) {
  if (given_ == 0 || records < held_by_) return;
  steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(given_));
  given_ = 0;
}

}  // namespace podium::leaderboard
