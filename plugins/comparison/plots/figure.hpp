#pragma once
// Plots that tasks logged as Plotly JSON: alone in a file, or within the HTML that Plotly writes.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/json.hpp"

namespace podium::comparison {

/// The arguments of the first call of Plotly in a page that has JSON for them, as they stand in it.
struct PlotlyCall {
  std::string_view data;    ///< an array; or a whole figure, an object with "data"
  std::string_view layout;  ///< an object, or empty
};
std::optional<PlotlyCall> plotly_call(std::string_view html);

/// NaN, Infinity, -Infinity and undefined outside of texts become null: Python writes the first
/// three, though JSON does not have them.
std::string without_nan(std::string_view json);

/// A figure: "data" is an array of objects (traces), "layout" an object. Throws `invalid`, with a
/// sentence that says what is wrong, when there is none in the bytes. `html` by the file's name.
/// `left` is how many bytes of JSON may be parsed yet, and becomes less; throws `too_large`.
Json read_figure(std::string_view bytes, bool html, std::size_t* left = nullptr);

/// Whether a file's name says that there may be a figure in it, and whether in HTML.
bool may_be_figure(std::string_view path);
bool is_html(std::string_view path);

/// Which plot a file is, and of which iteration. A number behind "step", "iteration", "iter" or
/// "epoch" in the name of the file, or of a folder, is the iteration: "roc_step_20.json" is the
/// plot "roc_step_*.json" at 20.
struct PlotName {
  std::string plot;
  std::optional<long long> iteration;
};
PlotName plot_name(std::string_view path);

}  // namespace podium::comparison
