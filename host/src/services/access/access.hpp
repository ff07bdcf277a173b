#pragma once
// Who may see and do what, until accounts exist.
#include "podium/principal.hpp"
#include "podium/store/store.hpp"

namespace podium::host {

/// Everybody sees all of the host's own collections, and of a plugin's what its declaration opens
/// to readers; may do what the principal's permissions name. Thread-safe.
class OpenAccess final : public Access {
 public:
  explicit OpenAccess(const Store& store) : store_(store) {}
  Filter visible(const Principal&, std::string_view collection) const override;
  void require(const Principal&, std::string_view permission) const override;

 private:
  const Store& store_;
};

}  // namespace podium::host
