#include "trust.hpp"

#include <bit>
#include <stdexcept>

#include "bootstrap.hpp"
#include "parallel.hpp"
#include "podium/random.hpp"

namespace podium::leaderboard {
namespace {

using statistics::Estimate;

std::uint64_t hash(const Samples& samples) {
  std::uint64_t h = samples.groups.size();
  const auto add = [&](std::uint64_t v) { h = RandomStream::mix(h ^ RandomStream::mix(v)); };
  for (const auto& group : samples.groups) {
    add(group.size());
    for (const double v : group) add(std::bit_cast<std::uint64_t>(v));
  }
  return h;
}

/// What estimates depend on.
bool same_options(const TrustQuestion& a, const TrustQuestion& b) {
  return a.direction == b.direction && a.fold == b.fold && a.seed == b.seed &&
         a.confidence == b.confidence && a.replicates == b.replicates && a.across == b.across &&
         a.drawn == b.drawn;
}

TrustQuestion without_candidates(const TrustQuestion& question) {
  TrustQuestion made;
  made.direction = question.direction;
  made.fold = question.fold;
  made.seed = question.seed;
  made.confidence = question.confidence;
  made.replicates = question.replicates;
  made.threads = question.threads;
  made.across = question.across;
  made.drawn = question.drawn;
  return made;
}

void check(const TrustQuestion& question) {
  if (question.replicates < 2)
    throw std::invalid_argument("a bootstrap has two replicates or more");
  if (!(question.confidence > 0 && question.confidence < 1))
    throw std::invalid_argument("a confidence is between 0 and 1");
}

Number number(const std::optional<double>& value) { return value ? Number(*value) : Number(); }

CandidateTrust of(const Estimate& e) {
  CandidateTrust made;
  made.n = e.n;
  if (e.n > 0) made.mean = e.score;
  made.spread = number(e.spread);
  made.error = number(e.error);
  made.low = number(e.low);
  made.high = number(e.high);
  made.method = e.method;
  made.why = e.why;
  return made;
}

std::vector<CandidateTrust> compared(std::span<const Estimate* const> estimates,
                                     const TrustQuestion& options) {
  std::vector<CandidateTrust> made;
  made.reserve(estimates.size());
  for (const auto* e : estimates) made.push_back(of(*e));
  statistics::compare(estimates, options, made);
  return made;
}

}  // namespace

struct TrustMemory::Known {
  Samples samples;
  Estimate estimate;
  bool used = false;
};

TrustMemory::TrustMemory() = default;
TrustMemory::~TrustMemory() = default;

std::vector<CandidateTrust> TrustMemory::answer(const TrustQuestion& question) {
  check(question);
  if (!same_options(of_, question)) {
    last_.clear();
    known_.clear();
  }
  of_ = without_candidates(question);
  for (auto& [h, known] : known_) known.used = false;
  const auto& asked = question.candidates;
  std::vector<Known*> found(asked.size(), nullptr);
  std::vector<std::size_t> missing;
  for (std::size_t c = 0; c < asked.size(); ++c) {
    const auto h = hash(asked[c]);
    const auto [from, to] = known_.equal_range(h);
    for (auto at = from; at != to && !found[c]; ++at)
      if (at->second.samples == asked[c]) found[c] = &at->second;
    if (!found[c]) {
      found[c] = &known_.emplace(h, Known{asked[c], {}, true})->second;
      missing.push_back(c);
    }
    found[c]->used = true;
  }
  statistics::parallel(missing.size(), question.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      found[missing[i]]->estimate = statistics::estimate(asked[missing[i]], of_);
  });
  resampled_ += missing.size();
  if (missing.empty() && !last_.empty() &&
      std::equal(found.begin(), found.end(), last_.begin(), last_.end()))
    return last_answer_;
  std::vector<const Estimate*> estimates;
  for (const auto* known : found) estimates.push_back(&known->estimate);
  last_answer_ = compared(estimates, of_);
  last_.assign(found.begin(), found.end());
  std::erase_if(known_, [](const auto& entry) { return !entry.second.used; });
  return last_answer_;
}

std::vector<CandidateTrust> trust(const TrustQuestion& question) {
  return TrustMemory().answer(question);
}

}  // namespace podium::leaderboard
