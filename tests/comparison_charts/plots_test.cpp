// Figures in files, and laying them over each other.
#include <nlohmann/json.hpp>

#include "plots/figure.hpp"
#include "plots/overlay.hpp"
#include "podium/json.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::comparison;

namespace {

std::string why(std::string_view bytes, bool html) {
  return test::error_of([&] { read_figure(bytes, html); }).what();
}

TaskFigure task(const std::string& id, const char* figure) {
  TaskFigure out{id, "task " + id, "#4c78a8", {}};
  if (figure != nullptr) out.figure = read_figure(figure, false);
  return out;
}

constexpr const char* curve =
    R"({"data":[{"x":[1,2],"y":[3,4],"name":"train","line":{"color":"red","dash":"dot"}},
  {"type":"scatter","y":[1],"name":"val"}],"layout":{"title":{"text":"T"},"annotations":[{"text":"a"}]}})";

}  // namespace

TEST_CASE("a figure in JSON") {
  const Json f =
      read_figure(R"({"data":[{"y":[1]}],"layout":{"height":3},"config":{"x":1}})", false);
  CHECK(f == Json::parse(R"({"data":[{"y":[1]}],"layout":{"height":3}})"));
  CHECK(read_figure(R"({"data":[]})", false)["layout"] == Json::object());
  CHECK(read_figure(R"({"data":[],"layout":[]})", false)["layout"] == Json::object());
  CHECK(read_figure("{\"data\":[{\"y\":[NaN,1,-Infinity,Infinity],\"name\":\"a \\\" NaN\"}]}",
                    false)["data"][0] ==
        Json::parse(R"({"y":[null,1,null,null],"name":"a \" NaN"})"));
  CHECK(why("{", false) == "it is not JSON");
  CHECK(why("", false) == "it is not JSON");
  CHECK(why("[1]", false) == "it is not a figure of Plotly: an object with an array 'data'");
  CHECK(why(R"({"data":{}})", false) ==
        "it is not a figure of Plotly: an object with an array 'data'");
  CHECK(why(R"({"data":[1]})", false) == "a trace in its 'data' is not an object");
  CHECK(why(R"({"data":)" + std::string(100, '[') + std::string(100, ']') + "}", false) ==
        "its JSON is nested too deeply");
  CHECK(why("{\"data\":[\"\xff\"]}", false) == "it is not JSON");
}

TEST_CASE("no more JSON is parsed than may be, of a page only what is in the call") {
  std::size_t left = 30;
  const std::string page = std::string(100, ' ') + R"(Plotly.newPlot("a", [{"y":[1]}], {}))";
  read_figure(page, true, &left);
  CHECK(left == 30 - 11 - 2);
  CHECK(test::error_of([&] { read_figure(R"({"data":[],"layout":{}})", false, &left); }).code() ==
        ErrorCode::too_large);
  CHECK(left == 17);
}

TEST_CASE("a figure in a page that Plotly wrote") {
  const auto y_of = [](const std::string& page) {
    return read_figure(page, true)["data"][0]["y"][0];
  };
  CHECK(y_of(R"(<div id="a"></div><script>Plotly.newPlot(
      "a-1",
      [{"y":[7],"name":"\u003cb\u003e ] , \" }"}],
      {"title":{"text":"x"}},  {"responsive": true} ).then(function(){})</script>)") == 7);
  CHECK(read_figure(R"(Plotly.newPlot("a", [{"y":[1]}], {"title":"x"}))",
                    true)["layout"]["title"] == "x");
  CHECK(y_of(R"(Plotly.react(document.getElementById('a)'), [{"y":[8]}]))") == 8);
  CHECK(y_of(R"(Plotly.newPlot('a', {"data":[{"y":[9]}],"layout":{}}))") == 9);
  // A call within Plotly's own source, and one that is not closed, come before.
  CHECK(
      y_of(R"(Plotly.newPlot(gd, data, layout); Plotly.plot(gd;  Plotly.newPlot("a", [{"y":[NaN]},)"
           R"( Plotly.newPlot("b", [{"y":[5]}]))") == 5);
  CHECK(why("<html></html>", true) == "there is no call of Plotly with its data in the page");
  CHECK(why("Plotly.newPlot(", true) == "there is no call of Plotly with its data in the page");
  CHECK(why("Plotly.newPlot('a', [{'y': 1}])", true) == "it is not JSON");
  CHECK(why("Plotly.newPlot('a' + " + std::string(2000, ' ') + ", [])", true) ==
        "there is no call of Plotly with its data in the page");
}

TEST_CASE("which plot a file is") {
  CHECK(plot_name("roc.json").plot == "roc.json");
  CHECK_FALSE(plot_name("roc.json").iteration);
  CHECK(plot_name("fold-3.json").plot == "fold-3.json");
  CHECK(plot_name("roc_step_20.json").plot == "roc_step_*.json");
  CHECK(plot_name("roc_step_20.json").iteration == 20);
  CHECK(plot_name("Epoch=07/roc.html").plot == "Epoch=*/roc.html");
  CHECK(plot_name("Epoch=07/roc.html").iteration == 7);
  CHECK(plot_name("iter5/step10/x2.json").plot == "iter5/step*/x2.json");
  CHECK(plot_name("microstep5.json").plot == "microstep5.json");
  CHECK(plot_name("step_99999999999999999999.json").plot == "step_99999999999999999999.json");
  CHECK(plot_name("5").plot == "5");
  CHECK(plot_name("").plot.empty());
  CHECK(may_be_figure("a/B.JSON"));
  CHECK(may_be_figure("a.html"));
  CHECK_FALSE(may_be_figure("a.png"));
  CHECK_FALSE(may_be_figure(".json"));
}

