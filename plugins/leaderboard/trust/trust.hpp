#pragma once
// How far a board can be trusted, for a board that is asked again and again.
#include <unordered_map>

#include "engine.hpp"

namespace podium::leaderboard {

namespace statistics {
struct Estimate;
}

/// Keeps what was worked out of each candidate: asked again after some tasks, only their candidates
/// are resampled. Not for several threads at once. About 8 bytes a candidate and replicate.
class TrustMemory {
 public:
  TrustMemory();
  ~TrustMemory();
  TrustMemory(const TrustMemory&) = delete;
  TrustMemory& operator=(const TrustMemory&) = delete;

  /// The same answer as `trust(question)`.
  std::vector<CandidateTrust> answer(const TrustQuestion&);
  /// How many candidates have been resampled: the work done.
  std::size_t resampled() const noexcept { return resampled_; }

 private:
  struct Known;
  TrustQuestion of_;  ///< without candidates
  std::unordered_multimap<std::uint64_t, Known> known_;
  std::vector<const Known*> last_;  ///< of the answer before, which is the same of the same ones
  std::vector<CandidateTrust> last_answer_;
  std::size_t resampled_ = 0;
};

}  // namespace podium::leaderboard
