#pragma once
// Writing records as answers.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/function.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/http/message.hpp"
#include "podium/service/records.hpp"
#include "podium/store/reader.hpp"

namespace podium::host {

struct Core;

/// Columns of the named fields, in order.
std::vector<Column> field_columns(std::span<const std::string_view> names);
/// A member for each field that is there; what is missing is left out.
void write_fields(JsonWriter&, const Row&, std::span<const std::string_view> names,
                  std::size_t first = 0);
void write_map(JsonWriter&, std::span<const MapEntry>);
void write_summary(JsonWriter&, const Summary&);
/// [{"key","scope",...summary}]
void write_series(JsonWriter&, std::span<const SeriesEntry>);

/// Members of a body that is an object of ours go beside the others; nothing when there is none.
void write_body_members(JsonWriter&, const Cell& body);

/// `"cursor": "..."` or null.
/// {"NAME": [...], "cursor": ...}: `items` writes the array's items and says how their page ended.
Response list_response(std::string_view name, FunctionRef<Page(JsonWriter&)> items);

/// A record as JSON that lacks the text id of the one it belongs to, and the last brace: inside a
/// query's sink that other one is not asked for.
struct OwnedJson {
  std::string json;
  Ordinal owner = 0;
  std::int64_t version = 0;
};
/// Adds `"NAME": id` of the owner, where it may be seen, and the brace.
void close(OwnedJson&, std::string_view name, const Records& owners, const Reader&,
           const Principal&);
/// A page of records that belong to projects, on one snapshot.
Response owned_list(const Core&, const Records&, const Records& projects, std::string_view name,
                    const Principal&, const Query&, FunctionRef<OwnedJson(const Row&)> write);

Response json_response(std::string body);
Response json_response(std::string body, std::int64_t version);  ///< with its ETag

/// The ordinal of a record that the caller may see; throws `not_found`.
Ordinal find_visible(const Records&, const Reader&, const Principal&, std::string_view what,
                     std::string_view id);

}  // namespace podium::host
