#include "watcher.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace podium::rules {
namespace {

/// Tasks of one slice.
constexpr std::uint64_t slice_size = 1000;

std::int64_t life_of(const Row& row, std::size_t active, std::size_t updated) {
  const auto alive = cell::integer_if(row.cell(active));
  return alive ? *alive : cell::integer(row.cell(updated));
}

}  // namespace

Watcher::Parts& Watcher::parts() {
  if (!parts_) parts_ = std::make_shared<Parts>(context_, now_);
  return *parts_;
}

Step& Watcher::step_of(std::map<Ordinal, Step>& steps, const Rule& rule) {
  Step& step = steps[rule.ordinal];
  step.rule = rule.ordinal;
  step.watch = rule.watch;
  return step;
}

Listener::Work Watcher::work(std::map<Ordinal, Step> steps) {
  std::erase_if(steps, [](const auto& s) {
    return s.second.edges.empty() && !s.second.came_to && !s.second.start_over && !s.second.error;
  });
  if (steps.empty()) return {};
  return [parts = parts_, steps = std::move(steps)](Transaction& t) {
    for (const auto& [rule, step] : steps) parts->firing.write(t, step);
  };
}

/// Notes which filters cannot be read any more, and which can be again: these have missed what
/// changed, so they start over.
void Watcher::news(std::map<Ordinal, Step>& steps, std::vector<Ordinal>& rules) {
  for (const auto& [rule, n] : parts().book.news()) {
    Step& step = steps[rule];
    step.rule = rule;
    step.watch = n.watch;
    step.start_over = n.why.empty();
    step.error = n.why;
    if (step.start_over) rules.push_back(rule);
  }
}

Listener::Work Watcher::handle(std::span<const Change> changes, const Reader&) {
  Parts& p = parts();
  std::vector<Ordinal> tasks, told;
  bool names = false;
  for (const Change& change : changes) {
    if (change.collection == p.ids.rules)
      told.push_back(change.ordinal);
    else if (change.collection != p.ids.tasks)
      names = true;
    else if (change.kind != Change::Kind::erased)
      tasks.push_back(change.ordinal);
  }
  std::map<Ordinal, Step> steps;
  context_.store().read([&](const Reader& reader) {
    steps.clear();
    std::vector<Ordinal> rules = told;
    p.book.refresh(reader, now_(), rules, names);
    news(steps, rules);
    if (p.book.all().empty()) return;
    for (const Ordinal rule : rules)
      if (const auto question = p.book.find(rule)) {
        if (question->rule.phase != Phase::on)
          slice(reader, *question, step_of(steps, question->rule));
        if (question->rule.quiet != 0) quiet(reader, *question, step_of(steps, question->rule));
      }
    if (!tasks.empty()) look(reader, tasks, steps);
  });
  return work(std::move(steps));
}

Listener::Work Watcher::resync(Revision, const Reader&) {
  Parts& p = parts();
  std::map<Ordinal, Step> steps;
  context_.store().read([&](const Reader& reader) {
    steps.clear();
    p.book.forget();
    p.book.refresh(reader, now_(), {}, false);
    std::vector<Ordinal> none;
    news(steps, none);
    // Nobody knows which tasks changed: all are looked at, from what is noted of them.
    for (const auto& [ordinal, question] : p.book.all()) {
      Step& step = step_of(steps, question->rule);
      if (question->rule.phase == Phase::on)
        step.start_over = true;
      else
        slice(reader, *question, step);
    }
  });
  return work(std::move(steps));
}

