#pragma once
// A table as a file: CSV for spreadsheets, JSON lines for programs.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "podium/http/message.hpp"
#include "services/api/api.hpp"
#include "services/listings/listings.hpp"
#include "services/table/table.hpp"

namespace podium::host {

enum class ExportFormat : std::uint8_t {
  csv = 1,  ///< RFC 4180; texts that a spreadsheet would run get a ' in front
  jsonl,    ///< one object a line, the values as the API gives them
};

/// A field of CSV. A text beginning with = + - @ TAB or CR gets a ' in front unless it spells a
/// number; quoted where RFC 4180 needs it, and where it is empty (nothing at all is a missing
/// value).
void append_csv_text(std::string& out, std::string_view text);

/// The rows of a listing from `offset` on, at most `limit`, in blocks of some hundreds, each a read
/// of its own: what is gone or hidden meanwhile is left out. Holds the listing and a block.
std::unique_ptr<Generator> make_export(const Core&, const Table&, const Principal&, ExportFormat,
                                       std::vector<TableColumn>, std::shared_ptr<const Listing>,
                                       std::uint64_t offset, std::uint64_t limit);

}  // namespace podium::host
