#include "outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "modules.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/base64.hpp"
#include "podium/front_kit/draw.hpp"
#include "podium/front_kit/escape.hpp"
#include "podium/front_kit/forms.hpp"

namespace podium::kernel {
namespace {

namespace fs = std::filesystem;

using front::escaped;

constexpr std::size_t largest_image = 2 << 20, largest_text = 16 << 10, most_previews = 4;
constexpr std::size_t largest_kept = std::size_t{1} << 30;  ///< file that is kept

std::string ending_of(const std::string& name) {
  std::string ending = fs::path(name).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return ending;
}

std::string image_type(const std::string& name) {
  const std::string ending = ending_of(name);
  if (ending == ".png") return "image/png";
  if (ending == ".jpg" || ending == ".jpeg") return "image/jpeg";
  if (ending == ".gif") return "image/gif";
  if (ending == ".webp") return "image/webp";
  if (ending == ".svg") return "image/svg+xml";
  return {};
}

bool is_text(const std::string& name) {
  static constexpr const char* endings[] = {".txt", ".md",  ".json", ".jsonl", ".yaml", ".yml",
                                            ".csv", ".tsv", ".log",  ".toml",  ".ini",  ".cfg",
                                            ".py",  ".xml", ".sh",   ".html",  ".tex",  ".sql"};
  const std::string ending = ending_of(name);
  return std::find(std::begin(endings), std::end(endings), ending) != std::end(endings) ||
         fs::path(name).filename() == "MLmodel";
}

/// An image stands in an `img`: an SVG that somebody logged runs no script there.
Bundle image_bundle(const std::string& name, const std::string& type, const std::string& bytes) {
  const std::string data = front::base64(bytes);
  Bundle bundle;
  bundle.data["text/plain"] = "[" + front::safe(name) + "]";
  if (type == "image/png" || type == "image/jpeg")
    bundle.data[type] = data;
  else
    bundle.data["text/html"] =
        fmt::format("<img alt=\"{}\" style=\"max-width:100%\" src=\"data:{};base64,{}\">",
                    escaped(front::safe(name)), type, data);
  return bundle;
}

Bundle text_bundle(const std::string& name, const std::string& text, bool whole) {
  std::string shown;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    shown += front::safe(std::string_view(text).substr(begin, end - begin)) + '\n';
    begin = end + 1;
  }
  if (!whole) shown += "…\n";
  Bundle bundle;
  bundle.data["text/plain"] = front::safe(name) + "\n" + shown;
  bundle.data["text/html"] =
      fmt::format("<details open><summary>{}</summary><pre>{}</pre></details>",
                  escaped(front::safe(name)), escaped(shown));
  return bundle;
}

/// Asks for one of a chart's tasks that runs; no path when it is of none.
HttpCall running_among(const Json& chart) {
  std::set<std::string> tasks;
  for (const Json& series : chart.at("series"))
    if (series.contains("task")) tasks.insert("'" + series.at("task").get<std::string>() + "'");
  if (tasks.empty()) return {};
  const Json body = {
      {"filter", fmt::format("state = 'running' and id in ({})", fmt::join(tasks, ", "))},
      {"columns", Json::array({"id"})},
      {"limit", 1}};
  return {"/api/v1/tasks/query", body.dump()};
}

/// A question without what only says how the table is viewed; a limit says how much of it there is.
Json without_view(const Json& question) {
  Json which = question;
  for (const char* member : {"order", "columns"}) which.erase(member);
  return which;
}

Json view_of(const Json& question) {
  Json columns = Json::array();
  for (const Json& name : question.at("columns")) columns.push_back({{"name", name}});
  return {{"columns", std::move(columns)}, {"order", question.at("order")}};
}

}  // namespace

Bundle bundle_of(const Json& answer, const Look& look, const std::string& snapshot) {
  Bundle bundle;
  bundle.data = front::forms_of(answer, {look.rows, look.text_rows, snapshot});
  return bundle;
}

void Outputs::show(const Json& answer, const Command& command, const std::string& request) {
  const std::string kind = answer.at("kind");
  for (const Json& notice : answer.at("notices"))
    notebook_.print(front::safe(notice.get<std::string>()) + '\n');
  if (kind == "text") {
    notebook_.print(front::text_of(answer, as_terminal));
  } else if (kind == "file") {
    show_file(answer);
  } else if (kind == "table") {
    show_table(answer, command, request);
  } else if (kind == "details" && answer.value("entity", "") == "task" && !command.live) {
    show_previews(answer);
  } else if (kind == "chart") {
    show_curves(answer, command, request);
  } else if (command.live) {
    show_live(answer, request);
  } else {
    notebook_.display(bundle_of(answer, look_));
  }
}

/// Curves of tasks that run grow by themselves until none does, or as long as `live` says.
void Outputs::show_curves(const Json& chart, const Command& command, const std::string& request) {
  const HttpCall still = running_among(chart);
  bool running = false;
  if (!still.path.empty()) {
    const HttpAnswer got = host_.ask(still);
    const Json found = Json::parse(got.body, nullptr, false);
    running = got.status == 200 && found.is_object() && !found.value("rows", Json::array()).empty();
  }
  if (!running && !command.live) return notebook_.display(bundle_of(chart, look_));
  Live::Following following{request,
                            [look = look_](const Json& now) { return bundle_of(now, look); }};
  if (!command.live) following.still = still;
  const std::string id = Widgets::new_id();
  const Bundle first = bundle_of(chart, look_);
  notebook_.display(first, id);
  if (look_.widgets && notebook_.somebody_is_there()) show_picture(first, following);
  live_.follow(id, chart, std::move(following));
}

