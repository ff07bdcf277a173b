#pragma once
// The extension point that hears which records changed.
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "podium/extension.hpp"
#include "podium/function.hpp"
#include "podium/store/store.hpp"

namespace podium {

/// Hears which records of its collections changed: in order, at least once, on one of all hosts, on
/// a pool thread, one call at a time. It hears that a record changed, not each step of it.
class Listener : public Extension {
 public:
  using Extension::Extension;
  /// What to write, if anything: run in the transaction that moves the listener's cursor on, so
  /// that what stays in the store happens exactly once. It may be run again.
  using Work = Store::Write;

  /// Names of the collections to hear of. Asked once, before the first call.
  virtual std::vector<std::string> collections() const = 0;
  /// `ids` and views inside the changes are valid during the call. A throw is logged with the
  /// plugin's name and the same changes come again, later and later (up to a minute), while others
  /// go on.
  virtual Work handle(std::span<const Change> changes, const Reader& reader) = 0;
  /// The listener is new, or its cursor fell below the feed's horizon: start from a query. The
  /// state of the store at `revision` or newer; changes after it follow.
  virtual Work resync(Revision revision, const Reader& reader) = 0;

  /// How changes gather before they are told. What changes often is told once for all of its
  /// changes in `gather`; after a quiet time the first change is told at once.
  struct Pace {
    std::chrono::milliseconds gather{10};  ///< from the end of one call to the next, at least
    std::uint64_t batch = 1000;            ///< about how many records in one call
  };
  /// Asked once, before the first call.
  virtual Pace pace() const { return {}; }
};

}  // namespace podium
