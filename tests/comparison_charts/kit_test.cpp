// The chart kit: what is in the specifications and tables of the gallery, and what must never be.
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "gallery.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::chart_kit;
using nlohmann::json;
using podium::test::gallery;

namespace {

const Chart& example(const std::string& name) {
  static const auto all = gallery();
  for (const auto& e : all)
    if (e.name == name) return e.chart;
  FAIL("no example " << name);
  throw 0;
}

json spec_of(const Chart& chart) { return json::parse(chart.figure.specification); }
json spec_of(const std::string& name) { return spec_of(example(name)); }
json values_of(const json& spec) {
  return spec["data"].is_array() ? spec["data"][0]["values"] : spec["data"]["values"];
}

void walk(const json& j, const std::function<void(const std::string&, const json&)>& visit) {
  if (j.is_object())
    for (const auto& [key, value] : j.items()) {
      visit(key, value);
      walk(value, visit);
    }
  else if (j.is_array())
    for (const auto& value : j) walk(value, visit);
}

Curves::Curve line(const std::string& id, const std::string& label) {
  Curves::Curve curve;
  curve.of = {id, label};
  curve.x = {0, 1, 2};
  curve.y = {1, 2, 3};
  return curve;
}

}  // namespace

TEST_CASE("every chart of the gallery is a JSON object of its media type, with a table") {
  for (const auto& e : gallery()) {
    INFO(e.name);
    const json spec = spec_of(e.chart);
    const bool lite = e.chart.figure.media_type == "application/vnd.vegalite.v5+json";
    CHECK(spec.at("$schema") == (lite ? "https://vega.github.io/schema/vega-lite/v5.json"
                                      : "https://vega.github.io/schema/vega/v5.json"));
    if (!lite) CHECK(e.chart.figure.media_type == "application/vnd.vega.v5+json");
    const AnswerTable& table = e.chart.figure.table;
    std::set<std::string> names;
    for (const auto& column : table.columns) CHECK(names.insert(column.name).second);
    for (const auto& row : table.rows) CHECK(row.size() == table.columns.size());
    CHECK(table.of.has_value());
    CHECK(table.truncated == (*table.of > static_cast<std::int64_t>(table.rows.size())));
  }
}

TEST_CASE("fields and expressions are the kit's own: no name of a task or parameter is in them") {
  for (const auto& e : gallery()) {
    INFO(e.name);
    walk(spec_of(e.chart), [&](const std::string& key, const json& value) {
      if ((key == "field" || key == "as") && value.is_string()) {
        const auto& name = value.get_ref<const std::string&>();
        INFO(name);
        // Short, and of letters and digits, but for what a scale is sorted by.
        CHECK((name.size() <= 8 || name == "datum.on"));
        for (const char c : name) CHECK((std::isalnum(static_cast<unsigned char>(c)) || c == '.'));
      }
      if (key == "expr" || key == "test" || key == "filter" || key == "update" || key == "signal")
        if (value.is_string())
          for (const char* trap : {"script", "quoted", "resnet", "params", "__proto__"})
            CHECK(value.get_ref<const std::string&>().find(trap) == std::string::npos);
    });
  }
}

TEST_CASE("nothing of a specification is fetched, unless it was asked for") {
  for (const auto& e : gallery())
    walk(spec_of(e.chart), [&](const std::string& key, const json& value) {
      INFO(e.name);
      if (key != "url" && key != "href") return;
      CHECK(e.name == "curves-url");
      CHECK(value == "/api/v1/comparisons/charts/data?request=%7B%7D");
    });
}

TEST_CASE("the rows stand in the specification, or behind its URL: the same") {
  Curves c;
  c.curves = {line("a", "one"), line("b", "two")};
  const json values = values_of(spec_of(draw(c)));
  CHECK(values.size() == 6);
  c.frame.data_url = "/somewhere?x=1";
  const Chart apart = draw(c);
  CHECK(json::parse(apart.rows) == values);
  CHECK(spec_of(apart)["data"]["url"] == "/somewhere?x=1");
  CHECK_FALSE(spec_of(apart)["data"].contains("values"));
}

