// Reading index ranges into sets of ordinals.
#include <algorithm>
#include <utility>

#include "plan_any.hpp"
#include "plan_sets.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::kit {
namespace {

// An index entry as the evaluator sees it, where the entry alone tells the value.
class EntryAccess final : public RecordAccess {
 public:
  Seen seen;
  Seen value(const Path&) override { return seen; }
  bool any(const std::string&, const std::string&, const Filter&) override { return false; }
};

// Whether the entry's key is the whole value; fills `seen` if so.
bool entry_tells(const IndexRange& range, const SortKey& key, Seen& seen) {
  if (range.index == IndexRange::Index::series) {
    seen = Seen{Cell{key.number}, std::nullopt, false};
    return true;
  }
  if (key.rank == rank_number) return false;  // the number is known, its spelling is not
  // So short a text cannot be cut; longer ones are counted.
  if (key.text.size() >= indexed_code_points && count_code_points(key.text) >= indexed_code_points)
    return false;
  seen = Seen{Cell{std::string_view(key.text)}, std::nullopt, true};
  return true;
}

// Whether the range holds one number. Nearly all of its entries spell it the same way; which ones
// do not is cheaper to ask of the few that all the other sets leave over.
bool one_number(const IndexRange& range) {
  return range.rank == rank_number && range.from && range.to && range.from->inclusive &&
         range.to->inclusive && range.from->value == range.to->value;
}

constexpr std::size_t block = 1024;

}  // namespace

std::optional<SetBuilder::Collected> SetBuilder::collect_ranges(const SetNode& node,
                                                                std::uint64_t allowance,
                                                                bool exactly) {
  bool exact = node.exact;
  std::vector<Ordinal> found;
  IndexEntries entries;
  EntryAccess entry;
  for (const SetNode::Piece& piece : node.pieces) {
    if (allowance == 0) return std::nullopt;
    --allowance;
    const bool check = piece.check && (exactly || !one_number(piece.range));
    exact = exact && check == piece.check;
    const auto scan = engine_.scan(piece.range, check, nullptr);
    for (bool more = true; more;) {
      entries.clear();
      IndexEntries& target = entries;
      // One more than is allowed, to see whether the range ends there.
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(allowance + 1, block));
      more = scan->next(want, target);
      const std::size_t got = target.ordinals.size();
      meter_.add(got);
      if (got > allowance) return std::nullopt;
      allowance -= got;
      if (!check) {
        found.insert(found.end(), target.ordinals.begin(), target.ordinals.end());
        continue;
      }
      for (std::size_t i = 0; i < got; ++i) {
        if (entry_tells(piece.range, target.keys[i], entry.seen)) {
          if ((*node.check)(entry)) found.push_back(target.ordinals[i]);
          continue;
        }
        const std::uint64_t cost = std::min(allowance, entries_per_record);
        if (cost < entries_per_record) return std::nullopt;
        allowance -= cost;
        if (engine_.seek(target.ordinals[i]) && (*node.check)(engine_.record()))
          found.push_back(target.ordinals[i]);
      }
    }
  }
  return Collected{OrdinalSet::of(std::move(found)), exact, false};
}

std::optional<SetBuilder::Collected> SetBuilder::collect_and(const SetNode& node,
                                                             std::uint64_t allowance,
                                                             bool exactly) {
  std::optional<OrdinalSet> set;
  std::uint64_t covered = 0;
  // Complements last: they need a set to be taken from.
  for (const bool negative : {false, true}) {
    for (const SetNode& child : node.children) {
      if ((child.kind == SetNode::Kind::not_) != negative) continue;
      if (negative && !set) return std::nullopt;
      auto part = collect(child, allowance, exactly);
      if (!part) continue;
      if (negative)
        set = *set - part->set;
      else
        set = set ? *set & part->set : std::move(part->set);
      if (part->exact) covered |= child.covers;
    }
  }
  if (!set) return std::nullopt;
  return Collected{std::move(*set), covered == node.all_arms, false};
}

