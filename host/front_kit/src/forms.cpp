#include "podium/front_kit/forms.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "podium/front_kit/answer_text.hpp"
#include "podium/front_kit/escape.hpp"
#include "podium/front_kit/figure.hpp"
#include "podium/front_kit/html.hpp"
#include "podium/front_kit/svg_chart.hpp"

namespace podium::front {
namespace {

/// As a terminal of 120 columns shows it, in UTC.
constexpr DrawOptions as_terminal{120, false};

/// What a figure may be: nothing that a front end would take for HTML or a script.
bool is_vega(std::string_view type) {
  return type == "application/vnd.vegalite.v5+json" || type == "application/vnd.vega.v5+json";
}

/// The figure of a plugin; its table where it cannot be shown.
void add_figure(Json& forms, const Json& figure, std::size_t rows) {
  const std::string type = figure.at("media_type");
  if (figure.at("specification").is_object() && is_vega(type))
    forms[type] = figure.at("specification");
  else
    forms["text/html"] = table_html(figure.at("table"), rows);
}

void add_chart(Json& forms, const Json& answer, const Figure& chart) {
  forms[chart.media_type] = Json::parse(chart.specification);
  if (const std::string svg = svg_of(answer); !svg.empty()) forms["image/svg+xml"] = svg;
}

}  // namespace

Json forms_of(const Json& answer, const FormsOptions& options) {
  Json forms = Json::object();
  const std::string kind = answer.at("kind");
  forms["text/plain"] = text_of(answer, as_terminal, options.text_rows);
  if (kind == "figure")
    add_figure(forms, answer, options.rows);
  else if (const auto chart = figure_of(answer))
    add_chart(forms, answer, *chart);
  else if (kind == "table")
    forms["text/html"] =
        table_html(answer, options.rows, answer.contains("question") ? options.snapshot : "");
  else if (kind == "details")
    forms["text/html"] = details_html(answer, options.rows);
  else if (kind == "question")
    forms["text/html"] =
        fmt::format("<p><b>{}</b></p>{}", escaped(safe(answer.at("text").get<std::string>())),
                    details_html(answer.at("details"), options.rows));
  else if (kind == "progress")
    forms["text/html"] = progress_html(answer);
  return forms;
}

}  // namespace podium::front
