#include "logged_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "log_requests.hpp"
#include "model_metrics.hpp"
#include "python_text.hpp"
#include "validation.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

Error no_such_model(std::string_view id) {
  return missing(fmt::format("Logged model with ID '{}' not found.", id));
}

std::string_view status_name(std::string_view status) {
  if (status == "ready" || status == "published") return "LOGGED_MODEL_READY";
  if (status == "upload_failed") return "LOGGED_MODEL_UPLOAD_FAILED";
  return "LOGGED_MODEL_PENDING";
}

Ordinal require_model(const Api& api, Transaction& t, const Principal& who, std::string_view id) {
  try {
    return api.models.require(t, who, id);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::not_found) throw no_such_model(id);
    throw;
  }
}

std::string model_answer(const Api& api, const Principal& who, Ordinal ordinal, std::string_view id,
                         bool deleted_too) {
  std::string body;
  api.store.read([&](const Reader& reader) {
    ModelRow model;
    if (ordinal == 0) ordinal = api.models.find(reader, who, id);
    if (ordinal == 0 ||
        !api.models.get(reader, who, ordinal, model_columns(),
                        [&](const Row& row) { model = read_model_row(row); }) ||
        (model.deleted && !deleted_too))
      throw no_such_model(id);
    body = "{\"model\":";
    JsonWriter w(body);
    write_model(api, reader, who, w, model);
    body += '}';
  });
  return body;
}

std::vector<Pair> read_pairs(const Fields& fields, std::string_view name) {
  std::vector<Pair> out;
  for (const Fields& item : fields.messages(name))
    out.push_back(
        {std::string(item.text("key").value_or("")), std::string(item.text("value").value_or(""))});
  return out;
}

void refuse_repeated(const std::vector<Pair>& pairs) {
  for (std::size_t i = 0; i < pairs.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (pairs[i].key == pairs[k].key)
        throw error(Code::bad_request, fmt::format("The key '{}' is given twice.", pairs[i].key));
}

std::vector<MapEntry> entries_of(const std::vector<Pair>& pairs) {
  std::vector<MapEntry> out;
  for (const Pair& p : pairs) out.push_back({p.key, p.value});
  return out;
}

Response create(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string experiment(fields.required_text("experiment_id")),
      name(fields.text("name").value_or(""));
  const std::string type(fields.text("model_type").value_or("")),
      source(fields.text("source_run_id").value_or(""));
  const std::vector<Pair> params = read_pairs(fields, "params"), tags = read_pairs(fields, "tags");
  check_model_name(name);
  refuse_repeated(params);
  refuse_repeated(tags);
  const auto param_entries = entries_of(params), tag_entries = entries_of(tags);
  const Ordinal model = api.store.write([&](Transaction& t) {
    NewModel record;
    record.project = api.require_experiment(t, request.who(), experiment);
    bool archived = false;
    const Column flag = value_of(field("archived"));
    t.get(api.project_records, record.project, std::span(&flag, 1),
          [&](const Row& row) { archived = cell::flag(row.cell(0)); });
    if (archived) throw not_active("experiment", api.project_id(t, record.project));
    record.name = name;
    record.type = type;
    record.has_type = true;
    record.source_task = source;
    record.params = param_entries;
    record.tags = tag_entries;
    return api.models.create(t, request.who(), record);
  });
  return json_response(model_answer(api, request.who(), model, "", false));
}

Response get(const Api& api, Request& request) {
  const bool deleted_too = lower_ascii(request.query("allow_deleted").value_or("")) == "true";
  return json_response(
      model_answer(api, request.who(), 0, request.segment("model_id"), deleted_too));
}

Response finalize(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string id(fields.required_text("model_id"));
  fields.require("status");
  const int status = *fields.enumeration("status", model_statuses);
  if (status < 2)
    fields.refuse("status", "A model ends as LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED.");
  const Ordinal model = api.store.write([&](Transaction& t) {
    const Ordinal ordinal = require_model(api, t, request.who(), id);
    api.models.finalize(t, request.who(), ordinal,
                        status == 2 ? ModelStatus::ready : ModelStatus::upload_failed);
    return ordinal;
  });
  return json_response(model_answer(api, request.who(), model, id, true));
}

Response remove(const Api& api, Request& request) {
  const std::string id(request.segment("model_id"));
  api.store.write([&](Transaction& t) {
    Ordinal model = 0;
    try {
      model = api.models.require(t, request.who(), id);
    } catch (const Error& e) {
      // One that is deleted already stays so.
      if (e.code() != ErrorCode::not_found) throw;
      if (t.find(api.model_records, id) == 0) throw no_such_model(id);
      return;
    }
    api.models.remove(t, request.who(), model);
  });
  return empty_answer();
}

Response log_params(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  fields.required_text("model_id");
  const std::string id(request.segment("model_id"));
  const std::vector<Pair> params = read_pairs(fields, "params");
  refuse_repeated(params);
  api.store.write([&](Transaction& t) {
    const Ordinal model = require_model(api, t, request.who(), id);
    Patch patch;
    for (const Pair& p : params) patch.put("params", p.key, p.value);
    // All of them: a key may be "", which a path reads as any.
    const Column column = whole_map("params");
    t.get(api.model_records, model, std::span(&column, 1), [&](const Row& row) {
      for (const MapEntry& there : row.map(0))
        for (const Pair& p : params)
          if (p.key == there.key)
            throw error(Code::bad_request,
                        fmt::format("The model has a param '{}' already.", p.key));
    });
    if (!params.empty()) api.models.edit(t, request.who(), model, patch);
  });
  return empty_answer();
}

Response set_tags(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string id(request.segment("model_id"));
  const std::vector<Pair> tags = read_pairs(fields, "tags");
  api.store.write([&](Transaction& t) {
    const Ordinal model = require_model(api, t, request.who(), id);
    Patch patch;
    for (const Pair& tag : tags) patch.put("tags", tag.key, tag.value);
    if (!tags.empty()) api.models.edit(t, request.who(), model, patch);
  });
  return empty_answer();
}

Response delete_tag(const Api& api, Request& request) {
  const std::string id(request.segment("model_id")), key(request.segment("tag_key"));
  api.store.write([&](Transaction& t) {
    const Ordinal model = require_model(api, t, request.who(), id);
    bool there = false;
    const Column column = value_of(entry("tags", key));
    t.get(api.model_records, model, std::span(&column, 1),
          [&](const Row& row) { there = !cell::missing(row.cell(0)); });
    if (!there)
      throw missing(fmt::format("No tag with key {} found for model with ID {}.",
                                repr(std::string_view(key)), repr(std::string_view(id))));
    Patch patch;
    patch.remove("tags", key);
    api.models.edit(t, request.who(), model, patch);
  });
  return empty_answer();
}

}  // namespace

