#include "inputs.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "log_requests.hpp"
#include "podium/http/json_writer.hpp"
#include "validation.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

constexpr std::string_view context_tag = "mlflow.data.context";
constexpr std::size_t max_summaries = 1000;

struct Input {
  std::string name, digest, source_type, source, context;
  std::optional<std::string> schema, profile;
  std::vector<Pair> tags;
};

std::vector<Input> read_datasets(const Fields& fields) {
  std::vector<Input> out;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Fields& item : fields.messages("datasets")) {
    const auto dataset = item.message("dataset");
    Input input;
    if (dataset) {
      input.name = dataset->text("name").value_or("");
      input.digest = dataset->text("digest").value_or("");
      input.source_type = dataset->text("source_type").value_or("");
      input.source = dataset->text("source").value_or("");
      if (const auto schema = dataset->text("schema")) input.schema = *schema;
      if (const auto profile = dataset->text("profile")) input.profile = *profile;
    }
    check_length("name", input.name, 500);
    check_length("digest", input.digest, 36);
    check_length("source", input.source, 65'535);
    check_length("schema", input.schema.value_or(""), 1'048'575);
    check_length("profile", input.profile.value_or(""), 16'777'215);
    for (const Fields& tag : item.messages("tags")) {
      Pair pair{std::string(tag.text("key").value_or("")),
                std::string(tag.text("value").value_or(""))};
      check_length("key", pair.key, 255);
      check_length("value", pair.value, 500);
      if (pair.key == context_tag && !pair.value.empty())
        input.context = std::move(pair.value);
      else
        input.tags.push_back(std::move(pair));
    }
    std::set<std::string_view> keys;
    for (const Pair& tag : input.tags)
      if (!keys.insert(tag.key).second)
        throw error(
            Code::bad_request,
            fmt::format("The tag '{}' of the data set '{}' is given twice.", tag.key, input.name));
    if (seen.emplace(input.name, input.digest).second) out.push_back(std::move(input));
  }
  return out;
}

Response log_inputs(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.required_text("run_id"));
  const std::vector<Input> datasets = read_datasets(fields);
  std::vector<std::string> models;
  for (const Fields& item : fields.messages("models"))
    models.emplace_back(item.text("model_id").value_or(""));
  check_run_id(run_id);
  api.store.write([&](Transaction& t) {
    const Tasks::Head head = api.require_active_run(t, request.who(), run_id);
    std::vector<std::vector<MapEntry>> tags(datasets.size());
    std::vector<NewInput> inputs;
    for (std::size_t i = 0; i < datasets.size(); ++i) {
      const Input& d = datasets[i];
      for (const Pair& tag : d.tags) tags[i].push_back({tag.key, tag.value});
      NewInput input;
      input.name = d.name;
      input.digest = d.digest;
      input.source_type = d.source_type;
      input.source = d.source;
      input.has_schema = d.schema.has_value();
      if (d.schema) input.schema = *d.schema;
      input.has_profile = d.profile.has_value();
      if (d.profile) input.profile = *d.profile;
      input.context = d.context;
      input.tags = tags[i];
      inputs.push_back(input);
    }
    if (!inputs.empty()) api.datasets.log_inputs(t, request.who(), head, inputs);
    for (const std::string& model : models)
      api.models.link(t, request.who(), head, model, false, 0);
  });
  return empty_answer();
}

Response log_outputs(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.required_text("run_id"));
  if (!fields.has("models")) throw missing_value("models");
  std::vector<std::pair<std::string, std::int64_t>> models;
  for (const Fields& item : fields.messages("models"))
    models.emplace_back(item.text("model_id").value_or(""), item.integer("step").value_or(0));
  api.store.write([&](Transaction& t) {
    const Tasks::Head head = api.require_active_run(t, request.who(), run_id);
    for (const auto& [model, step] : models)
      api.models.link(t, request.who(), head, model, true, step);
  });
  return empty_answer();
}

Response search_datasets(const Api& api, Request& request) {
  constexpr std::size_t max_experiments = 20;
  const Fields fields = read_fields(request);
  const auto ids = fields.texts("experiment_ids");
  if (ids.empty()) throw invalid("SearchDatasets request must specify at least one experiment_id.");
  if (ids.size() > max_experiments)
    throw invalid(fmt::format(
        "SearchDatasets request cannot specify more than {} experiment_ids. Received {} "
        "experiment_ids.",
        max_experiments, ids.size()));
  std::vector<std::string> numbers;
  for (const std::string_view id : ids) numbers.push_back(parse_experiment_id(id));
  std::string body;
  api.store.read([&](const Reader& reader) {
    std::vector<Value> projects;
    for (const std::string& id : numbers)
      if (const Ordinal project = api.projects.find(reader, request.who(), id))
        projects.push_back(project);
    struct Named {
      Ordinal project;
      std::string name, digest;
    };
    std::unordered_map<Ordinal, Named> datasets;
    std::vector<Value> dataset_ordinals;
    Query query;
    query.filter = in(field("project"), std::move(projects));
    query.columns = {value_of(field("project")), value_of(field("name")),
                     value_of(field("digest"))};
    if (!query.filter.values.empty())
      api.datasets.query(reader, request.who(), std::move(query), [&](const Row& row) {
        datasets[row.ordinal()] = {cell::integer(row.cell(0)), std::string(cell::view(row.cell(1))),
                                   std::string(cell::view(row.cell(2)))};
        dataset_ordinals.push_back(row.ordinal());
        return true;
      });
    if (datasets.empty()) return;
    Aggregate roles;
    roles.collection = api.input_records;
    roles.filter = all_of({in(field("dataset"), std::move(dataset_ordinals)),
                           api.access.visible(request.who(), "inputs")});
    roles.groups = {field("dataset"), field("context")};
    roles.limit = max_summaries;
    JsonWriter w(body);
    reader.aggregate(roles, [&](std::span<const Cell> values, std::span<const Cell>) {
      const auto found = datasets.find(cell::integer(values[0]));
      if (found == datasets.end()) return true;
      const Named& d = found->second;
      if (body.empty()) w.object().key("dataset_summaries").array();
      w.object()
          .key("experiment_id")
          .value(api.project_id(reader, d.project))
          .key("name")
          .value(d.name);
      w.key("digest").value(d.digest);
      if (const std::string_view context = cell::view(values[1]); !context.empty())
        w.key("context").value(context);
      w.end_object();
      return true;
    });
    if (!body.empty()) w.end_array().end_object();
  });
  return json_response(body.empty() ? "{}" : std::move(body));
}

}  // namespace

void add_input_routes(const Api& api, RouteTable& routes) {
  routes.rpc("POST", 2, "/runs/log-inputs", "task.write",
             [&](Request& q) { return log_inputs(api, q); });
  routes.rpc("POST", 2, "/runs/outputs", "task.write",
             [&](Request& q) { return log_outputs(api, q); });
  routes.at("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", "task.read",
            [&](Request& q) { return search_datasets(api, q); });
}

}  // namespace podium::mlflow
