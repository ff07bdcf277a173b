#pragma once
// From the change feed to what it means for topics.
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "services/core.hpp"
#include "services/events/delta.hpp"
#include "services/events/topic.hpp"

namespace podium::host {

/// A topic that somebody listens to, resolved.
struct Topic {
  TopicName name;
  CollectionId collection{};
  Ordinal record = 0;    ///< the project or the task
  Filter visible = {};   ///< what the listener may see
  std::string audience;  ///< the listener, when not everything is visible; else ""
  Delta delta;           ///< of the burst that is being told
  std::string fragment;  ///< the same as JSON
  /// Of task_metrics: what was known of each series at the last burst.
  struct Known {
    std::int64_t count = 0;
    Point last;
  };
  std::map<std::pair<std::string, std::string>, Known> known;

  bool everything_visible() const { return visible.op == Filter::Op::all; }
};

/// Names of projects by ordinal, also of erased ones; filled when first asked for.
class ProjectTree {
 public:
  explicit ProjectTree(const Core& core) : core_(core) {}
  /// Reads all names, unless they are known.
  void load(const Reader&);
  bool loaded() const { return loaded_; }
  /// Whether a project is another one or below it.
  bool within(Ordinal project, Ordinal root) const;
  /// The name it had; nothing when it was not known.
  std::optional<std::string> rename(Ordinal, std::string);
  bool within(std::string_view name, Ordinal root) const;

 private:
  const Core& core_;
  std::unordered_map<Ordinal, std::string> names_;
  bool loaded_ = false;
};

/// Changes of the feed, owned.
struct FeedPage {
  std::vector<Change> changes;
  std::vector<std::string> ids;  ///< of erased records, beside `changes`
  Revision through = 0;
  bool more = false;
  static FeedPage read(const Reader&, Revision since, std::span<const CollectionId>,
                       std::uint64_t limit);
};

/// Adds what a page of the feed means to the deltas of the topics. `live`: the page follows on the
/// last one that these topics were told of (so what is known of series is the state before it).
void tell_topics(const Core&, const Reader&, const FeedPage&, std::span<Topic* const>, ProjectTree&,
                 bool live);
/// Notes what a metrics topic's series are now.
void learn_series(const Core&, const Reader&, Topic&);

}  // namespace podium::host
