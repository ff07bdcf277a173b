// /api/v1/models: what tasks logged as models
#include "podium/service/models.hpp"

#include <array>

#include "podium/http/input.hpp"
#include "query/vocabularies.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/question.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"
#include "services/records.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {"name",         "type",    "status", "source_task",
                                       "artifact_uri", "created", "updated"};
/// Columns behind the fields.
constexpr std::size_t project = std::size(fields), params = project + 1, tags = project + 2,
                      metrics = project + 3;

std::string model_schema() {
  return R"({"title":"Model","type":"object","required":["id","project","name","status","created",)"
         R"("updated","params","tags","metrics","version"],"properties":{"id":{"type":"string"},)"
         R"("project":{"type":"string"},"name":{"type":"string"},"type":{"type":"string"},)"
         R"("status":{"type":"string","description":"pending, ready, upload_failed, published"},)"
         R"("source_task":{"type":"string"},"artifact_uri":{"type":"string"},)"
         R"("created":{"type":"integer"},"updated":{"type":"integer"},"params":)" +
         std::string(schemas::string_map) + R"(,"tags":)" + std::string(schemas::string_map) +
         R"(,"metrics":)" + schemas::metrics() + R"(,"version":{"type":"integer"}}})";
}
constexpr std::string_view model_edit =
    R"({"title":"ModelEdit","type":"object","additionalProperties":false,"properties":{"tags":)"
    R"({"type":"object","maxProperties":10000,"additionalProperties":{"type":["string","number",)"
    R"("boolean","null"]}}}})";
constexpr std::string_view model_status =
    R"({"title":"ModelStatus","type":"object","required":["status"],"additionalProperties":false,)"
    R"("properties":{"status":{"enum":["ready","upload_failed"]}}})";
constexpr std::string_view model_link =
    R"({"title":"ModelLink","type":"object","required":["task","name","state","direction","step"],)"
    R"("properties":{"task":{"type":"string"},"name":{"type":"string"},"state":{"type":"string"},)"
    R"("direction":{"enum":["in","out"],"description":"in: the task read it"},)"
    R"("step":{"type":"integer"}}})";

class ModelRoutes final : public Routes {
 public:
  ModelRoutes(const Core& core, ApiServices services)
      : Routes("api.models"), core_(core), services_(services), columns_(field_columns(fields)) {
    columns_.push_back(value_of(field("project")));
    columns_.push_back(whole_map("params"));
    columns_.push_back(whole_map("tags"));
    columns_.push_back(whole_series("metrics"));
  }
  std::vector<std::string> prefixes() const override { return {"/api/v1/models"}; }
  std::vector<Route> routes() override;

 private:
  OwnedJson write(const Row&) const;
  Ordinal find(const Reader&, const Principal&, std::string_view id) const;
  Response answer(const Principal&, std::string_view id) const;
  std::vector<Value> ids_of_task(const Principal&, Ordinal task,
                                 const std::optional<std::string>& direction) const;
  Response list(Request&) const;
  Response edit(Request&) const;
  Response finalize(Request&) const;
  Response links(Request&) const;

  const Core& core_;
  ApiServices services_;
  std::vector<Column> columns_;
};

OwnedJson ModelRoutes::write(const Row& row) const {
  OwnedJson out;
  out.version = row.version();
  out.owner = cell::integer(row.cell(project));
  JsonWriter w(out.json);
  w.object().key("id").value(row.id());
  write_fields(w, row, fields);
  w.key("params");
  write_map(w, row.map(params));
  w.key("tags");
  write_map(w, row.map(tags));
  w.key("metrics");
  write_series(w, row.series(metrics));
  w.key("version").value(out.version);
  return out;
}

/// A model that was deleted is gone for whoever asks.
Ordinal ModelRoutes::find(const Reader& reader, const Principal& who, std::string_view id) const {
  static const std::array deleted = {value_of(field("deleted"))};
  const Ordinal model = find_visible(services_.models, reader, who, "model", id);
  bool gone = true;
  services_.models.get(reader, who, model, deleted,
                       [&](const Row& row) { gone = cell::flag(row.cell(0)); });
  if (gone) throw no_such("model", id);
  return model;
}

Response ModelRoutes::answer(const Principal& who, std::string_view id) const {
  OwnedJson written;
  core_.store.read([&](const Reader& reader) {
    services_.models.get(reader, who, find(reader, who, id), columns_,
                         [&](const Row& row) { written = write(row); });
    close(written, "project", services_.projects, reader, who);
  });
  return json_response(std::move(written.json), written.version);
}

std::vector<Value> ModelRoutes::ids_of_task(const Principal& who, Ordinal task,
                                            const std::optional<std::string>& direction) const {
  std::vector<Value> out;
  Query query;
  query.filter = eq(field("task"), task);
  if (direction) query.filter = all_of({query.filter, eq(field("direction"), *direction)});
  query.columns = {value_of(field("model"))};
  VisibleRecords(core_, services_.models.links(), "model_links")
      .query(core_.store, who, query, [&](const Row& row) {
        out.emplace_back(cell::text(row.cell(0)));
        return true;
      });
  return out;
}