std::optional<SetBuilder::Collected> SetBuilder::collect_any(const SetNode& node,
                                                             std::uint64_t allowance) {
  SetNode::Inner& inner = *node.inner;
  const std::string& reference = node.filter->path.name;
  std::vector<Ordinal> parents;
  IndexEntries entries;
  if (inner.filter.op == Filter::Op::all && !inner.engine.hides()) {
    IndexRange range;
    range.index = IndexRange::Index::reference;
    range.name = reference;
    range.rank = rank_number;
    const auto scan = inner.engine.scan(range, true, nullptr);
    for (bool more = true; more;) {
      entries.clear();
      more = scan->next(static_cast<std::size_t>(std::min<std::uint64_t>(allowance + 1, block)),
                        entries);
      meter_.add(entries.ordinals.size());
      if (entries.ordinals.size() > allowance) return std::nullopt;
      allowance -= entries.ordinals.size();
      for (const SortKey& key : entries.keys)
        if (parents.empty() || parents.back() != key.integer) parents.push_back(key.integer);
    }
    return Collected{OrdinalSet::of(std::move(parents)), true, false};
  }

  std::optional<OrdinalSet> children;
  std::uint64_t exactly = 0;
  for (const SetNode& child : inner.nodes) {
    auto part = inner.builder.collect(child, allowance);
    if (!part) continue;
    if (part->negative) continue;  // tested record by record
    if (part->exact) exactly |= child.covers;
    children = children ? *children & part->set : std::move(part->set);
  }
  const Path path = field(reference);
  const bool certain = children && exactly == inner.conjunction.all();
  bool enough = true;
  const auto take = [&](Ordinal child) {
    if (allowance < entries_per_record) return enough = false;
    allowance -= entries_per_record;
    meter_.add(1);
    if (!inner.engine.seek(child)) return true;
    RecordAccess& record = inner.engine.record();
    if (!certain && !inner.evaluator(record)) return true;
    const Seen seen = record.value(path);
    if (const auto* parent = std::get_if<std::int64_t>(&seen.cell)) parents.push_back(*parent);
    return true;
  };
  if (children) {
    children->for_each(take);
  } else {
    // No index knows better: all that refer to anything.
    IndexRange range;
    range.index = IndexRange::Index::reference;
    range.name = reference;
    range.rank = rank_number;
    const auto scan = inner.engine.scan(range, false, nullptr);
    for (bool more = true; more && enough;) {
      entries.clear();
      more = scan->next(block, entries);
      for (const Ordinal o : entries.ordinals)
        if (!take(o)) break;
    }
  }
  if (!enough) return std::nullopt;
  return Collected{OrdinalSet::of(std::move(parents)), true, false};
}

std::optional<SetBuilder::Collected> SetBuilder::collect(const SetNode& node,
                                                         std::uint64_t allowance, bool exactly) {
  switch (node.kind) {
    case SetNode::Kind::ranges:
      return collect_ranges(node, allowance, exactly);
    case SetNode::Kind::and_:
      return collect_and(node, allowance, exactly);
    case SetNode::Kind::any:
      return collect_any(node, allowance);
    case SetNode::Kind::or_: {
      Collected result;
      for (const SetNode& child : node.children) {
        auto part = collect(child, allowance, exactly);
        if (!part) return std::nullopt;
        allowance -= std::min<std::uint64_t>(allowance, part->set.size());
        result.exact = result.exact && part->exact;
        result.set = result.set | part->set;
      }
      return result;
    }
    case SetNode::Kind::not_: {
      auto part = collect(node.children[0], allowance, true);
      // A complement of too much would lose records.
      if (!part || !part->exact) return std::nullopt;
      part->negative = true;
      return part;
    }
  }
  return std::nullopt;
}

}  // namespace podium::kit
