#pragma once
// Where a subscriber's messages go.
#include <string>
#include <string_view>

#include "podium/error.hpp"
#include "podium/store/reader.hpp"
#include "services/events/topic.hpp"

namespace podium::host {

/// One form in which events leave. Called on the hub's thread, one call at a time; must not block.
class EventOutlet {
 public:
  enum class End { slow, stopping };
  using Id = std::uint64_t;

  virtual ~EventOutlet() = default;
  /// The topics of the opening call hold; messages follow.
  virtual void accepted() {}
  /// They do not, and nothing follows.
  virtual void refused(const Error&) = 0;
  /// One message: {"revision":N,"events":[...]}. Told only when `ready`.
  virtual void tell(Revision, std::string message) = 0;
  /// The message before has left.
  /// When it says no, the outlet calls EventHub::drained as soon as it would say yes.
  virtual bool ready() = 0;
  /// Nobody listens any more.
  virtual bool gone() const = 0;
  /// Nothing follows; all up to `told` has been told.
  virtual void end(End, Revision told) = 0;

  // Of subscriptions made later:
  virtual void subscribed(const TopicName&, Revision) {}
  virtual void unsubscribed(const TopicName&) {}
  virtual void declined(const TopicName&, const Error&) {}

  Id id = 0;  ///< set by the hub, before any call
};

}  // namespace podium::host
