// A task as an answer.
#include <array>

#include "podium/http/input.hpp"
#include "services/api/history.hpp"
#include "services/api/output.hpp"
#include "services/api/task_handlers.hpp"
#include "services/records.hpp"

namespace podium::host {
namespace {

// The references lead: they are written as text ids.
constexpr std::string_view fields[] = {"project",
                                       "parent",
                                       "derived_from",
                                       "queue",
                                       "name",
                                       "type",
                                       "state",
                                       "archived",
                                       "archived_at",
                                       "user",
                                       "description",
                                       "created",
                                       "started",
                                       "completed",
                                       "published",
                                       "updated",
                                       "reason",
                                       "artifact_uri",
                                       "source_name",
                                       "source_type",
                                       "repository",
                                       "branch",
                                       "source_tag",
                                       "commit",
                                       "entry_point",
                                       "working_dir",
                                       "binary",
                                       "progress",
                                       "iteration",
                                       "run_time",
                                       "attempt",
                                       "worker",
                                       "lease_until",
                                       "desired_state",
                                       "stop_deadline",
                                       "queued_from",
                                       "output_destination"};
constexpr std::size_t references = 4;
constexpr std::string_view maps[] = {"params", "tags", "properties", "configuration", "container"};

std::string id_of(const Records& records, const Reader& reader, const Principal& who, Ordinal o) {
  std::string id;
  if (o != 0) records.get(reader, who, o, {}, [&](const Row& row) { id = row.id(); });
  return id;
}

void write_inputs(JsonWriter& w, const Reader& reader, const Core& core,
                  const ApiServices& services, const Principal& who, Ordinal task) {
  struct Input {
    Ordinal dataset;
    std::string json;
  };
  std::vector<Input> inputs;
  Query query;
  query.filter = eq(field("task"), task);
  query.limit = 1000;
  static constexpr std::string_view names[] = {"name", "digest", "context"};
  query.columns = field_columns(names);
  query.columns.push_back(value_of(field("dataset")));
  query.columns.push_back(whole_map("tags"));
  VisibleRecords(core, services.datasets.inputs(), "inputs")
      .query(reader, who, query, [&](const Row& row) {
        Input input{cell::integer(row.cell(3)), {}};
        JsonWriter inner(input.json);
        inner.object();
        write_fields(inner, row, names);
        inner.key("tags");
        write_map(inner, row.map(4));
        inputs.push_back(std::move(input));
        return true;
      });
  w.key("inputs").array();
  for (auto& input : inputs) {
    JsonWriter inner(input.json);
    if (const std::string id = id_of(services.datasets, reader, who, input.dataset); !id.empty()) {
      input.json += ",\"dataset\":";
      append_json_string(input.json, id);
    }
    input.json += '}';
    w.raw(input.json);
  }
  w.end_array();
}

void write_models(JsonWriter& w, const Reader& reader, const Core& core,
                  const ApiServices& services, const Principal& who, Ordinal task) {
  Query query;
  query.filter = eq(field("task"), task);
  query.limit = 1000;
  static constexpr std::string_view names[] = {"model", "direction", "step"};
  query.columns = field_columns(names);
  w.key("models").array();
  VisibleRecords(core, services.models.links(), "model_links")
      .query(reader, who, query, [&](const Row& row) {
        w.object();
        write_fields(w, row, names);
        w.end_object();
        return true;
      });
  w.end_array();
}

}  // namespace

Response task_answer(const Core& core, const ApiServices& services, const Principal& who,
                     std::string_view id) {
  static const std::vector<Column> columns = [] {
    auto out = field_columns(fields);
    for (const auto map : maps) out.push_back(whole_map(std::string(map)));
    out.push_back(whole_series("metrics"));
    out.push_back(value_of(record_body()));
    return out;
  }();
  std::string body;
  std::int64_t version = 0;
  core.store.read([&](const Reader& reader) {
    body.clear();
    const Ordinal task = find_visible(services.tasks, reader, who, "task", id);
    std::array<Ordinal, references> others{};
    std::string rest;
    services.tasks.get(reader, who, task, columns, [&](const Row& row) {
      for (std::size_t i = 0; i < references; ++i) others[i] = cell::integer(row.cell(i));
      version = row.version();
      JsonWriter inner(rest);
      write_fields(inner, row, std::span(fields).subspan(references), references);
      std::size_t at = std::size(fields);
      for (const auto map : maps) {
        inner.key(map);
        write_map(inner, row.map(at++));
      }
      inner.key("metrics");
      write_series(inner, row.series(at++));
      write_body_members(inner, row.cell(at));
    });
    JsonWriter w(body);
    w.object().key("id").value(id).key("project").value(
        id_of(services.projects, reader, who, others[0]));
    const Records* const homes[] = {&services.projects, &services.tasks, &services.tasks,
                                    &services.queues};
    for (std::size_t i = 1; i < references; ++i)
      if (const std::string text = id_of(*homes[i], reader, who, others[i]); !text.empty())
        w.key(fields[i]).value(text);
    w.raw(rest);
    write_inputs(w, reader, core, services, who, task);
    write_models(w, reader, core, services, who, task);
    w.key("version").value(version).end_object();
  });
  return json_response(std::move(body), version);
}

Response task_answer_with(const Core& core, const ApiServices& services, const Principal& who,
                          std::string_view id, const std::string& members) {
  Response response = task_answer(core, services, who, id);
  response.body = "{\"task\":" + response.body + (members.empty() ? "" : "," + members) + "}";
  return response;
}

Response task_history(const Core& core, const ApiServices& services, Request& request) {
  return history_answer(core, request,
                        eq(field("task"), find_visible(services.tasks, core.store, request.who(),
                                                       "task", request.segment("id"))));
}

}  // namespace podium::host
