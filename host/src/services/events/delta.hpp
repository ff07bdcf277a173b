#pragma once
// What happened to the members of one topic over some revisions.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "services/events/topic.hpp"

namespace podium::host {

struct Delta {
  enum class Kind : std::uint8_t { changed = 1, added, removed };
  std::map<std::string, Kind> ids;
  /// Series that have new points, by (key, scope), with the first step that is new where that is
  /// known; else all of it is to be read again.
  std::map<std::pair<std::string, std::string>, std::optional<std::int64_t>> series;
  std::string resync;  ///< why the subscriber must start from a query; "" when it need not

  bool empty() const { return ids.empty() && series.empty() && resync.empty(); }
  std::size_t size() const { return ids.size() + series.size(); }
  void note(std::string id, Kind);
  void note(std::pair<std::string, std::string> series, std::optional<std::int64_t> from_step);
  void start_over(std::string why);
  void merge(const Delta& later);
  /// The event as JSON: {"topic":...,"changed":[...]}
  std::string json(const TopicName&) const;
};

}  // namespace podium::host
