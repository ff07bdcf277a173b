#pragma once
// The handlers of /api/v1/tasks, one file each for what is more than a few lines.
#include "podium/http/message.hpp"
#include "services/api/api.hpp"

namespace podium::host {

/// A task with all it has: fields, params, tags, summaries, inputs, models.
Response task_answer(const Core&, const ApiServices&, const Principal&, std::string_view id);
/// Rows of the tasks that match, with the asked columns only.
Response query_tasks(const Core&, const ApiServices&, Request&);
Response task_metrics(const Core&, const ApiServices&, Request&);
/// Points of one series, streamed.
Response task_points(const Core&, const ApiServices&, Request&);
/// What the query of `task_points` may bring.
std::vector<Parameter> points_parameters();
Response task_history(const Core&, const ApiServices&, Request&);
Response log_task(const Core&, const ApiServices&, Request&);

}  // namespace podium::host
