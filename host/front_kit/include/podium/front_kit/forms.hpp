#pragma once
// An answer in all forms that a notebook may show, without a kernel and without a script.
#include <cstddef>
#include <string>

#include "podium/front_kit/json.hpp"

namespace podium::front {

struct FormsOptions {
  std::size_t rows = 50;       ///< of a table as HTML
  std::size_t text_rows = 10;  ///< of a table as text, beside HTML: terminals show a page
  std::string snapshot = {};   ///< marks a table of tasks for the widget that takes its place
};

/// By MIME type; text/plain is always there, and text/html never beside a chart: JupyterLab would
/// show that instead.
Json forms_of(const Json& answer, const FormsOptions&);

}  // namespace podium::front
