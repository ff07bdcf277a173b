#include "podium/storage_kit/planner.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plan_sets.hpp"
#include "plan_sort.hpp"
#include "plan_walk.hpp"

namespace podium::kit {
namespace {

constexpr std::uint64_t no_limit = std::uint64_t{1} << 60;
// The first look at every set, which finds the rare ones.
constexpr std::uint64_t first_allowance = 64;
// So few survivors are fetched and sorted without thinking.
constexpr std::size_t few = 256;
// Entries of other sets, or of the order's index, that cost no more than fetching one survivor.
constexpr std::uint64_t worth_per_survivor = 16;
// What is walked first, to see how many pass.
constexpr std::uint64_t first_turn = 64;
constexpr std::uint64_t block = 256;

}  // namespace

void Meter::refuse() const {
  throw Error(ErrorCode::too_expensive,
              "answering would look at more than " + std::to_string(budget_.records) +
                  " records; narrow the filter or order by something that is indexed");
}

void Meter::check() {
  // The clock is looked at every so often only.
  next_check_ = examined_ + 512;
  if (budget_.records != 0)
    next_check_ = std::min(next_check_, std::max(examined_, budget_.records) + 1);
  if (budget_.records != 0 && examined_ > budget_.records) refuse();
  if (budget_.time.count() != 0 && std::chrono::steady_clock::now() - start_ > budget_.time)
    throw Error(ErrorCode::too_expensive,
                "answering takes longer than " + std::to_string(budget_.time.count()) +
                    " ms; narrow the filter or order by something that is indexed");
}

namespace {

bool says_nothing_new(const SetNode& node, std::uint64_t covered) {
  return node.exact && node.covers != 0 && (node.covers & ~covered) == 0;
}

}  // namespace

class Planner::Impl {
 public:
  Impl(IndexEngine& engine, const Filter& filter, const Order& order, Meter& meter)
      : engine_(engine),
        order_(order),
        meter_(meter),
        sets_(engine, meter),
        conjunction_(conjunction_of(filter, engine.declaration(), nullptr)) {
    evaluators_.reserve(conjunction_.arms.size());
    for (const Filter* arm : conjunction_.arms) evaluators_.emplace_back(*arm);
  }

  void run(const Cursor* behind, std::uint64_t limit, const Sink& sink);

 private:
  bool find_few();
  std::uint64_t ahead() const;
  void collect(std::uint64_t allowance);
  bool in_sets(Ordinal) const;
  bool passes(Ordinal, std::uint64_t covered);
  bool walk(std::uint64_t entries);
  void sort_survivors();
  void sort_everything();
  bool emit(std::span<const Ordinal> ordinals);

  IndexEngine& engine_;
  const Order& order_;
  Meter& meter_;
  SetBuilder sets_;
  Conjunction conjunction_;
  std::vector<Evaluator> evaluators_;  // of the arms

  std::vector<SetNode> pending_;        // sets not read yet
  std::optional<OrdinalSet> positive_;  // what is in all the others, if there were any
  std::vector<OrdinalSet> negative_;    // what does not match
  std::uint64_t covered_ = 0;           // arms that these answer

  std::unique_ptr<Walk> walk_;
  std::uint64_t walked_ = 0;
  std::vector<Ordinal> given_;  // what the walk gave, while sorting may have to finish the job
  bool remember_ = false;

