#include "services/datasets/datasets.hpp"

#include "podium/http/json_writer.hpp"
#include "services/tasks/tasks.hpp"

namespace podium::host {

void DatasetService::log_inputs(Transaction& t, const Principal& who, const Tasks::Head& head,
                                std::span<const NewInput> inputs) {
  core_.access.require(who, "task.write");
  require_open(head);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto missing = [&](const char* what) {
      return Error(ErrorCode::invalid, std::string("a data set needs a ") + what)
          .in("inputs[" + std::to_string(i) + "]." + what);
    };
    if (inputs[i].name.empty()) throw missing("name");
    if (inputs[i].digest.empty()) throw missing("digest");
  }
  const std::int64_t now = core_.now();
  for (const NewInput& input : inputs) {
    std::string body;
    JsonWriter w(body);
    w.object().key("source").value(input.source);
    if (input.has_schema) w.key("schema").value(input.schema);
    if (input.has_profile) w.key("profile").value(input.profile);
    w.end_object();
    const std::string id = core_.ids.id();
    NewRecord dataset{id, {}};
    dataset.content.set("project", head.project)
        .set("name", std::string(input.name))
        .set("digest", std::string(input.digest))
        .set("source_type", std::string(input.source_type))
        .set("created", now)
        .set("updated", now);
    dataset.content.body = body;
    const Ordinal ordinal = t.insert_or_keep(core_.in.datasets, dataset, "identity").ordinal;

    NewRecord edge;
    edge.content.set("task", head.ordinal)
        .set("dataset", ordinal)
        .set("name", std::string(input.name))
        .set("digest", std::string(input.digest));
    if (!input.context.empty()) edge.content.set("context", std::string(input.context));
    for (const auto& tag : input.tags) edge.content.put("tags", tag.key, tag.text);
    t.insert_or_keep(core_.in.inputs, edge, "edge");
  }
}

void DatasetService::label(Transaction& t, const Principal& who, Ordinal dataset,
                           const Patch& patch) {
  core_.check_visible(t, who, "datasets", core_.in.datasets, dataset, "data set", "");
  core_.access.require(who, "dataset.write");
  const auto only_labels = [](std::string_view map) {
    if (map != "labels") throw Error(ErrorCode::misuse, "only labels of a data set are edited");
  };
  if (!patch.fields.empty() || patch.body) only_labels("");
  for (const auto& e : patch.entries) only_labels(e.map);
  for (const auto& r : patch.removed) only_labels(r.map);
  for (const auto& map : patch.cleared) only_labels(map);
  if (!t.get(core_.in.datasets, dataset, {}, [](const Row&) {}))
    throw Error(ErrorCode::not_found, "the data set does not exist");
  if (patch.empty()) return;
  Patch all = patch;
  all.set("updated", core_.now());
  t.update(core_.in.datasets, std::span<const Ordinal>(&dataset, 1), {}, all);
}

}  // namespace podium::host
