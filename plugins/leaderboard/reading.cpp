#include "reading.hpp"

#include <algorithm>
#include <unordered_map>

#include "key.hpp"
#include "podium/query.hpp"
#include "podium/service/tasks.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::leaderboard {
namespace {

/// Columns that every board has; the state only where every state counts.
enum : std::size_t { name_at, started_at, completed_at, created_at, updated_at, state_at };

/// Tasks asked for at once.
constexpr std::size_t slice = 1000;

bool moves_with_time(const std::string& filter) {
  for (std::size_t i = 0; i + 1 < filter.size(); ++i) {
    if (filter[i] != '\'' && filter[i] != '"') continue;
    const char next = filter[i + 1];
    if (next == '-' || next == '+' || next == 'n' || next == 'N') return true;
  }
  return false;
}

Number number_of(const Cell& cell) {
  if (const auto* x = std::get_if<double>(&cell)) return *x;
  if (const auto* n = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*n);
  return {};
}

Number spelled_in(const Cell& cell) {
  const auto* text = std::get_if<std::string_view>(&cell);
  if (text == nullptr) return {};
  const auto number = kit::number_of(*text);
  return number ? Number(*number) : Number();
}

std::optional<std::string_view> view_of(const Cell& cell) {
  const auto* text = std::get_if<std::string_view>(&cell);
  return text ? std::optional(*text) : std::nullopt;
}

Statistic statistic_of(Pick pick, Direction direction) {
  switch (pick) {
    case Pick::best:
      return direction == Direction::max ? Statistic::max : Statistic::min;
    case Pick::min:
      return Statistic::min;
    case Pick::max:
      return Statistic::max;
    case Pick::first:
      return Statistic::first;
    default:
      return Statistic::last;
  }
}

}  // namespace

std::vector<Ordinal> projects_of(const Reader& reader, const Ids& ids, Ordinal project,
                                 bool subprojects) {
  std::vector<Ordinal> out;
  static const std::vector<Column> columns = {value_of(field("name"))};
  std::string name;
  if (reader.get(ids.projects, project, columns,
                 [&](const Row& row) { name = cell::text(row.cell(0)); }))
    out.push_back(project);
  if (subprojects && !name.empty()) {
    // Below "vision" are the names from "vision/" up to where its '/' is the next character, '0'.
    const auto below = reader.ids(ids.projects,
                                  all_of({compare(field("name"), Compare::gt, name + '/'),
                                          compare(field("name"), Compare::lt, name + '0')}),
                                  {});
    out.insert(out.end(), below.begin(), below.end());
  }
  std::sort(out.begin(), out.end());
  return out;
}

Reading::Reading(const PluginContext& context, const Ids& ids, DefinitionPtr definition,
                 Filter visible, std::vector<Ordinal> projects)
    : ids_(ids), definition_(std::move(definition)), projects_(std::move(projects)) {
  const Definition& d = *definition_;
  const Vocabulary& words = context.vocabulary("tasks");
  std::vector<Filter> arms;
  arms.push_back(std::move(visible));
  arms.push_back(projects_.size() == 1 ? eq(field("project"), projects_.front())
                                       : in(field("project"), std::vector<Value>(projects_.begin(),
                                                                                 projects_.end())));
  arms.push_back(eq(field("archived"), false));
  if (d.counts == Counts::completed)
    arms.push_back(
        in(field("state"), {Value{std::string("completed")}, Value{std::string("published")}}));
  const auto within = [](const char* member, auto&& read) {
    try {
      return read();
    } catch (Error& e) {
      if (e.field().empty()) e.in(std::string("definition.") + member);
      throw;
    }
  };
  arms.push_back(within("filter", [&] { return context.query_language().parse(d.filter, words); }));
  filter_ = projects_.empty() ? none() : all_of(std::move(arms));
  for (const std::string& item : d.order)
    order_.push_back(
        within("order", [&] { return context.query_language().parse_order(item, words); }));
  moves_ = moves_with_time(d.filter);
  plan();
}

