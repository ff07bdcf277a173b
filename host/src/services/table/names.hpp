#pragma once
// Names of the query language that stand alone.
#include <string_view>

#include "podium/query.hpp"

namespace podium::host {

/// The parts of a text that is one name and nothing else; throws `invalid`. Views point into the
/// text.
Identifier name_of(std::string_view text, const Vocabulary&);

}  // namespace podium::host
