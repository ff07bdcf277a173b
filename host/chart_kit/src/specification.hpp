#pragma once
// What all specifications are made of.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "names.hpp"
#include "podium/chart_kit/charts.hpp"

namespace podium::chart_kit {

using Json = nlohmann::json;

inline constexpr const char* vega_lite_type = "application/vnd.vegalite.v5+json";
inline constexpr const char* vega_type = "application/vnd.vega.v5+json";

/// $schema, title and configuration; marks, sizes and encodings are the chart's.
Json vega_lite(const Frame&);
/// Title and subtitle, null without any.
Json title_of(const Frame&, int width);

/// A channel of one of the kit's own fields, titled by other people's text.
Json channel(const char* field, const char* type, const std::string& title);
/// A channel of a position: type, scale and ends as the axis says. Without `zero` an axis begins
/// where its values do.
Json position(const char* field, const Axis&, bool zero = false);
/// Whether a value can be seen on an axis.
bool drawable(const Axis&, double);

/// Names and their colors as a scale, and with it a legend that fits: beside the chart, below it,
/// or none when they are too many.
Json colored(const char* field, const Names&, const std::vector<std::size_t>& used, int width);
/// The transform that gives rows the name ("t") and, in full, the tooltip's name ("f") of the
/// subject whose number is in field "s".
Json lookup(const Names&, const std::vector<std::size_t>& used);
/// Whether so many subjects have a legend.
bool has_legend(std::size_t subjects);

/// For the subtitle of a chart without a legend.
std::string legend_note(std::size_t subjects, const char* what);

/// The frame with these, as far as they are not empty, behind its subtitle.
Frame noted(Frame, const std::vector<std::string>& notes);

/// Puts the rows where they belong: into the specification, or behind its URL.
Chart finish(const Frame&, Json specification, std::string rows, AnswerTable table);
/// The same for Vega, whose data are a list: the rows come first, named "source".
Chart finish_vega(const Frame&, Json specification, Json more_data, std::string rows,
                  AnswerTable table);

/// Adds a row unless the table has all that it may; `of` counts in any case.
void add_row(AnswerTable&, const Frame&, std::vector<Value> cells);
/// An empty table; names that are there twice are told apart.
AnswerTable table_of(std::vector<AnswerTable::Column> columns);
/// A number as a cell; missing when there is none.
Value cell(const std::optional<double>&);

}  // namespace podium::chart_kit
