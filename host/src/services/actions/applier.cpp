#include "services/actions/applier.hpp"

#include <nlohmann/json.hpp>

namespace podium::host {
namespace {

/// A transaction that knows whether something was written through it, and can refuse to.
class Watched final : public Transaction {
 public:
  Watched(Transaction& inner, bool forbidden) : inner_(inner), forbidden_(forbidden) {}
  bool wrote() const noexcept { return wrote_; }
  void forget() noexcept { wrote_ = false; }

  Ordinal find(CollectionId c, std::string_view id) override { return inner_.find(c, id); }
  bool get(CollectionId c, Ordinal o, std::span<const Column> columns,
           FunctionRef<void(const Row&)> sink) override {
    return inner_.get(c, o, columns, sink);
  }
  std::uint64_t query(CollectionId c, const KeyRange& range, std::uint64_t limit,
                      std::span<const Column> columns, RowSink sink) override {
    return inner_.query(c, range, limit, columns, sink);
  }
  Ordinal insert(CollectionId c, const NewRecord& record) override {
    return writing(), inner_.insert(c, record);
  }
  Kept insert_or_keep(CollectionId c, const NewRecord& record, std::string_view key) override {
    return writing(), inner_.insert_or_keep(c, record, key);
  }
  std::uint64_t update(CollectionId c, std::span<const Ordinal> o, const Filter& still,
                       const Patch& patch) override {
    if (!patch.empty()) writing();
    return inner_.update(c, o, still, patch);
  }
  std::vector<Ordinal> update(CollectionId c, const KeyRange& range, std::uint64_t limit,
                              const Patch& patch) override {
    if (!patch.empty()) writing();
    return inner_.update(c, range, limit, patch);
  }
  std::uint64_t erase(CollectionId c, std::span<const Ordinal> o, const Filter& still) override {
    return writing(), inner_.erase(c, o, still);
  }
  void put(CollectionId c, Ordinal o, std::string_view map, std::span<const MapEntry> entries,
           PutMode mode) override {
    writing(), inner_.put(c, o, map, entries, mode);
  }
  void append(CollectionId c, Ordinal o, std::string_view series,
              std::span<const SeriesPoints> points) override {
    writing(), inner_.append(c, o, series, points);
  }
  void rehome(CollectionId from, Ordinal a, CollectionId to, Ordinal b,
              std::span<const std::string_view> names) override {
    writing(), inner_.rehome(from, a, to, b, names);
  }

 private:
  /// A call that is refused before it writes counts as well: then the block is run once more.
  void writing() {
    if (forbidden_)
      throw Error(ErrorCode::misuse, "a dry run, or an action that only shows, wrote");
    wrote_ = true;
  }
  Transaction& inner_;
  const bool forbidden_;
  bool wrote_ = false;
};

}  // namespace

Error not_now(const KnownAction& action) {
  if (!action.spec.why_not.empty()) return Error(ErrorCode::conflict, action.spec.why_not);
  return Error(ErrorCode::conflict, "'" + action.id +
                                        "' can only be done to tasks of which this "
                                        "is true: " +
                                        action.spec.when);
}

Applier::Applier(const Core& core, Order order)
    : core_(core),
      order_(std::move(order)),
      visible_(core.access.visible(order_.who, "tasks")),
      test_(core, visible_, order_.action->when) {}

BlockResult Applier::operator()(Transaction& t, const Targets& targets, std::size_t first,
                                std::size_t end) {
  took_back_.reset();
  BlockResult block;
  block.items.reserve(end - first);
  for (std::size_t i = first; i < end; ++i) apply(t, targets, i, block);
  return block;
}

void Applier::apply(Transaction& t, const Targets& targets, std::size_t i, BlockResult& block) {
  const Ordinal task = targets.ordinals[i];
  std::string id = targets.named ? targets.ids[i] : std::string();
  const auto verdict = task == 0 ? WhenTest::Verdict::absent : test_(t, task, id);
  if (verdict != WhenTest::Verdict::holds) {
    if (!targets.named)
      ++block.skipped;
    else
      block.fail(
          id, verdict == WhenTest::Verdict::absent ? no_such("task", id) : not_now(*order_.action));
    return;
  }
  if (const auto known = faults_.find(task); known != faults_.end()) {
    block.fail(id, known->second);
    return;
  }
  Watched watched(t, order_.dry_run);
  const KnownAction& action = *order_.action;
  const ActionTarget target{task, id};
  const ActionCall call{
      order_.who, targets.parameters_of(i), order_.why, order_.dry_run, order_.key, order_.cancel};
  try {
    ActionOutcome outcome = contained(*action.owner, "apply",
                                      [&] { return action.store->apply(watched, target, call); });
    outcome.id = id;
    clean(outcome);
    if (!outcome.error) {
      block.add(std::move(outcome));
      return;
    }
    if (!watched.wrote()) {
      outcome.undo.clear();
      block.add(std::move(outcome));
      return;
    }
    throw Error(*outcome.error, outcome.message);
  } catch (const Error& e) {
    if (!watched.wrote()) {
      block.fail(id, e);
      return;
    }
    faults_.insert_or_assign(task, Error(e));
    took_back_ = i;
    throw;
  }
}

std::optional<std::size_t> Applier::took_back() { return std::exchange(took_back_, std::nullopt); }

}  // namespace podium::host
