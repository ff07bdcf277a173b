#pragma once
// What may be called: the settings `outbound_allow` and `outbound_networks`.
#include <string_view>
#include <vector>

#include "outbound/client.hpp"
#include "outbound/url.hpp"

namespace podium::host {

class OutboundRules {
 public:
  /// Throws `invalid` naming the setting.
  explicit OutboundRules(const OutboundOptions&);

  /// The URL, if its origin may be called; throws `invalid` and `denied`.
  Url allowed(std::string_view url) const;
  /// Throws `denied` unless the origin, whose name has this address, may be called at it.
  void check(const Url&, const Address&) const;

 private:
  std::vector<OriginPattern> origins_;
  std::vector<Network> networks_;
};

}  // namespace podium::host
