#include "services/goals/goals.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "podium/storage_kit/text.hpp"
#include "services/derived/derive_job.hpp"
#include "services/goals/goal.hpp"
#include "services/history/history.hpp"

namespace podium::host {
namespace {

constexpr std::string_view direction_words[] = {"max", "min"};

template <std::size_t N>
void check_word(const char* what, std::string_view word, const std::string_view (&known)[N]) {
  if (std::find(std::begin(known), std::end(known), word) != std::end(known)) return;
  std::string names;
  for (const auto k : known) names += (names.empty() ? "" : ", ") + std::string(k);
  throw Error(ErrorCode::invalid, "a goal's " + std::string(what) + " is one of " + names +
                                      ", not '" + std::string(word) + "'")
      .in(what);
}

void check_target(double target) {
  if (!std::isfinite(target))
    throw Error(ErrorCode::invalid, "a goal's target is a finite number").in("target");
}

Subject subject(Ordinal project, std::string_view goal) {
  return {Subject::Kind::project, project, "goal", goal};
}

constexpr std::array<const char*, 5> told = {"metric", "scope", "statistic", "direction", "target"};

std::vector<Column> columns() {
  std::vector<Column> out;
  for (const char* name : told) out.push_back(value_of(field(name)));
  return out;
}

}  // namespace

Ordinal GoalService::add(Transaction& t, const Principal& who, Ordinal project,
                         const NewGoal& goal) {
  core_.access.require(who, "project.write");
  const std::size_t length = kit::count_code_points(goal.metric);
  if (length == 0 || length > 1024)
    throw Error(ErrorCode::invalid, "a goal names a metric, of 1 to 1024 characters").in("metric");
  check_word("statistic", goal.statistic, statistic_words);
  check_word("direction", goal.direction, direction_words);
  check_target(goal.target);
  const std::string metric(goal.metric), scope(goal.scope), statistic(goal.statistic);
  bool taken = false;
  t.query(core_.in.goals, KeyRange{"metric", {project, metric, scope, statistic}, {}, {}, false}, 1,
          {}, [&](const Row&) { return !(taken = true); });
  if (taken)
    throw Error(ErrorCode::exists, "the project has a goal for the " + statistic + " of '" +
                                       metric + "' already; change that one")
        .in("metric");
  const std::int64_t now = core_.now();
  NewRecord record;
  record.content.set("project", project)
      .set("metric", metric)
      .set("scope", scope)
      .set("statistic", statistic)
      .set("direction", std::string(goal.direction))
      .set("target", goal.target)
      .set("created", now)
      .set("updated", now);
  const Ordinal ordinal = t.insert(core_.in.goals, record);
  std::string id;
  t.get(core_.in.goals, ordinal, {}, [&](const Row& row) { id = row.id(); });
  ChangeSet changes;
  changes.add("metric", Cell{}, goal.metric);
  if (!scope.empty()) changes.add("scope", Cell{}, goal.scope);
  changes.add("statistic", Cell{}, goal.statistic);
  changes.add("direction", Cell{}, goal.direction);
  changes.add("target", Cell{}, goal.target);
  write_history(t, core_, who, subject(project, id), "add", {}, changes.json());
  start_deriving(t, jobs_, who, project);
  return ordinal;
}

Goals::Head GoalService::require(Transaction& t, const Principal& who, Ordinal project,
                                 std::string_view id) {
  static const std::array column = {value_of(field("project"))};
  const bool number =
      !id.empty() && id.size() <= 18 &&
      std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
  Head head;
  head.ordinal = number ? t.find(core_.in.goals, id) : 0;
  core_.check_visible(t, who, "goals", core_.in.goals, head.ordinal, "goal", id);
  core_.access.require(who, "project.write");
  t.get(core_.in.goals, head.ordinal, column, [&](const Row& row) {
    head.project = std::get<std::int64_t>(row.cell(0));
    head.version = row.version();
  });
  if (head.project == 0 || head.project != project) throw no_such("goal", id);
  return head;
}

void GoalService::edit(Transaction& t, const Principal& who, const Head& head,
                       const GoalEdit& edit) {
  core_.access.require(who, "project.write");
  if (edit.statistic) check_word("statistic", *edit.statistic, statistic_words);
  if (edit.direction) check_word("direction", *edit.direction, direction_words);
  if (edit.target) check_target(*edit.target);
  static const auto all = columns();
  ChangeSet changes;
  Patch patch;
  std::string id, metric, scope;
  t.get(core_.in.goals, head.ordinal, all, [&](const Row& row) {
    id = row.id();
    metric = std::get<std::string_view>(row.cell(0));
    scope = std::get<std::string_view>(row.cell(1));
    if (edit.statistic) changes.add("statistic", row.cell(2), *edit.statistic);
    if (edit.direction) changes.add("direction", row.cell(3), *edit.direction);
    if (edit.target) changes.add("target", row.cell(4), *edit.target);
  });
  if (changes.empty()) return;
  if (edit.statistic) {
    bool taken = false;
    t.query(
        core_.in.goals,
        KeyRange{
            "metric", {head.project, metric, scope, std::string(*edit.statistic)}, {}, {}, false},
        1, {}, [&](const Row& row) {
          taken = row.ordinal() != head.ordinal;
          return false;
        });
    if (taken)
      throw Error(ErrorCode::exists, "the project has a goal for the " +
                                         std::string(*edit.statistic) + " of '" + metric +
                                         "' already")
          .in("statistic");
    patch.set("statistic", std::string(*edit.statistic));
  }
  if (edit.direction) patch.set("direction", std::string(*edit.direction));
  if (edit.target) patch.set("target", *edit.target);
  patch.set("updated", core_.now());
  t.update(core_.in.goals, std::span<const Ordinal>(&head.ordinal, 1), {}, patch);
  write_history(t, core_, who, subject(head.project, id), "edit", {}, changes.json());
  start_deriving(t, jobs_, who, head.project);
}

void GoalService::remove(Transaction& t, const Principal& who, const Head& head) {
  core_.access.require(who, "project.write");
  static const auto all = columns();
  ChangeSet changes;
  std::string id;
  t.get(core_.in.goals, head.ordinal, all, [&](const Row& row) {
    id = row.id();
    for (std::size_t i = 0; i < told.size(); ++i)
      if (row.cell(i) != Cell{std::string_view()}) changes.add(told[i], row.cell(i), Cell{});
  });
  t.erase(core_.in.goals, std::span<const Ordinal>(&head.ordinal, 1));
  write_history(t, core_, who, subject(head.project, id), "delete", {}, changes.json());
  start_deriving(t, jobs_, who, head.project);
}

}  // namespace podium::host
