// /api/v1/projects
#include <array>

#include "services/api/api.hpp"
#include "services/api/input.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {
    "name", "description", "artifact_location", "archived", "archived_at", "created", "updated"};

class ProjectRoutes final : public Routes {
 public:
  ProjectRoutes(const Core& core, ApiServices services)
      : Routes("api.projects"), core_(core), services_(services), columns_(field_columns(fields)) {
    columns_.push_back(whole_map("tags"));
  }
  std::vector<std::string> prefixes() const override { return {"/api/v1/projects"}; }
  std::vector<Route> routes() override;

 private:
  void write(JsonWriter&, const Row&) const;
  Response answer(const Principal&, Ordinal) const;
  Response list(Request&) const;
  Response create(Request&) const;
  Response show(Request&) const;
  Response edit(Request&) const;
  Response archive(Request&, bool archived) const;

  const Core& core_;
  ApiServices services_;
  std::vector<Column> columns_;
};

void ProjectRoutes::write(JsonWriter& w, const Row& row) const {
  w.object().key("id").value(row.id());
  write_fields(w, row, fields);
  w.key("tags");
  write_map(w, row.map(std::size(fields)));
  w.key("version").value(row.version()).end_object();
}

Response ProjectRoutes::answer(const Principal& who, Ordinal project) const {
  std::string body;
  std::int64_t version = 0;
  if (!services_.projects.get(core_.store, who, project, columns_, [&](const Row& row) {
        JsonWriter w(body);
        write(w, row);
        version = row.version();
      }))
    throw Error(ErrorCode::not_found, "the project does not exist");
  return json_response(std::move(body), version);
}

Response ProjectRoutes::list(Request& request) const {
  const Parameters p(request);
  std::vector<Filter> filters;
  if (const auto name = p.text("name")) filters.push_back(eq(field("name"), *name));
  const std::string archived = p.text("archived").value_or("false");
  if (archived == "true" || archived == "false")
    filters.push_back(eq(field("archived"), archived == "true"));
  else if (archived != "all")
    throw Error(ErrorCode::invalid, "'archived' must be true, false or all").in("archived");
  Query query;
  query.filter = all_of(std::move(filters));
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = columns_;
  std::string body;
  JsonWriter w(body);
  w.object().key("projects").array();
  const Page page =
      services_.projects.query(core_.store, request.who(), query, [&](const Row& row) {
        write(w, row);
        return true;
      });
  w.end_array();
  write_cursor(w, page.cursor);
  w.end_object();
  return json_response(std::move(body));
}

Response ProjectRoutes::create(Request& request) const {
  Members body = Members::of_body(request);
  const auto name = body.text("name", 500), description = body.text("description"),
             location = body.text("artifact_location", 4096);
  const Entries tags = entries_of(body, "tags", false);
  body.finish();
  if (!name) throw Error(ErrorCode::invalid, "a project needs a name").in("name");
  const auto views = tags.views();
  NewProject project;
  project.name = *name;
  if (description) project.description = *description;
  if (location) project.artifact_location = *location;
  project.tags = views;
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    return services_.projects.create(t, who, project);
  }));
}

Response ProjectRoutes::show(Request& request) const {
  return answer(request.who(), find_visible(services_.projects, core_.store, request.who(),
                                            "project", request.segment("id")));
}

Response ProjectRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  const auto name = body.text("name", 500), description = body.text("description");
  const Entries tags = entries_of(body, "tags", true);
  body.finish();
  if (body.is_null("name")) throw Error(ErrorCode::invalid, "a project needs a name").in("name");
  Patch patch;
  if (name) patch.set("name", *name);
  if (description)
    patch.set("description", *description);
  else if (body.is_null("description"))
    patch.set("description", Value{});
  tags.add_to(patch, "tags");
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    const Ordinal project = services_.projects.require(t, who, request.segment("id"));
    t.get(core_.in.projects, project, {},
          [&](const Row& row) { check_if_match(request, row.version()); });
    services_.projects.edit(t, who, project, patch);
    return project;
  }));
}

Response ProjectRoutes::archive(Request& request, bool archived) const {
  Members members = Members::of_body(request);
  const bool tasks = members.boolean("tasks").value_or(false);
  members.finish();
  const Principal& who = request.who();
  std::string job;
  const Ordinal project = core_.store.write([&](Transaction& t) {
    const Ordinal o = services_.projects.require(t, who, request.segment("id"));
    services_.projects.archive(t, who, o, archived);
    job = tasks ? services_.tasks.archive_all(t, who, o, archived) : std::string();
    return o;
  });
  Response record = answer(who, project);
  std::string body;
  JsonWriter w(body);
  w.object().key("project").raw(record.body);
  if (!job.empty()) w.key("job").value(job);
  w.end_object();
  record.body = std::move(body);
  return record;
}

std::vector<Route> ProjectRoutes::routes() {
  const std::string one(schemas::project);
  const std::string archive_body =
      R"({"type":"object","properties":{"tasks":{"type":"boolean",)"
      R"("description":"do the same to its tasks, by a job"}},"additionalProperties":false})";
  const std::string archive_answer =
      R"({"type":"object","required":["project"],"properties":{"project":)" + one +
      R"(,"job":{"type":"string"}}})";
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/projects", "project.read", "Lists projects",
          [this](Request& r) { return list(r); }, "", schemas::page("projects", one))
      .with(paged({text_parameter("name", "exactly this name"),
                   choice_parameter("archived", "which ones; false when absent",
                                    {"true", "false", "all"})}));
  table.add(
      "POST", "/api/v1/projects", "project.write", "Makes a project",
      [this](Request& r) { return create(r); }, std::string(schemas::new_project), one);
  table
      .add(
          "GET", "/api/v1/projects/{id}", "project.read", "One project",
          [this](Request& r) { return show(r); }, "", one)
      .versioned();
  table
      .add(
          "PATCH", "/api/v1/projects/{id}", "project.write",
          "Changes name, description and tags; a tag that is null is removed",
          [this](Request& r) { return edit(r); }, std::string(schemas::project_edit), one)
      .versioned();
  table.add(
      "POST", "/api/v1/projects/{id}/archive", "project.write", "Archives a project",
      [this](Request& r) { return archive(r, true); }, archive_body, archive_answer);
  table.add(
      "POST", "/api/v1/projects/{id}/restore", "project.write", "Restores an archived project",
      [this](Request& r) { return archive(r, false); }, archive_body, archive_answer);
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_project_routes(const Core& core, ApiServices services) {
  return std::make_unique<ProjectRoutes>(core, services);
}

std::vector<std::unique_ptr<Routes>> make_api_routes(const Core& core, ApiServices services) {
  std::vector<std::unique_ptr<Routes>> out;
  out.push_back(make_project_routes(core, services));
  out.push_back(make_task_routes(core, services));
  out.push_back(make_dataset_routes(core, services));
  out.push_back(make_goal_routes(core, services));
  out.push_back(make_model_routes(core, services));
  out.push_back(make_note_routes(core, services));
  out.push_back(make_job_routes(core, services));
  return out;
}

}  // namespace podium::host
