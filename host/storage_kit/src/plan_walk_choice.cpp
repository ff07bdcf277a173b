// Which index has an order, and between which bounds it is walked.
#include <algorithm>
#include <utility>

#include "plan_walk.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::kit {
namespace {

using Index = IndexRange::Index;

// More sources than this cost more to open than sorting does.
constexpr std::size_t max_sources = 512;

// Whether arms ask for the value's absence or presence.
struct Presence {
  bool absent = false, present = false;
  std::uint64_t arms = 0;
};
Presence presence_of(const Path& path, const Conjunction& c) {
  Presence p;
  for (std::size_t i = 0; i < c.arms.size(); ++i) {
    const Filter& f = *c.arms[i];
    if (f.op != Filter::Op::is_null || !(f.path == path)) continue;
    (f.negated ? p.present : p.absent) = true;
    p.arms |= arm_bit(i);
  }
  return p;
}

}  // namespace

void Walk::add_phase(std::vector<IndexRange> ranges, int rank, const Bounds& bounds) {
  Phase phase;
  phase.rank = rank;
  // NaN and missing are ordered by the ordinal, ascending; texts of a map have values of their own.
  const bool values = rank == rank_number ||
                      (rank == rank_text && !ranges.empty() && ranges[0].index == Index::map);
  for (IndexRange& range : ranges) {
    range.rank = rank;
    range.descending = descending_ && values;
    if (rank == rank_number) {
      range.from = bounds.from;
      range.to = bounds.to;
    }
  }
  phase.ranges = std::move(ranges);
  phase.grouped = order_.size() > 1 && !unique_;
  phase.cut_texts = rank == rank_text && values;
  phases_.push_back(std::move(phase));
}

// All records, or those of the partitions, without a value for the walk's path.
void Walk::add_absent(SetBuilder& sets, const Conjunction& c) {
  Phase phase;
  phase.rank = rank_missing;
  phase.absent = true;
  phase.grouped = order_.size() > 1;
  const std::string& partition = engine_.declaration().partition;
  if (c.scope && !partition.empty()) {
    for (const Ordinal part : sets.partitions(c)) {
      IndexRange range;
      range.index = Index::reference;
      range.name = partition;
      range.equal.push_back(part == 0 ? Value{} : Value{part});
      phase.ranges.push_back(std::move(range));
    }
  } else {
    phase.ranges.emplace_back();
  }
  for (IndexRange& range : phase.ranges) range.rank = rank_number;
  phases_.push_back(std::move(phase));
}

// Maps and series: their own value indexes.
bool Walk::plan_values(SetBuilder& sets, const Conjunction& c) {
  const bool map = path_.kind == Path::Kind::map;
  if (map && !map_of(engine_.declaration(), path_.name).indexed) return false;
  if (!map && path_.statistic != Statistic::last) return false;
  const auto& parts = sets.partitions(c);
  if (parts.size() > max_sources) return false;
  std::vector<IndexRange> ranges;
  for (const Ordinal part : parts) {
    IndexRange range;
    range.index = map ? Index::map : Index::series;
    range.name = path_.name;
    range.key = path_.key;
    range.scope = path_.scope;
    range.partition = part;
    ranges.push_back(std::move(range));
  }
  const Bounds bounds = bounds_on(path_, c, engine_.declaration());
  const Presence presence = presence_of(path_, c);
  covers_ = bounds.arms | presence.arms | (c.scope ? c.scope_arms : 0);
  if (presence.absent && (presence.present || bounds.any())) return true;  // nothing can match
  if (presence.absent) {
    complete_ = false;
    add_absent(sets, c);
    return true;
  }
  add_phase(ranges, rank_number, bounds);
  if (bounds.any()) return true;
  add_phase(std::move(ranges), map ? rank_text : rank_nan, bounds);
  if (!presence.present) add_absent(sets, c);
  return true;
}

bool Walk::plan_field(SetBuilder& sets, const Conjunction& c) {
  const Collection& declaration = engine_.declaration();
  const Field& f = field_of(declaration, path_.name);
  if (f.type == Type::scalar) return false;
  struct Choice {
    Index index = Index::key;
    std::string name;
    Prefix prefix;
    bool last = false;  ///< nothing behind the field in the key: ties come by the ordinal
  };
  std::optional<Choice> best;
  const auto consider = [&](Index index, const std::string& name,
                            const std::vector<std::string>& fields) {
    const auto at = std::find(fields.begin(), fields.end(), path_.name);
    if (at == fields.end()) return;
    const auto position = static_cast<std::size_t>(at - fields.begin());
    Choice choice{index, name, prefix_of(fields, c, declaration, position),
                  position + 1 == fields.size()};
    // What no arm binds is enumerated, where there are few values.
    for (; choice.prefix.fields < position; ++choice.prefix.fields) {
      const Field& unbound = field_of(declaration, fields[choice.prefix.fields]);
      std::vector<Value> values;
      if (unbound.type == Type::boolean) {
        values = {Value{}, Value{false}, Value{true}};
      } else if (unbound.name == declaration.partition) {
        for (const Ordinal part : sets.partitions(c))
          values.push_back(part == 0 ? Value{} : Value{part});
      } else {
        return;
      }
      std::vector<std::vector<Value>> longer;
      for (const auto& combination : choice.prefix.combinations)
        for (const Value& v : values) {
          longer.push_back(combination);
          longer.back().push_back(v);
        }
      if (longer.size() > max_sources) return;
      choice.prefix.combinations = std::move(longer);
    }
    if (choice.prefix.combinations.size() > max_sources) return;
    const auto better = [](const Choice& a, const Choice& b) {
      const auto arms = [](const Choice& x) { return __builtin_popcountll(x.prefix.arms); };
      if (arms(a) != arms(b)) return arms(a) > arms(b);
      if (a.last != b.last) return a.last;
      return a.prefix.combinations.size() < b.prefix.combinations.size();
    };
    if (!best || better(choice, *best)) best = std::move(choice);
  };
  for (const Key& key : declaration.keys) consider(Index::key, key.name, key.fields);
  if (f.type == Type::reference) consider(Index::reference, f.name, {f.name});
  if (!best) return false;

  std::vector<IndexRange> ranges;
  for (auto& combination : best->prefix.combinations) {
    IndexRange range;
    range.index = best->index;
    range.name = best->name;
    range.equal = std::move(combination);
    ranges.push_back(std::move(range));
  }
  const Bounds bounds = bounds_on(path_, c, declaration);
  const Presence presence = presence_of(path_, c);
  covers_ = best->prefix.arms | bounds.arms | presence.arms;
  if (presence.absent && (presence.present || bounds.any())) return true;
  if (!presence.absent) {
    add_phase(ranges, rank_number, bounds);
    if (bounds.any()) return true;
    if (f.type == Type::real) add_phase(ranges, rank_nan, bounds);
  }
  if (!presence.present) add_phase(std::move(ranges), rank_missing, bounds);
  return true;
}