TEST_CASE("what can be laid over each other") {
  CHECK_FALSE(why_apart({task("a", curve), task("b", nullptr), task("c", curve)}));
  for (const char* type : {"scatter", "scattergl", "bar", "box", "histogram"}) {
    const std::string f = std::string(R"({"data":[{"type":")") + type + "\"}]}";
    CHECK_FALSE(why_apart({task("a", curve), task("b", f.c_str())}));
  }
  for (const char* type : {"heatmap", "table", "surface", "pie", "violin", "contour"}) {
    const std::string f = std::string(R"({"data":[{"type":")") + type + "\"}]}";
    CHECK(why_apart({task("a", curve), task("b", f.c_str())}) ==
          "traces of the type '" + std::string(type) + "' cannot be laid over each other");
  }
  const char* subplots = "it has several subplots";
  CHECK(why_apart({task("a", R"({"data":[{"y":[1]},{"y":[1],"xaxis":"x2","yaxis":"y2"}]})")}) ==
        subplots);
  CHECK(why_apart({task("a", R"({"data":[],"layout":{"xaxis2":{"domain":[0.5,1]}}})")}) ==
        subplots);
  CHECK(why_apart({task("a", R"({"data":[],"layout":{"grid":{"rows":2}}})")}) == subplots);
  CHECK(why_apart({task("a", R"({"data":[],"layout":{"images":[{}]}})")}) == "it has images");
  CHECK_FALSE(why_apart(
      {task("a", R"({"data":[{"y":[1],"yaxis":"y2"}],"layout":{"yaxis2":{"overlaying":"y"}}})")}));
  CHECK_FALSE(why_apart(
      {task("a", R"({"data":[{"type":"scatter3d","scene":"scene"}],"layout":{"scene":{}}})")}));
  CHECK(why_apart({task("a", R"({"data":[{"type":"scatter3d"}]})"), task("b", curve)}) ==
        "its traces do not share one kind of axes");
}

TEST_CASE("an overlay: names, colors and a legend that is the same everywhere") {
  auto tasks = std::vector<TaskFigure>{task("a", curve), task("b", nullptr),
                                       task("c", R"({"data":[{"y":[5],"name":"only"}]})")};
  tasks[2].color = "#f58518";
  const Json f = overlay(tasks);
  REQUIRE(f["data"].size() == 4);
  CHECK(f["data"][0]["name"] == "task a · train");
  CHECK(f["data"][1]["name"] == "task a · val");
  CHECK(f["data"][0]["line"] == Json::parse(R"({"color":"#4c78a8","dash":"dot"})"));
  CHECK(f["data"][1]["line"]["dash"] == "dash");
  CHECK(f["data"][0]["legendgroup"] == "a");
  CHECK(f["data"][2]["visible"] == "legendonly");
  CHECK(f["data"][2]["name"] == "task b");
  CHECK(f["data"][3]["name"] == "task c");
  CHECK(f["data"][3]["marker"]["color"] == "#f58518");
  CHECK(f["layout"]["title"]["text"] == "T");
  CHECK_FALSE(f["layout"].contains("annotations"));
  for (const Json& trace : f["data"]) CHECK(trace["showlegend"] == true);
}

TEST_CASE("an overlay of bars, boxes and histograms") {
  const char* bars =
      R"({"data":[{"type":"bar","x":["a"],"y":[1],"offsetgroup":"","alignmentgroup":"True",
          "marker":{"color":[1,2],"coloraxis":"coloraxis","pattern":{"shape":""}}}],"layout":{"coloraxis":{},"barmode":"relative"}})";
  const Json f = overlay({task("a", bars), task("b", bars)});
  CHECK(f["layout"]["barmode"] == "group");
  CHECK_FALSE(f["layout"].contains("coloraxis"));
  CHECK(f["data"][0]["offsetgroup"] != f["data"][1]["offsetgroup"]);
  CHECK_FALSE(f["data"][0].contains("alignmentgroup"));
  CHECK(f["data"][0]["marker"] == Json::parse(R"({"color":"#4c78a8","pattern":{"shape":""}})"));
  const char* histogram = R"({"data":[{"type":"histogram","x":[1]}]})";
  const Json h = overlay({task("a", histogram), task("b", histogram)});
  CHECK(h["layout"]["barmode"] == "overlay");
  CHECK(h["data"][0]["bingroup"] == h["data"][1]["bingroup"]);
  const char* box = R"({"data":[{"type":"box","y":[1]}]})";
  const Json b = overlay({task("a", box), task("b", nullptr), task("c", box)});
  CHECK(b["layout"]["boxmode"] == "group");
  CHECK(b["data"][0]["fillcolor"] == "rgba(76,120,168,0.2)");
  CHECK(b["data"][1]["type"] == "box");
  const char* polar = R"({"data":[{"type":"scatterpolar","r":[1],"theta":[1]}]})";
  CHECK(overlay({task("a", polar), task("b", nullptr)})["data"][1]["r"].is_array());
}

TEST_CASE("members of a trace that are none of Plotly's types do not break it") {
  const char* odd =
      R"({"data":[{"type":5,"name":[1],"marker":"red","line":null,"xaxis":3,"fillcolor":{}}],"layout":{"images":"x"}})";
  CHECK_FALSE(why_apart({task("a", odd)}));
  const Json f = overlay({task("a", odd)});
  CHECK(f["data"][0]["marker"]["color"] == "#4c78a8");
}
