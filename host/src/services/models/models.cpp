#include "services/models/models.hpp"

#include <array>

#include "services/tasks/tasks.hpp"

namespace podium::host {
namespace {

/// Throws `conflict` for what is read-only.
void require_unpublished(Transaction& t, CollectionId models, Ordinal model) {
  static const std::array columns = {value_of(field("status"))};
  bool published = false;
  t.get(models, model, columns,
        [&](const Row& row) { published = row.cell(0) == Cell{name(ModelStatus::published)}; });
  if (published)
    throw Error(ErrorCode::conflict, "the model is published and read-only")
        .in("status")
        .with(R"({"status":"published"})");
}

}  // namespace

Ordinal ModelService::create(Transaction& t, const Principal& who, const NewModel& model) {
  core_.check_visible(t, who, "projects", core_.in.projects, model.project, "project of the model",
                      "");
  core_.access.require(who, "model.write");
  static const std::array columns = {value_of(field("archived")),
                                     value_of(field("artifact_location"))};
  std::string location;
  bool archived = false;
  if (!t.get(core_.in.projects, model.project, columns, [&](const Row& row) {
        archived = cell::flag(row.cell(0));
        if (const Cell c = row.cell(1); std::holds_alternative<std::string_view>(c))
          location = std::get<std::string_view>(c);
      }))
    throw Error(ErrorCode::not_found, "the project of the new model does not exist").in("project");
  if (archived)
    throw Error(ErrorCode::conflict, "the project is archived; restore it before adding models")
        .in("project");
  const std::string id = model.id.empty() ? "m-" + core_.ids.id() : std::string(model.id);
  const std::int64_t now = core_.now();
  NewRecord record{id, {}};
  record.content.set("project", model.project)
      .set("name", model.name.empty() ? core_.ids.name() : std::string(model.name))
      .set("status", std::string(podium::name(ModelStatus::pending)))
      .set("artifact_uri", append_path(location, "models/" + id + "/artifacts"))
      .set("deleted", false)
      .set("created", now)
      .set("updated", now);
  if (model.has_type) record.content.set("type", std::string(model.type));
  if (!model.source_task.empty()) record.content.set("source_task", std::string(model.source_task));
  for (const auto& e : model.params) record.content.put("params", e.key, e.text);
  for (const auto& e : model.tags) record.content.put("tags", e.key, e.text);
  return t.insert(core_.in.models, record);
}

Ordinal ModelService::require(Transaction& t, const Principal& who, std::string_view id) {
  static const std::array columns = {value_of(field("deleted"))};
  const Ordinal ordinal = t.find(core_.in.models, id);
  core_.check_visible(t, who, "models", core_.in.models, ordinal, "model", id);
  core_.access.require(who, "model.write");
  bool deleted = true;
  t.get(core_.in.models, ordinal, columns,
        [&](const Row& row) { deleted = cell::flag(row.cell(0)); });
  if (deleted) throw no_such("model", id);
  return ordinal;
}

void ModelService::change(Transaction& t, Ordinal model, Patch patch) {
  if (patch.empty()) return;
  // Tags and params are no change of the model itself: its date stays.
  if (!patch.fields.empty()) patch.set("updated", core_.now());
  if (t.update(core_.in.models, std::span<const Ordinal>(&model, 1), {}, patch) == 0)
    throw Error(ErrorCode::not_found, "the model does not exist");
}

void ModelService::finalize(Transaction& t, const Principal& who, Ordinal model,
                            ModelStatus status) {
  core_.access.require(who, "model.write");
  if (status != ModelStatus::ready && status != ModelStatus::upload_failed)
    throw Error(ErrorCode::invalid,
                "a model ends as ready or upload_failed, not " + std::string(podium::name(status)))
        .in("status");
  require_unpublished(t, core_.in.models, model);
  Patch patch;
  patch.set("status", std::string(podium::name(status)));
  change(t, model, std::move(patch));
}

void ModelService::edit(Transaction& t, const Principal& who, Ordinal model, const Patch& patch) {
  core_.access.require(who, "model.write");
  if (!patch.fields.empty() || !patch.cleared.empty() || patch.body)
    throw Error(ErrorCode::misuse, "a model's edit adds params and sets or removes tags");
  std::vector<MapEntry> params;
  Patch tags;
  for (const auto& e : patch.entries) {
    if (e.map == "params")
      params.push_back({e.key, e.text});
    else
      tags.put(e.map, e.key, e.text);
  }
  for (const auto& r : patch.removed) {
    if (r.map != "tags")
      throw Error(ErrorCode::invalid, "params of a model stay as they are").in("params");
    tags.remove(r.map, r.key);
  }
  if (!params.empty()) {
    require_unpublished(t, core_.in.models, model);
    t.put(core_.in.models, model, "params", params, PutMode::equal_or_fail);
  }
  change(t, model, std::move(tags));
}

void ModelService::log(Transaction& t, const Principal& who, Ordinal model,
                       std::span<const SeriesPoints> points) {
  core_.access.require(who, "model.write");
  if (points.empty()) return;
  require_unpublished(t, core_.in.models, model);
  t.append(core_.in.models, model, "metrics", points);
}

void ModelService::remove(Transaction& t, const Principal& who, Ordinal model) {
  core_.access.require(who, "model.write");
  require_unpublished(t, core_.in.models, model);
  Patch patch;
  patch.set("deleted", true);
  change(t, model, std::move(patch));
}

void ModelService::publish(Transaction& t, const Principal& who, Ordinal model) {
  core_.access.require(who, "model.write");
  static const std::array columns = {value_of(field("status"))};
  std::string status;
  if (!t.get(core_.in.models, model, columns,
             [&](const Row& row) { status = cell::text(row.cell(0)); }))
    throw Error(ErrorCode::not_found, "the model does not exist");
  if (status == podium::name(ModelStatus::published)) return;
  if (status != podium::name(ModelStatus::ready))
    throw Error(ErrorCode::conflict, "a model that is " + status + " cannot be published")
        .in("status")
        .with("{\"status\":\"" + status + "\"}");
  Patch patch;
  patch.set("status", std::string(podium::name(ModelStatus::published)));
  change(t, model, std::move(patch));
}

void ModelService::link(Transaction& t, const Principal& who, const Tasks::Head& head,
                        std::string_view model_id, bool out, std::int64_t step) {
  core_.access.require(who, "task.write");
  require_open(head);
  if (model_id.empty()) throw Error(ErrorCode::invalid, "a link names a model").in("model");
  NewRecord edge;
  edge.content.set("task", head.ordinal)
      .set("model", std::string(model_id))
      .set("direction", std::string(out ? "out" : "in"))
      .set("step", step);
  t.insert_or_keep(core_.in.model_links, edge, "edge");
}

}  // namespace podium::host
