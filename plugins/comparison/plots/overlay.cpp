#include "overlay.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

namespace podium::comparison {
namespace {

constexpr std::array<const char*, 7> together = {"scatter", "scattergl", "bar",         "scatter3d",
                                                 "box",     "histogram", "scatterpolar"};

std::string type_of(const Json& trace) {
  const auto at = trace.find("type");
  return at != trace.end() && at->is_string() ? at->get<std::string>() : "scatter";
}

std::string name_of(const Json& trace) {
  const auto at = trace.find("name");
  return at != trace.end() && at->is_string() ? at->get<std::string>() : "";
}

/// "xaxis2", "yaxis3", "scene2", "polar2": a second plane.
bool second_plane(const std::string& key) {
  for (const char* prefix : {"xaxis", "yaxis", "scene", "polar"}) {
    const std::string_view p(prefix);
    if (key.size() > p.size() && key.starts_with(p) && key[p.size()] != '1' &&
        std::all_of(key.begin() + static_cast<std::ptrdiff_t>(p.size()), key.end(),
                    [](unsigned char c) { return std::isdigit(c) != 0; }))
      return true;
  }
  return false;
}

/// Whether a second axis lies over the first one: one plane still.
bool overlaid(const Json& axis) { return axis.is_object() && axis.contains("overlaying"); }

const std::array<const char*, 12> scale_members = {
    "color", "colorscale", "coloraxis", "colorbar",       "showscale",    "cmin",
    "cmax",  "cmid",       "cauto",     "autocolorscale", "reversescale", "colorsrc"};

/// A member that is an object, made one if it is none.
Json& object_in(Json& of, const char* name) {
  Json& at = of[name];
  if (!at.is_object()) at = Json::object();
  return at;
}

/// One color for all that a member (marker, line) colors.
void color_member(Json& trace, const char* name, const std::string& color) {
  Json& member = object_in(trace, name);
  for (const char* scale : scale_members) member.erase(scale);
  member["color"] = color;
}

std::string faint(const std::string& color) {
  const auto part = [&](std::size_t at) {
    return std::to_string(std::stoi(color.substr(at, 2), nullptr, 16));
  };
  const bool hex = color.size() == 7 && color[0] == '#' &&
                   std::all_of(color.begin() + 1, color.end(),
                               [](unsigned char c) { return std::isxdigit(c) != 0; });
  return hex ? "rgba(" + part(1) + "," + part(3) + "," + part(5) + ",0.2)" : color;
}

void color_trace(Json& trace, const TaskFigure& task, std::size_t nth) {
  const std::string type = type_of(trace);
  static const std::array<const char*, 5> dashes = {"solid", "dash", "dot", "dashdot", "longdash"};
  const bool lines =
      type == "scatter" || type == "scattergl" || type == "scatter3d" || type == "scatterpolar";
  color_member(trace, "marker", task.color);
  if (type == "bar" || type == "histogram") {
    // A second series of the same task is the same color, lighter.
    if (nth > 0) trace["marker"]["opacity"] = std::max(0.35, 1 - 0.25 * static_cast<double>(nth));
    if (trace["marker"].contains("pattern") && !trace["marker"]["pattern"].is_object())
      trace["marker"].erase("pattern");
  }
  if (lines || type == "box") color_member(trace, "line", task.color);
  if (lines && nth > 0 && !trace["line"].contains("dash"))
    trace["line"]["dash"] = dashes[nth % dashes.size()];
  if (type != "box" && trace.contains("fillcolor")) trace["fillcolor"] = faint(task.color);
  if (type == "box") trace["fillcolor"] = faint(task.color);
}

/// What makes traces of several figures lie on each other, or beside, as they should.
void place_trace(Json& trace, const TaskFigure& task, std::size_t nth) {
  const std::string type = type_of(trace);
  if (type == "bar" || type == "box") {
    // Groups of one figure do not know of another's.
    trace.erase("alignmentgroup");
    trace["offsetgroup"] = task.id + "/" + std::to_string(nth);
  }
  if (type == "histogram") {
    trace["bingroup"] = "podium";
    if (!trace.contains("opacity")) trace["opacity"] = 0.6;
  }
}

std::string legend_name(const TaskFigure& task, const Json& trace, std::size_t traces) {
  const std::string own = name_of(trace);
  return traces <= 1 || own.empty() ? task.label : task.label + " · " + own;
}

Json placeholder(const TaskFigure& task, const std::string& type) {
  Json trace = {{"type", type},
                {"name", task.label},
                {"legendgroup", task.id},
                {"showlegend", true},
                {"visible", "legendonly"},
                {"x", Json::array({nullptr})},
                {"y", Json::array({nullptr})}};
  if (type == "scatter3d") trace["z"] = Json::array({nullptr});
  if (type == "scatterpolar") {
    trace.erase("x");
    trace.erase("y");
    trace["r"] = trace["theta"] = Json::array({nullptr});
  }
  trace["marker"] = {{"color", task.color}};
  return trace;
}

}  // namespace

std::optional<std::string> why_apart(const std::vector<TaskFigure>& tasks) {
  std::set<std::string> planes;
  for (const TaskFigure& task : tasks) {
    if (!task.figure) continue;
    const Json& figure = *task.figure;
    for (const Json& trace : figure.at("data")) {
      const std::string type = type_of(trace);
      if (std::find(together.begin(), together.end(), type) == together.end())
        return "traces of the type '" + type + "' cannot be laid over each other";
      planes.insert(type == "scatter3d" ? "space" : type == "scatterpolar" ? "polar" : "plane");
      for (const char* axis : {"xaxis", "yaxis", "scene", "subplot"})
        if (const auto at = trace.find(axis); at != trace.end() && at->is_string()) {
          const std::string& name = at->get_ref<const std::string&>();
          const std::string first = *axis == 'x' ? "x" : *axis == 'y' ? "y" : "";
          const bool one = name == first || name == "scene" || name == "polar";
          const std::string key =
              std::string(axis) + (first.empty() ? "" : name.substr(first.size()));
          if (!one && !(figure.at("layout").contains(key) && overlaid(figure.at("layout").at(key))))
            return "it has several subplots";
        }
    }
    const Json& layout = figure.at("layout");
    if (const auto images = layout.find("images");
        images != layout.end() && images->is_array() && !images->empty())
      return "it has images";
    if (layout.contains("grid")) return "it has several subplots";
    for (const auto& [key, value] : layout.items())
      if (second_plane(key) && !overlaid(value)) return "it has several subplots";
  }
  if (planes.size() > 1) return "its traces do not share one kind of axes";
  return std::nullopt;
}

Json overlay(std::vector<TaskFigure> tasks) {
  Json out = {{"data", Json::array()}, {"layout", Json::object()}};
  std::string type = "scatter";
  std::set<std::string> types;
  for (const TaskFigure& task : tasks)
    if (task.figure && !task.figure->at("data").empty()) {
      type = type_of(task.figure->at("data").front());
      out["layout"] = task.figure->at("layout");
      break;
    }
  for (TaskFigure& task : tasks) {
    if (!task.figure || task.figure->at("data").empty()) {
      out["data"].push_back(placeholder(task, type));
      continue;
    }
    Json& data = task.figure->at("data");
    const std::size_t traces = data.size();
    for (std::size_t k = 0; k < traces; ++k) {
      Json& trace = data[k];
      types.insert(type_of(trace));
      trace["name"] = legend_name(task, trace, traces);
      trace["legendgroup"] = task.id;
      trace["showlegend"] = true;
      color_trace(trace, task, k);
      place_trace(trace, task, k);
      out["data"].push_back(std::move(trace));
    }
  }
  Json& layout = out["layout"];
  layout["showlegend"] = true;
  // What is drawn over one task's figure speaks of that task only.
  for (const char* own : {"annotations", "shapes", "updatemenus", "sliders", "coloraxis", "width"})
    layout.erase(own);
  if (types.contains("bar")) layout["barmode"] = "group";
  if (types.contains("histogram")) layout["barmode"] = "overlay";
  if (types.contains("box")) layout["boxmode"] = "group";
  return out;
}

}  // namespace podium::comparison
