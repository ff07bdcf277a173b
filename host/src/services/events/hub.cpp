#include "services/events/hub.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "log/log.hpp"
#include "services/events/burst.hpp"
#include "services/events/subscriber.hpp"

namespace podium::host {
namespace {

using std::chrono::milliseconds;
using Clock = EventHub::Clock;

constexpr std::uint64_t page_size = 10'000;
constexpr milliseconds tick{1000};
constexpr milliseconds after_failure{250};

}  // namespace

struct EventHub::Impl {
  Impl(const Core& c, const EventLimits& l) : core(c), limits(l), tree(c) {}

  using Task = UniqueFunction<void(const Reader&)>;

  void run();
  bool wait();
  void work();
  void post(Task);

  // On the hub's thread:
  void read_burst(const Reader&);
  void share_burst();
  void admit(const Reader&, std::shared_ptr<Subscriber>, std::vector<Wish>);
  void add(const Reader&, Subscriber&, const Wish&);
  std::shared_ptr<Topic> topic_of(const Reader&, const Subscriber&, const TopicName&);
  void catch_up(const Reader&, const Topic&, Revision since, Delta&);
  void forget_unused_topics();
  /// Tells what there is to tell, if the subscriber can take it now. May end it.
  void flush(Subscriber&);
  void tell(Subscriber&, std::string events);
  void end(Id, std::optional<EventOutlet::End>);
  void look_after(Clock::time_point now);
  std::vector<CollectionId> collections() const;
  Subscriber* find(Id id) {
    const auto at = subscribers.find(id);
    return at == subscribers.end() ? nullptr : at->second.get();
  }

  const Core& core;
  const EventLimits& limits;

  mutable std::mutex mutex;
  std::condition_variable wake;
  std::vector<Task> tasks;
  std::set<Id> freed;  ///< may take a message again
  bool hinted = false, stopping = true;
  Id last_id = 0;
  std::thread thread;
  std::atomic<std::size_t> count{0};
  std::atomic<std::uint64_t> dropped{0};

  // Of the hub's thread:
  std::unordered_map<Id, std::shared_ptr<Subscriber>> subscribers;
  std::vector<std::shared_ptr<Topic>> topics;
  ProjectTree tree;
  Revision through = 0;
  Clock::time_point last_read{}, next_tick{};
  std::set<std::pair<Clock::time_point, Id>> timers;
};

void EventHub::Impl::post(Task task) {
  {
    const std::lock_guard lock(mutex);
    if (stopping) throw Error(ErrorCode::unavailable, "the host is stopping");
    tasks.push_back(std::move(task));
  }
  wake.notify_one();
}

/// False when the hub stops.
bool EventHub::Impl::wait() {
  std::unique_lock lock(mutex);
  for (;;) {
    if (stopping) return false;
    const auto now = Clock::now();
    const bool read = hinted && !topics.empty();
    auto until = subscribers.empty() ? Clock::time_point::max() : next_tick;
    if (!timers.empty()) until = std::min(until, timers.begin()->first);
    if (read) until = std::min(until, last_read + limits.gather);
    if (!tasks.empty() || !freed.empty() || until <= now) return true;
    if (until == Clock::time_point::max())
      wake.wait(lock);
    else
      wake.wait_until(lock, until);
  }
}

void EventHub::Impl::run() {
  while (wait()) {
    try {
      work();
    } catch (const std::exception& e) {
      log(LogLevel::error, "events", std::string("the change feed cannot be read: ") + e.what());
      std::unique_lock lock(mutex);
      hinted = true;
      wake.wait_for(lock, after_failure, [&] { return stopping; });
    }
  }
  std::vector<Id> all;
  for (const auto& [id, subscriber] : subscribers) all.push_back(id);
  for (const Id id : all) end(id, EventOutlet::End::stopping);
  topics.clear();
}

void EventHub::Impl::work() {
  std::vector<Task> todo;
  std::set<Id> ready;
  bool read = false;
  {
    const std::lock_guard lock(mutex);
    todo.swap(tasks);
    ready.swap(freed);
    const auto now = Clock::now();
    // Whoever is new starts where the others are, so the feed is read to its end first.
    read = (hinted && now >= last_read + limits.gather) || !todo.empty();
    if (read) {
      hinted = false;
      last_read = now;
    }
  }
  if (read) {
    try {
      core.store.read([&](const Reader& reader) {
        read_burst(reader);
        share_burst();
        for (auto& task : todo) Task(std::move(task))(reader);
      });
    } catch (...) {
      const std::lock_guard lock(mutex);  // what was not done is done later
      std::erase_if(todo, [](const Task& task) { return !task; });
      tasks.insert(tasks.begin(), std::make_move_iterator(todo.begin()),
                   std::make_move_iterator(todo.end()));
      throw;
    }
  }
  for (const Id id : ready)
    if (Subscriber* s = find(id)) flush(*s);
  const auto now = Clock::now();
  while (!timers.empty() && timers.begin()->first <= now) {
    const Id id = timers.begin()->second;
    timers.erase(timers.begin());
    Subscriber* s = find(id);
    if (!s) continue;
    if (s->until && *s->until <= now) s->due = true;
    flush(*s);
  }
  if (now >= next_tick) look_after(now);
}

std::vector<CollectionId> EventHub::Impl::collections() const {
  std::set<CollectionId> all;
  for (const auto& topic : topics) all.insert(topic->collection);
  if (tree.loaded()) all.insert(core.in.projects);
  return {all.begin(), all.end()};
}

void EventHub::Impl::read_burst(const Reader& reader) {
  if (topics.empty()) {
    through = std::max(through, reader.revision());
    return;
  }
  const auto asked = collections();
  std::vector<Topic*> all;
  for (const auto& topic : topics) all.push_back(topic.get());
  try {
    for (bool more = true; more;) {
      const FeedPage page = FeedPage::read(reader, through, asked, page_size);
      tell_topics(core, reader, page, all, tree, true);
      through = page.through;
      more = page.more;
    }
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_old) throw;  // this thread slept for days
    for (const auto& topic : topics) topic->delta.start_over("too_old");
    through = reader.revision();
  }
}

