// Renaming a project with all below it.
#include <algorithm>
#include <array>
#include <set>

#include "services/history/history.hpp"
#include "services/projects/names.hpp"
#include "services/projects/projects.hpp"

namespace podium::host {
namespace {

struct Named {
  Ordinal ordinal;
  std::string name;
};

/// The project of that name, if it has a record, and those below it.
std::vector<Named> tree_of(Transaction& t, CollectionId projects, const std::string& root) {
  static const std::array columns = {value_of(field("name"))};
  std::vector<Named> out;
  const auto take = [&](const Row& row) {
    const auto name = std::get<std::string_view>(row.cell(0));
    // The ends of the range are not below it.
    if (name == root || (name.starts_with(root + "/") && name.size() > root.size() + 1))
      out.push_back({row.ordinal(), std::string(name)});
    return true;
  };
  constexpr std::uint64_t all = 1'000'000;
  t.query(projects, KeyRange{"name", {root}, {}, {}, false}, 1, columns, take);
  t.query(projects, KeyRange{"name", {}, root + "/", root + "0", false}, all, columns, take);
  return out;
}

}  // namespace

std::vector<Ordinal> ProjectService::rename(Transaction& t, const Principal& who,
                                            std::string_view from, std::string_view to) {
  (void)core_.access.visible(who, "projects");
  core_.access.require(who, "project.write");
  const std::string old_root(from), new_root(to);
  auto renamed = tree_of(t, core_.in.projects, old_root);
  for (const auto& p : renamed)
    core_.check_visible(t, who, "projects", core_.in.projects, p.ordinal, "project", from);
  if (renamed.empty()) throw no_such("project", from);
  if (old_root == new_root) return {};
  check_project_name(new_root);
  if (new_root.starts_with(old_root + "/"))
    throw Error(ErrorCode::invalid,
                "the project '" + old_root + "' cannot be moved into itself, to '" + new_root + "'")
        .in("name");

  // A new name may be the old one of another that is renamed before: that one is shorter.
  std::sort(renamed.begin(), renamed.end(), [](const Named& a, const Named& b) {
    return std::pair(a.name.size(), a.ordinal) < std::pair(b.name.size(), b.ordinal);
  });
  std::set<std::string> moving, taken;
  for (const auto& p : renamed) moving.insert(p.name);
  const auto new_name = [&](const Named& p) { return new_root + p.name.substr(old_root.size()); };
  for (const auto& p : renamed) {
    const std::string name = new_name(p);
    check_project_name(name);
    if (moving.count(name) != 0) continue;
    t.query(core_.in.projects, KeyRange{"name", {name}, {}, {}, false}, 1, {},
            [&](const Row&) { return !taken.insert(name).second; });
  }
  if (!taken.empty()) {
    std::string names, detail;
    for (const auto& name : taken) {
      names += (names.empty() ? "'" : ", '") + name + "'";
      if (!detail.empty()) detail += ',';
      append_json_string(detail, name);
    }
    throw Error(ErrorCode::exists,
                "there are projects of these names already (archived ones count): " + names)
        .in("name")
        .with("{\"taken\":[" + detail + "]}");
  }

  const std::int64_t now = core_.now();
  std::vector<Ordinal> out;
  for (const auto& p : renamed) {
    const std::string name = new_name(p);
    Patch patch;
    patch.set("name", name).set("updated", now);
    t.update(core_.in.projects, std::span<const Ordinal>(&p.ordinal, 1), {}, patch);
    ChangeSet changes;
    changes.add("name", std::string_view(p.name), std::string_view(name));
    write_history(t, core_, who, {Subject::Kind::project, p.ordinal}, "rename", {}, changes.json());
    out.push_back(p.ordinal);
  }
  return out;
}

}  // namespace podium::host
