#include "past.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "answers.hpp"
#include "difference.hpp"
#include "key.hpp"
#include "log.hpp"
#include "podium/http/input.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/principal.hpp"

namespace podium::leaderboard {
namespace {

/// A place in the history: a record and an item of it.
struct Place {
  Ordinal record = 0;
  std::size_t item = 0;
};

Place place_of(const std::string& cursor) {
  Place out;
  const char *at = cursor.data(), *end = at + cursor.size();
  const auto first = std::from_chars(at, end, out.record);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == '.') {
    const auto second = std::from_chars(first.ptr + 1, end, out.item);
    if (second.ec == std::errc() && second.ptr == end) return out;
  }
  throw input::wrong("cursor", "is not one of this history's");
}

/// The definitions that a board has had.
std::map<std::int64_t, DefinitionPtr> definitions_of(const Reader& reader, const Ids& ids,
                                                     Ordinal board) {
  std::map<std::int64_t, DefinitionPtr> out;
  Query q;
  q.collection = ids.events;
  q.filter = all_of({eq(field("board"), board), eq(field("kind"), std::string("defined"))});
  q.columns = event_columns();
  reader.query(q, [&](const Row& row) {
    Event e = decode(row);
    out[e.revision] = e.definition;
    return true;
  });
  return out;
}

void write_values(JsonWriter& w, const char* member, const Definition* d,
                  const std::vector<Number>& values) {
  w.key(member).object();
  for (std::size_t i = 0; d != nullptr && i < values.size() && i < d->metrics.size(); ++i) {
    w.key(d->metrics[i].name);
    write(w, values[i]);
  }
  w.end_object();
}

/// How many things a record tells.
std::size_t items_of(const Event& e) {
  return e.kind == Event::Kind::tasks ? e.tasks.size() + e.left.size() : 1;
}

void write_datasets(JsonWriter& w, const std::vector<DatasetName>& names) {
  w.array();
  for (const DatasetName& n : names)
    w.object().key("name").value(n.name).key("digest").value(n.digest).end_object();
  w.end_array();
}

void write_item(JsonWriter& w, const Event& e, std::size_t i, const Definition* d) {
  const std::int64_t at = e.kind != Event::Kind::tasks ? e.at
                          : i < e.tasks.size()         ? e.tasks[i].at
                                                       : e.left[i - e.tasks.size()].at;
  w.object().key("at").value(at).key("revision").value(e.revision);
  if (e.kind == Event::Kind::defined) {
    w.key("kind").value("defined");
  } else if (e.kind == Event::Kind::datasets) {
    w.key("kind").value("datasets").key("datasets");
    write_datasets(w, e.wanted.listed);
    w.key("coverage").array();
    for (const WantedNames::Rule& r : e.wanted.rules) {
      w.object().key("label").value(r.label).key("last").value(static_cast<std::int64_t>(r.last));
      w.key("datasets");
      write_datasets(w, r.datasets);
      w.end_object();
    }
    w.end_array();
  } else if (i < e.tasks.size()) {
    const LoggedTask& t = e.tasks[i];
    w.key("kind").value(t.entered ? "entered" : "changed").key("task").value(t.entry.id);
    w.key("name").value(t.entry.name).key("candidate").value(id_of_key(t.entry.key));
    write_values(w, "values", d, t.entry.values);
    if (!t.entered) write_values(w, "before", d, t.before);
    w.key("ended").value(t.entry.ended);
  } else {
    const Event::Left& l = e.left[i - e.tasks.size()];
    w.key("kind").value("left").key("task").value(l.id).key("name").value(l.name);
  }
  if (e.initial) w.key("initial").value(true);
  w.end_object();
}

Ordinal task_of(const Event& e, std::size_t i) {
  return i < e.tasks.size() ? e.tasks[i].entry.task : e.left[i - e.tasks.size()].task;
}

}  // namespace

std::string history_json(const Desk& desk, const Principal& who, const Board& board,
                         std::uint64_t limit, const std::string& cursor) {
  const Store& store = desk.context().store();
  const Ids ids(store);
  const Filter visible = desk.context().access().visible(who, "tasks");
  const std::optional<Place> from = cursor.empty() ? std::nullopt : std::optional(place_of(cursor));
  std::string body, next;
  JsonWriter w(body);
  w.object().key("events").array();
  store.read([&](const Reader& reader) {
    const auto definitions = definitions_of(reader, ids, board.ordinal);
    Query q;
    q.collection = ids.events;
    std::vector<Filter> arms = {eq(field("board"), board.ordinal)};
    if (from) arms.push_back(compare(record_ordinal(), Compare::le, from->record));
    q.filter = all_of(std::move(arms));
    q.order = {{record_ordinal(), true, false}};
    q.columns = event_columns();
    std::uint64_t told = 0;
    reader.query(q, [&](const Row& row) {
      const Event e = decode(row);
      std::size_t i = items_of(e);
      if (from && e.ordinal == from->record) i = std::min(i, from->item);
      std::set<Ordinal> allowed;
      const bool guarded = visible.op != Filter::Op::all && e.kind == Event::Kind::tasks;
      if (guarded) {
        std::vector<Ordinal> tasks;
        for (std::size_t k = 0; k < i; ++k) tasks.push_back(task_of(e, k));
        const auto seen = visible_of(reader, ids, std::move(tasks), visible);
        allowed.insert(seen.begin(), seen.end());
      }
      const auto d = definitions.find(e.revision);
      for (; i > 0; --i) {
        if (guarded && !allowed.contains(task_of(e, i - 1))) continue;
        if (told == limit) {
          next = std::to_string(e.ordinal) + "." + std::to_string(i);
          return false;
        }
        write_item(w, e, i - 1, d == definitions.end() ? nullptr : d->second.get());
        ++told;
      }
      return true;
    });
  });
  w.end_array();
  write_cursor(w, next);
  w.end_object();
  return body;
}

