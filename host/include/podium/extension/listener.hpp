#pragma once
// The extension point that hears which records changed.
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
};

}  // namespace podium
