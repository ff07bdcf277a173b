#include "services/derived/derive.hpp"

#include <algorithm>
#include <array>

#include "services/goals/goal.hpp"

namespace podium::host {
namespace {

/// Of the columns read.
enum : std::size_t {
  project,
  state,
  started,
  completed,
  updated,
  goals_met,
  iteration,
  active,
  run_time,
  metrics
};

const std::vector<Column>& columns() {
  static const std::vector<Column> all = [] {
    std::vector<Column> out;
    for (const char* name : {"project", "state", "started", "completed", "updated", "goals_met",
                             "iteration", "active", "run_time"})
      out.push_back(value_of(field(name)));
    out.push_back(whole_series("metrics"));
    return out;
  }();
  return all;
}

std::optional<std::int64_t> number(const Cell& cell) {
  const auto* n = std::get_if<std::int64_t>(&cell);
  return n ? std::optional(*n) : std::nullopt;
}

void correct(Patch& patch, const char* name, const Cell& is, const Cell& right) {
  if (is == right) return;
  if (const auto n = number(right))
    patch.set(name, *n);
  else if (const auto* flag = std::get_if<bool>(&right))
    patch.set(name, *flag);
  else
    patch.set(name, Value{});
}

Cell cell(const std::optional<std::int64_t>& n) { return n ? Cell{*n} : Cell{}; }

bool counts_own_steps(std::string_view key) { return key.starts_with("system/"); }

}  // namespace

std::vector<Correction> Deriver::operator()(std::span<const Ordinal> tasks,
                                            std::map<Ordinal, TaskTrace>* traces) const {
  std::vector<Correction> out;
  core_.store.read([&](const Reader& reader) {
    out.clear();
    std::map<Ordinal, std::vector<Goal>> goals;  // of the projects seen
    const auto goals_in = [&](Ordinal of) -> const std::vector<Goal>& {
      const auto known = goals.find(of);
      if (known != goals.end()) return known->second;
      return goals[of] = std::move(goals_of(reader, core_, std::span(&of, 1))[of]);
    };
    const std::int64_t now = core_.now();
    reader.get(core_.in.tasks, tasks, columns(), [&](const Row& row) {
      const auto series = row.series(metrics);
      const bool running = row.cell(state) == Cell{std::string_view("running")};
      const auto start = number(row.cell(started)), end = number(row.cell(completed));

      TaskTrace trace{row.version(), 0};
      std::optional<std::int64_t> step;
      std::int64_t newest = 0;
      for (const SeriesEntry& s : series) {
        trace.points += s.summary.count;
        if (s.summary.last.time <= now) newest = std::max(newest, s.summary.last.time);
        if (!counts_own_steps(s.key))
          step = std::max(step.value_or(s.summary.last.step), s.summary.last.step);
      }
      if (!step) step = number(row.cell(iteration));

      std::optional<std::int64_t> alive;
      if (start) {
        const auto before = number(row.cell(active));
        alive = std::max(*start, newest);
        if (before) alive = std::max(*alive, *before);
        if (running) alive = std::max(*alive, number(row.cell(updated)).value_or(0));
        if (!running && end) alive = std::max(*alive, *end);
      }
      if (traces != nullptr) {
        const auto known = traces->find(row.ordinal());
        if (running && alive && known != traces->end() && known->second != trace)
          alive = std::max(*alive, now);
        traces->insert_or_assign(row.ordinal(), trace);
      }

      std::optional<std::int64_t> ran;
      if (start) ran = std::max<std::int64_t>(0, (running || !end ? *alive : *end) - *start);

      Cell met;
      if (const auto& own = goals_in(std::get<std::int64_t>(row.cell(project))); !own.empty())
        met = std::all_of(own.begin(), own.end(), [&](const Goal& g) { return g.met(series); });

      Correction correction{row.ordinal(), row.version(), {}};
      correct(correction.patch, "goals_met", row.cell(goals_met), met);
      correct(correction.patch, "iteration", row.cell(iteration), cell(step));
      correct(correction.patch, "active", row.cell(active), cell(alive));
      correct(correction.patch, "run_time", row.cell(run_time), cell(ran));
      if (!correction.patch.empty()) out.push_back(std::move(correction));
      return true;
    });
  });
  return out;
}

void Deriver::write(Transaction& t, std::span<const Correction> corrections) const {
  // A task that was changed meanwhile is told of again.
  for (const auto& c : corrections)
    t.update(core_.in.tasks, std::span<const Ordinal>(&c.task, 1), eq(record_version(), c.version),
             c.patch);
}

}  // namespace podium::host