std::size_t Reading::add(Column column) {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i].kind == column.kind && columns_[i].path == column.path) return i;
  columns_.push_back(std::move(column));
  return columns_.size() - 1;
}

void Reading::plan() {
  const Definition& d = *definition_;
  for (const char* name : {"name", "started", "completed", "created", "updated"})
    columns_.push_back(value_of(field(name)));
  if (d.counts == Counts::all) columns_.push_back(value_of(field("state")));
  const auto cells = [&](const std::string& key, const std::string& scope, Pick pick,
                         Direction direction) {
    std::vector<std::size_t> out;
    if (pick == Pick::at_step || pick == Pick::mean) {
      // Whether there are points at all; they are read by themselves.
      out.push_back(add(value_of(series("metrics", key, Statistic::count, scope))));
      if (pick == Pick::mean)
        for (const Statistic s : {Statistic::last, Statistic::sum})
          out.push_back(add(value_of(series("metrics", key, s, scope))));
    } else {
      out.push_back(add(value_of(series("metrics", key, statistic_of(pick, direction), scope))));
    }
    return out;
  };
  for (const Metric& m : d.metrics)
    values_.push_back(cells(m.metric, m.scope, m.value, m.direction));
  for (const BoardColumn& c : d.columns)
    beside_.push_back(
        c.source == BoardColumn::Source::metric
            ? cells(c.key, c.scope, c.value, c.direction)
            : std::vector{add(value_of(
                  entry(c.source == BoardColumn::Source::tag ? "tags" : "params", c.key)))});
  for (const std::string& tag : d.group_by.tags)
    group_.push_back(add(value_of(entry("tags", tag))));
  for (const std::string& p : d.group_by.params)
    group_.push_back(add(value_of(entry("params", p))));
  if (d.group_by.all_params) all_params_ = add(whole_map("params"));
  if (d.kind == Kind::teams)
    team_ = add(value_of(d.team.empty() ? field("user") : entry("tags", d.team)));
  for (const OrderKey& key : order_) order_cells_.push_back(add(kit::column_of(key.path)));
}

void Reading::key_of(const Row& row, std::string& key) const {
  const Definition& d = *definition_;
  key.clear();
  if (d.kind == Kind::tasks) {
    append(key, {KeyPart::Kind::task, std::string(row.id()), {}, {}});
    return;
  }
  if (d.kind == Kind::teams) {
    // Names of teams are texts: "007" is not "7".
    const Cell cell = row.cell(team_);
    if (const auto team = view_of(cell); team && !team->empty())
      append(key, {KeyPart::Kind::team, {}, std::string(*team), {}});
    return;
  }
  for (std::size_t i = 0; i < group_.size(); ++i) {
    const bool tag = i < d.group_by.tags.size();
    const Cell cell = row.cell(group_[i]);
    append(key, tag ? KeyPart::Kind::tag : KeyPart::Kind::param,
           tag ? d.group_by.tags[i] : d.group_by.params[i - d.group_by.tags.size()], view_of(cell));
  }
  // All parameters that any task has, a missing one being a value: the same as all that this task
  // has. So a key that is new among the tasks changes nobody else's candidate.
  if (d.group_by.all_params)
    for (const MapEntry& e : row.map(all_params_)) append(key, KeyPart::Kind::param, e.key, e.text);
}

