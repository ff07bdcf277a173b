#pragma once
// Who listens, as the hub's thread knows them.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "services/events/burst.hpp"
#include "services/events/hub.hpp"

namespace podium::host {

struct Subscription {
  std::shared_ptr<Topic> topic;
  Delta pending;
};

struct Subscriber {
  EventHub::Id id = 0;
  std::shared_ptr<EventOutlet> outlet;
  Principal who;
  EventHub::Manner manner;
  std::vector<Subscription> topics;
  Revision told = 0;  ///< of the last message
  bool due = false;   ///< a message is to be told, with or without events
  EventHub::Clock::time_point not_before{};
  EventHub::Clock::time_point last{};                ///< when the last message was told
  std::optional<EventHub::Clock::time_point> until;  ///< the end of a wait
  std::optional<EventHub::Clock::time_point> stuck;  ///< since when it takes nothing

  bool pending() const {
    return std::any_of(topics.begin(), topics.end(),
                       [](const Subscription& s) { return !s.pending.empty(); });
  }
  std::size_t lag() const {
    std::size_t size = 0;
    for (const auto& s : topics) size += s.pending.size();
    return size;
  }
};

}  // namespace podium::host
