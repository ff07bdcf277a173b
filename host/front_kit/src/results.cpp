#include "podium/front_kit/results.hpp"

#include <algorithm>

#include "podium/error.hpp"

namespace podium::front {
namespace {

constexpr std::size_t most_results = 1000;  // that the host takes
constexpr std::size_t most_limited = 1000;  // rows of one query

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The members of a table's question that say which tasks.
Json which_of(const Json& question) {
  Json which = Json::object();
  for (const char* member : {"project", "scope", "archived", "filter", "bind", "filters", "search"})
    if (question.contains(member) && !question.at(member).is_null())
      which[member] = question.at(member);
  return which;
}

/// The ids of all rows of a table that has them, when it shows all that there is.
Json ids_shown(const Json& table) {
  std::size_t at = 0;
  for (const Json& column : table.at("columns")) {
    if (column.at("name") == "id") break;
    ++at;
  }
  if (at == table.at("columns").size()) return nullptr;
  Json ids = Json::array();
  for (const Json& row : table.at("rows")) ids.push_back(row.at(at));
  return {{"ids", std::move(ids)}};
}

}  // namespace

/// `limit 10` means those ten: they are asked for by their ids.
Json Results::ids_of(const Json& question) const {
  Json body = which_of(question);
  body["order"] = question.value("order", Json::array());
  body["columns"] = {"id"};
  body["limit"] = std::min<std::size_t>(question.at("limit").get<std::size_t>(), most_limited);
  const HttpAnswer answer = post_("/api/v1/tasks/query", dumped(body));
  const Json found = Json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !found.is_object())
    throw Error(ErrorCode::unavailable, "the tasks of this result cannot be told");
  Json ids = Json::array();
  for (const Json& row : found.at("rows"))
    if (row.is_array() && !row.empty()) ids.push_back(row.at(0));
  return {{"ids", std::move(ids)}};
}

/// A question as a command's selection: everything that it says becomes one text.
Json Results::as_selection(const Json& question) const {
  const HttpAnswer answer = post_("/api/v1/tasks/filter", dumped(which_of(question)));
  const Json faces = Json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !faces.is_object() || !faces.contains("filter") ||
      !faces.at("filter").is_string())
    throw Error(ErrorCode::unsupported,
                "this result cannot be said in the query language; give it a limit, then it is "
                "kept by its ids");
  Json selection = {{"where", faces.at("filter")}};
  const std::string archived = question.value("archived", "");
  if (question.contains("project") && question.at("project").is_string()) {
    std::string in = question.at("project");
    if (question.value("scope", "") == "subprojects" && !in.ends_with('/')) in += '/';
    if (question.value("scope", "") != "all") selection["in"] = std::move(in);
  }
  if (archived == "both") selection["all"] = true;
  if (question.contains("except")) selection["except"] = question.at("except");
  return selection;
}

void Results::bind(const std::string& name, const Json& answer) {
  Json selection;
  const std::string kind = answer.at("kind");
  if (kind == "table" && answer.value("entity", "") == "task") {
    const Json question = answer.value("question", Json());
    if (question.is_object())
      selection = question.contains("limit") ? ids_of(question) : as_selection(question);
    else
      selection = ids_shown(answer);
  } else if (kind == "details" && answer.value("entity", "") == "task" &&
             answer.at("fields").contains("id")) {
    selection = {{"ids", Json::array({answer.at("fields").at("id")})}};
  } else if (kind == "chart") {
    Json ids = Json::array();
    for (const Json& series : answer.at("series"))
      if (series.contains("task") &&
          std::find(ids.begin(), ids.end(), series.at("task")) == ids.end())
        ids.push_back(series.at("task"));
    selection = {{"ids", std::move(ids)}};
  }
  if (!selection.is_object())
    throw Error(ErrorCode::invalid, "'as' names a result that is about tasks; this one is not");
  if (selections_.size() + 2 > most_results && !selections_.contains(name))
    throw Error(ErrorCode::too_large,
                "there are too many named results; use one of the names again");
  selections_[name] = std::move(selection);
  selections_[name + ".selected"] = {{"ids", Json::array()}};
}

void Results::select(const std::string& name, const Json& selection) {
  const std::string selected = name + ".selected";
  if (!selection.is_object())
    selections_[selected] = {{"ids", Json::array()}};
  else if (selection.contains("ids"))
    selections_[selected] = {{"ids", selection.at("ids")}};
  else
    selections_[selected] = as_selection(selection);
}

Json Results::spoken_of(const std::string& line) const {
  Json out = Json::object();
  for (const auto& [name, selection] : selections_) {
    if (line.find(name) == std::string::npos) continue;
    if (name.ends_with(".selected") && selection.contains("ids") && selection.at("ids").empty())
      throw Error(ErrorCode::invalid,
                  "nothing is selected in the table '" + name.substr(0, name.rfind('.')) + "'");
    out[name] = selection;
  }
  return out;
}

Json Results::all() const {
  Json out = Json::object();
  for (const auto& [name, selection] : selections_) out[name] = selection;
  return out;
}

}  // namespace podium::front
