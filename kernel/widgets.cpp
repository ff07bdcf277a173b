#include "widgets.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <random>
#include <set>
#include <sstream>

#include "modules.hpp"
#include "podium/error.hpp"

namespace podium::kernel {
namespace {

constexpr std::size_t most_models = 200;     // that a session keeps alive; the oldest are closed
constexpr std::size_t most_known = 200'000;  // ids that a table remembers to have handed out
constexpr std::uint64_t first_rows = 100, first_columns = 200;  // as the element asks for them
constexpr std::chrono::milliseconds news_pace{250};
constexpr std::uint64_t never_closed = std::numeric_limits<std::uint64_t>::max();  // as a number
constexpr const char* widget_target = "jupyter.widget";
constexpr const char* control_target = "jupyter.widget.control";

/// What every widget has.
Json widget_state(const char* id, const std::string& module) {
  return {{"_model_module", "anywidget"},
          {"_model_module_version", "*"},  // only this one is there in every version
          {"_model_name", "AnyModel"},
          {"_view_module", "anywidget"},
          {"_view_module_version", "*"},
          {"_view_name", "AnyView"},
          {"_view_count", nullptr},
          {"_dom_classes", Json::array()},
          {"_anywidget_id", id},
          {"_esm", module},
          {"_css", ""}};
}

/// What the front end may ask, and who answers it. Its bodies are those of the HTTP API.
std::string path_of(const std::string& ask) {
  if (ask == "window") return "/api/v1/tasks/query";
  if (ask == "facets") return "/api/v1/tasks/facets";
  if (ask == "columns") return "/api/v1/tasks/columns";
  if (ask == "actions") return "/api/v1/tasks/actions/available";
  if (ask == "run") return "/api/v1/tasks/actions/run";
  return {};
}
/// What is asked of a run stands behind its address; null: it is not of a run.
const char* behind_run(const std::string& ask) {
  return ask == "undo" ? "/undo" : ask == "progress" ? "" : nullptr;
}

Json problem(const std::string& code, const std::string& detail) {
  return {{"code", code}, {"detail", detail}};
}

/// The fields of a form are in an order, the members of our JSON are not: schemas say it.
void keep_order(const nlohmann::ordered_json& from, Json& to) {
  if (from.is_object()) {
    for (const auto& [name, value] : from.items()) {
      keep_order(value, to.at(name));
      if (name != "properties" || !value.is_object()) continue;
      Json& order = to["propertyOrder"] = Json::array();
      for (const auto& property : value.items()) order.push_back(property.key());
    }
  } else if (from.is_array()) {
    for (std::size_t i = 0; i < from.size(); ++i) keep_order(from[i], to.at(i));
  }
}

/// "metrics.acc desc", as the element spells it.
std::string order_key(std::string key) {
  for (const auto& [ending, spelled] : {std::pair{" desc", " DESC"}, std::pair{" asc", ""}})
    if (key.ends_with(ending)) return key.replace(key.rfind(' '), std::string::npos, spelled);
  return key;
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

struct Widgets::Model {
  std::string id;
  std::uint64_t number = 0;
  std::string cell;
  Table table;
  Json state;
  std::set<std::string> known;  ///< ids of the rows that were sent
  std::shared_ptr<Host::Stream> events;
  std::set<std::string> runs;             ///< that it began
  Json parent;                            ///< the request whose output it is
  std::function<void(const Json&)> hear;  ///< of a small one
  int generation = 0;                     ///< of the host that it was made with

  /// Whether a selection is of this table: what a stale page or a mistake names is not acted on.
  bool may_act_on(const Json& selection) const {
    if (!selection.is_object()) return false;
    if (selection.contains("ids")) {
      for (const Json& id_ : selection.at("ids"))
        if (!id_.is_string() || !known.contains(id_.get<std::string>())) return false;
      return true;
    }
    for (const char* member : {"project", "scope", "filter", "bind"})
      if (selection.value(member, Json()) != table.question.value(member, Json())) return false;
    return true;
  }
};

Widgets::Widgets(Notebook& notebook, Host& host, std::string esm_file)
    : notebook_(notebook), host_(host), esm_file_(std::move(esm_file)) {}
Widgets::~Widgets() = default;

std::string Widgets::why_not() {
  if (!esm_.empty()) return {};
  std::ifstream file(esm_file_, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  esm_ = text.str();
  return esm_.empty() ? "the tables' front end is not installed: " + esm_file_ : std::string();
}

std::string Widgets::new_id() {
  static std::mt19937_64 random{std::random_device{}()};
  static constexpr char digits[] = "0123456789abcdef";
  std::string id;
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = random();
    for (int i = 0; i < 16; ++i, bits >>= 4) id += digits[bits & 15];
  }
  return id;
}

void Widgets::open_library() {
  if (!library_.empty()) return;
  auto model = std::make_shared<Model>();
  model->id = library_ = new_id();
  model->number = never_closed;
  model->state = widget_state("podium.library", "export default {};");
  models_[library_] = model;
  open_comm(*model);
}

void Widgets::open_comm(const Model& model) {
  notebook_.send({CommMessage::Kind::open,
                  model.id,
                  widget_target,
                  {{"state", model.state}, {"buffer_paths", Json::array()}},
                  {{"version", "2.1.0"}}});
}

std::shared_ptr<Widgets::Model> Widgets::make(const std::string& id, const char* kind,
                                              const std::string& module) {
  close_oldest();
  auto model = std::make_shared<Model>();
  model->id = id;
  model->number = ++made_;
  model->cell = notebook_.cell();
  model->parent = notebook_.parent();
  model->generation = host_.generation();
  model->state = widget_state(kind, module);
  models_[id] = model;
  return model;
}

Bundle Widgets::view_of(const std::string& id, const std::string& text) const {
  Bundle view;
  view.data["text/plain"] = text;
  view.data["application/vnd.jupyter.widget-view+json"] = {
      {"version_major", 2}, {"version_minor", 0}, {"model_id", id}};
  return view;
}

Bundle Widgets::open(const std::string& id, Small small) {
  const auto model = make(id, small.kind, small.module);
  for (const auto& [name, value] : small.state.items()) model->state[name] = value;
  model->hear = std::move(small.hear);
  open_comm(*model);
  return view_of(id, {});
}

void Widgets::tell(const std::string& id, const Json& message) {
  if (models_.contains(id)) send(id, {{"method", "custom"}, {"content", message}});
}

Bundle Widgets::open(const std::string& id, Table table) {
  Json first = table.seen ? first_answers(table) : Json::array();
  open_library();
  std::string module = table_module;
  if (!first.empty()) module += std::string("\n") + first_module;
  const auto model = make(id, "podium.table", module);
  model->state["library"] = library_;
  model->state["asks"] = {"undo", "progress"};  // beside what every kernel answers
  model->state["question"] = table.question;
  model->state["state"] = table.state;
  model->state["selection"] = nullptr;
  model->state["live"] = nullptr;
  model->state["snapshot"] = id;
  model->table = std::move(table);
  open_comm(*model);
  if (!first.empty()) {
    keep_rows(id, first.front().at("ok"));
    send(id, {{"method", "custom"}, {"content", {{"first", std::move(first)}}}});
  }
  if (!model->table.events.empty())
    model->events = host_.follow(
        model->table.events, news_pace, [this, id](const Json& message) { news(id, message); },
        [this, id](bool live) { alive(id, live); });
  return view_of(id, model->table.text);
}

void Widgets::close_oldest() {
  if (models_.size() <= most_models) return;  // the library is one of them
  auto oldest = models_.begin();
  for (auto m = models_.begin(); m != models_.end(); ++m)
    if (m->second->number < oldest->second->number) oldest = m;
  close(std::string(oldest->first));
}

void Widgets::close(const std::string& id) {
  if (!models_.contains(id)) return;
  notebook_.send({CommMessage::Kind::close, id, {}, Json::object(), Json::object()});
  models_.erase(id);
}

void Widgets::drop(const std::string& cell) {
  if (cell.empty()) return;
  std::vector<std::string> gone;
  for (const auto& [id, model] : models_)
    if (model->cell == cell) gone.push_back(id);
  for (const std::string& id : gone) close(id);
}

Json Widgets::comms(const std::string& target) const {
  Json out = Json::object();
  if (target.empty() || target == widget_target)
    for (const auto& [id, model] : models_) out[id] = {{"target_name", widget_target}};
  for (const auto& [id, of] : controls_)
    if (target.empty() || target == of) out[id] = {{"target_name", of}};
  return out;
}

void Widgets::send(const std::string& id, Json data) {
  notebook_.send({CommMessage::Kind::message, id, {}, std::move(data), Json::object()});
}

void Widgets::on_comm(const CommMessage& message) {
  if (message.kind == CommMessage::Kind::open) {
    if (message.target == control_target)
      controls_[message.id] = message.target;
    else  // the front end opens no tables
      notebook_.send({CommMessage::Kind::close, message.id, {}, Json::object(), Json::object()});
    return;
  }
  if (message.kind == CommMessage::Kind::close) {
    models_.erase(message.id);
    if (message.id == library_) library_.clear();
    controls_.erase(message.id);
    return;
  }
  if (controls_.contains(message.id)) {
    if (message.data.value("method", "") != "request_states") return;
    // A page that asks was just loaded, and hears of no output that is replaced in place.
    Json states = Json::object();
    for (const auto& [id, model] : models_)
      if (model->state.contains("reloaded")) model->state["reloaded"] = true;
    for (const auto& [id, model] : models_)
      states[id] = {{"model_name", "AnyModel"},
                    {"model_module", "anywidget"},
                    {"model_module_version", "*"},
                    {"state", model->state}};
    send(message.id, {{"method", "update_states"},
                      {"states", std::move(states)},
                      {"buffer_paths", Json::array()}});
    return;
  }
  const auto found = models_.find(message.id);
  if (found == models_.end()) return;
  const auto model = found->second;  // lives through this, whatever the message does
  on_message(*model, message.data);
}

void Widgets::on_message(Model& model, const Json& data) {
  const std::string method = data.value("method", "");
  if (method == "request_state") {
    send(model.id, {{"method", "update"}, {"state", model.state}, {"buffer_paths", Json::array()}});
  } else if (method == "custom") {
    on_custom(model, data.value("content", Json::object()));
  } else if (method == "update") {
    // The front end changes how the table is viewed, and nothing else.
    Json changed = Json::object();
    const Json told = data.value("state", Json::object());
    for (const char* name : {"state", "selection", "height", "_view_count"})
      if (told.contains(name)) changed[name] = model.state[name] = told.at(name);
    send(model.id,
         {{"method", "echo_update"}, {"state", changed}, {"buffer_paths", Json::array()}});
    if (changed.contains("selection") && !model.table.name.empty() && selected_)
      selected_(model.table.name, changed.at("selection"));
  }
}

void Widgets::on_custom(Model& model, const Json& content) {
  if (model.id == library_) {
    if (content.value("ask", "") == "module")
      send(model.id, {{"method", "custom"}, {"content", {{"module", esm_}}}});
    return;
  }
  if (model.hear) return model.hear(content);
  if (content.contains("open") && content.at("open").is_string()) {
    if (opened_) opened_(content.at("open"), model.id, model.parent);
    return;
  }
  if (!content.contains("id") || !content.contains("ask")) return;
  const Json number = content.at("id");
  const auto answer = [this, id = model.id, number](const char* member, Json value) {
    if (!models_.contains(id)) return;
    send(id, {{"method", "custom"}, {"content", {{"id", number}, {member, std::move(value)}}}});
  };
  const std::string ask = content.value("ask", "");
  const Json body = content.value("body", Json::object());
  HttpCall call{path_of(ask), dumped(body)};
  if (const char* behind = behind_run(ask)) {
    const std::string run = body.is_object() ? body.value("run", "") : "";
    if (!model.runs.contains(run))
      return answer("error", problem("denied", "this is no run of this table"));
    call = {"/api/v1/tasks/actions/runs/" + run + behind, *behind == '\0' ? "" : "{}"};
  }
  if (call.path.empty())
    return answer("error", problem("invalid", "a table asks for no '" + ask + "'"));
  if (model.generation != host_.generation())
    return answer("error", problem("gone", "the kernel is connected to another podium since then"));
  if (ask == "run" && !model.may_act_on(body.value("selection", Json())))
    return answer("error", problem("denied", "this names tasks that are not of this table"));
  host_.ask_later(call, [this, answer, ask, id = model.id, parent = notebook_.parent()](
                            const HttpAnswer* got, const std::string& trouble) {
    notebook_.within(parent, [&] {
      if (got == nullptr) return answer("error", problem("unavailable", trouble));
      Json json = Json::parse(got->body, nullptr, false);
      if (got->status != 200 || !json.is_object())
        return answer(
            "error",
            problem(json.is_object() ? json.value("code", "internal") : "internal",
                    json.is_object() ? json.value("detail", "podium refused") : "podium refused"));
      if (ask == "window") keep_rows(id, json);
      if (ask == "run" || ask == "undo") keep_run(id, json);
      if (ask == "actions") keep_order(nlohmann::ordered_json::parse(got->body), json);
      answer("ok", std::move(json));
    });
  });
}

/// What the element asks when it is drawn (plugins/dashboard/web/src/grid/grid.ts), and the
/// answers. An element that asks otherwise pays no heed to them.
Json Widgets::first_answers(const Table& table) {
  Json base = table.question;
  base.erase("limit");
  Json window = base, columns = Json::array({"id", "archived", "goals_met"});
  for (const Json& column : table.state.at("columns"))
    if (std::find(columns.begin(), columns.end(), column.at("name")) == columns.end())
      columns.push_back(column.at("name"));
  if (std::find(columns.begin(), columns.end(), "state") != columns.end())
    columns.push_back("progress");
  window["columns"] = std::move(columns);
  window["order"] = Json::array();
  for (const Json& key : table.state.at("order")) window["order"].push_back(order_key(key));
  if (window.at("order").empty()) window["order"].push_back("created DESC");
  window["offset"] = 0;
  window["limit"] = std::min<std::uint64_t>(first_rows, table.question.value("limit", first_rows));
  base["limit"] = first_columns;
  Json out = Json::array();
  for (auto& [ask, body] : {std::pair{"window", &window}, std::pair{"columns", &base}}) {
    try {
      const HttpAnswer got = host_.ask({path_of(ask), dumped(*body)});
      Json json = Json::parse(got.body, nullptr, false);
      if (got.status != 200 || !json.is_object()) return Json::array();
      out.push_back({{"ask", ask}, {"body", *body}, {"ok", std::move(json)}});
    } catch (const Error&) {  // it asks itself, and shows why there is nothing
      return Json::array();
    }
  }
  return out;
}

void Widgets::keep_rows(const std::string& id, const Json& window) {
  const auto found = models_.find(id);
  if (found == models_.end()) return;
  auto& known = found->second->known;
  if (known.size() > most_known) known.clear();
  std::size_t at = 0;
  for (const Json& column : window.value("columns", Json::array())) {
    if (column == "id") break;
    ++at;
  }
  for (const Json& row : window.value("rows", Json::array()))
    if (row.is_array() && at < row.size() && row.at(at).is_string())
      known.insert(row.at(at).get<std::string>());
}

void Widgets::keep_run(const std::string& id, const Json& run) {
  const Json name = run.value("run", Json());
  const auto found = models_.find(id);
  if (found == models_.end() || !name.is_string()) return;
  found->second->runs.insert(name.get<std::string>());
  if (run.value("undoable", false) && ran_) ran_(name);
}

void Widgets::alive(const std::string& id, bool live) {
  const auto found = models_.find(id);
  if (found == models_.end()) return;
  found->second->state["live"] = live;
  send(id, {{"method", "update"}, {"state", {{"live", live}}}, {"buffer_paths", Json::array()}});
}

void Widgets::news(const std::string& id, const Json& message) {
  if (models_.contains(id) && !message.value("events", Json::array()).empty())
    send(id, {{"method", "custom"}, {"content", {{"news", message}}}});
}

}  // namespace podium::kernel
