#include <cmath>

#include "outputs.hpp"
#include "podium/chart_kit/colors.hpp"
#include "podium/front_kit/answer_text.hpp"
#include "podium/front_kit/chart_data.hpp"
#include "podium/front_kit/figure.hpp"
#include "podium/front_kit/html.hpp"
#include "podium/front_kit/svg_chart.hpp"
#include "support.hpp"

using namespace podium::kernel;
using podium::front::chart_data;
using podium::front::details_html;
using podium::front::problem_lines;
using podium::front::progress_html;
using podium::front::svg_of;
using podium::front::table_html;

namespace {

const std::string hostile =
    "</script><img src=x onerror=alert(1)>`${x}` & \"q\" 'a' \xe2\x80\xaegnp.exe";

Json table(std::initializer_list<const char*> types, Json rows) {
  Json columns = Json::array();
  for (const char* type : types)
    columns.push_back({{"name", "c" + std::to_string(columns.size())}, {"type", type}});
  return {{"kind", "table"},
          {"columns", columns},
          {"rows", std::move(rows)},
          {"truncated", false},
          {"cursor", nullptr}};
}

Json chart(std::initializer_list<std::pair<const char*, Json>> curves) {
  Json series = Json::array();
  for (const auto& [task, points] : curves)
    series.push_back({{"metric", "loss"},
                      {"task", task},
                      {"label", task},
                      {"points", points},
                      {"truncated", false},
                      {"of", points.size()},
                      {"sparkline", ""}});
  return {{"kind", "chart"}, {"x", "step"}, {"series", series}};
}

Json drawn(const char* mark, std::initializer_list<const char*> names, Json rows,
           Json more = Json::object()) {
  Json columns = {{{"name", "id"}, {"type", "id"}}, {{"name", "name"}, {"type", "text"}}};
  for (const char* name : names) columns.push_back({{"name", name}, {"type", "real"}});
  more["mark"] = mark;
  return {
      {"kind", "table"},    {"entity", "task"},  {"columns", columns}, {"rows", std::move(rows)},
      {"truncated", false}, {"cursor", nullptr}, {"draw", more}};
}

/// The specification of an answer's chart.
Json spec_of(const Json& answer) {
  const auto figure = podium::front::figure_of(answer);
  return figure ? Json::parse(figure->specification) : Json();
}

bool has_tag(const std::string& html, const std::string& tag) {
  return html.find("<" + tag) != std::string::npos;
}

}  // namespace

TEST_CASE("HTML of a table: text is text") {
  const std::string html =
      table_html(table({"text", "real"}, Json::array({Json::array({hostile, 0.1})})), 50);
  CHECK_FALSE(has_tag(html, "img"));
  CHECK_FALSE(has_tag(html, "script"));
  CHECK(html.find("\xe2\x80\xae") == std::string::npos);
  CHECK(html.find("&lt;/script&gt;") != std::string::npos);
  CHECK(html.find("&#39;a&#39;") != std::string::npos);
  Json named = table({"text"}, Json::array());
  named["columns"][0]["name"] = hostile;
  CHECK_FALSE(has_tag(table_html(named, 50), "img"));
  CHECK_FALSE(has_tag(table_html(named, 50, "x\"><img>"), "img"));
}

TEST_CASE("HTML of a table: so many rows, and how many there are") {
  Json rows = Json::array();
  for (int i = 0; i < 60; ++i) rows.push_back(Json::array({i}));
  Json answer = table({"integer"}, rows);
  const auto count = [](const std::string& html) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = html.find("<tr>", at)) != std::string::npos; ++at) ++n;
    return n - 1;  // the head's
  };
  CHECK(count(table_html(answer, 50)) == 50);
  CHECK(table_html(answer, 50).find("50 of 60 rows") != std::string::npos);
  CHECK(table_html(answer, 100).find(" rows") == std::string::npos);
  answer["truncated"] = true;
  answer["of"] = 1204;
  CHECK(table_html(answer, 100).find("60 of 1204 rows") != std::string::npos);
  CHECK(podium::front::text_of(answer, as_terminal, 2).find("(2 of 1204 rows)") !=
        std::string::npos);
}

TEST_CASE("HTML of a table: floats are short, the whole number is the title") {
  const std::string html = table_html(table({"real"}, {{0.1234567890123}}), 50);
  CHECK(html.find(">0.123457<") != std::string::npos);
  CHECK(html.find("title=\"0.1234567890123\"") != std::string::npos);
  CHECK(table_html(table({"real"}, {{nullptr}}), 50).find("<td></table>") != std::string::npos);
  // A table that a widget takes the place of is kept small: the widget shows the whole number.
  CHECK(table_html(table({"real"}, {{0.1234567890123}}), 50, "id").find("title=") ==
        std::string::npos);
}

