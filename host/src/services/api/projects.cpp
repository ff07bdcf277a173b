// /api/v1/projects
#include <array>

#include "podium/http/input.hpp"
#include "query/vocabularies.hpp"
#include "services/api/api.hpp"
#include "services/api/history.hpp"
#include "services/api/output.hpp"
#include "services/api/project_handlers.hpp"
#include "services/api/question.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"
#include "services/projects/scope.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {
    "name",     "description", "artifact_location", "output_destination",
    "archived", "archived_at", "created",           "updated"};
constexpr const char* maps[] = {"tags", "defaults", "tag_colors"};

class ProjectRoutes final : public Routes {
 public:
  ProjectRoutes(const Core& core, ApiServices services)
      : Routes("api.projects"), core_(core), services_(services), columns_(field_columns(fields)) {
    for (const auto map : maps) columns_.push_back(whole_map(map));
  }
  std::vector<std::string> prefixes() const override { return {"/api/v1/projects"}; }
  std::vector<Route> routes() override;

 private:
  void write(JsonWriter&, const Row&) const;
  Response answer(const Principal&, Ordinal) const;
  Response list(Request&) const;
  Response create(Request&) const;
  Response show(Request&) const;
  Response show_by_name(Request&) const;
  Response history(Request&) const;
  Response edit(Request&) const;
  Response archive(Request&, bool archived) const;

  const Core& core_;
  ApiServices services_;
  std::vector<Column> columns_;
};

void ProjectRoutes::write(JsonWriter& w, const Row& row) const {
  w.object().key("id").value(row.id());
  write_fields(w, row, fields);
  for (std::size_t i = 0; i < std::size(maps); ++i) {
    w.key(maps[i]);
    write_map(w, row.map(std::size(fields) + i));
  }
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
  if (const auto name = p.text("below")) filters.push_back(below(*name));
  if (const auto archived = archived_of(p)) filters.push_back(eq(field("archived"), *archived));
  Query query = question_of(core_, p, services_.vocabularies.of("projects"), std::move(filters));
  query.columns = columns_;
  return list_response("projects", [&](JsonWriter& w) {
    return services_.projects.query(core_.store, request.who(), query, [&](const Row& row) {
      write(w, row);
      return true;
    });
  });
}

Response ProjectRoutes::create(Request& request) const {
  Members body = Members::of_body(request);
  const auto name = body.text("name", 500), description = body.text("description"),
             location = body.text("artifact_location", 4096),
             destination = body.text("output_destination", 4096);
  const Entries tags = entries_of(body, "tags", false),
                defaults = entries_of(body, "defaults", false),
                colours = entries_of(body, "tag_colors", false);
  body.finish();
  if (!name) throw Error(ErrorCode::invalid, "a project needs a name").in("name");
  const auto tag_views = tags.views(), default_views = defaults.views(),
             colour_views = colours.views();
  NewProject project;
  project.name = *name;
  if (description) project.description = *description;
  if (location) project.artifact_location = *location;
  if (destination) project.output_destination = *destination;
  project.tags = tag_views;
  project.defaults = default_views;
  project.tag_colors = colour_views;
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    return services_.projects.create(t, who, project);
  }));
}

Response ProjectRoutes::show(Request& request) const {
  return answer(request.who(), find_visible(services_.projects, core_.store, request.who(),
                                            "project", request.segment("id")));
}

Response ProjectRoutes::show_by_name(Request& request) const {
  const std::string name(request.segment("name"));
  const auto found =
      services_.projects.ids(core_.store, request.who(), eq(field("name"), name), {});
  if (found.empty()) throw no_such("project", name);
  return answer(request.who(), found.front());
}

Response ProjectRoutes::history(Request& request) const {
  return history_answer(
      core_, request,
      eq(field("project"), find_visible(services_.projects, core_.store, request.who(), "project",
                                        request.segment("id"))));
}

Response ProjectRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  const auto name = body.text("name", 500);
  if (body.is_null("name")) throw Error(ErrorCode::invalid, "a project needs a name").in("name");
  Patch patch;
  for (const auto& [field_name, longest] :
       {std::pair("description", 65'536), std::pair("output_destination", 4096)}) {
    if (const auto text = body.text(field_name, static_cast<std::size_t>(longest)))
      patch.set(field_name, *text);
    else if (body.is_null(field_name))
      patch.set(field_name, Value{});
  }
  const Entries tags = entries_of(body, "tags", true),
                defaults = entries_of(body, "defaults", true),
                colours = entries_of(body, "tag_colors", true);
  body.finish();
  tags.add_to(patch, "tags");
  defaults.add_to(patch, "defaults");
  colours.add_to(patch, "tag_colors");
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    const Ordinal project = services_.projects.require(t, who, request.segment("id"));
    std::string old_name;
    const Column column = value_of(field("name"));
    t.get(core_.in.projects, project, std::span<const Column>(&column, 1), [&](const Row& row) {
      check_if_match(request, row.version());
      old_name = cell::text(row.cell(0));
    });
    if (name) services_.projects.rename(t, who, old_name, *name);
    if (!patch.empty()) services_.projects.edit(t, who, project, patch);
    return project;
  }));
}

