#pragma once
// Writing records as answers.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/http/json_writer.hpp"
#include "podium/http/message.hpp"
#include "podium/service/records.hpp"
#include "podium/store/reader.hpp"

namespace podium::host {

/// Columns of the named fields, in order.
std::vector<Column> field_columns(std::span<const std::string_view> names);
/// A member for each field that is there; what is missing is left out.
void write_fields(JsonWriter&, const Row&, std::span<const std::string_view> names,
                  std::size_t first = 0);
void write_map(JsonWriter&, std::span<const MapEntry>);
void write_summary(JsonWriter&, const Summary&);
/// [{"key","scope",...summary}]
void write_series(JsonWriter&, std::span<const SeriesEntry>);

/// `"cursor": "..."` or null.
void write_cursor(JsonWriter&, const std::string& cursor);

Response json_response(std::string body);
Response json_response(std::string body, std::int64_t version);  ///< with its ETag

/// The ordinal of a record that the caller may see; throws `not_found`.
Ordinal find_visible(const Records&, const Reader&, const Principal&, std::string_view what,
                     std::string_view id);

}  // namespace podium::host