/// Hands the burst to the subscribers of the topics that it touched.
void EventHub::Impl::share_burst() {
  for (const auto& topic : topics)
    if (!topic->delta.empty()) topic->fragment = topic->delta.json(topic->name);
  std::vector<Id> touched;
  for (const auto& [id, s] : subscribers)
    if (std::any_of(s->topics.begin(), s->topics.end(),
                    [](const Subscription& t) { return !t.topic->fragment.empty(); }))
      touched.push_back(id);
  const auto now = Clock::now();
  for (const Id id : touched) {
    Subscriber& s = *subscribers.at(id);
    if (now >= s.not_before && !s.pending() && s.outlet->ready()) {
      std::string events;
      for (const auto& t : s.topics) {
        if (t.topic->fragment.empty()) continue;
        if (!events.empty()) events += ',';
        events += t.topic->fragment;
      }
      tell(s, std::move(events));
      continue;
    }
    for (auto& t : s.topics)
      if (!t.topic->fragment.empty()) t.pending.merge(t.topic->delta);
    flush(s);
  }
  for (const auto& topic : topics) {
    topic->delta = {};
    topic->fragment.clear();
  }
}

void EventHub::Impl::tell(Subscriber& s, std::string events) {
  std::string message = "{\"revision\":" + std::to_string(through) + ",\"events\":[";
  message += events;
  message += "]}";
  const auto now = Clock::now();
  s.told = through;
  s.due = false;
  s.stuck.reset();
  s.last = now;
  s.not_before = now + s.manner.every;
  s.outlet->tell(through, std::move(message));
  if (s.manner.once) end(s.id, std::nullopt);
}

void EventHub::Impl::flush(Subscriber& s) {
  const bool pending = s.pending();
  if (!pending && !s.due) return;
  const auto now = Clock::now();
  if (s.outlet->gone()) return end(s.id, std::nullopt);
  if (!s.outlet->ready()) {
    if (!s.stuck) s.stuck = now;
    if (s.lag() > limits.pending || now - *s.stuck > limits.patience)
      end(s.id, EventOutlet::End::slow);
    return;
  }
  if (now < s.not_before && !s.due) {
    timers.emplace(s.not_before, s.id);
    if (s.lag() > limits.pending)
      for (auto& t : s.topics) t.pending.start_over("too_many");
    return;
  }
  std::string events;
  for (auto& t : s.topics) {
    if (t.pending.empty()) continue;
    if (!events.empty()) events += ',';
    events += t.pending.json(t.topic->name);
    t.pending = {};
  }
  tell(s, std::move(events));
}

