#include "services/projects/scope.hpp"

#include <algorithm>

namespace podium::host {

Scope scope_of(std::string_view word) {
  for (const Scope s : {Scope::project, Scope::subprojects})
    if (word == name(s)) return s;
  throw Error(ErrorCode::invalid,
              "'scope' is 'project' or 'subprojects', not '" + std::string(word) + "'")
      .in("scope");
}

std::string_view parent_name(std::string_view name) {
  for (auto at = name.rfind('/'); at != std::string_view::npos && at > 0;
       at = name.rfind('/', at - 1))
    if (at + 1 < name.size() && name[at - 1] != '/') return name.substr(0, at);
  return {};
}

std::string_view last_part(std::string_view name) {
  const auto parent = parent_name(name);
  return parent.empty() ? name : name.substr(parent.size() + 1);
}

Filter below(std::string_view name) {
  // From "vision/" up to where its '/' is the next character, '0'.
  const std::string base(name);
  return all_of({compare(field("name"), Compare::gt, base + '/'),
                 compare(field("name"), Compare::lt, base + '0')});
}

Ordinal find_project(const Projects& projects, const Reader& reader, const Principal& who,
                     std::string_view id_or_name) {
  const bool number = !id_or_name.empty() && id_or_name.size() <= 18 &&
                      std::all_of(id_or_name.begin(), id_or_name.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (number)
    if (const Ordinal o = projects.find(reader, who, id_or_name); o != 0) return o;
  const auto found = projects.ids(reader, who, eq(field("name"), std::string(id_or_name)), {}, {});
  return found.empty() ? 0 : found.front();
}

std::vector<Ordinal> projects_in(const Projects& projects, const Reader& reader,
                                 const Principal& who, std::string_view id_or_name, Scope scope) {
  const Ordinal own = find_project(projects, reader, who, id_or_name);
  std::vector<Ordinal> out;
  if (own != 0) out.push_back(own);
  if (scope == Scope::subprojects) {
    std::string name(id_or_name);
    if (own != 0) {
      const Column column = value_of(field("name"));
      projects.get(reader, who, own, std::span<const Column>(&column, 1),
                   [&](const Row& row) { name = std::get<std::string_view>(row.cell(0)); });
    }
    const auto subprojects = projects.ids(reader, who, below(name), {}, {});
    out.insert(out.end(), subprojects.begin(), subprojects.end());
    std::sort(out.begin(), out.end());
  }
  if (out.empty()) throw no_such("project", id_or_name).in("project");
  return out;
}

Filter in_projects(const std::vector<Ordinal>& projects) {
  if (projects.size() == 1) return eq(field("project"), projects.front());
  return in(field("project"), std::vector<Value>(projects.begin(), projects.end()));
}

}  // namespace podium::host
