#include "commands/action_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace podium::host::commands {
namespace {

using As = FormField::As;
using Kind = ClauseSpec::Kind;

/// "text" of a property, when it is one.
std::string text_of(const Json& property, const char* name) {
  const auto found = property.find(name);
  return found != property.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The type of a property: of several the first that is not null; of an enum without a type that of
/// its values, when they are texts.
std::string type_of(const Json& property) {
  const auto type = property.find("type");
  if (type != property.end() && type->is_array()) {
    for (const Json& t : *type)
      if (t.is_string() && t != "null") return t.get<std::string>();
  }
  const std::string said = text_of(property, "type");
  if (!said.empty()) return said;
  const auto values = property.find("enum");
  const bool texts =
      values != property.end() && values->is_array() &&
      std::all_of(values->begin(), values->end(), [](const Json& v) { return v.is_string(); });
  return texts ? "string" : "";
}

As as_of(const Json& property) {
  const std::string type = type_of(property);
  if (type == "string") return As::text;
  if (type == "boolean")
    return property.value("default", Json(false)) == true ? As::boolean : As::flag;
  if (type == "integer") return As::integer;
  if (type == "number") return As::number;
  const auto items = property.find("items");
  if (type == "array" && items != property.end() && items->is_object() &&
      type_of(*items) == "string")
    return As::texts;
  return As::json;
}

/// The words of an enum as `a, b or c`, or "".
std::string choices_of(const Json& property, const char* between) {
  const auto values = property.find("enum");
  if (values == property.end() || !values->is_array()) return {};
  std::vector<std::string> words;
  for (const Json& v : *values)
    if (!v.is_null()) words.push_back(v.is_string() ? v.get<std::string>() : v.dump());
  return fmt::format("{}", fmt::join(words, between));
}

std::string without_full_stop(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string help_of(const Json& property) {
  std::string help = text_of(property, "description");
  if (help.empty()) help = text_of(property, "title");
  help = without_full_stop(std::move(help));
  const auto add = [&](const std::string& more) { help += (help.empty() ? "" : "; ") + more; };
  const auto items = property.find("items");
  const std::string choices = choices_of(
      items != property.end() && items->is_object() && !property.contains("enum") ? *items
                                                                                  : property,
      ", ");
  if (!choices.empty()) add("one of " + choices);
  const auto usual = property.find("default");
  if (usual != property.end() && !usual->is_null() && *usual != Json(false) && *usual != Json(""))
    add("else " + (usual->is_string() ? usual->get<std::string>() : usual->dump()));
  std::replace(help.begin(), help.end(), '\n', ' ');
  return help;
}

std::string value_of(const std::string& clause, As as, const Json& property) {
  if (as == As::flag) return {};
  if (as == As::boolean) return "true|false";
  constexpr std::size_t readable = 40;
  const std::string choices = as == As::text ? choices_of(property, "|") : std::string();
  if (!choices.empty() && choices.size() <= readable) return choices;
  if (as == As::integer || as == As::number) return "N";
  if (as == As::json) return "JSON";
  std::string value = clause;
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return value;
}

Json schema_of(const ActionSpec& spec) {
  return spec.parameters.empty() ? Json::object() : Json::parse(spec.parameters);
}

bool requires_property(const Json& schema, const std::string& name) {
  const auto required = schema.find("required");
  return required != schema.end() && required->is_array() &&
         std::find(required->begin(), required->end(), Json(name)) != required->end();
}

template <class T>
Json number_of(const VerbCall& call, const CommandWord& word, const std::string& clause,
               const char* needed) {
  T number{};
  const char* end = word.text.data() + word.text.size();
  const auto [stop, code] = std::from_chars(word.text.data(), end, number);
  if (code != std::errc() || stop != end)
    throw call.wrong(word, fmt::format("'{}' needs {}, found '{}'", clause, needed, word.text));
  return number;
}

Json value_of(const VerbCall& call, const FormField& field) {
  const std::string& clause = field.clause.name;
  const auto given = call.words(clause);
  switch (field.as) {
    case As::flag:
      return true;
    case As::texts: {
      Json texts = Json::array();
      for (const CommandWord& word : given) texts.push_back(word.text);
      return texts;
    }
    default:
      break;
  }
  const CommandWord& word = given.front();
  switch (field.as) {
    case As::integer:
      return number_of<std::int64_t>(call, word, clause, "a whole number");
    case As::number:
      return number_of<double>(call, word, clause, "a number");
    case As::boolean:
      if (word.text == "true" || word.text == "false") return word.text == "true";
      throw call.wrong(word, fmt::format("'{}' is true or false", clause));
    case As::json: {
      Json value = Json::parse(word.text, nullptr, false);
      if (value.is_discarded())
        throw call.wrong(
            word,
            fmt::format("'{}' needs JSON in quotes, such as '{{\"lr\": [0.1, 0.2]}}'", clause));
      return value;
    }
    default:
      return word.text;
  }
}

}  // namespace

std::vector<FormField> form_of(const ActionSpec& spec) {
  std::vector<FormField> form;
  const Json schema = schema_of(spec);
  const auto properties = schema.find("properties");
  if (properties == schema.end()) return form;
  for (const auto& [name, property] : properties->items()) {
    if (name == spec.words) continue;
    FormField field;
    field.property = name;
    field.as = as_of(property);
    ClauseSpec& clause = field.clause;
    clause.name = name;
    std::replace(clause.name.begin(), clause.name.end(), '_', '-');
    clause.kind = field.as == As::flag    ? Kind::flag
                  : field.as == As::texts ? Kind::list
                                          : Kind::word;
    clause.value = value_of(clause.name, field.as, property);
    clause.help = help_of(property);
    clause.required = clause.kind != Kind::flag && requires_property(schema, name) &&
                      !property.contains("default");
    form.push_back(std::move(field));
  }
  return form;
}

bool needs_words(const ActionSpec& spec) {
  return !spec.words.empty() && requires_property(schema_of(spec), spec.words);
}

Json parameters_of(const ActionSpec& spec, const VerbCall& call,
                   std::span<const CommandWord> words) {
  Json parameters = Json::object();
  for (const FormField& field : form_of(spec))
    if (call.has(field.clause.name)) parameters[field.property] = value_of(call, field);
  if (!spec.words.empty() && !words.empty()) {
    Json& texts = parameters[spec.words] = Json::array();
    for (const CommandWord& word : words) texts.push_back(word.text);
  }
  return parameters;
}

}  // namespace podium::host::commands
