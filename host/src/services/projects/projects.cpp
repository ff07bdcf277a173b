#include "services/projects/projects.hpp"

#include <algorithm>
#include <array>

#include "podium/storage_kit/text.hpp"
#include "podium/storage_kit/values.hpp"
#include "services/history/history.hpp"
#include "services/projects/names.hpp"

namespace podium::host {
namespace {

Subject subject(Ordinal project) { return {Subject::Kind::project, project}; }

Error name_taken(std::string_view name) {
  return Error(ErrorCode::exists,
               "there is a project named '" + std::string(name) + "' already (archived ones count)")
      .in("name");
}

/// The unique key is what holds it; looking first makes the refusal say what a person needs.
bool taken(Transaction& t, CollectionId projects, std::string_view name, Ordinal except) {
  bool found = false;
  t.query(projects, KeyRange{"name", {std::string(name)}, {}, {}, false}, 1, {},
          [&](const Row& row) {
            found = row.ordinal() != except;
            return false;
          });
  return found;
}

/// The one place that knows what a colour is: it ends in style sheets, so nothing else may pass.
void check_colour(std::string_view tag, std::string_view text) {
  const bool good = text.size() == 7 && text.front() == '#' &&
                    text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
  if (good) return;
  throw Error(ErrorCode::invalid,
              "the colour of a tag is written '#rrggbb' with six hexadecimal "
              "digits, such as '#22aa55', not '" +
                  std::string(text.substr(0, 40)) + "'")
      .in("tag_colors." + std::string(tag));
}

}  // namespace

void check_project_name(std::string_view name) {
  const std::size_t length = kit::count_code_points(name);
  if (length == 0) throw Error(ErrorCode::invalid, "a project needs a name").in("name");
  if (length > 500)
    throw Error(ErrorCode::invalid, "a project's name has at most 500 characters, this one has " +
                                        std::to_string(length))
        .in("name");
}

void ProjectService::ensure_default() {
  if (core_.store.find(core_.in.projects, "0") != 0) return;
  Principal host;
  host.id = "podium";
  host.kind = PrincipalKind::host;
  core_.store.write([&](Transaction& t) {
    if (t.find(core_.in.projects, "0") != 0) return;
    NewProject first;
    first.name = "Default";
    create(t, host, first);
  });
}

std::string ProjectService::id_of(Transaction& t, Ordinal project) {
  std::string id;
  t.get(core_.in.projects, project, {}, [&](const Row& row) { id = row.id(); });
  return id;
}

Ordinal ProjectService::create(Transaction& t, const Principal& who, const NewProject& project) {
  (void)core_.access.visible(who, "projects");
  core_.access.require(who, "project.write");
  check_project_name(project.name);
  for (const auto& e : project.tag_colors) check_colour(e.key, e.text);
  if (taken(t, core_.in.projects, project.name, 0)) throw name_taken(project.name);
  const std::int64_t now = core_.now();
  NewRecord record;
  record.content.set("name", std::string(project.name))
      .set("archived", false)
      .set("created", now)
      .set("updated", now);
  if (!project.description.empty())
    record.content.set("description", std::string(project.description));
  if (!project.artifact_location.empty())
    record.content.set("artifact_location", std::string(project.artifact_location));
  if (!project.output_destination.empty())
    record.content.set("output_destination", std::string(project.output_destination));
  for (const auto& tag : project.tags) record.content.put("tags", tag.key, tag.text);
  for (const auto& e : project.defaults) record.content.put("defaults", e.key, e.text);
  for (const auto& e : project.tag_colors) record.content.put("tag_colors", e.key, e.text);
  const Ordinal ordinal = t.insert(core_.in.projects, record);
  if (project.artifact_location.empty()) {  // it holds the id, which the insert has given
    Patch location;
    location.set("artifact_location",
                 append_path(core_.host.default_artifact_root, id_of(t, ordinal)));
    t.update(core_.in.projects, std::span<const Ordinal>(&ordinal, 1), {}, location);
  }
  ChangeSet changes;
  changes.add("name", Cell{}, project.name);
  write_history(t, core_, who, subject(ordinal), "create", {}, changes.json());
  return ordinal;
}

Ordinal ProjectService::require(Transaction& t, const Principal& who, std::string_view id) {
  const bool number =
      !id.empty() && id.size() <= 18 &&
      std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
  const Ordinal ordinal = number ? t.find(core_.in.projects, id) : 0;
  core_.check_visible(t, who, "projects", core_.in.projects, ordinal, "project", id);
  core_.access.require(who, "project.write");
  if (!t.get(core_.in.projects, ordinal, {}, [](const Row&) {})) throw no_such("project", id);
  return ordinal;
}

void ProjectService::edit(Transaction& t, const Principal& who, Ordinal project,
                          const Patch& patch) {
  core_.access.require(who, "project.write");
  if (patch.body || !patch.cleared.empty())
    throw Error(ErrorCode::misuse, "a project's edit sets fields and entries");
  std::vector<Column> columns;
  for (const auto& set : patch.fields) {
    if (set.field == "name") {
      const auto* name = std::get_if<std::string>(&set.value);
      if (!name) throw Error(ErrorCode::invalid, "a project needs a name").in("name");
      check_project_name(*name);
      if (taken(t, core_.in.projects, *name, project)) throw name_taken(*name);
    } else if (set.field != "description" && set.field != "output_destination") {
      throw Error(ErrorCode::invalid,
                  "'" + std::string(set.field) + "' of a project cannot be edited")
          .in(std::string(set.field));
    }
    columns.push_back(value_of(field(std::string(set.field))));
  }
  for (const auto& e : patch.entries) {
    if (e.map == "tag_colors") check_colour(e.key, e.text);
    columns.push_back(value_of(entry(std::string(e.map), std::string(e.key))));
  }
  for (const auto& r : patch.removed)
    columns.push_back(value_of(entry(std::string(r.map), std::string(r.key))));
  ChangeSet changes;
  const bool there = t.get(core_.in.projects, project, columns, [&](const Row& row) {
    std::size_t i = 0;
    for (const auto& set : patch.fields)
      changes.add(set.field, row.cell(i++), kit::cell_of(set.value));
    for (const auto& e : patch.entries) changes.add_entry(e.map, e.key, row.cell(i++), e.text);
    for (const auto& r : patch.removed) changes.add_entry(r.map, r.key, row.cell(i++), Cell{});
  });
  if (!there) throw Error(ErrorCode::not_found, "the project does not exist");
  if (changes.empty()) return;
  Patch all = patch;
  // Tags are no change of the project itself: its date stays.
  if (!patch.fields.empty()) all.set("updated", core_.now());
  t.update(core_.in.projects, std::span<const Ordinal>(&project, 1), {}, all);
  write_history(t, core_, who, subject(project), "edit", {}, changes.json());
}

void ProjectService::archive(Transaction& t, const Principal& who, Ordinal project, bool archived) {
  core_.access.require(who, "project.write");
  static const std::array columns = {value_of(field("archived"))};
  bool before = false;
  if (!t.get(core_.in.projects, project, columns,
             [&](const Row& row) { before = cell::flag(row.cell(0)); }))
    throw Error(ErrorCode::not_found, "the project does not exist");
  if (before == archived) return;
  const std::int64_t now = core_.now();
  Patch patch;
  patch.set("archived", archived)
      .set("archived_at", archived ? Value{now} : Value{})
      .set("updated", now);
  t.update(core_.in.projects, std::span<const Ordinal>(&project, 1), {}, patch);
  ChangeSet changes;
  changes.add("archived", before, archived);
  write_history(t, core_, who, subject(project), archived ? "archive" : "restore", {},
                changes.json());
}

}  // namespace podium::host
