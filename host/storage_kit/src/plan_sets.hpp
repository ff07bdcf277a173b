#pragma once
// The part of the planner that turns filters into sets of ordinals.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "podium/storage_kit/index_engine.hpp"
#include "podium/storage_kit/ordinal_set.hpp"
#include "podium/storage_kit/planner.hpp"

namespace podium::kit {

/// A field that arms of a conjunction, or of one around it, bind to some values (monostate:
/// missing).
struct Equality {
  std::string field;
  std::vector<Value> values;  ///< those that all of them allow
  std::uint64_t arms = 0;     ///< which arms, of the conjunction itself
  bool own = false;           ///< whether there are such
};

/// The arms of an AND with what they fix. Everything found for an arm may lean on all the others:
/// its set need only be right among the records that satisfy them.
struct Conjunction {
  std::vector<const Filter*> arms;
  std::vector<Equality> equalities;
  /// The partitions that records can be in, if arms say so (0: in none).
  std::optional<std::vector<Ordinal>> scope;
  std::uint64_t scope_arms = 0;  ///< which of the arms say so

  const Equality* equality(const std::string& field) const;
  /// All arms as a mask. Arms beyond 63 are never known to be covered.
  std::uint64_t all() const;
};
constexpr int max_covered = 63;
inline std::uint64_t arm_bit(std::size_t i) {
  return i < static_cast<std::size_t>(max_covered) ? std::uint64_t{1} << i : 0;
}
/// Takes a filter apart; `outer` is the conjunction around it, or null.
Conjunction conjunction_of(const Filter&, const Collection&, const Conjunction* outer);

/// A literal as an index over fields of this type holds it.
struct Literal {
  enum class Use : std::uint8_t { usable, never, unservable } use;  ///< never: no value equals it
  Value value;
};
Literal literal_for(Type, const Value&);
/// A number as a double, exactly; nothing when it is none, is NaN, or does not fit.
std::optional<double> exact_number(const Value&);

/// Ranges of the key's leading fields (`equal` filled in): every combination of the values that the
/// conjunction binds them to. `fields` says how many fields were bound; combinations stay few.
struct Prefix {
  std::size_t fields = 0;
  std::vector<std::vector<Value>> combinations = {{}};
  std::uint64_t arms = 0;
  bool own = false;     ///< some arm of the conjunction itself is among them
  bool scoped = false;  ///< the partition is among them
};
Prefix prefix_of(const std::vector<std::string>& fields, const Conjunction&, const Collection&,
                 std::size_t at_most);

/// Bounds that arms put on a path's numbers (or texts, times, ... of a field).
struct Bounds {
  std::optional<IndexRange::Bound> from, to;
  std::uint64_t arms = 0;
  bool any() const { return from || to; }
};
Bounds bounds_on(const Path&, const Conjunction&, const Collection&);

struct SetNode {
  enum class Kind : std::uint8_t { ranges = 1, and_, or_, not_, any } kind = Kind::ranges;
  struct Piece {
    IndexRange range;
    bool check = false;  ///< its entries must satisfy `check` too
  };
  std::vector<Piece> pieces;               // ranges
  std::shared_ptr<const Evaluator> check;  // ranges: of some pieces
  std::vector<SetNode> children;           // and_, or_, not_
  std::uint64_t all_arms = 0;              // and_: of its conjunction
  const Filter* filter = nullptr;          // any
  struct Inner;
  std::shared_ptr<Inner> inner;  // any: the child's side
  bool exact = true;
  bool scoped = false;       ///< all of it lies in the conjunction's scope
  std::uint64_t covers = 0;  ///< arms that every member satisfies, if `exact`
};

class SetBuilder {
 public:
  SetBuilder(IndexEngine& engine, Meter& meter) : engine_(engine), meter_(meter) {}

  /// Everything that indexes can say about the arms; some may overlap.
  std::vector<SetNode> nodes_for(const Conjunction&);

  struct Collected {
    OrdinalSet set;
    bool exact = true;
    bool negative = false;  ///< the set is of those that do not match
  };
  /// Reads a node's entries, at most about `allowance` of them; nothing when that was not enough.
  /// The set may hold more than what matches, which its `exact` says, unless it must be `exactly`.
  std::optional<Collected> collect(const SetNode&, std::uint64_t allowance, bool exactly = false);

  /// The partitions to look at: the scope, or all that exist.
  const std::vector<Ordinal>& partitions(const Conjunction&);

 private:
  std::optional<SetNode> node_for(const Filter&, const Conjunction& outer);
  std::optional<SetNode> leaf(const Filter&, const Conjunction&);
  std::optional<SetNode> map_leaf(const Filter&, const Conjunction&);
  std::optional<SetNode> series_leaf(const Filter&, const Conjunction&);
  std::optional<SetNode> identity_leaf(const Filter&);
  std::optional<SetNode> any_node(const Filter&);
  std::optional<SetNode> value_node(const Filter&, const Conjunction&,
                                    const std::vector<SetNode::Piece>& pieces);
  void key_nodes(const Conjunction&, std::vector<SetNode>& out);

  std::optional<Collected> collect_ranges(const SetNode&, std::uint64_t allowance, bool exactly);
  std::optional<Collected> collect_and(const SetNode&, std::uint64_t allowance, bool exactly);
  std::optional<Collected> collect_any(const SetNode&, std::uint64_t allowance);

  IndexEngine& engine_;
  Meter& meter_;
  std::optional<std::vector<Ordinal>> all_partitions_;
};

/// What looking at one record costs, in index entries.
constexpr std::uint64_t entries_per_record = 12;

}  // namespace podium::kit