Response ProjectRoutes::archive(Request& request, bool archived) const {
  Members members = Members::of_body(request);
  const bool tasks = members.boolean("tasks").value_or(false);
  const auto scope = members.text("scope", 32);
  members.finish();
  const Principal& who = request.who();
  const std::string id(request.segment("id"));
  const Ordinal project = find_visible(services_.projects, core_.store, who, "project", id);
  const auto all = projects_in(services_.projects, core_.store, who, id,
                               scope ? scope_of(*scope) : Scope::project);
  std::vector<std::string> jobs;
  core_.store.write([&](Transaction& t) {
    jobs.clear();
    for (const Ordinal o : all) {
      services_.projects.archive(t, who, o, archived);
      if (tasks) jobs.push_back(services_.tasks.archive_all(t, who, o, archived));
    }
  });
  Response record = answer(who, project);
  std::string body;
  JsonWriter w(body);
  w.object().key("project").raw(record.body).key("jobs").array();
  for (const auto& job : jobs) w.value(job);
  w.end_array().end_object();
  record.body = std::move(body);
  return record;
}

std::vector<Route> ProjectRoutes::routes() {
  const std::string one(schemas::project);
  const std::string archive_body =
      R"({"title":"ArchiveProject","type":"object","properties":{"tasks":{"type":"boolean",)"
      R"("description":"do the same to its tasks, by a job"},)"
      R"("scope":{"enum":["project","subprojects"]}},"additionalProperties":false})";
  const std::string archive_answer =
      R"({"type":"object","required":["project","jobs"],"properties":{"project":)" + one +
      R"(,"jobs":{"type":"array","items":{"type":"string"}}}})";
  const auto archived = choice_parameter("archived", "false when absent", {"true", "false", "all"});
  const auto below_parameter = text_parameter("below", "only what is below this name");
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/projects", "project.read", "Lists projects",
          [this](Request& r) { return list(r); }, "", schemas::page("projects", one))
      .with(questioned({text_parameter("name", "exactly this name"), below_parameter, archived}));
  table
      .add(
          "POST", "/api/v1/projects", "project.write", "Makes a project",
          [this](Request& r) { return create(r); }, std::string(schemas::new_project), one)
      .versioned();
  table
      .add(
          "GET", "/api/v1/projects/tree", "project.read",
          "Projects as a tree, with the numbers of their tasks, parents before what is below them",
          [this](Request& r) { return show_project_tree(core_, services_, r); }, "",
          project_tree_schema())
      .with({text_parameter("below", "only this node and what is below it"), archived,
             integer_parameter("depth", "how many levels", 1, 1000),
             integer_parameter("limit", "how many at most; 1000 when absent", 1, 10'000)});
  table.add(
      "POST", "/api/v1/projects/rename", "project.write",
      "Renames or moves a project with all below it; also a parent without a record of its own",
      [this](Request& r) { return rename_projects(core_, services_, r); },
      std::string(schemas::project_rename), std::string(schemas::project_renamed));
  table.add(
      "POST", "/api/v1/projects/delete", "project.delete",
      "Counts what a project holds (dry_run), or erases it with the token of that count, by a job",
      [this](Request& r) { return delete_projects(core_, services_, r); },
      std::string(schemas::project_delete), std::string(schemas::project_contents));
  table
      .add(
          "GET", "/api/v1/projects/by-name/{name*}", "project.read", "One project, by its name",
          [this](Request& r) { return show_by_name(r); }, "", one)
      .versioned();
  table
      .add(
          "GET", "/api/v1/projects/{id}", "project.read", "One project",
          [this](Request& r) { return show(r); }, "", one)
      .versioned();
  table
      .add(
          "PATCH", "/api/v1/projects/{id}", "project.write",
          "Changes a project; a new name renames all below it, too; an entry that is null is "
          "removed",
          [this](Request& r) { return edit(r); }, std::string(schemas::project_edit), one)
      .versioned();
  table
      .add(
          "POST", "/api/v1/projects/{id}/archive", "project.write", "Archives a project",
          [this](Request& r) { return archive(r, true); }, archive_body, archive_answer)
      .versioned();
  table
      .add(
          "POST", "/api/v1/projects/{id}/restore", "project.write", "Restores an archived project",
          [this](Request& r) { return archive(r, false); }, archive_body, archive_answer)
      .versioned();
  table
      .add(
          "GET", "/api/v1/projects/{id}/history", "project.read",
          "Who changed what of the project, oldest first",
          [this](Request& r) { return history(r); }, "",
          schemas::page("history", schemas::history_entry))
      .with(paged());
  return table.take();
}

}  // namespace

std::optional<bool> archived_of(const Parameters& p) {
  const std::string archived = p.text("archived").value_or("false");
  if (archived == "all") return std::nullopt;
  if (archived != "true" && archived != "false")
    throw Error(ErrorCode::invalid, "'archived' must be true, false or all").in("archived");
  return archived == "true";
}

std::unique_ptr<Routes> make_project_routes(const Core& core, ApiServices services) {
  return std::make_unique<ProjectRoutes>(core, services);
}

std::vector<std::unique_ptr<Routes>> make_api_routes(const Core& core, ApiServices services) {
  std::vector<std::unique_ptr<Routes>> out;
  out.push_back(make_project_routes(core, services));
  out.push_back(make_task_routes(core, services));
  out.push_back(make_queue_routes(core, services));
  out.push_back(make_file_routes(core, services));
  out.push_back(make_dataset_routes(core, services));
  out.push_back(make_goal_routes(core, services));
  out.push_back(make_model_routes(core, services));
  out.push_back(make_note_routes(core, services));
  out.push_back(make_action_routes(core, services));
  out.push_back(make_job_routes(core, services));
  out.push_back(make_view_routes(core, services));
  out.push_back(make_event_routes(core, services));
  return out;
}

}  // namespace podium::host
