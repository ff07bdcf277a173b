#include "services/events/burst.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace podium::host {
namespace {

using Kind = Delta::Kind;

/// A record as it is now.
struct Current {
  std::string id;
  Ordinal project = 0;
};
using Records = std::unordered_map<Ordinal, Current>;

Records read_records(const Core& core, const Reader& reader, CollectionId collection,
                     const std::vector<Ordinal>& ordinals) {
  Records out;
  const bool tasks = collection == core.in.tasks;
  const std::array columns = {value_of(field("project"))};
  reader.get(collection, ordinals,
             tasks ? std::span<const Column>(columns) : std::span<const Column>(),
             [&](const Row& row) {
               Current current{std::string(row.id()), 0};
               if (tasks)
                 if (const Cell cell = row.cell(0); std::holds_alternative<std::int64_t>(cell))
                   current.project = std::get<std::int64_t>(cell);
               out.emplace(row.ordinal(), std::move(current));
               return true;
             });
  return out;
}

/// One change and the record behind it (null when it is gone).
struct Item {
  const Change* change;
  const std::string* erased_id;
  const Current* now;
};

/// What one topic hears of the tasks or records that changed.
class TopicTeller {
 public:
  TopicTeller(const Core& core, const Reader& reader, const ProjectTree& tree)
      : core_(core), reader_(reader), tree_(tree) {}

  void tell(Topic& topic, std::span<const Item> items) const {
    std::vector<std::pair<Ordinal, std::pair<const std::string*, Kind>>> guarded;
    for (const Item& item : items) {
      const auto kind = kind_for(topic, item);
      if (!kind) continue;
      const std::string& id = item.now ? item.now->id : *item.erased_id;
      if (topic.everything_visible()) {
        topic.delta.note(id, *kind);
      } else if (!item.now) {
        topic.delta.start_over("erased");  // whether it was visible cannot be asked any more
      } else {
        guarded.push_back({item.change->ordinal, {&id, *kind}});
      }
    }
    if (guarded.empty()) return;
    std::vector<Value> ordinals;
    for (const auto& [ordinal, what] : guarded) ordinals.emplace_back(ordinal);
    const auto seen = reader_.ids(
        topic.collection, all_of({in(record_ordinal(), std::move(ordinals)), topic.visible}), {});
    const std::set<Ordinal> visible(seen.begin(), seen.end());
    for (const auto& [ordinal, what] : guarded)
      if (visible.count(ordinal) != 0) topic.delta.note(*what.first, what.second);
  }

 private:
  bool holds(const Topic& topic, Ordinal project) const {
    if (topic.name.kind != TopicName::Kind::project_tasks) return true;
    if (!topic.name.subprojects) return project == topic.record;
    return tree_.within(project, topic.record);
  }
  std::optional<Kind> kind_for(const Topic& topic, const Item& item) const {
    const Change& change = *item.change;
    if ((topic.name.kind == TopicName::Kind::task ||
         topic.name.kind == TopicName::Kind::task_metrics) &&
        change.ordinal != topic.record)
      return std::nullopt;
    const bool erased = change.kind == Change::Kind::erased;
    if (!erased && !item.now) return std::nullopt;  // its end comes later in the feed
    const Ordinal before = erased                      ? change.partition
                           : change.old_partition != 0 ? change.old_partition
                                                       : item.now->project;
    const bool was = change.kind != Change::Kind::inserted && holds(topic, before);
    const bool is = !erased && holds(topic, item.now->project);
    if (was && is) return Kind::changed;
    if (is) return Kind::added;
    if (was) return Kind::removed;
    return std::nullopt;
  }

  const Core& core_;
  const Reader& reader_;
  const ProjectTree& tree_;
};

/// The first step behind `before`, when all of the `fresh` new points are behind it.
std::optional<std::int64_t> first_new_step(const Core& core, const Reader& reader, Ordinal task,
                                           const std::pair<std::string, std::string>& name,
                                           const Topic::Known& before, std::int64_t fresh) {
  constexpr std::int64_t most = 10'000;
  if (fresh < 1 || fresh > most) return std::nullopt;
  PointsQuery query;
  query.collection = core.in.tasks;
  query.record = task;
  query.series = "metrics";
  query.key = name.first;
  query.scope = name.second;
  query.after = before.last;
  query.limit = static_cast<std::uint64_t>(fresh) + 1;
  std::int64_t count = 0;
  std::optional<std::int64_t> first;
  reader.points(query, [&](std::span<const Point> points) {
    if (!first && !points.empty()) first = points.front().step;
    count += static_cast<std::int64_t>(points.size());
    return true;
  });
  return count == fresh ? first : std::nullopt;
}

void tell_series(const Core& core, const Reader& reader, Topic& topic, bool live) {
  const auto before = std::move(topic.known);
  learn_series(core, reader, topic);
  for (const auto& [name, now] : topic.known) {
    const auto at = before.find(name);
    if (!live) {
      topic.delta.note(name, std::nullopt);
    } else if (at == before.end()) {
      topic.delta.note(
          name, first_new_step(core, reader, topic.record, name,
                               {0, {std::numeric_limits<std::int64_t>::min(), 0, 0}}, now.count));
    } else if (at->second.count != now.count || !(at->second.last == now.last)) {
      topic.delta.note(name, first_new_step(core, reader, topic.record, name, at->second,
                                            now.count - at->second.count));
    }
  }
  for (const auto& [name, was] : before)
    if (topic.known.count(name) == 0) topic.delta.note(name, std::nullopt);
}

/// Takes over new names; a project that moved into a topic's tree or out of it brings or takes its
/// tasks without a change of theirs.
void tell_projects(const Core& core, const Reader& reader, std::span<const Change> changes,
                   std::span<Topic* const> topics, ProjectTree& tree, bool live) {
  const std::array columns = {value_of(field("name"))};
  for (const Change& change : changes) {
    if (change.collection != core.in.projects || change.kind == Change::Kind::erased) continue;
    std::string name;
    if (!reader.get(core.in.projects, change.ordinal, columns, [&](const Row& row) {
          if (const Cell cell = row.cell(0); std::holds_alternative<std::string_view>(cell))
            name = std::get<std::string_view>(cell);
        }))
      continue;
    const auto before = tree.rename(change.ordinal, name);
    if (change.kind == Change::Kind::inserted || (live && before == name)) continue;
    for (Topic* topic : topics) {
      if (!topic->name.subprojects || topic->record == change.ordinal) continue;
      const bool was = !live || !before || tree.within(*before, topic->record);
      const bool is = tree.within(name, topic->record);
      if (was != is || !live) topic->delta.start_over("projects_moved");
    }
    for (Topic* topic : topics)
      if (live && topic->name.subprojects && topic->record == change.ordinal)
        topic->delta.start_over("projects_moved");
  }
}

}  // namespace

