#pragma once
// Tells subscribers what changed, as it changes.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "podium/principal.hpp"
#include "services/core.hpp"
#include "services/events/limits.hpp"
#include "services/events/outlet.hpp"
#include "services/events/topic.hpp"

namespace podium::host {

/// One thread reads the change feed once for all and tells everybody. Thread-safe; no call blocks.
///
/// A message that names revision R has told, together with those before it, all that its topics
/// saw up to R. Whoever subscribes with `since` R hears of all that came after R, or is told to
/// `resync` where that cannot be known any more.
class EventHub {
 public:
  using Clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;

  struct Wish {
    TopicName topic;
    std::optional<Revision> since;
  };
  struct Manner {
    milliseconds every{0};             ///< between two messages at least
    bool once = false;                 ///< ended by the first message (a long poll)
    bool greet = true;                 ///< a first message comes at once, with or without events
    std::optional<milliseconds> wait;  ///< an empty message comes after so long without another
  };
  using Id = EventOutlet::Id;

  EventHub(const Core&, EventLimits);
  ~EventHub();  ///< stops

  void start();
  /// Ends every subscriber. From then on whoever comes is refused.
  void stop() noexcept;
  /// Something was committed. Called after every commit.
  void hint() noexcept;

  /// Checks what can be checked at once: that the caller may listen to such a topic at all, and
  /// that the collection is there. Throws `not_found`.
  void check(const Principal&, const TopicName&) const;
  /// A new subscriber; `accepted` or `refused` follows. Throws `unavailable` when stopped.
  Id open(std::shared_ptr<EventOutlet>, Principal, std::vector<Wish>, Manner);
  void subscribe(Id, Wish);
  void unsubscribe(Id, TopicName);
  /// The outlet may take a message again.
  void drained(Id) noexcept;
  void close(Id) noexcept;

  // For the metrics:
  std::size_t subscribers() const noexcept;
  std::uint64_t dropped() const noexcept;  ///< because they were slow

 private:
  struct Impl;
  const Core& core_;
  const EventLimits limits_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::host