TEST_CASE("what cannot be drawn is null in the rows, and itself in the table") {
  Curves c;
  c.curves = {line("a", "one")};
  c.curves[0].y = {std::nan(""), -1, std::numeric_limits<double>::infinity()};
  c.y.log = true;
  const Chart chart = draw(c);
  for (const json& row : values_of(spec_of(chart))) CHECK(row["y"].is_null());
  REQUIRE(chart.figure.table.rows.size() == 3);
  CHECK(std::isnan(std::get<double>(chart.figure.table.rows[0][3])));
  CHECK(std::get<double>(chart.figure.table.rows[1][3]) == -1);
  CHECK(std::isinf(std::get<double>(chart.figure.table.rows[2][3])));
}

TEST_CASE("numbers keep nine digits, times and steps all of theirs") {
  Curves c;
  c.curves = {line("a", "one")};
  c.curves[0].x = {1'790'000'000'123, 1'790'000'000'124, 1'790'000'000'125};
  c.curves[0].y = {1.0 / 3, 1e-300, 123456789012.5};
  const json values = values_of(spec_of(draw(c)));
  CHECK(values[0]["x"] == 1'790'000'000'123);
  CHECK(values[2]["x"] == 1'790'000'000'125);
  CHECK(values[0]["y"] == 0.333333333);
  CHECK(values[1]["y"] == 1e-300);
}

TEST_CASE("names: unique, clean, and short with both ends") {
  Bars b;
  b.subjects = {{"0000aaaaaa", "same"},
                {"0000bbbbbb", "same"},
                {"0000cccccc", ""},
                {"d", "tab\tline\nbell\x07 \xe2\x80\xae \xff\xc3"},
                {"e", std::string(50, 'x') + "-1"},
                {"f", std::string(50, 'x') + "-2"},
                {"g", std::string(25, 'y') + "0" + std::string(25, 'z')},
                {"h", std::string(25, 'y') + "1" + std::string(25, 'z')}};
  Bars::Measure m;
  m.name = "m";
  m.values.assign(b.subjects.size(), 1.0);
  b.measures = {m};
  const json values = values_of(spec_of(draw(b)));
  std::set<std::string> shown;
  for (const json& row : values) {
    CHECK(shown.insert(row["t"].get<std::string>()).second);
    CHECK(row["t"].get<std::string>().size() <= 42);
  }
  CHECK(values[0]["t"] == "same.aaaaaa");
  CHECK(values[1]["t"] == "same.bbbbbb");
  CHECK(values[2]["t"] == "cccccc");
  CHECK(values[3]["t"] == "tab line bell    \xef\xbf\xbd\xef\xbf\xbd");
  CHECK(values[4]["t"].get<std::string>().ends_with("x-1"));
  CHECK(values[4]["f"] == std::string(50, 'x') + "-1");
  CHECK(values[7]["t"].get<std::string>().ends_with(" #2"));  // the middle was the difference
}

TEST_CASE("colors are the subjects' own") {
  Bars b;
  b.subjects = {{"a", "a", "#123456"}, {"b", "b"}};
  Bars::Measure m{"m", {1.0, 2.0}};
  b.measures = {m};
  const json values = values_of(spec_of(draw(b)));
  CHECK(values[0]["c"] == "#123456");
  CHECK(values[1]["c"].get<std::string>().size() == 7);
  Curves c;
  c.curves = {line("a", "one")};
  c.curves[0].of.color = "#abcdef";
  CHECK(spec_of(draw(c))["layer"][0]["encoding"]["color"]["scale"]["range"] == json{"#abcdef"});
}

TEST_CASE("a legend is beside, below, or not there") {
  const auto legend = [](const char* name) {
    return spec_of(name)["layer"][0]["encoding"]["color"]["legend"];
  };
  CHECK(legend("curves").value("orient", "right") == "right");
  CHECK(legend("curves-20").at("orient") == "bottom");
  CHECK(legend("curves-200").is_null());
  CHECK(spec_of("curves-200")["title"]["subtitle"] ==
        "200 curves; their names are in the tooltips");
}