  const Cursor* cursor_ = nullptr;
  const Sink* sink_ = nullptr;
  std::uint64_t left_ = 0, hits_ = 0;
};

// True when nothing more is wanted.
bool Planner::Impl::emit(std::span<const Ordinal> ordinals) {
  if (ordinals.size() > left_) ordinals = ordinals.first(static_cast<std::size_t>(left_));
  if (ordinals.empty()) return left_ == 0;
  left_ -= ordinals.size();
  hits_ += ordinals.size();
  if (remember_) given_.insert(given_.end(), ordinals.begin(), ordinals.end());
  if (!(*sink_)(ordinals)) left_ = 0;
  return left_ == 0;
}

// Reads the sets that can be read within the allowance.
void Planner::Impl::collect(std::uint64_t allowance) {
  std::vector<SetNode> left;
  for (SetNode& node : pending_) {
    if (says_nothing_new(node, covered_)) continue;
    auto part = sets_.collect(node, allowance);
    if (!part) {
      left.push_back(std::move(node));
      continue;
    }
    if (part->exact) covered_ |= node.covers;
    if (part->negative)
      negative_.push_back(std::move(part->set));
    else
      positive_ = positive_ ? *positive_ & part->set : std::move(part->set);
  }
  pending_ = std::move(left);
}

bool Planner::Impl::in_sets(Ordinal o) const {
  if (positive_ && !positive_->contains(o)) return false;
  return std::none_of(negative_.begin(), negative_.end(),
                      [o](const OrdinalSet& set) { return set.contains(o); });
}

// What neither sets nor the walk answer is asked of the record.
bool Planner::Impl::passes(Ordinal ordinal, std::uint64_t covered) {
  if ((conjunction_.all() & ~covered) == 0 && !engine_.hides()) return true;
  meter_.add(1);
  if (!engine_.seek(ordinal)) return false;
  for (std::size_t i = 0; i < evaluators_.size(); ++i)
    if ((arm_bit(i) & covered) == 0 && !evaluators_[i](engine_.record())) return false;
  return true;
}

// Walks about so many entries on, testing each. True when that answered all.
bool Planner::Impl::walk(std::uint64_t entries) {
  const std::uint64_t covered = walk_->covers() | covered_;
  Walk::Batch batch;
  std::vector<Ordinal> pass;
  for (std::uint64_t done = 0; done < entries;) {
    batch.clear();
    const auto want = static_cast<std::size_t>(std::min({entries - done, left_, block}));
    if (!walk_->next(want, batch)) return true;
    const std::uint64_t took = std::max(want, batch.ordinals.size());
    done += took;
    walked_ += took;
    // Outside of runs it stops when enough passed.
    const auto plain = [&](std::size_t begin, std::size_t end) {
      pass.clear();
      for (std::size_t i = begin; i < end && pass.size() < left_; ++i)
        if (in_sets(batch.ordinals[i]) && passes(batch.ordinals[i], covered))
          pass.push_back(batch.ordinals[i]);
      return emit(pass);
    };
    std::size_t from = 0;
    for (const auto& [begin, end] : batch.runs) {
      if (plain(from, begin)) return true;
      const bool holds_cursor = batch.holds_cursor && from == 0 && begin == batch.runs[0].first;
      FirstRows rows(engine_, order_, holds_cursor ? cursor_ : nullptr, left_);
      for (std::size_t i = begin; i < end; ++i)
        if (in_sets(batch.ordinals[i]) && passes(batch.ordinals[i], covered))
          rows.add(batch.ordinals[i]);
      if (emit(rows.take())) return true;
      from = end;
    }
    if (plain(from, batch.ordinals.size())) return true;
  }
  return false;
}

void Planner::Impl::sort_survivors() {
  const OrdinalSet survivors = given_.empty() ? *positive_ : *positive_ - OrdinalSet::of(given_);
  if (order_.empty()) {
    // They come in their order.
    std::vector<Ordinal> members;
    survivors.for_each([&](Ordinal o) {
      if (cursor_ != nullptr && o <= cursor_->ordinal) return true;
      if (passes(o, covered_)) members.push_back(o);
      if (members.size() < std::min(left_, block)) return true;
      const bool enough = emit(members);
      members.clear();
      return !enough;
    });
    emit(members);
    return;
  }
  FirstRows rows(engine_, order_, cursor_, left_);
  survivors.for_each([&](Ordinal o) {
    if (passes(o, covered_)) rows.add(o);
    return true;
  });
  emit(rows.take());
}

// No set bounds it and no index has the order: every record.
void Planner::Impl::sort_everything() {
  FirstRows rows(engine_, order_, cursor_, left_);
  IndexRange range;
  range.rank = rank_number;
  const auto scan = engine_.scan(range, false, nullptr);
  IndexEntries entries;
  for (bool more = true; more;) {
    entries.clear();
    more = scan->next(1024, entries);
    meter_.add(entries.ordinals.size());
    for (const Ordinal o : entries.ordinals)
      if (in_sets(o) && passes(o, covered_)) rows.add(o);
  }
  emit(rows.take());
}

// How far the walk has to go to the last row wanted, if it goes on as so far.
std::uint64_t Planner::Impl::ahead() const {
  const double entries = static_cast<double>(left_) * static_cast<double>(walked_) /
                         std::max(0.5, static_cast<double>(hits_));
  return static_cast<std::uint64_t>(std::min(entries, 1e15));
}

// Sets and the walk in turns, each as far as the other may still cost. True when the walk answered
// all; else some set is there that bounds the answer, or there is no more to read.
bool Planner::Impl::find_few() {
  std::uint64_t allowance = first_allowance;
  std::uint64_t turn = first_turn;
  collect(allowance);
  while (!positive_ && !pending_.empty()) {
    // Whoever wants all rows gains nothing from seeing some early.
    if (walk_ == nullptr || left_ >= no_limit) {
      allowance *= 8;
      collect(allowance);
      continue;
    }
    if (walk(turn)) return true;
    turn = std::max(turn * 2, ahead());
    if (turn <= 4 * left_ + first_turn) continue;
    allowance = std::max(allowance * 8, turn * entries_per_record / pending_.size());
    collect(allowance);
  }
  return false;
}

void Planner::Impl::run(const Cursor* behind, std::uint64_t limit, const Sink& sink) {
  left_ = std::min(limit, no_limit);
  cursor_ = behind;
  sink_ = &sink;
  if (left_ == 0) return;
  walk_ = Walk::make(engine_, sets_, conjunction_, order_, behind, meter_);
  if (walk_ != nullptr && (conjunction_.all() & ~walk_->covers()) == 0) {
    walk(no_limit);
    return;
  }
  pending_ = sets_.nodes_for(conjunction_);
  if (walk_ != nullptr)
    std::erase_if(pending_,
                  [this](const SetNode& n) { return says_nothing_new(n, walk_->covers()); });
  remember_ = true;
  if (find_few()) return;
  if (!positive_) {
    if (walk_ != nullptr)
      walk(no_limit);
    else
      sort_everything();
    return;
  }
  // The other sets as far as that is cheaper than asking each survivor; but first the walk, when it
  // looks as if it were at its end before they are read.
  const std::uint64_t allowance = positive_->size() * worth_per_survivor + first_allowance;
  if (walk_ != nullptr && !pending_.empty() && positive_->size() > few && left_ < no_limit &&
      ahead() < allowance / entries_per_record && walk(2 * ahead()))
    return;
  collect(allowance);
  for (const OrdinalSet& set : negative_) positive_ = *positive_ - set;
  negative_.clear();
  if (walk_ != nullptr && positive_->size() > few && walk(positive_->size() * worth_per_survivor))
    return;
  sort_survivors();
}

Planner::Planner(IndexEngine& engine, const Filter& filter, const Order& order, Meter& meter)
    : impl_(std::make_unique<Impl>(engine, filter, order, meter)) {}
Planner::~Planner() = default;

void Planner::run(const Cursor* behind, std::uint64_t limit, Sink sink) {
  impl_->run(behind, limit, sink);
}

}  // namespace podium::kit