/// A page that is loaded again goes on with the picture, which this widget shows it.
void Outputs::show_picture(const Bundle& first, Live::Following& following) {
  const std::string id = Widgets::new_id();
  const auto picture = std::make_shared<Json>(first.data.value("image/svg+xml", Json()));
  const auto tell = [this, id, picture] { widgets_.tell(id, {{"picture", *picture}}); };
  const Bundle view = widgets_.open(id, Widgets::Small{"podium.picture",
                                                       picture_module,
                                                       {{"reloaded", false}},
                                                       [tell](const Json&) { tell(); }});
  notebook_.display(view, id);
  following.also = [tell, picture](const Bundle& now) {
    *picture = now.data.value("image/svg+xml", Json());
    tell();
  };
  following.ended = [this, id] {
    Bundle nothing;
    nothing.data["text/plain"] = "";
    notebook_.update(nothing, id);
    widgets_.close(id);
  };
}

void Outputs::show_live(const Json& answer, const std::string& request) {
  const std::string id = Widgets::new_id();
  notebook_.display(bundle_of(answer, look_), id);
  live_.follow(id, answer,
               {request, [look = look_](const Json& now) { return bundle_of(now, look); }});
}

void Outputs::show_table(const Json& answer, const Command& command, const std::string& request) {
  const bool tasks = answer.contains("question");
  const std::string why_not = tasks && look_.widgets ? widgets_.why_not() : std::string();
  if (!tasks || !look_.widgets || !why_not.empty()) {
    if (command.live)
      show_live(answer, request);
    else
      notebook_.display(bundle_of(answer, look_));
    return;
  }
  const std::string id = Widgets::new_id();
  Widgets::Table table;
  table.question = without_view(answer.at("question"));
  table.state = view_of(answer.at("question"));
  table.name = command.name;
  if (command.live) table.events = front::topics_of_answer(answer);
  table.seen = !command.live && notebook_.somebody_is_there();  // a live one asks when it listens
  table.text =
      fmt::format("a table of {} tasks", answer.contains("of") ? answer.at("of").dump() : "these");
  const Bundle view = widgets_.open(id, std::move(table));
  notebook_.display(bundle_of(answer, look_, id));
  notebook_.result(view);
}

void Outputs::show_file(const Json& file) {
  const std::string name = fs::path(file.at("name").get<std::string>()).filename().string();
  const std::string url = file.at("url");
  const std::string image = image_type(name);
  const bool keep = file.value("keep", false);
  const std::size_t most = keep ? largest_kept : image.empty() ? largest_text : largest_image;
  const HttpAnswer got = host_.ask({url, {}, most});
  if (got.status != 200)
    throw Error(ErrorCode::unavailable,
                fmt::format("the file '{}' was not answered (HTTP {})", name, got.status));
  if (keep) {
    std::ofstream out(name, std::ios::binary | std::ios::trunc);
    out.write(got.body.data(), static_cast<std::streamsize>(got.body.size()));
    out.close();
    if (!out) throw Error(ErrorCode::internal, "cannot write to '" + name + "' in this folder");
    notebook_.print(fmt::format("written to {}, {} bytes\n", front::safe(name), got.body.size()));
    return;
  }
  const bool whole = got.body.size() < most;
  if (!image.empty() && whole)
    notebook_.display(image_bundle(name, image, got.body));
  else if (is_text(name) || got.content_type.starts_with("text/"))
    notebook_.display(text_bundle(name, got.body, whole));
  else
    notebook_.print(fmt::format(
        "{}: {} bytes; it is neither an image of up to {} MiB nor a text\n", front::safe(name),
        file.contains("size") ? file.at("size").dump() : "some", largest_image >> 20));
}

/// A task with what it keeps: images and texts of the top folder are looked into.
void Outputs::show_previews(const Json& details) {
  const std::string id = details.at("fields").value("id", "");
  Json with = details;
  Json request = {{"line", "artifacts " + id}};
  const HttpAnswer got =
      id.empty() ? HttpAnswer{} : host_.ask({"/api/v1/commands", request.dump()});
  Json listed = Json::parse(got.body, nullptr, false);
  if (got.status != 200 || !listed.is_object() || listed.value("kind", "") != "table" ||
      listed.at("rows").empty()) {
    notebook_.display(bundle_of(details, look_));
    return;
  }
  with["sections"]["artifacts"] = listed;
  notebook_.display(bundle_of(with, look_));
  std::size_t shown = 0;
  for (const Json& row : listed.at("rows")) {
    if (shown == most_previews) break;
    const std::string path = row.at(0);
    if (row.at(1) == true || !row.at(2).is_number()) continue;
    const std::string image = image_type(path);
    if (image.empty() ? !is_text(path) : row.at(2).get<std::size_t>() > largest_image) continue;
    request = {{"argv", {"artifacts", id, path}}};
    const HttpAnswer file = host_.ask({"/api/v1/commands", request.dump()});
    const Json where = Json::parse(file.body, nullptr, false);
    if (file.status != 200 || !where.is_object() || where.value("kind", "") != "file") continue;
    const std::size_t most = image.empty() ? largest_text : largest_image;
    const HttpAnswer body = host_.ask({where.at("url").get<std::string>(), {}, most});
    if (body.status != 200) continue;
    if (image.empty())
      notebook_.display(text_bundle(path, body.body, body.body.size() < most));
    else
      notebook_.display(image_bundle(path, image, body.body));
    ++shown;
  }
}

}  // namespace podium::kernel
