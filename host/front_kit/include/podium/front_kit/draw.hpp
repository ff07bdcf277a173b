#pragma once
// Answers as text for a terminal or a pipe.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace podium::front {

struct DrawOptions {
  std::size_t width = 0;   ///< columns of the terminal; 0: a pipe, nothing is cut
  bool local_time = true;  ///< else UTC
};

/// What other people wrote, safe for a terminal: control characters are written out (`\x1b`), the
/// text stays on one line.
std::string safe(std::string_view text);

/// A value as people read it. `type` is that of the column.
std::string shown(const nlohmann::ordered_json& value, std::string_view type, const DrawOptions&);

/// A table of an answer: `columns` and `rows`.
std::string draw_table(const nlohmann::ordered_json& table, const DrawOptions&);
/// Fields, then the sections.
std::string draw_details(const nlohmann::ordered_json& details, const DrawOptions&);
/// A line a curve, with its sparkline.
std::string draw_chart(const nlohmann::ordered_json& chart, const DrawOptions&);

/// A table, or that of a figure, as CSV (RFC 4180, texts that a spreadsheet would calculate begin
/// with a quote), or a chart's points.
std::string csv_of(const nlohmann::ordered_json& answer);
/// An object for each row of a table or of a figure's, one a line; of anything else the answer.
std::string jsonl_of(const nlohmann::ordered_json& answer);

/// Columns that a text takes on a terminal.
std::size_t width_of(std::string_view text);

}  // namespace podium::front
