#include "engine.hpp"

#include <algorithm>

#include "fold.hpp"

namespace podium::leaderboard {
namespace {

bool earlier(const Entry& a, const Entry& b) {
  return std::pair(a.started, a.task) < std::pair(b.started, b.task);
}

std::string told(const DatasetName& n) {
  return n.digest.empty() ? n.name : n.name + "@" + n.digest;
}

bool is_cost(const BoardColumn& c) { return c.kind != BoardColumn::Sort::number; }

}  // namespace

std::vector<DatasetIndex> Wanted::all() const {
  std::vector<DatasetIndex> out = listed;
  for (const Rule& rule : rules) out.insert(out.end(), rule.datasets.begin(), rule.datasets.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool Wanted::operator==(const Wanted& o) const {
  const auto same_rule = [](const Rule& a, const Rule& b) {
    return a.label == b.label && a.last == b.last && a.datasets == b.datasets;
  };
  return listed == o.listed && weights == o.weights && effective == o.effective &&
         std::equal(rules.begin(), rules.end(), o.rules.begin(), o.rules.end(), same_rule);
}

Engine::Engine(std::shared_ptr<const Definition> definition, Order order)
    : definition_(std::move(definition)), order_keys_(std::move(order)) {}

DatasetIndex Engine::dataset(const DatasetName& n) {
  const auto [at, added] = dataset_of_.emplace(n, static_cast<DatasetIndex>(datasets_.size()));
  if (added) datasets_.push_back(n);
  return at->second;
}

void Engine::fold(Candidate& c) {
  const Definition& d = *definition_;
  const auto name_of = [&](DatasetIndex i) { return told(datasets_[i]); };
  folded_ += c.tasks.size();
  if (d.mode == Mode::compatible) {
    c.folded = compatible::fold(d, wanted_, c.tasks);
    finish(d, c.tasks, c.folded);
    if (!c.folded.qualified && c.folded.reasons.empty())
      judge_coverage(d, wanted_, name_of, c.folded);
    return;
  }
  c.folded = fold_tasks(d, wanted_, wanted_all_, weights_, c.tasks);
  finish(d, c.tasks, c.folded);
  judge(d, wanted_, name_of, c.tasks, c.folded);
}

int Engine::compare_values(const Candidate& a, const Candidate& b) const {
  const Definition& d = *definition_;
  if (!d.order.empty()) {
    const auto &x = a.tasks.front().order, &y = b.tasks.front().order;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (const int c = kit::compare(x[i], y[i], order_keys_[i].descending); c != 0) return c;
    return 0;
  }
  const auto metric = [&](std::size_t m) {
    return compare_number(a.folded.values[m], b.folded.values[m], d.metrics[m].direction,
                          d.tie_precision);
  };
  if (const int c = metric(0); c != 0) return c;
  for (const TieBreak tie : d.tie_breaks) {
    int c = 0;
    if (tie == TieBreak::metrics) {
      for (std::size_t m = 1; m < d.metrics.size() && c == 0; ++m) c = metric(m);
    } else if (tie == TieBreak::cheaper) {
      for (std::size_t i = 0; i < d.columns.size() && c == 0; ++i)
        if (is_cost(d.columns[i]))
          c = compare_number(a.folded.columns[i], b.folded.columns[i], d.columns[i].direction, {});
    } else {
      const auto x = std::pair(a.folded.first, a.folded.first_task),
                 y = std::pair(b.folded.first, b.folded.first_task);
      c = x < y ? -1 : y < x ? 1 : 0;
    }
    if (c != 0) return c;
  }
  return 0;
}

int Engine::compare(const Candidate& a, const Candidate& b, bool printed) const {
  if (&a == &b) return 0;
  if (a.folded.qualified != b.folded.qualified) return a.folded.qualified ? -1 : 1;
  const int c = definition_->mode == Mode::compatible
                    ? compatible::compare(*definition_, a.folded, b.folded)
                    : compare_values(a, b);
  if (c != 0 || printed) return c;
  const auto x = std::pair(a.folded.first, a.folded.first_task),
             y = std::pair(b.folded.first, b.folded.first_task);
  if (x != y) return x < y ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

void Engine::sort() {
  std::sort(order_.begin(), order_.end(),
            [&](const Candidate* a, const Candidate* b) { return compare(*a, *b, false) < 0; });
  ranked_ = static_cast<std::size_t>(std::count_if(
      order_.begin(), order_.end(), [](const Candidate* c) { return c->folded.qualified; }));
}

std::size_t Engine::position(const Candidate& c) const {
  const auto at = std::lower_bound(
      order_.begin(), order_.end(), &c,
      [&](const Candidate* a, const Candidate* b) { return compare(*a, *b, false) < 0; });
  return static_cast<std::size_t>(at - order_.begin());
}

void Engine::place(const Candidate& c) {
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(position(c)), &c);
  if (c.folded.qualified) ++ranked_;
}

void Engine::displace(const Candidate& c) {
  order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(position(c)));
  if (c.folded.qualified) --ranked_;
}

Candidate& Engine::home(const Key& key) {
  auto& slot = by_key_[key.bytes()];
  if (!slot) {
    slot = std::make_unique<Candidate>();
    slot->key = key.bytes();
    slot->id = id_of_key(key);
    by_id_[slot->id] = slot.get();
  }
  return *slot;
}

void Engine::load(std::vector<Entry> entries) {
  for (Entry& e : entries) fill(std::move(e));
  filled();
}

void Engine::fill(Entry&& e) {
  Candidate* c = nullptr;
  if (e.key.shared()) {
    Candidate*& known = filling_[&e.key.bytes()];
    if (known == nullptr) known = &home(e.key);
    c = known;
  } else {
    c = &home(e.key);
  }
  where_.put(e.task, c);
  if (c->tasks.size() == c->tasks.capacity())
    c->tasks.reserve(
        definition_->kind == Kind::tasks ? 1 : std::max<std::size_t>(8, 2 * c->tasks.size()));
  c->tasks.push_back(std::move(e));
}

void Engine::filled() {
  ++generation_;
  filling_.clear();
  order_.clear();
  for (auto& [key, c] : by_key_) {
    if (!std::is_sorted(c->tasks.begin(), c->tasks.end(), earlier))
      std::sort(c->tasks.begin(), c->tasks.end(), earlier);
    fold(*c);
    order_.push_back(c.get());
  }
  sort();
}

bool Engine::remove(Ordinal task) {
  Candidate* const at = where_.find(task);
  if (at == nullptr) return false;
  ++generation_;
  Candidate& c = *at;
  where_.erase(task);
  displace(c);
  std::erase_if(c.tasks, [&](const Entry& e) { return e.task == task; });
  if (c.tasks.empty()) {
    by_id_.erase(c.id);
    const std::string key = c.key;
    by_key_.erase(key);
    return true;
  }
  fold(c);
  place(c);
  return true;
}

void Engine::put(Entry e) {
  ++generation_;
  const Candidate* const at = where_.find(e.task);
  if (at != nullptr && at->key != e.key.bytes()) remove(e.task);
  Candidate& c = home(e.key);
  if (!c.tasks.empty()) displace(c);
  std::erase_if(c.tasks, [&](const Entry& old) { return old.task == e.task; });
  where_.put(e.task, &c);
  c.tasks.insert(std::upper_bound(c.tasks.begin(), c.tasks.end(), e, earlier), std::move(e));
  fold(c);
  place(c);
}

const Entry* Engine::find(Ordinal task) const {
  const Candidate* const at = where_.find(task);
  if (at == nullptr) return nullptr;
  for (const Entry& e : at->tasks)
    if (e.task == task) return &e;
  return nullptr;
}

bool Engine::want(Wanted wanted) {
  if (wanted == wanted_) return false;
  ++generation_;
  wanted_ = std::move(wanted);
  wanted_all_ = wanted_.all();
  weights_.assign(wanted_all_.size(), 1);
  for (std::size_t i = 0; i < wanted_.listed.size() && i < wanted_.weights.size(); ++i) {
    const auto at = std::lower_bound(wanted_all_.begin(), wanted_all_.end(), wanted_.listed[i]);
    weights_[static_cast<std::size_t>(at - wanted_all_.begin())] = wanted_.weights[i];
  }
  for (auto& [key, c] : by_key_) fold(*c);
  sort();
  return true;
}

std::size_t Engine::rank(std::size_t position) const {
  // OptScale counts positions.
  if (definition_->mode == Mode::compatible) return position + 1;
  const Candidate& c = *order_[position];
  const auto end = order_.begin() + static_cast<std::ptrdiff_t>(position);
  const auto first = std::partition_point(
      order_.begin(), end, [&](const Candidate* other) { return compare(*other, c, true) < 0; });
  return static_cast<std::size_t>(first - order_.begin()) + 1;
}

const Candidate* Engine::candidate(std::string_view id) const {
  const auto at = by_id_.find(std::string(id));
  return at == by_id_.end() ? nullptr : at->second;
}

Samples Engine::samples(const Candidate& c) const {
  Samples out;
  const Definition& d = *definition_;
  if (d.metrics.empty()) return out;
  const auto value = [&](std::size_t i) { return c.tasks[i].values.front(); };
  if (!d.asks_for_datasets() || c.folded.covered.empty()) {
    auto& only = out.groups.emplace_back();
    for (const std::size_t i : c.folded.counted)
      if (value(i).counts()) only.push_back(value(i).value);
    out.weights = {1};
    if (only.empty()) return {};
    return out;
  }
  std::vector<bool> told(c.tasks.size(), false);
  for (std::size_t w = 0; w < wanted_all_.size(); ++w) {
    std::vector<double> group;
    std::vector<std::int64_t> ages;
    for (const std::size_t i : c.folded.counted) {
      const auto& read = c.tasks[i].datasets;
      // Pooled, a task that read two of them counts once.
      if (!value(i).counts() || (d.across == Across::pooled && told[i]) ||
          !std::binary_search(read.begin(), read.end(), wanted_all_[w]))
        continue;
      told[i] = true;
      group.push_back(value(i).value);
      ages.push_back(static_cast<std::int64_t>(i));
    }
    if (group.empty()) continue;
    out.groups.push_back(std::move(group));
    out.ages.push_back(std::move(ages));
    out.weights.push_back(d.across == Across::mean ? weights_[w] : 1);
  }
  return out;
}

Number Engine::value(const Candidate& c, std::string_view name) const {
  const Definition& d = *definition_;
  for (std::size_t m = 0; m < d.metrics.size(); ++m)
    if (d.metrics[m].name == name) return c.folded.values[m];
  for (std::size_t i = 0; i < d.columns.size(); ++i)
    if (d.columns[i].name == name) return c.folded.columns[i];
  return {};
}

Number Engine::relative(const Candidate& c, std::size_t column) const {
  const Definition& d = *definition_;
  if (references_of_ != generation_) {
    references_.assign(d.columns.size(), 0);
    for (std::size_t i = 0; i < d.columns.size(); ++i) {
      std::vector<double> values;
      double labelled = 0;
      for (std::size_t p = 0; p < ranked_; ++p) {
        const Number& v = order_[p]->folded.columns[i];
        if (!v.counts()) continue;
        values.push_back(v.value);
        if (d.columns[i].relative == BoardColumn::Relative::label &&
            label_of(order_[p]->key) == d.columns[i].relative_to)
          labelled = v.value;
      }
      const auto folded = [&](Fold f) { return fold_values(f, Direction::max, values).value; };
      switch (d.columns[i].relative) {
        case BoardColumn::Relative::none:
          break;
        case BoardColumn::Relative::max:
          references_[i] = folded(Fold::max);
          break;
        case BoardColumn::Relative::median:
          references_[i] = folded(Fold::median);
          break;
        case BoardColumn::Relative::total:
          references_[i] = folded(Fold::sum);
          break;
        case BoardColumn::Relative::label:
          references_[i] = labelled;
          break;
      }
    }
    references_of_ = generation_;
  }
  const Number& v = c.folded.columns[column];
  if (!v.counts() || references_[column] == 0) return {};
  return 100 * v.value / references_[column];
}

}  // namespace podium::leaderboard
