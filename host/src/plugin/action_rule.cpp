#include "plugin/action_rule.hpp"

#include <nlohmann/json.hpp>

#include "plugin/config_check.hpp"
#include "plugin/verb_rule.hpp"

namespace podium::host {
namespace {

[[noreturn]] void refuse(const Action& action, const std::string& what) {
  throw Error(ErrorCode::invalid, "the action '" + action.id() + "' " + what);
}

std::string word_of(std::string_view owner, const Action& action) {
  const std::string& id = action.id();
  const std::size_t dot = id.rfind('.');
  std::string word = dot == id.npos ? id : id.substr(dot + 1);
  if (!is_verb_word(word)) refuse(action, "is no word that can be typed: [a-z][a-z0-9-]*");
  if (dot != id.npos && id.substr(0, dot) != owner)
    refuse(action, "has an id that begins with '" + id.substr(0, dot) + "', which is not '" +
                       std::string(owner) + "', its plugin");
  if (is_front_end_word(word)) refuse(action, "is a word of podium's front ends");
  return word;
}

void check_parameters(const Action& action, const ActionSpec& spec) {
  if (spec.parameters.empty()) {
    if (!spec.words.empty()) refuse(action, "takes words but declares no parameters");
    return;
  }
  Json schema;
  try {
    schema = Json::parse(spec.parameters);
    check_schema(spec.parameters);
  } catch (const std::exception& e) {
    refuse(action, std::string("has parameters that are no JSON Schema: ") + e.what());
  }
  if (!schema.is_object() || schema.value("type", "") != "object" ||
      !schema.value("properties", Json::object()).is_object())
    refuse(action, R"(has parameters that are no {"type":"object","properties":{...}})");
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [name, property] : properties.items()) {
    std::string clause = name;
    for (char& c : clause)
      if (c == '_') c = '-';
    if (!is_verb_word(clause))
      refuse(action, "has the parameter '" + name + "', which cannot be typed: [a-z][a-z0-9_]*");
    if (is_action_clause(clause) || is_command_line_option(clause))
      refuse(action, "has the parameter '" + name +
                         "', a word that every action or the command line has already");
    if (!property.is_object()) refuse(action, "has the parameter '" + name + "' without a schema");
  }
  if (!spec.words.empty() &&
      (!properties.contains(spec.words) || properties[spec.words].value("type", "") != "array"))
    refuse(action, "takes words as '" + spec.words + "', which is no array among its parameters");
}

}  // namespace

bool is_action_clause(std::string_view name) noexcept {
  for (const std::string_view n : {"in", "where", "all", "except", "why", "yes"})
    if (name == n) return true;
  return false;
}

ReadAction read_action(std::string_view owner, const Action& action, const QueryLanguage& language,
                       const Vocabulary& tasks) {
  ReadAction read{word_of(owner, action), action.spec(), {}};
  const ActionSpec& spec = read.spec;
  if (spec.label.empty()) refuse(action, "has no label");
  if (spec.permission.empty()) refuse(action, "names no permission");
  if (spec.block == 0 || spec.block > 1000) refuse(action, "has a block that is not 1 to 1000");
  if (spec.time_limit.count() <= 0) refuse(action, "has no time limit");
  try {
    read.when = language.parse(spec.when, tasks);
  } catch (const Error& e) {
    refuse(action,
           "has a 'when' that is wrong at byte " + std::to_string(e.position()) + ": " + e.what());
  }
  check_parameters(action, spec);
  return read;
}

}  // namespace podium::host
