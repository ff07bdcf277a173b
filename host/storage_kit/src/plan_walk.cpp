#include "plan_walk.hpp"

#include <algorithm>
#include <variant>

#include "podium/storage_kit/text.hpp"

namespace podium::kit {
namespace {

constexpr std::size_t largest_block = 1024;
// Records up to here are remembered bit by bit while a whole listing is walked.
constexpr Ordinal largest_seen = Ordinal{1} << 26;

}  // namespace

void Walk::open(Phase& phase) {
  heap_.clear();
  sources_.clear();
  sources_.resize(phase.ranges.size());
  // NaN and missing are ordered by ordinals alone; so are walks by ordinal.
  const bool values = phase.rank == rank_number || phase.cut_texts;
  keys_ = values && !phase.absent && !by_ordinal_ &&
          (phase.grouped || phase.cut_texts || phase.ranges.size() > 1);
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    sources_[i].scan = engine_.scan(phase.ranges[i], keys_, behind_ ? &*behind_ : nullptr);
    if (fill(sources_[i])) heap_.push_back(&sources_[i]);
  }
  std::make_heap(heap_.begin(), heap_.end(),
                 [this](Source* a, Source* b) { return before(*b, *a); });
  behind_.reset();
  opened_ = true;
}

bool Walk::fill(Source& source) {
  while (source.at == source.entries.ordinals.size()) {
    if (!source.more) return false;
    source.entries.clear();
    source.at = 0;
    source.more = source.scan->next(source.block, source.entries);
    source.block = std::min(source.block * 2, largest_block);
    meter_.add(source.entries.ordinals.size());
  }
  return true;
}

bool Walk::before(const Source& a, const Source& b) const {
  const bool down = phases_[phase_].ranges[0].descending;
  if (keys_)
    if (const int c = compare(a.key(), b.key(), down); c != 0) return c < 0;
  return down ? a.ordinal() > b.ordinal() : a.ordinal() < b.ordinal();
}

void Walk::advance() {
  Source& source = *heap_.front();
  const auto later = [this](Source* a, Source* b) { return before(*b, *a); };
  if (heap_.size() > 1) std::pop_heap(heap_.begin(), heap_.end(), later);
  ++source.at;
  if (!fill(source))
    heap_.pop_back();
  else if (heap_.size() > 1)
    std::push_heap(heap_.begin(), heap_.end(), later);
}

// Whether the record has no value for the path.
bool Walk::missing(Ordinal ordinal) {
  if (complete_) {
    const auto at = static_cast<std::size_t>(ordinal);
    return at >= seen_.size() || !seen_[at];
  }
  meter_.add(1);
  return engine_.seek(ordinal) &&
         std::holds_alternative<std::monostate>(engine_.record().value(path_).cell);
}

void Walk::note(Ordinal ordinal) {
  if (!complete_) return;
  if (ordinal > largest_seen) {
    complete_ = false;
    return;
  }
  const auto at = static_cast<std::size_t>(ordinal);
  if (at >= seen_.size()) seen_.resize(std::max(at + 1, seen_.size() * 2));
  seen_[at] = true;
}

// Phases that ordinals order. True when there is something to hand on, or enough was passed over.
bool Walk::next_plain(Phase& phase, std::size_t want, Batch& out) {
  // With more keys all without a value are equal: one run.
  const bool run = phase.grouped && phase.rank != rank_number;
  const std::size_t begin = out.ordinals.size();
  std::size_t passed = 0;
  while (Source* source = least()) {
    const Ordinal ordinal = source->ordinal();
    advance();
    if (!phase.absent) {
      note(ordinal);
    } else if (!missing(ordinal)) {
      if (++passed >= want && !run) return true;
      continue;
    }
    out.ordinals.push_back(ordinal);
    if (!run && out.ordinals.size() >= want) return true;
  }
  if (run && out.ordinals.size() > begin) {
    out.runs.emplace_back(begin, out.ordinals.size());
    if (cursor_run_) out.holds_cursor = true;
    cursor_run_ = false;
  }
  return false;
}

// Phases that values order, where equal values matter.
bool Walk::next_keyed(Phase& phase, std::size_t want, Batch& out) {
  while (Source* source = least()) {
    const std::size_t begin = out.ordinals.size();
    const SortKey first = source->key();
    do {
      note(source->ordinal());
      out.ordinals.push_back(source->ordinal());
      advance();
      source = least();
    } while (source != nullptr && compare(source->key(), first, false) == 0);
    const bool sorted_by_more =
        phase.grouped || (phase.cut_texts && count_code_points(first.text) >= indexed_code_points);
    if (cursor_run_ || (sorted_by_more && out.ordinals.size() - begin > 1))
      out.runs.emplace_back(begin, out.ordinals.size());
    if (cursor_run_) out.holds_cursor = true;
    cursor_run_ = false;
    if (out.ordinals.size() >= want) return true;
  }
  return false;
}

bool Walk::next(std::size_t want, Batch& out) {
  while (phase_ < phases_.size()) {
    Phase& phase = phases_[phase_];
    if (!opened_) open(phase);
    if (keys_ ? next_keyed(phase, want, out) : next_plain(phase, want, out)) return true;
    ++phase_;
    opened_ = false;
    if (out.ordinals.size() >= want) return true;
  }
  return !out.ordinals.empty();
}

}  // namespace podium::kit