Response ModelRoutes::list(Request& request) const {
  const Parameters p(request);
  const Principal& who = request.who();
  std::vector<Filter> filters = {eq(field("deleted"), false)};
  if (const auto within = project_filter(core_, services_.projects, who, p))
    filters.push_back(*within);
  const auto task = p.text("task"), direction = p.text("direction");
  if (direction && !task)
    throw Error(ErrorCode::invalid, "'direction' goes with a 'task'").in("direction");
  if (direction && *direction != "in" && *direction != "out")
    throw Error(ErrorCode::invalid, "'direction' is in or out").in("direction");
  if (task)
    filters.push_back(
        in(record_id(),
           ids_of_task(who, find_visible(services_.tasks, core_.store, who, "task", *task),
                       direction)));
  Query query = question_of(core_, p, services_.vocabularies.of("models"), std::move(filters));
  query.columns = columns_;
  return owned_list(core_, services_.models, services_.projects, "models", who, query,
                    [&](const Row& row) { return write(row); });
}

Response ModelRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  const Entries given = entries_of(body, "tags", true);
  body.finish();
  Patch patch;
  given.add_to(patch, "tags");
  const Principal& who = request.who();
  core_.store.write([&](Transaction& t) {
    const Ordinal model = services_.models.require(t, who, request.segment("id"));
    t.get(core_.in.models, model, {},
          [&](const Row& row) { check_if_match(request, row.version()); });
    services_.models.edit(t, who, model, patch);
  });
  return answer(who, request.segment("id"));
}

Response ModelRoutes::finalize(Request& request) const {
  Members body = Members::of_body(request);
  const std::string status = body.text("status", 32).value_or("");
  body.finish();
  const bool ready = status == name(ModelStatus::ready);
  if (!ready && status != name(ModelStatus::upload_failed))
    throw Error(ErrorCode::invalid, "'status' is ready or upload_failed").in("status");
  const Principal& who = request.who();
  core_.store.write([&](Transaction& t) {
    const Ordinal model = services_.models.require(t, who, request.segment("id"));
    t.get(core_.in.models, model, {},
          [&](const Row& row) { check_if_match(request, row.version()); });
    services_.models.finalize(t, who, model,
                              ready ? ModelStatus::ready : ModelStatus::upload_failed);
  });
  return answer(who, request.segment("id"));
}

Response ModelRoutes::links(Request& request) const {
  const Parameters p(request);
  const Principal& who = request.who();
  static constexpr std::string_view names[] = {"name", "state"};
  static const auto columns = field_columns(names);
  struct Link {
    Ordinal task;
    std::string direction;
    std::int64_t step;
  };
  Query query;
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = {value_of(field("task")), value_of(field("direction")), value_of(field("step"))};
  Response answer;
  core_.store.read([&](const Reader& reader) {
    find(reader, who, request.segment("id"));
    query.filter = eq(field("model"), std::string(request.segment("id")));
    std::vector<Link> links;
    const Page page = VisibleRecords(core_, services_.models.links(), "model_links")
                          .query(reader, who, query, [&](const Row& row) {
                            links.push_back({cell::integer(row.cell(0)), cell::text(row.cell(1)),
                                             cell::integer(row.cell(2))});
                            return true;
                          });
    answer = list_response("links", [&](JsonWriter& w) {
      for (const Link& link : links)
        services_.tasks.get(reader, who, link.task, columns, [&](const Row& row) {
          w.object().key("task").value(row.id());
          write_fields(w, row, names);
          w.key("direction").value(link.direction).key("step").value(link.step).end_object();
        });
      return page;
    });
  });
  return answer;
}

std::vector<Route> ModelRoutes::routes() {
  const std::string one = model_schema();
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/models", "model.read", "Lists models that tasks logged",
          [this](Request& r) { return list(r); }, "", schemas::page("models", one))
      .with(questioned({text_parameter("project", "id or name of the project they belong to"),
                        choice_parameter("scope", "of the project; project when absent",
                                         {"project", "subprojects"}),
                        text_parameter("task", "id of a task that made or read them"),
                        choice_parameter("direction",
                                         "of the task: in, it read them; out, it made "
                                         "them; both when absent",
                                         {"in", "out"})}));
  table
      .add(
          "GET", "/api/v1/models/{id}", "model.read", "One model",
          [this](Request& r) { return answer(r.who(), r.segment("id")); }, "", one)
      .versioned();
  table
      .add(
          "PATCH", "/api/v1/models/{id}", "model.write", "Sets tags; a tag that is null is removed",
          [this](Request& r) { return edit(r); }, std::string(model_edit), one)
      .versioned();
  table
      .add(
          "POST", "/api/v1/models/{id}/finalize", "model.write",
          "Says how the upload of a model ended", [this](Request& r) { return finalize(r); },
          std::string(model_status), one)
      .versioned();
  table
      .add(
          "GET", "/api/v1/models/{id}/links", "model.read", "The tasks that made or read a model",
          [this](Request& r) { return links(r); }, "", schemas::page("links", model_link))
      .with(paged());
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_model_routes(const Core& core, ApiServices services) {
  return std::make_unique<ModelRoutes>(core, services);
}

}  // namespace podium::host
