#pragma once
// The handlers of /api/v1/tasks, one file each for what is more than a few lines.
#include "podium/http/json_writer.hpp"
#include "podium/http/message.hpp"
#include "services/api/api.hpp"
#include "services/records.hpp"

namespace podium::host {

/// A task with all it has: fields, params, tags, summaries, inputs, models.
Response task_answer(const Core&, const ApiServices&, const Principal&, std::string_view id);
/// {"task": the same, ...}, with more members given as JSON.
Response task_answer_with(const Core&, const ApiServices&, const Principal&, std::string_view id,
                          const std::string& members);
/// Rows of the tasks that match, with the asked columns only.
Response query_tasks(const Core&, const ApiServices&, Request&);
Response task_metrics(const Core&, const ApiServices&, Request&);
/// Points of one series, streamed.
Response task_points(const Core&, const ApiServices&, Request&);
/// What the query of `task_points` may bring.
std::vector<Parameter> points_parameters();
/// The bytes of one artifact.
Response task_artifact(const Core&, const ApiServices&, Request&);
Response task_history(const Core&, const ApiServices&, Request&);
Response log_task(const Core&, const ApiServices&, Request&);

// task_forms.cpp: one task each.
Response enqueue_task(const Core&, const ApiServices&, Request&);
Response dequeue_task(const Core&, const ApiServices&, Request&);
Response retry_task(const Core&, const ApiServices&, Request&);
Response abort_task(const Core&, const ApiServices&, Request&);
Response abort_children(const Core&, const ApiServices&, Request&);
Response publish_task(const Core&, const ApiServices&, Request&);
Response move_task(const Core&, const ApiServices&, Request&);
Response tag_task(const Core&, const ApiServices&, Request&);

// task_clone.cpp
Response clone_task(const Core&, const ApiServices&, Request&);
Response clone_tasks(const Core&, const ApiServices&, Request&);
Response move_tasks(const Core&, const ApiServices&, Request&);

// task_removal.cpp
Response reset_task(const Core&, const ApiServices&, Request&);
Response delete_task(const Core&, const ApiServices&, Request&);

// task_attempts.cpp
Response list_attempts(const Core&, const ApiServices&, Request&);
Response attempt_metrics(const Core&, const ApiServices&, Request&);
Response attempt_points(const Core&, const ApiServices&, Request&);

/// What a series is asked for: `record` is of `records`, and visible.
Response series_points(const Core&, const VisibleRecords& records, Ordinal record, Request&);
Response series_summaries(const Core&, const VisibleRecords& records, Ordinal record, Request&);

/// Where a pending task stands: the members "queue", "position", "watched" and a warning when
/// nobody watches. What is gone meanwhile is left out.
std::string queue_place(const Core&, const Principal&, std::string_view task, Ordinal queue);
/// {"code","message","field","detail"}
void write_error(JsonWriter&, const Error&);

}  // namespace podium::host