namespace {

struct Stood {
  std::optional<std::int64_t> rank;
  std::vector<Number> values;
  std::string label;
};

std::string label_json(const Engine& engine, const Candidate& c) {
  std::string out;
  JsonWriter w(out);
  write_label(w, engine, c);
  return out;
}

std::map<std::string, Stood> stood(const Engine& engine) {
  std::map<std::string, Stood> out;
  const auto all = engine.candidates();
  for (std::size_t i = 0; i < all.size(); ++i) {
    Stood s{{}, all[i]->folded.values, label_json(engine, *all[i])};
    if (i < engine.ranked()) s.rank = static_cast<std::int64_t>(engine.rank(i));
    out.emplace(all[i]->id, std::move(s));
  }
  return out;
}

bool same(const Stood& a, const Stood& b) {
  return a.rank == b.rank &&
         std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(),
                    [](const Number& x, const Number& y) { return x.same(y); });
}

void write_stood(JsonWriter& w, const char* member, const Stood& s, const Definition& d) {
  w.key(member).object();
  if (s.rank) w.key("rank").value(*s.rank);
  w.key("qualified").value(s.rank.has_value());
  write_values(w, "values", &d, s.values);
  w.end_object();
}

}  // namespace

std::string changes_json(const Desk& desk, const Principal& who, const Board& board,
                         std::int64_t since) {
  std::map<std::string, Stood> then;
  Definition then_defined;
  bool rebuilt = false;
  desk.look(who, board, since, [&](const Ranking& r) {
    then = stood(r.engine);
    then_defined = r.engine.definition();
    rebuilt = r.rebuilt;
  });
  std::string body;
  JsonWriter w(body);
  desk.look(who, board, std::nullopt, [&](const Ranking& r) {
    w.object().key("board").value(board.id).key("since").value(since).key("rebuilt").value(rebuilt);
    w.key("defined_anew").value(then_defined != r.engine.definition()).key("rows").array();
    const auto all = r.engine.candidates();
    for (std::size_t i = 0; i < all.size(); ++i) {
      Stood now{{}, all[i]->folded.values, {}};
      if (i < r.engine.ranked()) now.rank = static_cast<std::int64_t>(r.engine.rank(i));
      const auto before = then.find(all[i]->id);
      const bool is_new = before == then.end();
      if (!is_new && same(before->second, now)) {
        then.erase(before);
        continue;
      }
      w.object().key("change").value(is_new                            ? "new"
                                     : before->second.rank != now.rank ? "moved"
                                                                       : "changed");
      w.key("candidate").value(all[i]->id).key("label").raw(label_json(r.engine, *all[i]));
      write_stood(w, "now", now, r.engine.definition());
      if (!is_new) {
        write_stood(w, "then", before->second, then_defined);
        then.erase(before);
      }
      w.end_object();
    }
    for (const auto& [id, s] : then) {
      w.object().key("change").value("gone").key("candidate").value(id).key("label").raw(s.label);
      write_stood(w, "then", s, then_defined);
      w.end_object();
    }
    w.end_array().end_object();
  });
  return body;
}

namespace {

/// Ranks of those who were among the first, as they changed.
class RankTrack {
 public:
  explicit RankTrack(const RanksQuestion& q) : q_(q) {}

  /// The board as of a moment. Moments do not go back.
  void look(const Engine& engine, std::int64_t at) {
    if (at > q_.to) return;
    std::map<std::string, std::int64_t> now;
    const std::size_t end = std::min<std::size_t>(engine.ranked(), q_.top);
    for (std::size_t i = 0; i < end; ++i) {
      const Candidate& c = *engine.candidates()[i];
      now[c.id] = static_cast<std::int64_t>(engine.rank(i));
      if (!labels_.contains(c.id)) labels_[c.id] = label_json(engine, c);
    }
    if (at < q_.from) {
      before_ = std::move(now);
      return;
    }
    begin();
    step(now, at);
  }
  /// What stood before `from` is told as of it.
  void begin() {
    if (begun_) return;
    begun_ = true;
    auto first = std::move(before_);
    before_.clear();
    step(first, q_.from);
  }
  void write(JsonWriter& w) const {
    w.key("truncated").value(points_ >= most_points).key("candidates").array();
    for (const std::string& id : order_) {
      w.object().key("candidate").value(id).key("label").raw(labels_.at(id)).key("ranks").array();
      for (const auto& [at, rank] : ranks_.at(id)) {
        w.array().value(at);
        if (rank == 0)
          w.null();
        else
          w.value(rank);
        w.end_array();
      }
      w.end_array().end_object();
    }
    w.end_array();
  }

