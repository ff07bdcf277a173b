#pragma once
// What a plugin adds to the host: the base of every extension point.
#include <string>
#include <utility>

namespace podium {

/// An extension has an id that is unique among extensions of its kind. The host owns it, calls it
/// on the threads its kind tells, and destroys it after `Plugin::stop`, in reverse order of
/// addition.
class Extension {
 public:
  explicit Extension(std::string id) : id_(std::move(id)) {}
  Extension(const Extension&) = delete;
  Extension& operator=(const Extension&) = delete;
  virtual ~Extension() = default;
  const std::string& id() const noexcept { return id_; }

 private:
  std::string id_;
};

}  // namespace podium
