#pragma once
// What the routes of the task table share.
#include <span>
#include <string>

#include "podium/http/json_writer.hpp"
#include "services/api/api.hpp"
#include "services/api/route_table.hpp"
#include "services/listings/listings.hpp"
#include "services/table/table.hpp"
#include "services/views/url.hpp"

namespace podium::host {

/// POST /api/v1/tasks/query, /facets, /columns, /filter, /export and GET /api/v1/tasks/export.
void add_table_routes(RouteTable&, const Core&, const ApiServices&);

Response table_facets(const Core&, const ApiServices&, Request&);
Response table_columns(const Core&, const ApiServices&, Request&);
Response table_filter(const Core&, const ApiServices&, Request&);
Response export_tasks(const Core&, const ApiServices&, Request&);
/// By an address of the table's page.
Response export_link(const Core&, const ApiServices&, Request&);

/// The listing of a question, made if need be.
Listings::Found find_listing(const Core&, const ApiServices&, const Principal&,
                             const TableQuestion&, const PreparedTable&, const std::string& id);

/// What an address of a table's page says, a kept long one looked up.
struct ReadAddress {
  std::optional<std::string> project;  ///< of the path
  DecodedAddress decoded;
};
ReadAddress read_address(const Core&, const ApiServices&, const Principal&,
                         std::string_view address);

/// A value, an object of a map's entries or an array of summaries.
void write_table_cell(JsonWriter&, const TableRow&, const TableColumn&, std::size_t i);
void write_table_row(JsonWriter&, const TableRow&, std::span<const TableColumn>);

}  // namespace podium::host
