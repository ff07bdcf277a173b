#include "services/tasks/body.hpp"

#include <nlohmann/json.hpp>

#include "podium/error.hpp"
#include "podium/json.hpp"

namespace podium::host {
namespace {

Json parsed(std::string_view text) {
  if (text.empty()) return Json::object();
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    throw Error(ErrorCode::invalid, "the body of a task is a JSON object").in("body");
  return json;
}

void check(const Json& json, bool removals) {
  for (const auto& [name, value] : json.items()) {
    if (removals && value.is_null()) continue;
    if (name == "diff") {
      if (!value.is_string()) throw Error(ErrorCode::invalid, "'diff' must be a text").in("diff");
    } else if (name == "requirements") {
      bool good = value.is_object();
      if (good)
        for (const auto& item : value.items()) good = good && item.value().is_string();
      if (!good)
        throw Error(ErrorCode::invalid,
                    "'requirements' must be an object of texts, such as {\"pip\": \"numpy\"}")
            .in("requirements");
    } else {
      throw Error(ErrorCode::invalid,
                  "the body of a task has no member '" + name + "'; it has diff and requirements")
          .in(name);
    }
  }
}

}  // namespace

void check_task_body(std::string_view json) { check(parsed(json), false); }

std::vector<std::string> task_body_members(std::string_view patch) {
  std::vector<std::string> out;
  const Json json = parsed(patch);
  for (const auto& item : json.items()) out.push_back(item.key());
  return out;
}

std::string merge_task_body(std::string_view before, std::string_view patch,
                            std::vector<BodyChange>* changes) {
  Json body = parsed(before);
  const Json wanted = parsed(patch);
  check(wanted, true);
  for (const auto& [name, value] : wanted.items()) {
    const Json old = body.contains(name) ? body[name] : Json();
    if (old == value) continue;
    if (changes) changes->push_back({name, old.dump(), value.dump()});
    if (value.is_null())
      body.erase(name);
    else
      body[name] = value;
  }
  return body.dump();
}

}  // namespace podium::host
