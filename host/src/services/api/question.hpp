#pragma once
// The parameters of a list that are a question in the query language.
#include <optional>
#include <vector>

#include "podium/http/input.hpp"
#include "podium/http/routes.hpp"
#include "podium/query.hpp"
#include "podium/service/projects.hpp"
#include "services/core.hpp"

namespace podium::host {

/// A query of `filter`, `order`, `limit` and `cursor`, with `more` to hold besides.
Query question_of(const Core&, const Parameters&, const Vocabulary&, std::vector<Filter> more);
/// These parameters, behind others.
std::vector<Parameter> questioned(std::vector<Parameter> others = {});

/// Of the parameters `project` (id or name) and `scope`, which records with a reference `project`
/// are asked for; none when there is no `project`.
std::optional<Filter> project_filter(const Core&, const Projects&, const Principal&,
                                     const Parameters&);

/// What a filter that no index serves may cost before it must become narrower.
inline constexpr Budget question_budget{5'000'000, std::chrono::milliseconds(10'000)};

}  // namespace podium::host
