#pragma once
// What a row's cells hold, when they may be missing, and a row as the evaluation of filters looks
// at it.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "podium/storage_kit/values.hpp"
#include "podium/store/reader.hpp"

namespace podium::kit {

// Cells as what they are; a missing one is empty.
std::string text_of(const Cell&);
std::optional<std::int64_t> integer_of(const Cell&);
std::int64_t integer_or(const Cell&, std::int64_t otherwise);
bool flag_of(const Cell&);

/// The column that a path is read by: a map entry without a key is the map as a whole.
Column column_of(const Path&);
/// What a path of a filter or an order sees of the row, of which `column` is `column_of` it.
Seen seen(const Row&, std::size_t column, const Path&);

}  // namespace podium::kit
