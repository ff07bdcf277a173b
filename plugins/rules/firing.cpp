#include "firing.hpp"

#include <algorithm>
#include <array>

namespace podium::rules {
namespace {

constexpr std::int64_t hour = 3'600'000;
/// Of a task that a rule made of a task that it made, and so on.
constexpr int most_generations = 5, most_ancestors = 50;

std::span<const Ordinal> one(const Ordinal& o) { return {&o, 1}; }

bool is_refusal(ErrorCode code) {
  return code == ErrorCode::not_found || code == ErrorCode::invalid || code == ErrorCode::denied ||
         code == ErrorCode::conflict || code == ErrorCode::unsupported || code == ErrorCode::gone;
}

}  // namespace

/// Reads (and locks) what must be known of a task; none when it is gone.
std::optional<Firing::Task> Firing::task(Transaction& t, const Rule& rule, Ordinal ordinal) const {
  static const std::array columns = {value_of(field("active")), value_of(field("user")),
                                     value_of(field("derived_from"))};
  std::optional<Task> out;
  Ordinal source = 0;
  const std::string own = rule.who().id;
  const auto look = [&](const Row& row) {
    if (!out) {
      out.emplace();
      out->id = row.id();
      out->life = cell::integer(row.cell(0));
    }
    const std::string user = cell::text(row.cell(1));
    if (user == own) ++out->made_by_rule;
    // Only what rules made is followed: what people made of it ends the chain.
    source = user.starts_with("rule:") ? cell::integer(row.cell(2)) : 0;
  };
  t.get(ids_.tasks, ordinal, columns, look);
  for (int i = 0; out && source != 0 && i < most_ancestors; ++i) {
    const Ordinal next = source;
    source = 0;
    t.get(ids_.tasks, next, columns, look);
  }
  return out;
}

bool Firing::too_often(Transaction& t, const Rule& rule, Ordinal task) const {
  KeyRange range{"pair", {rule.ordinal, task}};
  range.from = Value{now_() - hour};
  std::uint64_t n = 0;
  t.query(ids_.firings, range, most_firings_an_hour, {}, [&](const Row&) {
    ++n;
    return true;
  });
  return n >= most_firings_an_hour;
}

void Firing::apply(Transaction& t, const Rule& rule, const Edge& edge, std::vector<Due>& due,
                   std::string& switch_off) const {
  if (edge.kind == Edge::Kind::ceases) {
    t.erase(ids_.pairs, one(edge.pair));
    return;
  }
  const auto found = task(t, rule, edge.task);
  if (!found) return;
  const std::int64_t now = now_();
  const auto act = [&](const char* why) {
    if (too_often(t, rule, edge.task))
      switch_off = "it fired " + std::to_string(most_firings_an_hour) +
                   " times in an hour for task '" + found->id +
                   "': what it does makes it hold again. Change it, then switch it on";
    else if (found->made_by_rule >= most_generations)
      switch_off = "it fires for what it made itself: task '" + found->id + "' is the " +
                   std::to_string(most_generations) +
                   "th of a line that it made. Change it, then switch it on";
    else
      due.push_back({edge.task, found->id, why});
  };
  switch (edge.kind) {
    case Edge::Kind::starts:
    case Edge::Kind::noted: {
      Patch patch;
      if (rule.quiet != 0) {
        // What had been quiet for that long when the rule was switched on is no news.
        const bool old = edge.kind == Edge::Kind::noted && edge.life + rule.quiet <= now;
        patch.set("life", edge.life).set("due", old ? Value{} : Value{edge.life + rule.quiet});
      }
      if (edge.pair != 0) {
        t.update(ids_.pairs, one(edge.pair), {}, patch);
        return;
      }
      patch.set("rule", rule.ordinal).set("task", edge.task).set("since", now);
      const bool inserted = t.insert_or_keep(ids_.pairs, {{}, std::move(patch)}, "pair").inserted;
      if (inserted && rule.quiet == 0 && edge.kind == Edge::Kind::starts) act("start");
      return;
    }
    case Edge::Kind::due: {
      static const std::array columns = {value_of(field("due")), value_of(field("life"))};
      std::optional<std::int64_t> at;
      std::int64_t life = 0;
      t.get(ids_.pairs, edge.pair, columns, [&](const Row& row) {
        at = cell::integer_if(row.cell(0));
        life = cell::integer(row.cell(1));
      });
      if (!at || *at > now) return;
      life = std::max(life, found->life);
      Patch patch;
      patch.set("life", life);
      if (life + rule.quiet > now) {
        patch.set("due", life + rule.quiet);
      } else {
        patch.set("due", Value{});
        act("quiet");
      }
      t.update(ids_.pairs, one(edge.pair), {}, patch);
      return;
    }
    case Edge::Kind::lives: {
      Patch patch;
      patch.set("life", edge.life).set("due", edge.life + rule.quiet);
      t.update(ids_.pairs, one(edge.pair), is_null(field("due")), patch);
      return;
    }
    case Edge::Kind::ceases:
      return;
  }
}

void Firing::fire(Transaction& t, const Rule& rule, std::vector<Due> due, Patch& patch,
                  std::string& error) const {
  Actions& actions = context_.actions();
  const Principal who = rule.who();
  ActionOptions options;
  options.why = "rule " + rule.name;
  const auto start = [&](std::span<const Due> some) {
    ActionSelection selection;
    for (const Due& d : some) selection.ids.push_back(d.id);
    return actions.start(t, who, rule.action, selection, rule.parameters, options);
  };
  const auto keep = [&](std::span<const Due> some, const std::string& run,
                        const std::string& why_not) {
    for (const Due& d : some) {
      NewRecord firing;
      firing.content.set("rule", rule.ordinal)
          .set("task", d.task)
          .set("task_id", d.id)
          .set("at", now_())
          .set("why", std::string(d.why));
      if (!run.empty()) firing.content.set("run", run);
      if (!why_not.empty()) firing.content.set("error", why_not);
      t.insert(ids_.firings, firing);
    }
  };
  // One run for all of them; an action that refuses so many is asked for each.
  const std::function<void(std::span<const Due>)> go = [&](std::span<const Due> some) {
    std::string run, why_not;
    try {
      run = start(some);
    } catch (const Error& e) {
      if (!is_refusal(e.code())) throw;
      if (some.size() > 1 && e.code() == ErrorCode::invalid) {
        for (const Due& d : some) go(std::span<const Due>(&d, 1));
        return;
      }
      why_not = std::string("action '") + rule.action + "' was not started: " + e.what();
      error = why_not;
    }
    keep(some, run, why_not);
  };
  go(due);
  patch.set("fired", rule.fired + static_cast<std::int64_t>(due.size())).set("last_fired", now_());
}

void Firing::write(Transaction& t, const Step& step) const {
  std::optional<Rule> rule;
  t.get(ids_.rules, step.rule, rule_columns(), [&](const Row& row) { rule = rule_of(row); });
  // Switched off, or told to watch something else: then it starts over by itself.
  if (!rule || !rule->enabled || rule->watch != step.watch) return;

  Patch patch;
  std::vector<Due> due;
  std::string switch_off, error;
  if (step.error) patch.set("last_error", step.error->empty() ? Value{} : Value{*step.error});
  if (step.start_over && rule->phase == Phase::on)
    patch.set("phase", std::string(name(Phase::catching_up))).set("at", std::int64_t{0});
  if (step.came_to && rule->phase != Phase::on) {
    if (*step.came_to == 0)
      patch.set("phase", std::string(name(Phase::on))).set("at", Value{});
    else
      patch.set("at", *step.came_to);
  }
  for (const Edge& edge : step.edges) {
    apply(t, *rule, edge, due, switch_off);
    if (!switch_off.empty()) break;
  }
  if (!due.empty()) {
    fire(t, *rule, std::move(due), patch, error);
    if (error.empty() && !rule->last_error.empty()) patch.set("last_error", Value{});
  }
  if (!error.empty()) patch.set("last_error", error);
  if (!switch_off.empty())
    patch.set("enabled", false).set("disabled_reason", switch_off).set("updated", now_());
  if (!patch.empty()) t.update(ids_.rules, one(step.rule), {}, patch);
}

}  // namespace podium::rules