TEST_CASE("several metrics: on one pair of axes where they fit, else small charts") {
  Curves c;
  for (const char* metric : {"loss", "val_loss"})
    for (const char* id : {"a", "b"}) {
      c.curves.push_back(line(id, id));
      c.curves.back().metric = metric;
    }
  CHECK(spec_of(draw(c)).contains("facet"));
  c.layout = Curves::Layout::fitting;
  json spec = spec_of(draw(c));
  const json& encoding = spec["layer"][0]["encoding"];
  CHECK(encoding["y"]["title"] == "loss, val_loss");
  CHECK(encoding["strokeDash"]["scale"]["domain"] == json{"loss", "val_loss"});
  CHECK(encoding["strokeDash"]["scale"]["range"][0] != encoding["strokeDash"]["scale"]["range"][1]);
  CHECK(encoding["detail"]["field"] == "m");
  for (double& y : c.curves[3].y) y *= 100;
  CHECK(spec_of(draw(c)).contains("facet"));
  c.y.log = true;  // which shows both
  CHECK_FALSE(spec_of(draw(c)).contains("facet"));
}

TEST_CASE("curves whose colors are too near each other are told apart by dashes") {
  Curves c;
  for (const char* id : {"a", "b", "c", "d"}) c.curves.push_back(line(id, id));
  const char* colors[] = {"#4c78a8", "#f58518", "#4c7cb0", "#4c78a8"};
  for (std::size_t i = 0; i < 4; ++i) c.curves[i].of.color = colors[i];
  const json dash = spec_of(draw(c))["layer"][0]["encoding"]["strokeDash"];
  const json& of = dash["scale"]["range"];
  CHECK(dash["scale"]["domain"] == json{"a", "b", "c", "d"});
  CHECK(of[0] == of[1]);
  CHECK(std::set<json>{of[0], of[2], of[3]}.size() == 3);
  c.curves.resize(2);
  CHECK_FALSE(spec_of(draw(c))["layer"][0]["encoding"].contains("strokeDash"));
}

TEST_CASE("a curve alone is named, and many points tell what they are") {
  Curves c;
  c.curves = {line("a", "the only one")};
  c.band = "nothing";  // there is none
  CHECK(spec_of(draw(c))["title"]["text"] == "the only one");
  c.frame.title = "loss";
  CHECK(spec_of(draw(c))["title"]["text"] == "loss");
  CHECK(spec_of(draw(c))["title"]["subtitle"] == "the only one");
  c.curves[0].x.resize(400, 3);
  c.curves[0].y.resize(400, 3);
  const json spec = spec_of(draw(c));
  CHECK(spec["layer"][0]["encoding"]["tooltip"].size() == 1);
  CHECK(spec["layer"][1]["mark"]["opacity"] == 0);
  CHECK(spec["layer"][1]["encoding"]["tooltip"].size() == 3);
}

TEST_CASE("groups: in the order of an axis, those without a value last") {
  const std::vector<Subject> of = {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}};
  Dimension acc{
      "acc", {Value(1.0), Value(2.0), Value(3.0), Value()}, {1.0, 2.0, 3.0, std::nullopt}};
  Dimension lr{"lr", {Value("10"), Value(), Value("9"), Value("9")}, {10, std::nullopt, 9, 9}};
  const auto groups = grouped(of, acc, lr);
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].group.label == "9");
  CHECK(groups[0].values == std::vector<double>{3});
  CHECK(groups[0].of == std::vector<std::string>{"c"});
  CHECK(groups[1].group.label == "10");
  CHECK(groups[2].group.label == "none");
  CHECK(grouped(of, acc, std::nullopt).at(0).values.size() == 3);

  Parallel p;
  p.subjects = of;
  p.axes = {{acc}, {lr}};
  p.groups = Dimension{"arch", {Value("x"), Value("y"), Value("x")}, {}};
  const json spec = spec_of(draw(p));
  CHECK(spec["scales"].back()["domain"] == json{"x", "y", "none"});
  CHECK(spec["legends"][0]["stroke"] == "groups");
  const json values = values_of(spec);
  CHECK(values[0]["c"] == values[2]["c"]);
  CHECK(values[0]["c"] == spec["scales"].back()["range"][0]);
  CHECK(values[3]["c"] == spec["scales"].back()["range"][2]);
}