bool Walk::plan_ordinal(const Conjunction& c) {
  const Collection& declaration = engine_.declaration();
  by_ordinal_ = unique_ = true;
  const Bounds bounds = bounds_on(record_ordinal(), c, declaration);
  // A key whose fields are all bound has its records in the order of ordinals; so have references.
  std::optional<Prefix> best;
  IndexRange base;
  const auto consider = [&](Index index, const std::string& name,
                            const std::vector<std::string>& fields) {
    Prefix prefix = prefix_of(fields, c, declaration, fields.size());
    if (prefix.fields < fields.size() || prefix.combinations.size() > max_sources) return;
    if (best && best->fields >= prefix.fields) return;
    best = std::move(prefix);
    base.index = index;
    base.name = name;
  };
  // Bounds on the ordinal and keys are not had together; the bounds are how callers page by hand.
  if (!bounds.any()) {
    for (const Key& key : declaration.keys) consider(Index::key, key.name, key.fields);
    for (const Field& f : declaration.fields)
      if (f.type == Type::reference) consider(Index::reference, f.name, {f.name});
  }
  std::vector<IndexRange> ranges;
  if (best) {
    covers_ = best->arms;
    for (auto& combination : best->combinations) {
      ranges.push_back(base);
      ranges.back().equal = std::move(combination);
    }
  } else {
    covers_ = bounds.arms;
    ranges.emplace_back();
  }
  add_phase(std::move(ranges), rank_number, bounds);
  return true;
}

bool Walk::plan_id(const Conjunction& c) {
  if (engine_.declaration().sequence) return false;  // their order as texts is no index's
  unique_ = true;
  const Bounds bounds = bounds_on(path_, c, engine_.declaration());
  covers_ = bounds.arms;
  IndexRange range;
  range.index = Index::id;
  add_phase({std::move(range)}, rank_number, bounds);
  return true;
}

bool Walk::plan(SetBuilder& sets, const Conjunction& c) {
  if (order_.empty()) return plan_ordinal(c);
  if (order_[0].as_text) return false;
  path_ = order_[0].path;
  descending_ = order_[0].descending;
  switch (path_.kind) {
    case Path::Kind::field:
      return plan_field(sets, c);
    case Path::Kind::map:
    case Path::Kind::series:
      return plan_values(sets, c);
    case Path::Kind::id:
      return plan_id(c);
    case Path::Kind::ordinal:
      return plan_ordinal(c);
    default:
      return false;
  }
}

void Walk::start_at(const Cursor& cursor) {
  complete_ = false;
  if (by_ordinal_) {
    behind_ = IndexEngine::Position{{}, cursor.ordinal};
    return;
  }
  const SortKey& key = cursor.keys[0];
  std::erase_if(phases_, [&](const Phase& phase) { return phase.rank < key.rank; });
  if (phases_.empty() || phases_[0].rank != key.rank) return;
  Phase& phase = phases_[0];
  if (!phase.grouped && !phase.cut_texts) {
    behind_ = IndexEngine::Position{key, cursor.ordinal};
    return;
  }
  // The whole run of the cursor's key is read again: its members are sorted by more than the index
  // knows.
  cursor_run_ = true;
  if (key.rank == rank_number || phase.cut_texts) {
    IndexRange::Bound at;
    if (phase.cut_texts || !key.text.empty())
      at.value = std::string(phase.cut_texts ? first_code_points(key.text, indexed_code_points)
                                             : std::string_view(key.text));
    else if (key.exact)
      at.value = path_.kind == Path::Kind::field &&
                         field_of(engine_.declaration(), path_.name).type == Type::boolean
                     ? Value{key.integer != 0}
                     : Value{key.integer};
    else if (path_.kind == Path::Kind::id ||
             (path_.kind == Path::Kind::field &&
              field_of(engine_.declaration(), path_.name).type == Type::text))
      at.value = std::string();
    else
      at.value = key.number;
    for (IndexRange& range : phase.ranges) (range.descending ? range.to : range.from) = at;
  }
}

std::unique_ptr<Walk> Walk::make(IndexEngine& engine, SetBuilder& sets, const Conjunction& c,
                                 const Order& order, const Cursor* cursor, Meter& meter) {
  std::unique_ptr<Walk> walk(new Walk(engine, order, meter));
  if (!walk->plan(sets, c)) return nullptr;
  if (cursor != nullptr) walk->start_at(*cursor);
  return walk;
}

}  // namespace podium::kit
