#pragma once
// A definition to vary, and what it is read with.
#include <nlohmann/json.hpp>

#include "definition.hpp"
#include "query/language.hpp"
#include "support.hpp"

namespace podium::test {

/// Knows `state` only.
class StateVocabulary final : public Vocabulary {
 public:
  Filter comparison(const Comparison& c) const override {
    if (c.name.source != "state")
      throw Error(ErrorCode::invalid, "no such name")
          .at(static_cast<std::int64_t>(c.name.position));
    return eq(field("state"), c.values[0].text.value_or(""));
  }
  OrderKey order(const Identifier&, bool) const override { return {}; }
  std::vector<std::string> names() const override { return {"state"}; }
};

inline custom::Secrets secrets() {
  return custom::Secrets(Json::parse(R"({
    "ci": {"env": "PODIUM_TEST_SECRET"},
    "bound": {"env": "PODIUM_TEST_SECRET", "origins": ["https://ci.example"]}})"));
}

inline Json definition() {
  return Json::parse(R"({"id": "deploy", "label": "Deploy",
    "parameters": {"type": "object", "properties": {"env": {"enum": ["staging", "prod"]}}},
    "request": {"url": "https://ci.example/deploy"}})");
}

/// The definition with the member at a pointer set.
inline Json with(const char* pointer, Json value) {
  Json out = definition();
  out[Json::json_pointer(pointer)] = std::move(value);
  return out;
}

inline custom::DefinitionPtr read(const Json& json) {
  static const auto language = host::make_query_language();
  static const StateVocabulary tasks;
  static const custom::Secrets all = secrets();
  return custom::read_definition(json, all, *language, tasks);
}

}  // namespace podium::test
