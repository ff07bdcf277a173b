#include "plugin/config_check.hpp"

// valijson includes <regex>, about which g++ 12 warns wrongly when it optimises under a sanitizer.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "podium/error.hpp"

namespace podium::host {
namespace {

/// "<root>[room][0]" of valijson as "/room/0: "; "" at the top.
std::string place(const valijson::ValidationResults::Error& error) {
  std::string pointer;
  for (std::size_t i = 1; i < error.context.size(); ++i) {
    auto part = error.context[i];
    if (part.size() >= 2 && part.front() == '[' && part.back() == ']')
      part = part.substr(1, part.size() - 2);
    pointer += "/" + part;
  }
  return pointer.empty() ? pointer : pointer + ": ";
}

/// "room.0" for the same, with the name that a description speaks of behind it; "" at the top.
std::string member(const valijson::ValidationResults::Error& error) {
  std::string path = place(error);
  if (!path.empty()) path = path.substr(1, path.size() - 3);
  for (char& c : path)
    if (c == '/') c = '.';
  for (const std::string_view about :
       {"Missing required property '", "Missing required property \""}) {
    if (!error.description.starts_with(about)) continue;
    const auto end = error.description.find(about.back(), about.size());
    const std::string name = error.description.substr(about.size(), end - about.size());
    path += (path.empty() ? "" : ".") + name;
  }
  return path;
}

void populate(valijson::Schema& schema, std::string_view text, const char* name) {
  try {
    const auto document = Json::parse(text);
    valijson::adapters::NlohmannJsonAdapter adapter(document);
    valijson::SchemaParser().populateSchema(adapter, schema);
  } catch (const std::exception& e) {
    throw Error(ErrorCode::misuse, std::string(name) + " is no JSON Schema: " + e.what());
  }
}

/// `name` and `what` are the schema and the value in an error's sentence.
void check_value(std::string_view schema_text, const char* name, const Json& value,
                 std::string_view what) {
  if (schema_text.empty()) return;
  valijson::Schema schema;
  populate(schema, schema_text, name);
  valijson::ValidationResults results;
  valijson::adapters::NlohmannJsonAdapter target(value);
  if (valijson::Validator().validate(schema, target, &results)) return;
  std::string text = std::string(what) + " does not fit:", first;
  valijson::ValidationResults::Error error;
  for (int n = 0; n < 5 && results.popError(error);) {
    // The levels above the fault say only that something below them did not fit.
    if (n && error.description.starts_with("Failed to validate against schema")) continue;
    if (first.empty()) first = member(error);
    text += (n++ ? "; " : " ") + place(error) + error.description;
  }
  throw Error(ErrorCode::invalid, text).in(first);
}

}  // namespace

void check_schema(std::string_view schema_text) {
  valijson::Schema schema;
  populate(schema, schema_text, "the schema");
}

void check_config(std::string_view schema, const Json& config) {
  check_value(schema, "its config_schema", config, "its configuration");
}

void check_against(std::string_view schema, const Json& value, std::string_view what) {
  check_value(schema, "the schema", value, what);
}

}  // namespace podium::host
