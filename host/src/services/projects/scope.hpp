#pragma once
// "This project" and "with subprojects": which projects a name or id stands for.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/service/projects.hpp"
#include "services/core.hpp"

namespace podium::host {

/// The two scopes, on the wire "project" and "subprojects".
enum class Scope : std::uint8_t { project = 1, subprojects };
constexpr std::string_view name(Scope s) noexcept {
  return s == Scope::project ? "project" : "subprojects";
}
/// Throws `invalid` (field "scope") for another word.
Scope scope_of(std::string_view word);

/// The name of what a project is below, "" for one at the top: "a/b" is below "a". A '/' at either
/// end of a name, or beside another, parts nothing.
std::string_view parent_name(std::string_view name);
/// The last part of a name.
std::string_view last_part(std::string_view name);
/// Projects below a name, at any depth, as a question about projects. A range of the key "name".
Filter below(std::string_view name);

/// A project as an address gives it: its id in decimal, else its name. 0 when there is none that
/// `who` may see.
Ordinal find_project(const Projects&, const Reader&, const Principal& who,
                     std::string_view id_or_name);

/// The projects that a scope over `id_or_name` covers: the project itself and, with subprojects,
/// all below it that `who` may see, ascending by ordinal. A parent without a record of its own has
/// subprojects only. Archived ones count. Throws `not_found` (field "project") when there is
/// neither the project nor one below it.
std::vector<Ordinal> projects_in(const Projects&, const Reader&, const Principal& who,
                                 std::string_view id_or_name, Scope);

/// The same as a question about records with a reference `project`.
Filter in_projects(const std::vector<Ordinal>&);

}  // namespace podium::host
