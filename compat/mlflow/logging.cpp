// Endpoints of what a run logs of itself: log-metric, log-parameter, set-tag, log-batch, log-model.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "log_requests.hpp"
#include "model_metrics.hpp"
#include "python_text.hpp"
#include "reserved_tags.hpp"
#include "runs.hpp"
#include "validation.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

constexpr std::string_view logged_models_tag = "mlflow.log-model.history";

/// How a params conflict is told: of log-parameter, or of log-batch.
using TellConflicts = Error (*)(const std::string& run_id, const std::vector<Conflict>&);

Error one_conflict(const std::string& run_id, const std::vector<Conflict>& conflicts) {
  const Conflict& c = conflicts.front();
  return invalid(fmt::format(
      "Changing param values is not allowed. Param with key='{}' was already logged with "
      "value='{}' for run ID='{}'. Attempted logging new value '{}'.",
      c.key, c.old_text, run_id, c.new_text));
}

Error all_conflicts(const std::string& run_id, const std::vector<Conflict>& conflicts) {
  std::string list;
  for (const Conflict& c : conflicts)
    list += fmt::format("{}{{'key': {}, 'old_value': {}, 'new_value': {}}}",
                        list.empty() ? "" : ", ", repr(std::string_view(c.key)),
                        repr(std::string_view(c.old_text)), repr(std::string_view(c.new_text)));
  return invalid(fmt::format(
      "Changing param values is not allowed. Params were already logged='[{}]' for run ID='{}'.",
      list, run_id));
}

struct Log {
  Principal who;
  LogRequest request;
  TellConflicts tell = nullptr;
};

/// All of it or nothing: the refusals of all parts come before the first write.
void write_log(const Api& api, Transaction& t, const Log& log) {
  const LogRequest& request = log.request;
  const Tasks::Head head = api.require_active_run(t, log.who, request.run_id);
  if (request.metrics.empty() && request.params.empty() && request.tags.empty()) return;
  const std::vector<ModelTarget> models = find_models(api, t, log.who, request.metrics);
  TagPlan plan;
  if (!request.tags.empty()) plan = plan_tags(api, t, head.ordinal, request.tags);

  std::vector<MapEntry> params;
  params.reserve(request.params.size());
  for (const Pair& p : request.params) params.push_back({p.key, p.value});
  std::vector<SeriesPoints> metrics;
  metrics.reserve(request.metrics.size());
  for (const MetricPoints& m : request.metrics) metrics.push_back({m.key, {}, m.points});
  TaskLog entries;
  entries.params = params;
  entries.tags = plan.plain;
  entries.metrics = metrics;
  try {
    api.tasks.log(t, log.who, head, entries);
  } catch (const ConflictError& e) {
    throw log.tell(request.run_id, e.conflicts());
  }
  if (!plan.fields.empty()) {
    Patch patch;
    patch.fields = std::move(plan.fields);
    api.tasks.describe(t, log.who, head, patch);
  }
  for (const std::string_view key : plan.stale) api.tasks.remove_tag(t, log.who, head, key);
  log_model_metrics(api, t, log.who, request.run_id, request.metrics, models);
}

void answer_log(const Api& api, Request& request, Reply& reply, LogRequest&& read,
                TellConflicts tell) {
  auto state = std::make_shared<Log>();
  state->who = request.who();
  state->request = std::move(read);
  state->tell = tell;
  commit_and_answer(
      api.store, std::move(reply), std::move(state),
      [&api](Transaction& t, Log& log) { write_log(api, t, log); },
      [](Log&) { return empty_answer(); });
}

/// JSON as Python writes it: blanks behind commas and colons, ASCII only.
std::string python_json(const nlohmann::ordered_json& value) {
  std::string out;
  const auto next = [&](const std::string& item) { out += (out.empty() ? "" : ", ") + item; };
  if (value.is_object()) {
    for (const auto& [key, member] : value.items())
      next(json_text(key) + ": " + python_json(member));
    return "{" + out + "}";
  }
  if (value.is_array()) {
    for (const auto& item : value) next(python_json(item));
    return "[" + out + "]";
  }
  if (value.is_string()) return json_text(value.get_ref<const std::string&>());
  return value.is_number_float() ? repr(value.get<double>()) : value.dump();
}

/// The legacy way to record a model: a summary of it is added to a list in a tag.
Response log_model(const Api& api, Request& request) {
  using Json = nlohmann::json;
  const Fields fields = read_fields(request);
  const std::string run_id(fields.required_text("run_id")),
      text(fields.required_text("model_json"));
  const Json model = Json::parse(text, nullptr, false);
  if (!model.is_object())
    throw invalid(fmt::format("Malformed model info. \n {} \n is not a valid JSON.", text));
  std::string absent;
  for (const char* name : {"artifact_path", "flavors", "utc_time_created", "run_id"})
    if (!model.contains(name)) absent += fmt::format("{}'{}'", absent.empty() ? "" : ", ", name);
  if (!absent.empty())
    throw invalid(fmt::format("Model json is missing mandatory fields: {{{}}}", absent));
  nlohmann::ordered_json summary;
  for (const char* name : {"run_id", "artifact_path", "utc_time_created", "model_uuid"})
    summary[name] = model.contains(name) ? model[name] : Json();
  summary["flavors"] = Json::object();
  for (const auto& [flavor, config] : model["flavors"].items()) {
    Json kept = config;
    if (kept.is_object()) kept.erase("config");
    summary["flavors"][flavor] = kept;
  }
  api.store.write([&](Transaction& t) {
    const Tasks::Head head = api.require_active_run(t, request.who(), run_id);
    auto list = nlohmann::ordered_json::array();
    const Column column = value_of(entry("tags", std::string(logged_models_tag)));
    t.get(api.task_records, head.ordinal, std::span(&column, 1), [&](const Row& row) {
      if (cell::missing(row.cell(0))) return;
      auto before = nlohmann::ordered_json::parse(cell::view(row.cell(0)), nullptr, false);
      if (before.is_array()) list = std::move(before);
    });
    list.push_back(summary);
    // Not cut, however long: half a list is no list.
    const std::string value = python_json(list);
    const MapEntry tag{logged_models_tag, value};
    TaskLog entries;
    entries.tags = std::span(&tag, 1);
    api.tasks.log(t, request.who(), head, entries);
  });
  return empty_answer();
}

}  // namespace

void add_logging_routes(const Api& api, RouteTable& routes) {
  routes.rpc_inline("POST", 2, "/runs/log-metric", "task.write", [&](Request& q, Reply& r) {
    answer_log(api, q, r, read_log_metric(q), all_conflicts);
  });
  routes.rpc_inline("POST", 2, "/runs/log-batch", "task.write", [&](Request& q, Reply& r) {
    answer_log(api, q, r, read_log_batch(q), all_conflicts);
  });
  routes.rpc_inline("POST", 2, "/runs/log-parameter", "task.write", [&](Request& q, Reply& r) {
    answer_log(api, q, r, read_log_parameter(q), one_conflict);
  });
  routes.rpc_inline("POST", 2, "/runs/set-tag", "task.write", [&](Request& q, Reply& r) {
    answer_log(api, q, r, read_set_tag(q), all_conflicts);
  });
  routes.rpc("POST", 2, "/runs/log-model", "task.write",
             [&](Request& q) { return log_model(api, q); });
}

}  // namespace podium::mlflow
