// GET /api/v1/tasks/{id}/attempts
#include <algorithm>

#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/api/task_handlers.hpp"

namespace podium::host {
namespace {

VisibleRecords attempts_of(const Core& core) {
  return VisibleRecords(core, core.in.attempts, "attempts");
}

/// The attempt {number} of the task {id}; throws `not_found`.
Ordinal find_attempt(const Core& core, const ApiServices& services, const Request& request) {
  const Principal& who = request.who();
  const Ordinal task = find_visible(services.tasks, core.store, who, "task", request.segment("id"));
  const std::string_view text = request.segment("number");
  const bool number =
      !text.empty() && text.size() <= 18 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) throw no_such("attempt", text);
  const auto found = attempts_of(core).ids(
      core.store, who,
      all_of({eq(field("task"), task),
              eq(field("number"), std::int64_t{std::stoll(std::string(text))})}),
      {}, {});
  if (found.empty()) throw no_such("attempt", text);
  return found.front();
}

}  // namespace

Response list_attempts(const Core& core, const ApiServices& services, Request& request) {
  const Parameters p(request);
  const Principal& who = request.who();
  static constexpr std::string_view names[] = {"number",    "state",     "started",
                                               "completed", "reason",    "worker",
                                               "kept",      "iteration", "run_time"};
  Query query;
  query.filter = eq(field("task"),
                    find_visible(services.tasks, core.store, who, "task", request.segment("id")));
  query.order = {{field("number"), false, false}};
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = field_columns(names);
  query.columns.push_back(value_of(record_body()));
  return list_response("attempts", [&](JsonWriter& w) {
    return attempts_of(core).query(core.store, who, query, [&](const Row& row) {
      w.object();
      write_fields(w, row, names);
      write_body_members(w, row.cell(std::size(names)));
      w.end_object();
      return true;
    });
  });
}

Response attempt_metrics(const Core& core, const ApiServices& services, Request& request) {
  return series_summaries(core, attempts_of(core), find_attempt(core, services, request), request);
}

Response attempt_points(const Core& core, const ApiServices& services, Request& request) {
  return series_points(core, attempts_of(core), find_attempt(core, services, request), request);
}

}  // namespace podium::host
