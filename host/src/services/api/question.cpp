#include "services/api/question.hpp"

#include "services/api/route_table.hpp"
#include "services/projects/scope.hpp"

namespace podium::host {
namespace {

template <class F>
auto in_field(const char* name, F&& fn) {
  try {
    return fn();
  } catch (Error& e) {
    if (e.field().empty()) e.in(name);
    throw;
  }
}

}  // namespace

Query question_of(const Core& core, const Parameters& p, const Vocabulary& words,
                  std::vector<Filter> more) {
  Query query;
  if (const auto text = p.text("filter"))
    more.push_back(in_field("filter", [&] { return core.language.parse(*text, words, {}); }));
  query.filter = all_of(std::move(more));
  if (const auto text = p.text("order"))
    query.order = {in_field("order", [&] { return core.language.parse_order(*text, words); })};
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.budget = question_budget;
  return query;
}

std::optional<Filter> project_filter(const Core& core, const Projects& projects,
                                     const Principal& who, const Parameters& p) {
  const auto project = p.text("project"), scope = p.text("scope");
  if (scope && !project)
    throw Error(ErrorCode::invalid, "'scope' says how much of a 'project'; name that too")
        .in("scope");
  if (!project) return std::nullopt;
  return in_projects(
      projects_in(projects, core.store, who, *project, scope ? scope_of(*scope) : Scope::project));
}

std::vector<Parameter> questioned(std::vector<Parameter> others) {
  others.push_back(text_parameter("filter", "in the query language"));
  others.push_back(text_parameter("order", "NAME [ASC|DESC]"));
  return paged(std::move(others));
}

}  // namespace podium::host