TEST_CASE("a chart of nothing says so") {
  for (const char* name : {"curves-none", "bars-none", "scatter-none", "front-none", "ranks-none",
                           "parallel-none", "importance-none"}) {
    INFO(name);
    CHECK(spec_of(name)["title"].dump().find("othing to draw") != std::string::npos);
  }
}

TEST_CASE("bars: clusters where the measures are alike, else an axis each; points on log axes") {
  CHECK(spec_of("bars-clustered")["layer"][0]["encoding"].contains("xOffset"));
  CHECK(spec_of("bars-apart").contains("facet"));
  CHECK(spec_of("bars-200-apart").contains("facet"));
  CHECK(spec_of("bars-large")["layer"][0]["encoding"]["y"]["axis"]["format"] == ".1e");
  CHECK(spec_of("bars-log")["layer"][0]["mark"]["type"] == "circle");
  for (const json& row : values_of(spec_of("bars-log"))) CHECK(row["v"] > 0);
}

TEST_CASE("boxes: the table has the quartiles") {
  Boxes b;
  b.groups = {{{"g", "g"}, {4, 1, 3, 2, 5, std::nan("")}}};
  const auto row = draw(b).figure.table.rows.at(0);
  CHECK(std::get<std::int64_t>(row[1]) == 6);
  const double wanted[] = {1, 2, 3, 4, 5, 3};
  for (std::size_t i = 0; i < 6; ++i) CHECK(std::get<double>(row[i + 2]) == wanted[i]);
}

TEST_CASE("parallel axes: types, brushes, and lines without a value") {
  Parallel p;
  p.subjects = {{"a", "a"}, {"b", "b"}, {"c", "c"}};
  Dimension lr{"params.lr", {Value(0.1), Value(0.0), Value()}, {0.1, 0.0, std::nullopt}};
  Dimension opt{"params.opt", {Value("adam"), Value("10"), Value("9")}, {std::nullopt, 10, 9}};
  Dimension count{"n", {Value("10"), Value("9"), Value("9")}, {10, 9, 9}};
  p.axes = {{lr, true, std::pair(0.01, 1.0)}, {opt}, {count}};
  p.color = "n";
  const json spec = spec_of(draw(p));
  CHECK(spec["scales"][1]["type"] == "log");
  CHECK(spec["scales"][2]["domain"] == json{"10", "9", "adam"});
  CHECK(spec["scales"][3]["type"] == "linear");
  CHECK(spec["signals"][1]["update"] == "[scale('s0',0.01),scale('s0',1)]");
  CHECK(spec["signals"][2]["value"].is_null());
  const json values = values_of(spec);
  CHECK(values[0]["a0"] == 0.1);
  CHECK(values[1]["a0"].is_null());  // 0 has no place on a logarithmic axis
  CHECK(values[2]["a0"].is_null());
  CHECK(values[1]["a1"] == "10");
  CHECK(values[1]["a2"] == 9);
  CHECK(spec["scales"].back()["name"] == "color");
}

TEST_CASE("ranks: the first are drawn, the table has all") {
  const auto& chart = example("ranks-200");
  std::set<int> drawn;
  for (const json& row : values_of(spec_of(chart))) {
    drawn.insert(row["s"].get<int>());
    if (!row["y"].is_null()) CHECK(row["y"] <= 40);
  }
  CHECK(drawn.size() >= 40);
  CHECK(drawn.size() < 200);
  CHECK(*chart.figure.table.of == 6000);
}

TEST_CASE("a front's names do not lie on each other, and the knee has one") {
  Front f;
  for (int i = 0; i < 30; ++i)
    f.points.push_back(
        {{std::to_string(i), "p" + std::to_string(i)}, i * 0.01, i * 0.01, true, i == 15});
  f.points.push_back({{"far", "far"}, 10, 10, true, false});
  std::set<std::string> named;
  for (const json& row : values_of(spec_of(draw(f))))
    if (row.contains("n")) named.insert(row["t"].get<std::string>());
  CHECK(named == std::set<std::string>{"p15", "far"});
}
