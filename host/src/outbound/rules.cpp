#include "outbound/rules.hpp"

#include <algorithm>

#include "podium/error.hpp"

namespace podium::host {

OutboundRules::OutboundRules(const OutboundOptions& options) {
  for (const auto& origin : options.allow) {
    try {
      origins_.push_back(parse_origin(origin));
    } catch (const Error& e) {
      throw Error(ErrorCode::invalid, std::string("setting 'outbound_allow': ") + e.what());
    }
  }
  for (const auto& text : options.networks) {
    const auto network = parse_network(text);
    if (!network)
      throw Error(ErrorCode::invalid, "setting 'outbound_networks': '" + text +
                                          "' is no network such as 10.1.0.0/16 or fd00::/8, with "
                                          "zeros behind the prefix");
    networks_.push_back(*network);
  }
}

Url OutboundRules::allowed(std::string_view text) const {
  Url url = parse_url(text);
  if (std::none_of(origins_.begin(), origins_.end(),
                   [&](const OriginPattern& pattern) { return pattern.matches(url); }))
    throw Error(ErrorCode::denied,
                origin_of(url) + " may not be called: " +
                    (origins_.empty() ? "the setting outbound_allow is empty"
                                      : "the setting outbound_allow does not list it"));
  return url;
}

void OutboundRules::check(const Url& url, const Address& address) const {
  if (url.address) return;  // who lists an address means it
  const auto what = special_range(address);
  if (what.empty() || std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
        return network.contains(address);
      }))
    return;
  throw Error(ErrorCode::denied, origin_of(url) + " may not be called: its address " +
                                     text_of(address) + " is " + std::string(what) +
                                     ", and the setting outbound_networks does not list it");
}

}  // namespace podium::host
