#pragma once
// Applying a StoreAction to tasks, inside a write.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "services/actions/outcomes.hpp"
#include "services/actions/targets.hpp"
#include "services/actions/when.hpp"

namespace podium::host {

/// The sentence about a task that an action cannot affect.
Error not_now(const KnownAction&);

/// One run of a StoreAction. Used by one thread at a time.
class Applier {
 public:
  struct Order {
    KnownActionPtr action;
    const Principal& who;
    std::string_view why;
    std::string_view key;
    const Cancel& cancel;
    bool dry_run = false;  ///< nothing can be written
  };
  Applier(const Core&, Order);

  /// Acts on the targets from `first` up to `end`. May be run again, from the start. When a task
  /// failed after it wrote, the block throws, for the write to be taken back; `took_back` tells
  /// which one it was, and the next time that one is passed over with its error.
  BlockResult operator()(Transaction&, const Targets&, std::size_t first, std::size_t end);
  /// The place of the task for whose sake the last block threw, or none.
  std::optional<std::size_t> took_back();

 private:
  void apply(Transaction&, const Targets&, std::size_t i, BlockResult&);

  const Core& core_;
  Order order_;
  Filter visible_;
  WhenTest test_;
  std::map<Ordinal, Error> faults_;
  std::optional<std::size_t> took_back_;
};

}  // namespace podium::host
