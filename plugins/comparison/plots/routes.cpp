// POST /api/v1/comparisons/plots
#include "plots/routes.hpp"

#include <nlohmann/json.hpp>

#include "plots/figure.hpp"
#include "plots/found.hpp"
#include "podium/http/input.hpp"
#include "podium/plugin.hpp"
#include "route_parts.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t most_plots = 20, most_listed = 500;
constexpr std::size_t most_answered = 48 << 20;  // bytes

std::string text_of_json(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void write_files(JsonWriter& w, const std::vector<std::optional<PlotFile>>& files) {
  w.key("files").array();
  for (const auto& file : files) {
    if (!file) {
      w.null();
      continue;
    }
    w.object().key("path").value(file->path).key("iteration");
    if (file->iteration)
      w.value(static_cast<std::int64_t>(*file->iteration));
    else
      w.null();
    w.key("size").value(static_cast<std::int64_t>(file->size)).end_object();
  }
  w.end_array();
}

/// Files that hold a figure in the first task that has them; those that are not looked into for
/// want of budget are listed unchecked.
void write_list(JsonWriter& w, PluginContext& context, const FoundPlots& found,
                const Cancel& cancel) {
  PlotReader reader(context.blobs());
  std::size_t listed = 0;
  w.key("plots").array();
  for (const auto& [plot, files] : found.plots) {
    if (listed == most_listed) break;
    if (cancel.cancelled()) throw Error(ErrorCode::cancelled, "the caller did not wait");
    bool checked = false, is_figure = true;
    for (std::size_t t = 0; t < files.size() && !checked; ++t) {
      if (!files[t] || reader.full()) continue;
      checked = true;
      reader.forget();
      try {
        reader.read(*found.prefixes[t], *files[t]);
      } catch (const Error& e) {
        checked = e.code() != ErrorCode::too_large;
        is_figure = !checked;
        if (!checked) break;
      }
    }
    if (!is_figure) continue;
    ++listed;
    w.object().key("plot").value(plot).key("checked").value(checked);
    write_files(w, files);
    w.end_object();
  }
  w.end_array();
}

void write_errors(JsonWriter& w, const std::vector<std::optional<PlotFile>>& files,
                  const std::vector<std::optional<std::string>>& errors) {
  w.key("errors").array();
  for (std::size_t t = 0; t < files.size(); ++t)
    if (errors[t])
      w.object()
          .key("task")
          .value(static_cast<std::int64_t>(t))
          .key("path")
          .value(files[t]->path)
          .key("error")
          .value(*errors[t])
          .end_object();
  w.end_array();
}

void write_plot(JsonWriter& w, PlotReader& reader, const Selected& selected,
                const FoundPlots& found, const std::string& plot,
                const std::vector<std::optional<PlotFile>>& files, const Cancel& cancel) {
  reader.forget();
  std::vector<TaskFigure> tasks;
  std::vector<std::optional<std::string>> errors(files.size());
  for (std::size_t t = 0; t < files.size(); ++t) {
    if (cancel.cancelled()) throw Error(ErrorCode::cancelled, "the caller did not wait");
    const ComparedTask& task = selected.tasks[t];
    tasks.push_back({task.id, task.label, task.color, {}});
    if (!files[t]) continue;
    try {
      tasks.back().figure = reader.read(*found.prefixes[t], *files[t]);
    } catch (const Error& e) {
      errors[t] = e.what();
    }
  }
  const auto why = why_apart(tasks);
  w.object().key("plot").value(plot);
  write_files(w, files);
  w.key("missing").array();
  for (std::size_t t = 0; t < files.size(); ++t)
    if (!files[t]) w.value(static_cast<std::int64_t>(t));
  w.end_array();
  write_errors(w, files, errors);
  w.key("overlaid").value(!why.has_value());
  if (!why) {
    w.key("figure").raw(text_of_json(overlay(std::move(tasks)))).end_object();
    return;
  }
  w.key("why").value(*why).key("apart").array();
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    w.object().key("task").value(static_cast<std::int64_t>(t)).key("figure");
    if (tasks[t].figure)
      w.raw(text_of_json(*tasks[t].figure));
    else
      w.null();
    w.end_object();
  }
  w.end_array().end_object();
}

}  // namespace

Response plots(PluginContext& context, Request& request) {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body);
  std::vector<std::string> wanted;
  const Json* names = body.array("plots", most_plots);
  if (names != nullptr)
    for (std::size_t i = 0; i < names->size(); ++i)
      wanted.push_back(
          input::text_of((*names)[i], body.path("plots") + "[" + std::to_string(i) + "]", 4096));
  body.finish();
  Selected selected;
  FoundPlots found;
  context.store().read([&](const Reader& reader) {
    selected = select(context, reader, request.who(), selection);
    found = find_plots(context, reader, request.who(), selected, request.cancel());
  });
  // Files are read behind the store's back: a slow disk holds up no writer.
  Response response;
  JsonWriter w(response.body);
  w.object();
  write_selected(w, selected);
  w.key("unread").array();
  for (const std::size_t t : found.unread) w.value(static_cast<std::int64_t>(t));
  w.end_array().key("truncated").value(found.truncated);
  if (names == nullptr) {
    write_list(w, context, found, request.cancel());
  } else {
    PlotReader reader(context.blobs());
    w.key("figures").array();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto at = found.plots.find(wanted[i]);
      if (at == found.plots.end())
        throw Error(ErrorCode::not_found, "no task has a plot '" + wanted[i] + "'")
            .in("plots[" + std::to_string(i) + "]");
      write_plot(w, reader, selected, found, at->first, at->second, request.cancel());
      if (response.body.size() > most_answered)
        throw Error(ErrorCode::too_large, "these plots are larger than 48 MiB together; name fewer")
            .in("plots");
    }
    w.end_array();
  }
  w.end_object();
  return response;
}

}  // namespace podium::comparison
