#pragma once
// A row as the evaluation of filters looks at it.
#include <cstddef>

#include "podium/storage_kit/values.hpp"
#include "podium/store/reader.hpp"

namespace podium::kit {

/// The column that a path is read by: a map entry without a key is the map as a whole.
Column column_of(const Path&);
/// What a path of a filter or an order sees of the row, of which `column` is `column_of` it.
Seen seen(const Row&, std::size_t column, const Path&);

}  // namespace podium::kit
