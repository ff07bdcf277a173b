#pragma once
// An answer's chart as the chart kit draws it.
#include <optional>
#include <string>

#include "podium/front_kit/json.hpp"

namespace podium::front {

/// What a plugin's figure is, too: a specification of Vega-Lite or Vega, as text.
struct Figure {
  std::string media_type, specification;
};

/// Of an answer of the kind `chart`, or a table with `draw`; of any other none.
std::optional<Figure> figure_of(const Json& answer);

}  // namespace podium::front