void EventHub::Impl::end(Id id, std::optional<EventOutlet::End> why) {
  const auto at = subscribers.find(id);
  if (at == subscribers.end()) return;
  const auto s = std::move(at->second);
  subscribers.erase(at);
  count = subscribers.size();
  if (why == EventOutlet::End::slow) ++dropped;
  if (why) s->outlet->end(*why, s->told);
}

void EventHub::Impl::look_after(Clock::time_point now) {
  next_tick = now + tick;
  std::vector<Id> all;
  for (const auto& [id, s] : subscribers) all.push_back(id);
  for (const Id id : all) {
    Subscriber& s = *subscribers.at(id);  // nobody else ends in this loop
    if (s.outlet->gone()) {
      end(id, std::nullopt);
      continue;
    }
    if (!s.manner.once && now - s.last >= limits.heartbeat) s.due = true;
    flush(s);
  }
  forget_unused_topics();
}

void EventHub::Impl::forget_unused_topics() {
  std::erase_if(topics, [](const std::shared_ptr<Topic>& topic) { return topic.use_count() == 1; });
}

std::shared_ptr<Topic> EventHub::Impl::topic_of(const Reader& reader, const Subscriber& s,
                                                const TopicName& name) {
  auto topic = std::make_shared<Topic>();
  topic->name = name;
  topic->collection = core.store.collection(name.collection);
  topic->visible = core.access.visible(s.who, name.collection);
  if (topic->visible.op == Filter::Op::none) throw no_such("topic", name.text);
  if (!topic->everything_visible()) topic->audience = s.who.id;
  for (const auto& other : topics)
    if (other->name == name && other->audience == topic->audience) return other;

  const bool project = name.kind == TopicName::Kind::project_tasks;
  if (!name.id.empty()) {
    const CollectionId where = project ? core.in.projects : core.in.tasks;
    topic->record = reader.find(where, name.id);
    const Filter visible = core.access.visible(s.who, project ? "projects" : "tasks");
    const bool seen =
        topic->record != 0 &&
        (visible.op == Filter::Op::all ||
         !reader.ids(where, all_of({eq(record_ordinal(), topic->record), visible}), {}).empty());
    if (!seen) throw no_such(project ? "project" : "task", name.id).in("topic");
  }
  if (name.subprojects) tree.load(reader);
  if (name.kind == TopicName::Kind::task_metrics) learn_series(core, reader, *topic);
  topics.push_back(topic);
  return topic;
}

void EventHub::Impl::catch_up(const Reader& reader, const Topic& topic, Revision since,
                              Delta& out) {
  if (since == through) return;
  if (since > through) return out.start_over("unknown_revision");
  Topic copy = topic;
  copy.delta = {};
  Topic* const one[] = {&copy};
  std::vector<CollectionId> asked = {topic.collection};
  if (topic.name.subprojects) asked.push_back(core.in.projects);
  try {
    const FeedPage page = FeedPage::read(reader, since, asked, limits.replay);
    if (page.more) return out.start_over("too_many");
    tell_topics(core, reader, page, one, tree, false);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_old) throw;
    return out.start_over("too_old");
  }
  out.merge(copy.delta);
}

void EventHub::Impl::add(const Reader& reader, Subscriber& s, const Wish& wish) {
  auto at = std::find_if(s.topics.begin(), s.topics.end(),
                         [&](const Subscription& t) { return t.topic->name == wish.topic; });
  if (at == s.topics.end()) {
    if (s.topics.size() >= limits.topics)
      throw Error(ErrorCode::busy, "a connection listens to at most " +
                                       std::to_string(limits.topics) +
                                       " topics; open another or leave one")
          .in("topic");
    Subscription fresh{topic_of(reader, s, wish.topic), {}};
    if (wish.since) catch_up(reader, *fresh.topic, *wish.since, fresh.pending);
    s.topics.push_back(std::move(fresh));
  } else if (wish.since) {
    catch_up(reader, *at->topic, *wish.since, at->pending);
  }
}