/// Asks the rules about tasks that changed.
void Watcher::look(const Reader& reader, std::span<const Ordinal> tasks,
                   std::map<Ordinal, Step>& steps) {
  Parts& p = parts();
  struct Pair {
    Ordinal rule, ordinal;
    bool due;
    std::int64_t life;
  };
  std::unordered_map<Ordinal, std::vector<Pair>> pairs;
  static const std::vector<Column> pair_columns = {value_of(field("rule")), value_of(field("task")),
                                                   value_of(field("due")), value_of(field("life"))};
  Query query;
  query.collection = p.ids.pairs;
  query.filter = in(field("task"), {tasks.begin(), tasks.end()});
  query.columns = pair_columns;
  reader.query(query, [&](const Row& row) {
    pairs[cell::integer(row.cell(1))].push_back({cell::integer(row.cell(0)), row.ordinal(),
                                                 cell::integer_if(row.cell(2)).has_value(),
                                                 cell::integer(row.cell(3))});
    return true;
  });
  const Columns& columns = p.book.columns();
  const std::int64_t now = now_();
  reader.get(p.ids.tasks, tasks, columns.all(), [&](const Row& row) {
    RowRecord record(context_.store(), reader, columns, row);
    const auto known = pairs.find(row.ordinal());
    std::vector<Pair> held;
    if (known != pairs.end()) held = known->second;
    const std::int64_t life = life_of(row, Book::active, Book::updated);
    for (const auto& question : p.book.of_project(cell::integer(row.cell(Book::project)))) {
      const Rule& rule = question->rule;
      const auto pair = std::find_if(held.begin(), held.end(),
                                     [&](const Pair& h) { return h.rule == rule.ordinal; });
      const bool is = (*question->holds)(record);
      if (!is) continue;
      if (pair == held.end()) {
        // While the rule is being switched on, what it did not come to yet is as it was before.
        const bool noted = rule.phase == Phase::arming && row.ordinal() > rule.at;
        step_of(steps, rule)
            .edges.push_back({noted ? Edge::Kind::noted : Edge::Kind::starts, row.ordinal(), 0,
                              noted ? life : now});
        continue;
      }
      if (rule.quiet != 0 && !pair->due && life > pair->life)
        step_of(steps, rule)
            .edges.push_back({Edge::Kind::lives, row.ordinal(), pair->ordinal, life});
      held.erase(pair);
    }
    for (const Pair& pair : held)  // it does not hold, or the task is not the rule's any more
      if (const auto question = p.book.find(pair.rule))
        step_of(steps, question->rule)
            .edges.push_back({Edge::Kind::ceases, row.ordinal(), pair.ordinal, 0});
    return true;
  });
}

/// Goes over the next tasks that were there, beside what is noted of them.
void Watcher::slice(const Reader& reader, const Question& question, Step& step) {
  const Parts& p = parts();
  const Rule& rule = question.rule;
  static const std::vector<Column> columns = {value_of(field("active")),
                                              value_of(field("updated"))};
  std::map<Ordinal, std::int64_t> holding;  // and the last sign of life
  Query query;
  query.collection = p.ids.tasks;
  query.filter = all_of({compare(record_ordinal(), Compare::gt, rule.at), question.whole()});
  query.columns = columns;
  query.limit = slice_size;
  reader.query(query, [&](const Row& row) {
    holding.emplace(row.ordinal(), life_of(row, 0, 1));
    return true;
  });
  std::map<Ordinal, Ordinal> noted;
  static const std::vector<Column> pair_columns = {value_of(field("task"))};
  query = {};
  query.collection = p.ids.pairs;
  query.filter =
      all_of({eq(field("rule"), rule.ordinal), compare(field("task"), Compare::gt, rule.at)});
  query.order = {{field("task"), false, false}};
  query.columns = pair_columns;
  query.limit = slice_size;
  reader.query(query, [&](const Row& row) {
    noted.emplace(cell::integer(row.cell(0)), row.ordinal());
    return true;
  });
  Ordinal upto = 0;  // 0: to the end
  for (const auto* part : {&holding, &noted})
    if (part->size() == slice_size && (upto == 0 || part->rbegin()->first < upto))
      upto = part->rbegin()->first;
  const std::int64_t now = now_();
  for (const auto& [task, life] : holding) {
    if (upto != 0 && task > upto) continue;
    const bool arming = rule.phase == Phase::arming;
    const auto pair = noted.find(task);
    if (pair == noted.end())
      step.edges.push_back({arming ? Edge::Kind::noted : Edge::Kind::starts, task, 0, life});
    else if (arming && rule.quiet != 0)  // `quiet` may be another than it was
      step.edges.push_back({Edge::Kind::noted, task, pair->second, life});
  }
  for (const auto& [task, pair] : noted)
    if ((upto == 0 || task <= upto) && !holding.contains(task))
      step.edges.push_back({Edge::Kind::ceases, task, pair, now});
  step.came_to = upto;
}

/// Pairs that may have been quiet for long enough.
void Watcher::quiet(const Reader& reader, const Question& question, Step& step) {
  const Parts& p = parts();
  static const std::vector<Column> columns = {value_of(field("task"))};
  Query query;
  query.collection = p.ids.pairs;
  query.filter = all_of(
      {eq(field("rule"), question.rule.ordinal), compare(field("due"), Compare::le, now_())});
  query.columns = columns;
  query.limit = slice_size;
  reader.query(query, [&](const Row& row) {
    step.edges.push_back({Edge::Kind::due, cell::integer(row.cell(0)), row.ordinal(), 0});
    return true;
  });
}

}  // namespace podium::rules
