#include "live.hpp"

#include <algorithm>
#include <utility>

namespace podium::leaderboard {
namespace {

/// A filter that names an age is asked of all tasks again when the answer is older than this.
constexpr std::int64_t fresh_ms = 10'000;
/// When more tasks than this were touched, all are read anew: that is quicker.
constexpr std::size_t most_touched = 20'000;

}  // namespace

Live::Live(PluginContext& context, const Ids& ids, Ordinal project, DefinitionPtr definition,
           Filter visible, Clock now, bool remembers)
    : context_(context),
      ids_(ids),
      project_(project),
      definition_(std::move(definition)),
      visible_(std::move(visible)),
      now_(std::move(now)),
      remembers_(remembers) {}

Wanted Live::wanted(const Reader& reader) {
  return reading_->wanted(reader, [&](const DatasetName& n) { return engine_->dataset(n); });
}

void Live::link(const Reader& reader, const DatasetName& name) {
  const DatasetIndex index = engine_->dataset(name);
  linked_.insert(index);
  reading_->readers(reader, name, [&](Ordinal input, Ordinal task) {
    task_of_input_[input] = task;
    auto& known = read_by_[task];
    const auto at = std::lower_bound(known.begin(), known.end(), index);
    if (at == known.end() || *at != index) known.insert(at, index);
  });
}

std::vector<DatasetIndex> Live::datasets_of(Ordinal task) const {
  const auto at = read_by_.find(task);
  return at == read_by_.end() ? std::vector<DatasetIndex>() : at->second;
}

void Live::rebuild(const Reader& reader) {
  const Revision now = reader.revision();
  auto reading =
      std::make_unique<Reading>(context_, ids_, definition_, visible_,
                                projects_of(reader, ids_, project_, definition_->subprojects));
  auto engine = std::make_unique<Engine>(definition_, reading->order());
  reading_ = std::move(reading);
  const std::unique_ptr<Engine> before = std::exchange(engine_, std::move(engine));
  linked_.clear();
  read_by_.clear();
  task_of_input_.clear();
  read_at_ = now_();
  Wanted wants = wanted(reader);
  for (const DatasetIndex i : wants.all()) {
    const DatasetName name = engine_->dataset(i);
    link(reader, name);
  }
  engine_->want(std::move(wants));
  reading_->read(reader, std::nullopt, [&](Entry&& e) {
    e.datasets = datasets_of(e.task);
    engine_->fill(std::move(e));
  });
  tasks_read_ += engine_->tasks();
  ++rebuilds_;
  engine_->filled();
  through_ = now;
  if (remembers_ && before) see_all(reader, *before);
}

Live::Touched Live::changes(const Reader& reader) {
  Touched out;
  const std::vector<CollectionId> collections = {ids_.tasks, ids_.projects, ids_.datasets,
                                                 ids_.inputs};
  std::vector<Ordinal> inputs;
  try {
    for (;;) {
      const Changes to = reader.changes(through_, collections, 10'000, [&](const Change& c) {
        if (c.collection == ids_.tasks) {
          out.tasks.insert(c.ordinal);
        } else if (c.collection == ids_.projects) {
          out.projects = true;
        } else if (c.collection == ids_.datasets) {
          out.datasets = true;
        } else if (c.kind == Change::Kind::erased) {
          if (const auto at = task_of_input_.find(c.ordinal); at != task_of_input_.end())
            out.tasks.insert(at->second);
        } else {
          inputs.push_back(c.ordinal);
        }
      });
      through_ = to.through;
      if (out.tasks.size() + inputs.size() > most_touched) out.all = true;
      if (!to.more || out.all) break;
    }
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_old) throw;
    out.all = true;
  }
  if (definition_->asks_for_datasets() && !inputs.empty()) {
    static const std::vector<Column> columns = {value_of(field("task"))};
    reader.get(ids_.inputs, inputs, columns, [&](const Row& row) {
      const Ordinal task = cell::integer(row.cell(0));
      task_of_input_[row.ordinal()] = task;
      out.tasks.insert(task);
      return true;
    });
  }
  return out;
}