void EventHub::Impl::admit(const Reader& reader, std::shared_ptr<Subscriber> s,
                           std::vector<Wish> wishes) {
  try {
    for (const Wish& wish : wishes) add(reader, *s, wish);
  } catch (const Error& e) {
    s->outlet->refused(e);
    return;
  }
  const auto now = Clock::now();
  if (subscribers.empty()) next_tick = now + tick;
  s->told = through;
  for (const Wish& wish : wishes)
    if (wish.since) s->told = std::min(s->told, *wish.since);
  s->last = now;
  s->due = s->manner.greet;
  if (s->manner.wait) {
    s->until = now + *s->manner.wait;
    timers.emplace(*s->until, s->id);
  }
  Subscriber& kept = *s;
  subscribers.emplace(s->id, std::move(s));
  count = subscribers.size();
  kept.outlet->accepted();
  flush(kept);
}

EventHub::EventHub(const Core& core, EventLimits limits)
    : core_(core), limits_(limits), impl_(std::make_unique<Impl>(core_, limits_)) {}
EventHub::~EventHub() { stop(); }

void EventHub::start() {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->stopping) return;
  impl_->stopping = false;
  impl_->thread = std::thread([this] { impl_->run(); });
}

void EventHub::stop() noexcept {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) return;
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
  impl_->tasks.clear();  // outlets that were never admitted go with them
}

void EventHub::hint() noexcept {
  {
    const std::lock_guard lock(impl_->mutex);
    if (std::exchange(impl_->hinted, true)) return;
  }
  impl_->wake.notify_one();
}

void EventHub::check(const Principal& who, const TopicName& topic) const {
  const CollectionId collection = core_.store.collection(topic.collection);
  const bool open = core_.store.declaration(collection).readers == "all";
  if (core_.access.visible(who, topic.collection).op == Filter::Op::none || !open)
    throw no_such("topic", topic.text).in("topic");
}

EventHub::Id EventHub::open(std::shared_ptr<EventOutlet> outlet, Principal who,
                            std::vector<Wish> wishes, Manner manner) {
  auto s = std::make_shared<Subscriber>();
  {
    const std::lock_guard lock(impl_->mutex);
    s->id = ++impl_->last_id;
  }
  outlet->id = s->id;
  s->outlet = std::move(outlet);
  s->who = std::move(who);
  s->manner = manner;
  const Id id = s->id;
  impl_->post([impl = impl_.get(), s = std::move(s), wishes = std::move(wishes)](
                  const Reader& reader) mutable { impl->admit(reader, std::move(s), wishes); });
  return id;
}

void EventHub::subscribe(Id id, Wish wish) {
  impl_->post([impl = impl_.get(), id, wish = std::move(wish)](const Reader& reader) {
    Subscriber* s = impl->find(id);
    if (!s) return;
    try {
      impl->add(reader, *s, wish);
    } catch (const Error& e) {
      s->outlet->declined(wish.topic, e);
      return;
    }
    if (wish.since) s->told = std::min(s->told, *wish.since);
    s->outlet->subscribed(wish.topic, impl->through);
    impl->flush(*s);
  });
}

void EventHub::unsubscribe(Id id, TopicName topic) {
  impl_->post([impl = impl_.get(), id, topic = std::move(topic)](const Reader&) {
    Subscriber* s = impl->find(id);
    if (!s) return;
    if (std::erase_if(s->topics, [&](const Subscription& t) { return t.topic->name == topic; }) ==
        0) {
      s->outlet->declined(topic, no_such("subscription", topic.text));
      return;
    }
    s->outlet->unsubscribed(topic);
    impl->forget_unused_topics();
  });
}

void EventHub::drained(Id id) noexcept {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) return;
    impl_->freed.insert(id);
  }
  impl_->wake.notify_one();
}

void EventHub::close(Id id) noexcept {
  try {
    impl_->post([impl = impl_.get(), id](const Reader&) { impl->end(id, std::nullopt); });
  } catch (const std::exception&) {  // it stops, and ends all
  }
}

std::size_t EventHub::subscribers() const noexcept { return impl_->count; }
std::uint64_t EventHub::dropped() const noexcept { return impl_->dropped; }

}  // namespace podium::host
