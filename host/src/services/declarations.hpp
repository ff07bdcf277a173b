#pragma once
// The collections of the host's own services, as data.
#include <vector>

#include "podium/store/schema.hpp"

namespace podium::host {

std::vector<Collection> service_declarations();

}  // namespace podium::host