void Live::apply(const Reader& reader, const Touched& touched) {
  const bool asks = definition_->asks_for_datasets();
  if (asks &&
      (touched.datasets || (definition_->mode == Mode::compatible && !touched.tasks.empty()))) {
    Wanted wants = wanted(reader);
    for (const DatasetIndex i : wants.all())
      if (!linked_.contains(i)) return rebuild(reader);
    want(std::move(wants));
  }
  if (touched.tasks.empty()) return;
  const std::vector<Ordinal> tasks(touched.tasks.begin(), touched.tasks.end());
  if (asks)
    for (const Ordinal task : tasks) {
      std::vector<DatasetIndex> now;
      for (const DatasetName& name : reading_->datasets_of(reader, task))
        if (const DatasetIndex i = engine_->dataset(name); linked_.contains(i)) now.push_back(i);
      std::sort(now.begin(), now.end());
      if (now.empty())
        read_by_.erase(task);
      else
        read_by_[task] = std::move(now);
    }
  std::set<Ordinal> gone = touched.tasks;
  reading_->read(reader, std::span<const Ordinal>(tasks), [&](Entry&& e) {
    gone.erase(e.task);
    e.datasets = datasets_of(e.task);
    ++tasks_read_;
    const Entry* const was = engine_->find(e.task);
    if (remembers_) see(reader, *engine_, was, &e);
    engine_->put(std::move(e));
  });
  for (const Ordinal task : gone) {
    if (const Entry* const was = engine_->find(task); was != nullptr && remembers_)
      see(reader, *engine_, was, nullptr);
    engine_->remove(task);
  }
}

void Live::want(Wanted wants) {
  const WantedNames was = remembers_ ? names_of(*engine_) : WantedNames();
  if (engine_->want(std::move(wants)) && remembers_) see(was);
}

/// What must be covered was another.
void Live::see(const WantedNames& was) {
  Seen step;
  step.wanted = names_of(*engine_);
  if (step.wanted == was) return;
  step.wanted_was = was;
  step.at = looks_;
  step.before = looked_;
  seen_.add(std::move(step));
}

/// What a task was in an engine, and is (null: it is not on the board).
void Live::see(const Reader& reader, const Engine& before, const Entry* was, const Entry* is) {
  Seen step;
  if (was != nullptr) {
    step.was = logged(before, *was);
    step.was_updated = was->updated;
  }
  if (is != nullptr) step.is = logged(*engine_, *is);
  // Of one that says another time only, the time before may be when it came.
  if (step.was && step.is && was->updated == is->updated && same(*step.was, *step.is)) return;
  step.task = was != nullptr ? was->task : is->task;
  if (is != nullptr) {
    step.updated = is->updated;
  } else {
    static const std::vector<Column> columns = {value_of(field("updated"))};
    reader.get(ids_.tasks, step.task, columns,
               [&](const Row& row) { step.updated = cell::integer(row.cell(0)); });
  }
  step.at = looks_;
  step.before = looked_;
  seen_.add(std::move(step));
}

/// What a rebuild changed.
void Live::see_all(const Reader& reader, const Engine& before) {
  see(names_of(before));
  const auto all = [](const Engine& engine) {
    std::vector<const Entry*> out;
    for (const Candidate* c : engine.candidates())
      for (const Entry& e : c->tasks) out.push_back(&e);
    std::sort(out.begin(), out.end(),
              [](const Entry* a, const Entry* b) { return a->task < b->task; });
    return out;
  };
  const auto were = all(before), are = all(*engine_);
  for (std::size_t i = 0, j = 0; i < were.size() || j < are.size();) {
    const Entry* was = i < were.size() ? were[i] : nullptr;
    const Entry* is = j < are.size() ? are[j] : nullptr;
    if (was != nullptr && is != nullptr && was->task != is->task)
      (was->task < is->task ? is : was) = nullptr;
    i += was != nullptr ? 1 : 0;
    j += is != nullptr ? 1 : 0;
    see(reader, before, was, is);
  }
}

void Live::catch_up(const Reader& reader) {
  looks_ = now_();
  try {
    look(reader);
    looked_ = looks_;
    size = engine_->tasks();
    ready = true;
  } catch (...) {
    engine_ = nullptr;  // what is half done is begun anew
    throw;
  }
}

void Live::look(const Reader& reader) {
  if (!engine_) return rebuild(reader);
  if (reading_->moves() && now_() - read_at_ > fresh_ms) return rebuild(reader);
  const Touched touched = changes(reader);
  if (touched.all) return rebuild(reader);
  if (touched.projects &&
      projects_of(reader, ids_, project_, definition_->subprojects) != reading_->projects())
    return rebuild(reader);
  apply(reader, touched);
}

}  // namespace podium::leaderboard
