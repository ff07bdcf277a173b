#pragma once
// How far subscribers may go.
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace podium::host {

struct EventLimits {
  std::size_t topics = 64;              ///< of one subscriber
  std::size_t pending = 10'000;         ///< records and series a subscriber may lag behind
  std::uint64_t replay = 20'000;        ///< changes that are told again at most on a resume
  std::chrono::milliseconds gather{5};  ///< between two reads of the feed
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds patience{30'000};  ///< a subscriber may take nothing for so long
};

}  // namespace podium::host
