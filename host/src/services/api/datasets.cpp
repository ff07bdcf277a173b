// /api/v1/datasets
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "query/vocabularies.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/question.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"
#include "services/projects/scope.hpp"
#include "services/records.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {"name", "digest", "source_type", "created", "updated"};
constexpr std::size_t labels = std::size(fields), body_column = labels + 1, project = labels + 2;

class DatasetRoutes final : public Routes {
 public:
  DatasetRoutes(const Core& core, ApiServices services)
      : Routes("api.datasets"), core_(core), services_(services), columns_(field_columns(fields)) {
    columns_.push_back(whole_map("labels"));
    columns_.push_back(value_of(record_body()));
    columns_.push_back(value_of(field("project")));
  }
  std::vector<std::string> prefixes() const override { return {"/api/v1/datasets"}; }
  std::vector<Route> routes() override;

 private:
  OwnedJson write(const Row&, bool whole) const;
  Response answer(const Principal&, Ordinal) const;
  Response list(Request&) const;
  Response show(Request&) const;
  Response edit(Request&) const;
  Response readers(Request&) const;

  const Core& core_;
  ApiServices services_;
  std::vector<Column> columns_;
};

OwnedJson DatasetRoutes::write(const Row& row, bool whole) const {
  OwnedJson out;
  out.version = row.version();
  out.owner = cell::integer(row.cell(project));
  JsonWriter w(out.json);
  w.object().key("id").value(row.id());
  write_fields(w, row, fields);
  w.key("labels");
  write_map(w, row.map(labels));
  // Source, schema and profile may be long: only with one data set.
  if (const Cell body = row.cell(body_column);
      whole && std::holds_alternative<std::string_view>(body)) {
    const Json described = Json::parse(std::get<std::string_view>(body));
    for (const auto& [name, text] : described.items())
      w.key(name).value(text.get_ref<const std::string&>());
  }
  w.key("version").value(out.version);
  return out;
}

Response DatasetRoutes::answer(const Principal& who, Ordinal dataset) const {
  OwnedJson written;
  core_.store.read([&](const Reader& reader) {
    if (!services_.datasets.get(reader, who, dataset, columns_,
                                [&](const Row& row) { written = write(row, true); }))
      throw Error(ErrorCode::not_found, "the data set does not exist");
    close(written, "project", services_.projects, reader, who);
  });
  return json_response(std::move(written.json), written.version);
}

Response DatasetRoutes::list(Request& request) const {
  const Parameters p(request);
  const Principal& who = request.who();
  std::vector<Filter> filters;
  if (const auto within = project_filter(core_, services_.projects, who, p))
    filters.push_back(*within);
  for (const char* name : {"name", "digest"})
    if (const auto text = p.text(name)) filters.push_back(eq(field(name), *text));
  Query query = question_of(core_, p, services_.vocabularies.of("datasets"), std::move(filters));
  query.columns = columns_;
  return owned_list(core_, services_.datasets, services_.projects, "datasets", who, query,
                    [&](const Row& row) { return write(row, false); });
}

Response DatasetRoutes::show(Request& request) const {
  return answer(request.who(), find_visible(services_.datasets, core_.store, request.who(),
                                            "data set", request.segment("id")));
}

Response DatasetRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  const Entries given = entries_of(body, "labels", true);
  body.finish();
  Patch patch;
  given.add_to(patch, "labels");
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    const Ordinal dataset = t.find(core_.in.datasets, request.segment("id"));
    core_.check_visible(t, who, "datasets", core_.in.datasets, dataset, "data set",
                        request.segment("id"));
    t.get(core_.in.datasets, dataset, {},
          [&](const Row& row) { check_if_match(request, row.version()); });
    services_.datasets.label(t, who, dataset, patch);
    return dataset;
  }));
}

/// Which tasks read it, in the order in which they said so.
Response DatasetRoutes::readers(Request& request) const {
  const Parameters p(request);
  const Principal& who = request.who();
  static constexpr std::string_view names[] = {"name", "state", "archived", "started", "completed"};
  struct Reading {
    Ordinal task;
    std::string context, tags, json;
  };
  Query query;
  query.filter = eq(field("dataset"), find_visible(services_.datasets, core_.store, who, "data set",
                                                   request.segment("id")));
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = {value_of(field("task")), value_of(field("context")), whole_map("tags")};
  Response answer;
  core_.store.read([&](const Reader& reader) {
    std::vector<Reading> readings;
    const Page page =
        VisibleRecords(core_, services_.datasets.inputs(), "inputs")
            .query(reader, who, query, [&](const Row& row) {
              Reading reading{cell::integer(row.cell(0)), cell::text(row.cell(1)), {}, {}};
              JsonWriter tags(reading.tags);
              write_map(tags, row.map(2));
              readings.push_back(std::move(reading));
              return true;
            });
    static const auto columns = field_columns(names);
    answer = list_response("tasks", [&](JsonWriter& w) {
      for (const Reading& reading : readings)
        services_.tasks.get(reader, who, reading.task, columns, [&](const Row& row) {
          w.object().key("task").value(row.id());
          write_fields(w, row, names);
          if (!reading.context.empty()) w.key("context").value(reading.context);
          w.key("tags").raw(reading.tags).end_object();
        });
      return page;
    });
  });
  return answer;
}

std::vector<Route> DatasetRoutes::routes() {
  const std::string one(schemas::dataset);
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/datasets", "dataset.read", "Lists data sets",
          [this](Request& r) { return list(r); }, "", schemas::page("datasets", one))
      .with(questioned({text_parameter("project", "id or name of the project they belong to"),
                        choice_parameter("scope", "of the project; project when absent",
                                         {"project", "subprojects"}),
                        text_parameter("name", "exactly this name"),
                        text_parameter("digest", "exactly this digest")}));
  table
      .add(
          "GET", "/api/v1/datasets/{id}", "dataset.read", "One data set",
          [this](Request& r) { return show(r); }, "", one)
      .versioned();
  table
      .add(
          "PATCH", "/api/v1/datasets/{id}", "dataset.write",
          "Sets labels; a label that is null is removed", [this](Request& r) { return edit(r); },
          std::string(schemas::dataset_edit), one)
      .versioned();
  table
      .add(
          "GET", "/api/v1/datasets/{id}/tasks", "dataset.read", "The tasks that read a data set",
          [this](Request& r) { return readers(r); }, "",
          schemas::page("tasks", schemas::reading_task))
      .with(paged());
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_dataset_routes(const Core& core, ApiServices services) {
  return std::make_unique<DatasetRoutes>(core, services);
}

}  // namespace podium::host
