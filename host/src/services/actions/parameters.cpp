#include "services/actions/parameters.hpp"

#include <nlohmann/json.hpp>

#include "plugin/config_check.hpp"

namespace podium::host {
namespace {

void fill(Json& value, const Json& schema) {
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !properties->is_object()) return;
  for (const auto& [name, property] : properties->items()) {
    if (!property.is_object()) continue;
    if (!value.contains(name)) {
      if (const auto usual = property.find("default"); usual != property.end())
        value[name] = *usual;
    } else if (value[name].is_object()) {
      fill(value[name], property);
    }
  }
}

/// A name that is no parameter is a slip of the pen unless the schema says that others may come.
void check_names(const KnownAction& action, const Json& value, const Json& schema) {
  const auto others = schema.find("additionalProperties");
  if ((others != schema.end() && *others != false) || schema.contains("patternProperties")) return;
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [name, unused] : value.items()) {
    if (properties.contains(name)) continue;
    std::string names;
    for (const auto& [known, its] : properties.items())
      names += (names.empty() ? "" : ", ") + known;
    throw Error(ErrorCode::invalid, "'" + action.id + "' has no parameter '" + name + "'" +
                                        (names.empty() ? "" : "; there are: " + names))
        .in("parameters." + name);
  }
}

}  // namespace

Json complete_parameters(const KnownAction& action, const Json& given) {
  Json value = given.is_null() ? Json::object() : given;
  if (!value.is_object())
    throw Error(ErrorCode::invalid, "the parameters of an action are an object").in("parameters");
  if (action.spec.parameters.empty()) {
    if (!value.empty())
      throw Error(ErrorCode::invalid, "'" + action.id + "' takes no parameters").in("parameters");
    return value;
  }
  const Json schema = Json::parse(action.spec.parameters);
  check_names(action, value, schema);
  fill(value, schema);
  try {
    check_against(action.spec.parameters, value, "what was given to '" + action.id + "'");
  } catch (Error& e) {
    const std::string at = e.field();
    e.in(at.empty() ? "parameters" : "parameters." + at);
    throw;
  }
  return value;
}

}  // namespace podium::host
