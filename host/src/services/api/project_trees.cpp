// POST /api/v1/projects/rename and /delete
#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/api/project_handlers.hpp"
#include "services/projects/scope.hpp"

namespace podium::host {
namespace {

std::string name_of(const Projects& projects, const Reader& reader, const Principal& who,
                    const std::string& id_or_name) {
  std::string name = id_or_name;
  const Column column = value_of(field("name"));
  if (const Ordinal o = find_project(projects, reader, who, id_or_name); o != 0)
    projects.get(reader, who, o, std::span<const Column>(&column, 1),
                 [&](const Row& row) { name = cell::text(row.cell(0)); });
  return name;
}

}  // namespace

Response rename_projects(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const auto project = body.text("project", 500), name = body.text("name", 500),
             parent = body.text("parent", 500);
  body.finish();
  if (!project)
    throw Error(ErrorCode::invalid, "name the 'project' to rename, by id or name").in("project");
  if (name.has_value() == parent.has_value())
    throw Error(ErrorCode::invalid,
                "give either the new 'name', or the 'parent' to move it below ('' is the top)")
        .in("name");
  const Principal& who = request.who();
  const std::string from = name_of(services.projects, core.store, who, *project);
  std::string to = name.value_or("");
  if (parent) {
    to = last_part(from);
    if (!parent->empty()) to = name_of(services.projects, core.store, who, *parent) + "/" + to;
  }
  const auto renamed =
      core.store.write([&](Transaction& t) { return services.projects.rename(t, who, from, to); });
  const Column column = value_of(field("name"));
  std::string answer;
  JsonWriter w(answer);
  w.object().key("from").value(from).key("name").value(to).key("projects").array();
  services.projects.get(core.store, who, renamed, std::span<const Column>(&column, 1),
                        [&](const Row& row) {
                          w.object().key("id").value(row.id()).key("name");
                          w.value(cell::text(row.cell(0))).end_object();
                          return true;
                        });
  w.end_array().end_object();
  return json_response(std::move(answer));
}

Response delete_projects(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const auto project = body.text("project", 500), token = body.text("token", 64);
  const auto scope = body.text("scope", 32);
  const bool dry_run = body.boolean("dry_run").value_or(false);
  body.finish();
  if (!project)
    throw Error(ErrorCode::invalid, "name the 'project' to delete, by id or name").in("project");
  if (!dry_run && !token)
    throw Error(ErrorCode::invalid,
                "deleting a project cannot be undone: ask with \"dry_run\": true first, and "
                "repeat with the 'token' of its answer")
        .in("token");
  const Principal& who = request.who();
  const auto projects = projects_in(services.projects, core.store, who, *project,
                                    scope ? scope_of(*scope) : Scope::project);
  ProjectContents contents;
  core.store.read(
      [&](const Reader& reader) { contents = services.projects.contents(reader, who, projects); });
  if (token && *token != contents.token)
    throw Error(ErrorCode::conflict,
                "what the project holds has changed since the dry run; look again")
        .in("token");
  std::string job;
  if (!dry_run)
    job = core.store.write(
        [&](Transaction& t) { return services.projects.remove(t, who, contents.projects); });
  std::string answer;
  JsonWriter w(answer);
  w.object().key("projects").array();
  for (const auto& name : contents.names) w.value(name);
  w.end_array().key("tasks").value(contents.tasks).key("running").value(contents.running);
  w.key("pending").value(contents.pending).key("published").value(contents.published);
  w.key("models").value(contents.models).key("datasets").value(contents.datasets);
  w.key("files").value(contents.files).key("bytes").value(contents.bytes);
  w.key("counted").value(contents.counted).key("token").value(contents.token);
  if (!job.empty()) w.key("job").value(job);
  w.end_object();
  return json_response(std::move(answer));
}

}  // namespace podium::host