 private:
  static constexpr std::size_t most_points = 50'000;
  void step(const std::map<std::string, std::int64_t>& now, std::int64_t at) {
    for (const auto& [id, rank] : now) {
      const auto was = before_.find(id);
      if (was == before_.end() || was->second != rank) note(id, at, rank);
    }
    for (const auto& [id, rank] : before_)
      if (!now.contains(id)) note(id, at, 0);
    before_ = now;
  }
  void note(const std::string& id, std::int64_t at, std::int64_t rank) {
    if (points_ >= most_points) return;
    auto [list, added] = ranks_.try_emplace(id);
    if (added) order_.push_back(id);
    // Of what happened at one moment the last counts.
    if (!list->second.empty() && list->second.back().first == at)
      list->second.back().second = rank;
    else if (++points_; true)
      list->second.emplace_back(at, rank);
  }

  RanksQuestion q_;
  bool begun_ = false;
  std::size_t points_ = 0;
  std::map<std::string, std::int64_t> before_;
  std::map<std::string, std::string> labels_;
  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>>
      ranks_;  ///< 0: not among them
  std::vector<std::string> order_;
};

}  // namespace

std::string ranks_json(const Desk& desk, const Principal& who, const Board& board,
                       const RanksQuestion& q) {
  PluginContext& context = desk.context();
  const Ids ids(context.store());
  const Filter visible = context.access().visible(who, "tasks");
  const bool all = visible.op == Filter::Op::all;
  std::vector<Event> events = told_so_far(desk.library(), board);
  std::set<Ordinal> allowed;
  if (!all) {
    std::vector<Ordinal> tasks;
    for (const Event& e : events)
      for (const LoggedTask& t : e.tasks) tasks.push_back(t.entry.task);
    const auto seen = visible_of(context.store(), ids, std::move(tasks), visible);
    allowed.insert(seen.begin(), seen.end());
  }
  // What happened, one by one and in the order of time. Of the tasks that were there when the board
  // was made nothing is known but when they ended.
  struct Happened {
    std::int64_t at;
    const Event* event;
    const LoggedTask* task = nullptr;  ///< that entered or changed
    Ordinal left = 0;
  };
  std::vector<Happened> line;
  const std::int64_t first_revision = events.front().revision, kept_since = events.front().at;
  for (const Event& e : events) {
    if (e.kind != Event::Kind::tasks) {
      // What had to be covered when the board was made is taken for the time before it, too.
      const bool first = e.initial && e.revision == first_revision;
      line.push_back({first ? std::numeric_limits<std::int64_t>::min() : e.at, &e});
      continue;
    }
    for (const LoggedTask& t : e.tasks) {
      if (!all && !allowed.contains(t.entry.task)) continue;
      const bool before = e.initial && e.revision == first_revision && t.at == kept_since;
      line.push_back({before ? std::min(t.entry.ended, kept_since) : t.at, &e, &t});
    }
    for (const Event::Left& l : e.left) line.push_back({l.at, &e, nullptr, l.task});
  }
  std::stable_sort(line.begin(), line.end(),
                   [](const Happened& a, const Happened& b) { return a.at < b.at; });
  RankTrack track(q);
  std::unique_ptr<Engine> engine;
  std::vector<Entry> many;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Happened& h = line[i];
    if (h.task != nullptr) {
      // All that is there from the beginning of another definition is taken in at once.
      if (engine->tasks() == 0 && h.event->initial && h.event->revision != first_revision &&
          h.at == h.event->at)
        many.push_back(entry_of(*engine, *h.task));
      else {
        if (!many.empty()) engine->load(std::exchange(many, {}));
        engine->put(entry_of(*engine, *h.task));
      }
    } else if (h.left != 0) {
      engine->remove(h.left);
    } else if (h.event->kind == Event::Kind::defined) {
      engine = empty_engine(context, h.event->definition);
    } else {
      engine->want(wanted_of(*engine, h.event->wanted));
    }
    if (i + 1 != line.size() && line[i + 1].at == h.at) continue;
    if (!many.empty()) engine->load(std::exchange(many, {}));
    if (h.at != std::numeric_limits<std::int64_t>::min()) track.look(*engine, h.at);
  }
  track.begin();
  std::string body;
  JsonWriter w(body);
  w.object().key("board").value(board.id).key("from").value(q.from).key("to").value(q.to);
  w.key("top").value(static_cast<std::int64_t>(q.top));
  // Times before this are worked out from the ends of tasks.
  w.key("kept_since").value(kept_since);
  track.write(w);
  w.end_object();
  return body;
}

}  // namespace podium::leaderboard
