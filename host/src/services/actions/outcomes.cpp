#include "services/actions/outcomes.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "podium/storage_kit/text.hpp"
#include "services/jobs/job_record.hpp"

namespace podium::host {
namespace {

void clean_text(std::string& text) {
  if (kit::valid_text(text)) return;
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  text = Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace))
             .get<std::string>();
}

bool is_object(const std::string& text) {
  return text == "{}" ||
         (!text.empty() && text.front() == '{' && kit::valid_text(text) && valid_json(text));
}

ErrorCode code_named(std::string_view text) {
  for (int i = 1; i <= static_cast<int>(ErrorCode::too_old); ++i)
    if (name(static_cast<ErrorCode>(i)) == text) return static_cast<ErrorCode>(i);
  return ErrorCode::internal;
}

}  // namespace

void BlockResult::add(ActionOutcome outcome) {
  failed += outcome.error.has_value();
  items.push_back(std::move(outcome));
}

void BlockResult::fail(std::string_view id, const Error& e) {
  ActionOutcome outcome;
  outcome.id = id;
  outcome.error = e.code();
  outcome.message = e.what();
  outcome.detail = e.detail();
  clean(outcome);
  add(std::move(outcome));
}

std::uint64_t BlockResult::undoable() const {
  return static_cast<std::uint64_t>(
      std::count_if(items.begin(), items.end(),
                    [](const ActionOutcome& o) { return !o.error && !o.undo.empty(); }));
}

void clean(ActionOutcome& outcome) {
  clean_text(outcome.message);
  clean_text(outcome.made);
  if (!outcome.detail.empty() && !is_object(outcome.detail)) outcome.detail.clear();
  if (!outcome.undo.empty() && !is_object(outcome.undo)) outcome.undo.clear();
}

std::string_view code_of(const ActionOutcome& outcome) {
  return outcome.error ? name(*outcome.error) : std::string_view();
}

std::string block_json(const BlockResult& block) {
  std::string out;
  out.reserve(block.items.size() * 40 + 64);
  JsonWriter w(out);
  w.object().key("items").array();
  std::map<std::string_view, std::vector<std::size_t>> undo;
  for (std::size_t i = 0; i < block.items.size(); ++i) {
    const ActionOutcome& o = block.items[i];
    if (!o.error && !o.undo.empty()) undo[o.undo].push_back(i);
    if (!o.error && o.message.empty() && o.made.empty() && o.detail.empty()) {
      w.value(o.id);
      continue;
    }
    w.object().key("id").value(o.id);
    if (o.error) w.key("code").value(name(*o.error));
    if (!o.message.empty()) w.key("message").value(o.message);
    if (!o.made.empty()) w.key("made").value(o.made);
    if (!o.detail.empty()) w.key("detail").raw(o.detail);
    w.end_object();
  }
  w.end_array();
  if (!undo.empty()) {
    w.key("undo").array();
    for (const auto& [parameters, places] : undo) {
      w.object().key("parameters").raw(parameters);
      if (places.size() != block.items.size() - block.failed) {
        w.key("of").array();
        for (const std::size_t i : places) w.value(static_cast<std::int64_t>(i));
        w.end_array();
      }
      w.end_object();
    }
    w.end_array();
  }
  w.end_object();
  return out;
}

std::vector<ActionOutcome> outcomes_of(const Json& block) {
  std::vector<ActionOutcome> out;
  for (const Json& item : block.at("items")) {
    ActionOutcome o;
    if (item.is_string()) {
      o.id = item.get<std::string>();
    } else {
      o.id = item.at("id").get<std::string>();
      if (item.contains("code"))
        o.error = code_named(item.at("code").get_ref<const std::string&>());
      o.message = item.value("message", std::string());
      o.made = item.value("made", std::string());
      if (item.contains("detail")) o.detail = item.at("detail").dump();
    }
    out.push_back(std::move(o));
  }
  if (const auto undo = block.find("undo"); undo != block.end())
    for (const Json& group : *undo) {
      const std::string parameters = group.at("parameters").dump();
      if (const auto of = group.find("of"); of != group.end()) {
        for (const Json& place : *of) out.at(place.get<std::size_t>()).undo = parameters;
      } else {
        for (ActionOutcome& o : out)
          if (!o.error) o.undo = parameters;
      }
    }
  return out;
}

}  // namespace podium::host