Number Reading::pick(const Reader& reader, const Row& row, const std::vector<std::size_t>& cells,
                     const std::string& key, const std::string& scope, Pick pick,
                     std::int64_t step) const {
  if (pick != Pick::at_step && pick != Pick::mean) return number_of(row.cell(cells.front()));
  const Number count = number_of(row.cell(cells.front()));
  if (!count.there || count.value == 0) return {};
  if (pick == Pick::mean && count.value == 1) return number_of(row.cell(cells[1]));
  PointsQuery q;
  q.collection = ids_.tasks;
  q.record = row.ordinal();
  q.series = "metrics";
  q.key = key;
  q.scope = scope;
  if (pick == Pick::at_step) q.from = q.to = step;
  double sum = 0, last = 0;
  std::int64_t numbers = 0, points = 0;
  reader.points(q, [&](std::span<const Point> block) {
    for (const Point& p : block) {
      last = p.value;
      ++points;
      if (std::isnan(p.value)) continue;
      sum += p.value;
      ++numbers;
    }
    return true;
  });
  if (points == 0) return {};
  if (pick == Pick::at_step) return last;
  // The summary's sum leaves out NaN but its count does not: so points are counted here.
  return numbers == 0 ? Number(std::numeric_limits<double>::quiet_NaN())
                      : Number(sum / static_cast<double>(numbers));
}

void Reading::read(const Reader& reader, std::optional<std::span<const Ordinal>> tasks,
                   FunctionRef<void(Entry&&)> sink) const {
  const Definition& d = *definition_;
  std::string key;
  std::unordered_map<std::string, Key> keys;  // what tasks have in common is kept once
  const auto take = [&](const Row& row) {
    Entry e;
    key_of(row, key);
    if (d.kind == Kind::teams && key.empty()) return true;
    if (d.kind == Kind::tasks) {
      e.key = key;
    } else {
      const auto [known, added] = keys.try_emplace(key);
      if (added) known->second = key;
      e.key = known->second;
    }
    e.task = row.ordinal();
    e.id = row.id();
    e.name = cell::text(row.cell(name_at));
    const std::int64_t created = cell::integer(row.cell(created_at));
    e.started = cell::integer(row.cell(started_at), created);
    e.ended = cell::integer(row.cell(completed_at), e.started);
    e.updated = cell::integer(row.cell(updated_at));
    if (d.counts == Counts::all) {
      const Cell state = row.cell(state_at);
      const auto word = task_state(view_of(state).value_or(""));
      e.open = word && *word <= TaskState::running;
    }
    e.values.reserve(d.metrics.size());
    for (std::size_t m = 0; m < d.metrics.size(); ++m) {
      const Metric& metric = d.metrics[m];
      e.values.push_back(
          pick(reader, row, values_[m], metric.metric, metric.scope, metric.value, metric.step));
    }
    for (std::size_t c = 0; c < d.columns.size(); ++c) {
      const BoardColumn& column = d.columns[c];
      e.columns.push_back(
          column.source == BoardColumn::Source::metric
              ? pick(reader, row, beside_[c], column.key, column.scope, column.value, column.step)
              : spelled_in(row.cell(beside_[c].front())));
    }
    for (std::size_t i = 0; i < order_.size(); ++i)
      e.order.push_back(
          kit::sort_key(kit::seen(row, order_cells_[i], order_[i].path), order_[i].as_text));
    sink(std::move(e));
    return true;
  };
  Query q;
  q.collection = ids_.tasks;
  q.columns = columns_;
  if (!tasks) {
    q.filter = filter_;
    reader.query(q, take);
    return;
  }
  for (std::size_t at = 0; at < tasks->size(); at += slice) {
    const auto part = tasks->subspan(at, std::min(slice, tasks->size() - at));
    q.filter =
        all_of({in(record_ordinal(), std::vector<Value>(part.begin(), part.end())), filter_});
    reader.query(q, take);
  }
}