void ProjectTree::load(const Reader& reader) {
  if (loaded_) return;
  Query query;
  query.collection = core_.in.projects;
  query.columns = {value_of(field("name"))};
  reader.query(query, [&](const Row& row) {
    if (const Cell cell = row.cell(0); std::holds_alternative<std::string_view>(cell))
      names_[row.ordinal()] = std::get<std::string_view>(cell);
    return true;
  });
  loaded_ = true;
}

bool ProjectTree::within(std::string_view name, Ordinal root) const {
  const auto top = names_.find(root);
  if (top == names_.end()) return false;
  const std::string& prefix = top->second;
  return name.starts_with(prefix) && (name.size() == prefix.size() || name[prefix.size()] == '/');
}

bool ProjectTree::within(Ordinal project, Ordinal root) const {
  if (project == root) return true;
  const auto at = names_.find(project);
  return at != names_.end() && within(at->second, root);
}

std::optional<std::string> ProjectTree::rename(Ordinal project, std::string name) {
  const auto [at, fresh] = names_.try_emplace(project, name);
  if (fresh) return std::nullopt;
  return std::exchange(at->second, std::move(name));
}

FeedPage FeedPage::read(const Reader& reader, Revision since,
                        std::span<const CollectionId> collections, std::uint64_t limit) {
  FeedPage page;
  const Changes end = reader.changes(since, collections, limit, [&](const Change& change) {
    page.ids.emplace_back(change.id);
    page.changes.push_back(change);
    page.changes.back().id = {};  // the feed's view ends with this call
  });
  page.through = end.through;
  page.more = end.more;
  return page;
}

void learn_series(const Core& core, const Reader& reader, Topic& topic) {
  topic.known.clear();
  const std::array columns = {whole_series("metrics")};
  reader.get(core.in.tasks, topic.record, columns, [&](const Row& row) {
    for (const auto& s : row.series(0))
      topic.known[{std::string(s.key), std::string(s.scope)}] = {s.summary.count, s.summary.last};
  });
}

void tell_topics(const Core& core, const Reader& reader, const FeedPage& page,
                 std::span<Topic* const> topics, ProjectTree& tree, bool live) {
  if (tree.loaded()) tell_projects(core, reader, page.changes, topics, tree, live);
  std::map<CollectionId, std::vector<std::size_t>> by_collection;
  for (std::size_t i = 0; i < page.changes.size(); ++i)
    by_collection[page.changes[i].collection].push_back(i);
  const TopicTeller teller(core, reader, tree);
  for (const auto& [collection, indexes] : by_collection) {
    if (std::none_of(topics.begin(), topics.end(),
                     [&, c = collection](const Topic* t) { return t->collection == c; }))
      continue;
    std::vector<Ordinal> ordinals;
    for (const std::size_t i : indexes)
      if (page.changes[i].kind != Change::Kind::erased) ordinals.push_back(page.changes[i].ordinal);
    const Records records = read_records(core, reader, collection, ordinals);
    std::vector<Item> items;
    std::unordered_map<Ordinal, std::size_t> places;
    for (const std::size_t i : indexes) {
      const auto at = records.find(page.changes[i].ordinal);
      places.emplace(page.changes[i].ordinal, items.size());
      items.push_back(
          {&page.changes[i], &page.ids[i], at == records.end() ? nullptr : &at->second});
    }
    for (Topic* topic : topics) {
      if (topic->collection != collection) continue;
      const bool one = topic->name.kind == TopicName::Kind::task ||
                       topic->name.kind == TopicName::Kind::task_metrics;
      if (!one) {
        teller.tell(*topic, items);
      } else if (const auto place = places.find(topic->record); place != places.end()) {
        const Item& item = items[place->second];
        const bool erased = item.change->kind == Change::Kind::erased;
        if (topic->name.kind == TopicName::Kind::task || erased)
          teller.tell(*topic, std::span(&item, 1));
        else
          tell_series(core, reader, *topic, live);
      }
    }
  }
}

}  // namespace podium::host