TEST_CASE("details and progress") {
  const Json details = {
      {"kind", "details"},
      {"fields", {{"id", "0123"}, {hostile, hostile}}},
      {"types", {{"id", "id"}, {hostile, "text"}}},
      {"sections",
       {{hostile, table({"text"}, {{hostile}})}, {"none", table({"text"}, Json::array())}}}};
  const std::string html = details_html(details, 50);
  CHECK_FALSE(has_tag(html, "img"));
  CHECK(html.find("none") == std::string::npos);
  CHECK(html.find("0123") != std::string::npos);
  const std::string progress =
      progress_html({{"job_kind", hostile}, {"state", "running"}, {"done", 3}, {"total", 12}});
  CHECK_FALSE(has_tag(progress, "img"));
  CHECK(progress.find("value=\"3\" max=\"12\"") != std::string::npos);
}

TEST_CASE("a problem shows its place") {
  const auto lines = problem_lines(
      {{"code", "invalid"},
       {"detail", "tasks have no 'stat'"},
       {"position", 12},
       {"facts", {{"line", "tasks where stat = 1"}, {"corrected", "tasks where state = 1"}}}});
  REQUIRE(lines.size() == 4);
  CHECK(lines[1] == "  tasks where stat = 1");
  CHECK(lines[2].find('^') == 2 + 12);
  CHECK(lines[3] == "  perhaps: tasks where state = 1");
}

TEST_CASE("curves: SVG, Vega-Lite and text of one answer") {
  const Json answer =
      chart({{"a", {{0, 0, 1.0}, {1, 1000, 0.5}, {2, 2000, "NaN"}, {3, 3000, 0.25}}},
             {hostile.c_str(), {{0, 0, 2.0}}}});
  const std::string svg = svg_of(answer);
  CHECK(svg.starts_with("<svg "));
  CHECK_FALSE(has_tag(svg, "img"));
  CHECK(has_tag(svg, "polyline"));
  CHECK(has_tag(svg, "circle"));
  const Json spec = spec_of(answer);
  CHECK(spec.at("$schema") == "https://vega.github.io/schema/vega-lite/v5.json");
  const Json& values = spec.at("data").at("values");
  REQUIRE(values.size() == 5);
  CHECK(values[1] == Json::parse(R"({"s": 0, "x": 1, "y": 0.5})"));
  CHECK(values[2] == Json::parse(R"({"s": 0, "x": 2, "y": null})"));  // a gap in its line
  CHECK(values[4].at("s") == 1);
  const Bundle bundle = bundle_of(answer, Look());
  CHECK(bundle.data.contains("text/plain"));
  CHECK(bundle.data.contains("image/svg+xml"));
  CHECK(bundle.data.contains("application/vnd.vegalite.v5+json"));
  // A name is a value, never a field: dots and brackets mean nothing.
  CHECK(spec.dump().find("\"field\":\"a") == std::string::npos);
}

TEST_CASE("curves: what has no value is a gap") {
  const std::string svg =
      svg_of(chart({{"a", {{0, 0, 1.0}, {1, 0, 2.0}, {2, 0, "NaN"}, {3, 0, 1.0}, {4, 0, 2.0}}}}));
  std::size_t lines = 0;
  for (auto at = svg.find("<polyline"); at != std::string::npos; at = svg.find("<polyline", at + 1))
    ++lines;
  CHECK(lines == 2);
}

TEST_CASE("curves: colors are those of the ids, whoever draws") {
  const Json answer = chart({{"a", {{0, 0, 1.0}}}, {"b", {{0, 0, 2.0}}}});
  const Json color = spec_of(answer).at("layer")[0]["encoding"]["color"]["scale"]["range"];
  CHECK(color == Json::array({podium::chart_kit::color_of("a"), podium::chart_kit::color_of("b")}));
  CHECK(svg_of(answer).find(podium::chart_kit::color_of("a")) != std::string::npos);
}

TEST_CASE("curves: metrics of one size are on one pair of axes") {
  Json answer = chart({{"a", {{0, 0, 1.0}}}, {"a", {{0, 0, 2.0}}}});
  answer["series"][1]["metric"] = "val_loss";
  CHECK(spec_of(answer).at("layer")[0]["encoding"]["strokeDash"]["scale"]["domain"] ==
        Json::array({"loss", "val_loss"}));
  answer["series"][1]["points"][0][2] = 200.0;
  CHECK(spec_of(answer).contains("facet"));
}