Wanted Reading::wanted(const Reader& reader,
                       const std::function<DatasetIndex(const DatasetName&)>& index) const {
  const Definition& d = *definition_;
  Wanted out;
  for (const DatasetChoice& c : d.datasets) {
    out.listed.push_back(index({c.name, c.digest}));
    out.weights.push_back(c.weight);
  }
  if (!d.asks_for_datasets() || projects_.empty()) return out;
  struct Known {
    DatasetName name;
    std::int64_t created = 0;
    Ordinal ordinal = 0;
    std::vector<std::pair<std::string, std::string>> labels;
  };
  std::vector<Known> live;
  std::map<DatasetName, std::size_t> at;
  Query q;
  q.collection = ids_.datasets;
  q.filter = in(field("project"), std::vector<Value>(projects_.begin(), projects_.end()));
  q.columns = {value_of(field("name")), value_of(field("digest")), value_of(field("created")),
               whole_map("labels")};
  reader.query(q, [&](const Row& row) {
    const DatasetName name{cell::text(row.cell(0)), cell::text(row.cell(1))};
    // The same data set in several projects of the board counts once, from when it was first known.
    const auto [known, added] = at.emplace(name, live.size());
    if (added) live.push_back({name, cell::integer(row.cell(2)), row.ordinal(), {}});
    for (const MapEntry& label : row.map(3))
      live[known->second].labels.emplace_back(label.key, label.text);
    return true;
  });
  std::sort(live.begin(), live.end(), [](const Known& a, const Known& b) {
    return std::pair(a.created, a.ordinal) > std::pair(b.created, b.ordinal);
  });
  for (const CoverageRule& rule : d.coverage) {
    Wanted::Rule r;
    r.label = rule.value ? rule.label + "=" + *rule.value : rule.label;
    r.last = static_cast<std::size_t>(rule.last);
    for (const Known& k : live) {
      if (r.datasets.size() == r.last) break;
      const bool has = std::any_of(k.labels.begin(), k.labels.end(), [&](const auto& label) {
        return label.first == rule.label && (!rule.value || label.second == *rule.value);
      });
      if (has) r.datasets.push_back(index(k.name));
    }
    std::sort(r.datasets.begin(), r.datasets.end());
    out.rules.push_back(std::move(r));
  }
  if (d.mode != Mode::compatible) return out;
  // Of which project a task is does not matter here; data sets are told apart by name and digest.
  for (const Known& k : live) {
    const DatasetIndex i = index(k.name);
    const auto all = out.all();
    if (!std::binary_search(all.begin(), all.end(), i)) continue;
    Query used;
    used.collection = ids_.tasks;
    used.filter = all_of(
        {in(field("state"), {Value{std::string("completed")}, Value{std::string("published")}}),
         eq(field("archived"), false),
         any("inputs", "task",
             all_of({eq(field("name"), k.name.name), eq(field("digest"), k.name.digest)}))});
    used.limit = 1;
    bool some = false;
    reader.query(used, [&](const Row&) { return !(some = true); });
    if (some) out.effective.push_back(i);
  }
  std::sort(out.effective.begin(), out.effective.end());
  return out;
}

void Reading::readers(const Reader& reader, const DatasetName& dataset,
                      const std::function<void(Ordinal, Ordinal)>& sink) const {
  Query q;
  q.collection = ids_.inputs;
  std::vector<Filter> arms = {eq(field("name"), dataset.name), eq(field("digest"), dataset.digest)};
  if (!definition_->role.empty()) arms.push_back(eq(field("context"), definition_->role));
  q.filter = all_of(std::move(arms));
  q.columns = {value_of(field("task"))};
  reader.query(q, [&](const Row& row) {
    sink(row.ordinal(), cell::integer(row.cell(0)));
    return true;
  });
}

std::vector<DatasetName> Reading::datasets_of(const Reader& reader, Ordinal task) const {
  Query q;
  q.collection = ids_.inputs;
  std::vector<Filter> arms = {eq(field("task"), task)};
  if (!definition_->role.empty()) arms.push_back(eq(field("context"), definition_->role));
  q.filter = all_of(std::move(arms));
  q.columns = {value_of(field("name")), value_of(field("digest"))};
  std::vector<DatasetName> out;
  reader.query(q, [&](const Row& row) {
    out.push_back({cell::text(row.cell(0)), cell::text(row.cell(1))});
    return true;
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace podium::leaderboard
