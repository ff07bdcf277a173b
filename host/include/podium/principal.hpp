#pragma once
// Who is calling, and the one question asked of every object.
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "podium/store/filter.hpp"

namespace podium {

enum class PrincipalKind : std::uint8_t { person = 1, program, worker, host };

/// Who is calling. Until accounts exist every request is `local`, who may do everything. Cheap to
/// copy; keep a copy where work outlives the request (a job, a commit).
class Principal {
 public:
  std::string id = "local";
  PrincipalKind kind = PrincipalKind::person;
  std::vector<std::string> permissions = {"*"};  ///< names such as "task.write"; "*" is all
  std::string attempt;  ///< the attempt on whose behalf a worker calls, or empty

  bool may(std::string_view permission) const noexcept {
    for (const auto& p : permissions)
      if (p == "*" || p == permission) return true;
    return false;
  }

  /// Says that an object was checked for this caller. `Access` calls it; in builds for tests the
  /// server answers 500 when a handler replied without it. Thread-safe.
  void mark_checked() const noexcept {
    if (checked_) checked_->store(true, std::memory_order_relaxed);
  }
  /// The host's: where `mark_checked` leaves its mark.
  void watch_checks(std::shared_ptr<std::atomic<bool>> flag) noexcept {
    checked_ = std::move(flag);
  }

 private:
  std::shared_ptr<std::atomic<bool>> checked_;
};

/// The one place that decides what a principal sees. Thread-safe; lives as long as the host.
class Access {
 public:
  virtual ~Access() = default;
  /// What of a collection the principal may see, to be ANDed into every query, aggregate, listing,
  /// subscription and batch. A plugin's collection is private to it unless it declares who may read
  /// it. Marks the principal as checked.
  virtual Filter visible(const Principal& who, std::string_view collection) const = 0;
  /// Throws `denied` when the principal lacks the permission.
  virtual void require(const Principal& who, std::string_view permission) const = 0;
};

}  // namespace podium
