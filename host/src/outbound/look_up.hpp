#pragma once
// From a name to addresses, within a time limit.
#include <functional>
#include <string>
#include <vector>

#include "outbound/address.hpp"
#include "outbound/patience.hpp"

namespace podium::host {

using LookUp = std::function<std::vector<Address>(const std::string& name)>;

/// The addresses of a name by `how` (none: the system's way); at least one. The system's look-up
/// cannot be interrupted, so it runs on a thread that is left alone when the patience ends. Throws
/// `unavailable`, `busy` (too many hang already), and as Patience::check.
std::vector<Address> look_up(const std::string& name, const LookUp& how, const Patience&);

}  // namespace podium::host
