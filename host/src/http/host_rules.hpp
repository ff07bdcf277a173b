#pragma once
// Which Host and Origin headers are answered: the defence against DNS rebinding and cross-site
// writes.
#include <string>
#include <string_view>
#include <vector>

namespace podium::host {

/// `text` matches `pattern`, in which '*' is any text and '?' any character. Linear in practice, no
/// recursion; letters compare without case.
bool wildcard_match(std::string_view pattern, std::string_view text) noexcept;

/// Immutable, thread-safe.
class HostRules {
 public:
  /// Empty `hosts` allows this machine (localhost, 127.0.0.1, [::1], 0.0.0.0) and literal addresses
  /// of private networks, with any port. A pattern is compared with the header as sent and without
  /// its port; "*" allows all. `origins` are compared whole ("https://ml.example.com").
  HostRules(std::vector<std::string> hosts, std::vector<std::string> origins);

  bool host_allowed(std::string_view host) const noexcept;
  /// Whether a page of this origin may read answers and change state.
  bool origin_allowed(std::string_view origin) const noexcept;
  bool any_origin() const noexcept { return any_origin_; }

 private:
  std::vector<std::string> hosts_, origins_;
  bool any_origin_ = false;
};

/// A method that may change state.
bool changes_state(std::string_view method) noexcept;

}  // namespace podium::host
