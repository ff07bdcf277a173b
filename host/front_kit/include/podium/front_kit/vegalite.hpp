#pragma once
// Charts as Vega-Lite v5, which JupyterLab draws by itself.
#include "podium/front_kit/json.hpp"

namespace podium::front {

/// The specification of an answer's chart: of the kind `chart`, or a table with `draw`. Null for
/// one that is no chart. Names stand in it as titles and values only, never as fields or
/// expressions.
Json vegalite_of(const Json& answer);

}  // namespace podium::front