std::span<const Column> model_columns() {
  static const std::array columns = {value_of(field("project")),
                                     value_of(field("name")),
                                     value_of(field("type")),
                                     value_of(field("status")),
                                     value_of(field("source_task")),
                                     value_of(field("artifact_uri")),
                                     value_of(field("deleted")),
                                     value_of(field("created")),
                                     value_of(field("updated")),
                                     whole_map("params"),
                                     whole_map("tags"),
                                     whole_series("metrics")};
  return columns;
}

ModelRow read_model_row(const Row& row) {
  ModelRow m;
  m.ordinal = row.ordinal();
  m.id = row.id();
  m.project = cell::integer(row.cell(0));
  m.name = cell::view(row.cell(1));
  m.type = cell::view(row.cell(2));
  m.status = cell::view(row.cell(3));
  m.source_run = cell::view(row.cell(4));
  m.artifact_uri = cell::view(row.cell(5));
  m.deleted = cell::flag(row.cell(6));
  m.created = cell::integer(row.cell(7));
  m.updated = cell::integer(row.cell(8));
  for (const MapEntry& e : row.map(9)) m.params.emplace_back(e.key, e.text);
  for (const MapEntry& e : row.map(10)) m.tags.emplace_back(e.key, e.text);
  for (const SeriesEntry& s : row.series(11))
    m.series.push_back({std::string(s.key), std::string(s.scope), s.summary});
  return m;
}

void write_model(const Api& api, const Reader& reader, const Principal& who, JsonWriter& w,
                 const ModelRow& m) {
  const auto pairs = [&](std::string_view name, const auto& list) {
    if (list.empty()) return;
    w.key(name).array();
    for (const auto& [key, value] : list)
      w.object().key("key").value(key).key("value").value(value).end_object();
    w.end_array();
  };
  w.object().key("info").object().key("model_id").value(m.id);
  w.key("experiment_id").value(api.project_id(reader, m.project)).key("name").value(m.name);
  w.key("creation_timestamp_ms").value(m.created).key("last_updated_timestamp_ms").value(m.updated);
  w.key("artifact_uri").value(m.artifact_uri).key("status").value(status_name(m.status));
  w.key("model_type").value(m.type).key("source_run_id").value(m.source_run);
  pairs("tags", m.tags);
  w.end_object().key("data").object();
  pairs("params", m.params);
  if (!m.series.empty()) {
    w.key("metrics").array();
    for (const ModelRow::Series& series : m.series) {
      const ScopeParts scope = scope_parts(series.scope);
      PointsQuery query;
      query.record = m.ordinal;
      query.series = "metrics";
      query.key = series.key;
      query.scope = series.scope;
      query.by = PointsQuery::By::time;
      api.models.points(reader, who, query, [&](std::span<const Point> points) {
        for (const Point& p : points) {
          w.object()
              .key("key")
              .value(series.key)
              .key("value")
              .value(p.value)
              .key("timestamp")
              .value(p.time);
          w.key("step").value(p.step);
          if (!scope.dataset_name.empty()) w.key("dataset_name").value(scope.dataset_name);
          if (!scope.dataset_digest.empty()) w.key("dataset_digest").value(scope.dataset_digest);
          w.key("model_id").value(m.id);
          if (!scope.run_id.empty()) w.key("run_id").value(scope.run_id);
          w.end_object();
        }
        return true;
      });
    }
    w.end_array();
  }
  w.end_object().end_object();
}

void add_logged_model_routes(const Api& api, RouteTable& routes) {
  routes.rpc("POST", 2, "/logged-models", "model.write",
             [&](Request& q) { return create(api, q); });
  routes.rpc("GET", 2, "/logged-models/{model_id}", "model.read",
             [&](Request& q) { return get(api, q); });
  routes.rpc("PATCH", 2, "/logged-models/{model_id}", "model.write",
             [&](Request& q) { return finalize(api, q); });
  routes.rpc("DELETE", 2, "/logged-models/{model_id}", "model.write",
             [&](Request& q) { return remove(api, q); });
  routes.rpc("POST", 2, "/logged-models/{model_id}/params", "model.write",
             [&](Request& q) { return log_params(api, q); });
  routes.rpc("PATCH", 2, "/logged-models/{model_id}/tags", "model.write",
             [&](Request& q) { return set_tags(api, q); });
  routes.rpc("DELETE", 2, "/logged-models/{model_id}/tags/{tag_key}", "model.write",
             [&](Request& q) { return delete_tag(api, q); });
}

}  // namespace podium::mlflow