TEST_CASE("curves: logarithmic, smoothed, gathered into bands") {
  Json answer =
      chart({{"a", {{0, 0, 1.0}, {1, 0, 0.0}, {2, 0, 3.0}}}, {"b", {{0, 0, 3.0}, {2, 0, 5.0}}}});
  answer["draw"] = {{"log", true}, {"smooth", 0.5}};
  auto data = chart_data(answer);
  CHECK(std::isnan(data.curves[0].raw[1].second));  // 0 has no logarithm
  CHECK(data.curves[0].shown[2].second == Approx((0.5 * 1 + 3) / 1.5));
  const Json spec = spec_of(answer);
  CHECK(spec.at("layer").size() == 2);  // the raw line is a ghost behind the smoothed one
  CHECK(spec.at("layer")[1]["encoding"]["y"]["scale"]["type"] == "log");

  for (auto& series : answer["series"]) series["label"] = "arch=cnn";
  answer["draw"] = {{"band", "params.arch"}};
  data = chart_data(answer);
  REQUIRE(data.curves.size() == 1);
  CHECK(data.curves[0].name() == "arch=cnn loss");
  REQUIRE(data.curves[0].shown.size() == 3);
  CHECK(data.curves[0].shown[1] == std::pair(1.0, (0.0 + 4.0) / 2));  // b is 4 between 3 and 5
  CHECK(data.curves[0].band[1].low == 0);
  CHECK(data.curves[0].band[1].high == 4);
  CHECK(has_tag(svg_of(answer), "polygon"));
  CHECK(spec_of(answer).at("layer")[0]["mark"]["type"] == "area");
  CHECK(spec_of(answer).at("title").at("text") == "arch=cnn; mean, between least and greatest");
}

TEST_CASE("no points, one point, equal points: still a picture") {
  for (const Json& points :
       {Json::array(), Json({{5, 0, 1.0}}), Json({{5, 0, 1.0}, {6, 0, 1.0}}),
        Json({{0, 0, -1e300}, {1, 0, 1e300}}), Json({{0, 0, 1e-300}, {1, 0, 2e-300}})}) {
    Json answer = chart({{"a", points}});
    for (const bool log : {false, true}) {
      answer["draw"] = {{"log", log}};
      const std::string svg = svg_of(answer);
      CHECK(svg.find("nan") == std::string::npos);
      CHECK(svg.find("inf") == std::string::npos);
      CHECK(spec_of(answer).is_object());
    }
  }
}

TEST_CASE("bars") {
  const Json answer = drawn("bar", {"metrics.acc", "metrics.loss"},
                            {{"1", hostile, 0.5, 2.0}, {"2", hostile, nullptr, -1.0}});
  const std::string svg = svg_of(answer);
  CHECK_FALSE(has_tag(svg, "img"));
  CHECK(chart_data(answer).bars.size() == 2);
  const Json spec = spec_of(answer);
  CHECK(spec.at("data").at("values").size() == 3);
  // Two of one name stay two.
  CHECK(spec.at("data").at("values")[0].at("t") != spec.at("data").at("values")[2].at("t"));
}

TEST_CASE("points, boxes and parallel axes") {
  const Json rows = {{"1", "a", "0.1", 0.9, "cnn"},
                     {"2", "b", "0.01", "NaN", "mlp"},
                     {"3", "c", nullptr, 0.7, "cnn"},
                     {"4", "d", "1", 0.6, nullptr}};
  const Json scatter = spec_of(drawn("scatter", {"params.lr", "metrics.acc", "params.arch"}, rows,
                                     {{"group", "params.arch"}}));
  CHECK(scatter.at("data").at("values").size() == 2);
  CHECK(scatter.at("data").at("values")[1].at("g") == "none");
  CHECK(scatter.at("encoding").at("x").at("type") == "quantitative");
  CHECK(scatter.at("encoding").at("color").at("title") == "params.arch");
  CHECK(scatter.at("title").at("text") == "2 tasks are without a value to draw");
  const Json box_rows = {{"1", "a", 0.9, "cnn"}, {"2", "b", "NaN", "mlp"}};
  const Json box =
      spec_of(drawn("box", {"metrics.acc", "params.arch"}, box_rows, {{"group", "params.arch"}}));
  CHECK(box.at("layer")[0].at("mark").at("type") == "boxplot");
  CHECK(box.at("data").at("values").size() == 1);
  CHECK(box.at("title").at("text") == "metrics.acc by params.arch");
  const auto parallel = podium::front::figure_of(drawn(
      "parallel", {"params.lr", "metrics.acc", "params.arch"}, rows, {{"group", "params.arch"}}));
  REQUIRE(parallel.has_value());
  CHECK(parallel->media_type == "application/vnd.vega.v5+json");
  const Json lines = Json::parse(parallel->specification);
  CHECK(lines.at("data")[0].at("values").size() == 4);
  CHECK(lines.at("legends")[0].at("title") == "params.arch");
  // A group is no axis.
  CHECK_FALSE(lines.at("data")[0].at("values")[0].contains("a2"));
  CHECK(bundle_of(drawn("parallel", {"a", "b"}, {{"1", "a", 1, 2}}), Look())
            .data.contains("application/vnd.vega.v5+json"));
  const Json when = spec_of(drawn("scatter", {"started", "metrics.acc"}, Json::array()));
  CHECK(when.at("title").at("text") == "Nothing to draw");
  CHECK(svg_of(drawn("scatter", {"x", "y"}, Json::array())).empty());
  // JupyterLab would show HTML instead of the chart.
  CHECK_FALSE(bundle_of(drawn("box", {"y"}, {{"1", "a", 0.5}}), Look()).data.contains("text/html"));
}
