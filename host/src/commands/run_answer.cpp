#include "commands/run_answer.hpp"

#include <algorithm>
#include <array>

#include "commands/table_of.hpp"
#include "services/actions/actions.hpp"

namespace podium::host::commands {
namespace {

/// Tasks that all went well without a remark are listed up to so many.
constexpr std::size_t most_plain = 100;

bool says_something(const ActionOutcome& o) {
  return o.error || !o.message.empty() || !o.made.empty() || !o.detail.empty();
}

Value text_or_missing(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

AnswerTable outcomes_of(const ActionRun& run) {
  const auto any = [&](auto member) {
    return std::any_of(run.items.begin(), run.items.end(),
                       [&](const ActionOutcome& o) { return !(o.*member).empty(); });
  };
  const bool made = any(&ActionOutcome::made), detail = any(&ActionOutcome::detail);
  const std::uint64_t of = run.succeeded + run.failed;
  AnswerTable table;
  table.entity = "task";
  table.column("id", CellType::id).column("outcome").column("message");
  if (made) table.column("made", CellType::id);
  if (detail) table.column("detail");
  for (const ActionOutcome& o : run.items) {
    if (of > most_plain && !says_something(o)) continue;
    std::vector<Value> row = {o.id, std::string(o.error ? name(*o.error) : "done"),
                              text_or_missing(o.message)};
    if (made) row.push_back(text_or_missing(o.made));
    if (detail) row.push_back(text_or_missing(o.detail));
    table.row(std::move(row));
  }
  table.of = static_cast<std::int64_t>(of);
  table.truncated = table.rows.size() < of;
  return table;
}

}  // namespace

AnswerProgress progress_of(const Parts& parts, const Principal& who, std::string_view id) {
  static const std::array columns = {value_of(field("kind")), value_of(field("state")),
                                     value_of(field("done")), value_of(field("total"))};
  const Store& store = parts.core->store;
  AnswerProgress progress;
  progress.job = id;
  const auto number = [](const Cell& cell) {
    const auto* n = std::get_if<std::int64_t>(&cell);
    return n != nullptr ? *n : 0;
  };
  const auto text = [](const Cell& cell) {
    const auto* t = std::get_if<std::string_view>(&cell);
    return std::string(t != nullptr ? *t : std::string_view());
  };
  const Ordinal job = parts.jobs->find(store, who, id);
  if (job == 0 || !parts.jobs->get(store, who, job, columns, [&](const Row& row) {
        progress.kind = text(row.cell(0));
        progress.state = text(row.cell(1));
        progress.done = number(row.cell(2));
        progress.total = number(row.cell(3));
      }))
    throw no_such("job", id);
  return progress;
}

std::optional<JobsRun> run_of_job(const Parts& parts, const Principal& who, std::string_view job) {
  const Store& store = parts.core->store;
  Query query;
  query.filter = eq(field("job"), parts.jobs->find(store, who, job));
  query.limit = 1;
  std::string id;
  parts.runs->runs().query(store, who, query, [&](const Row& row) {
    id = row.id();
    return false;
  });
  if (id.empty()) return std::nullopt;
  const RunRecord record = parts.runs->read(who, id);
  return JobsRun{record.order.action, parts.runs->answer(record)};
}

Answer answer_of(const Parts& parts, const Principal& who, std::string_view action,
                 const ActionRun& run, bool dry_run) {
  if (run.state == "running" && !run.job.empty()) return progress_of(parts, who, run.job);
  AnswerDetails details;
  details.entity = "action_run";
  details.field("run", text_or_missing(run.id), CellType::id);
  details.field("action", std::string(action)).field("state", run.state);
  const auto count = [&](const char* name, std::uint64_t n) {
    details.field(name, static_cast<std::int64_t>(n), CellType::integer);
  };
  count("matched", run.matched);
  count("succeeded", run.succeeded);
  count("failed", run.failed);
  count("skipped", run.skipped);
  details.field("dry_run", dry_run, CellType::boolean);
  details.field("undoable", run.undoable, CellType::boolean);
  if (!run.job.empty()) details.field("job", run.job, CellType::id);
  if (!run.message.empty()) details.field("message", run.message);
  if (!run.open_url.empty()) details.field("open_url", run.open_url);
  if (!run.items.empty()) details.section("tasks", outcomes_of(run));
  Answer answer(std::move(details));
  if (run.failed > 0 || (run.state != "done" && run.state != "running"))
    answer.outcome = Outcome::failed;
  return answer;
}

}  // namespace podium::host::commands
