#pragma once
// A small world to query: tasks in projects, with data sets they read.
#include <array>
#include <map>
#include <string>
#include <vector>

#include "podium/store/schema.hpp"
#include "query/language.hpp"
#include "query/podium_vocabulary.hpp"

namespace podium::test {

inline constexpr std::int64_t now = 1'795'514'400'000;  // 2026-11-24T10:00:00Z

inline Collection task_collection() {
  Collection c;
  c.name = "tasks";
  c.fields = {{"project", Type::reference, "projects", OnErase::cascade},
              {"name", Type::text},
              {"state", Type::text},
              {"user", Type::text},
              {"archived", Type::boolean},
              {"parent", Type::reference, "tasks"},
              {"started", Type::time},
              {"iteration", Type::integer},
              {"score", Type::real},
              {"note", Type::scalar},
              {"any", Type::text}};
  c.partition = "project";
  c.maps = {{"params"}, {"tags"}};
  c.series = {{"metrics", LastRule::step_time_value}};
  c.body = true;
  return c;
}

inline Collection input_collection() {
  Collection c;
  c.name = "inputs";
  c.fields = {{"task", Type::reference, "tasks", OnErase::cascade},
              {"name", Type::text},
              {"used", Type::time}};
  c.maps = {{"tags", false}};
  return c;
}

class Known final : public host::References {
 public:
  std::vector<Ordinal> find(const Field& field, std::string_view text, bool by_id) const override {
    if (field.target == "tasks")
      return text == "abc" ? std::vector<Ordinal>{40} : std::vector<Ordinal>{};
    if (by_id) return text == "3" ? std::vector<Ordinal>{13} : std::vector<Ordinal>{};
    if (text == "vision") return {11};
    if (text == "vision/") return {11, 12};
    if (text == "speech") return {13};
    return {};
  }
  std::vector<std::string> names(const Field& field) const override {
    return field.target == "projects" ? std::vector<std::string>{"vision", "speech"}
                                      : std::vector<std::string>{};
  }
};

struct World {
  Known references;
  host::EntityVocabulary inputs{input_collection(),
                                {.references = &references, .now = [] { return now; }}};
  host::EntityVocabulary tasks{
      task_collection(),
      {.aliases = {{"param", "params"}, {"metric", "metrics"}, {"dataset", "inputs"}},
       .words = {{"state", {"draft", "pending", "running", "completed", "failed"}}},
       .children = {{"inputs", &inputs, "task"}},
       .references = &references,
       .now = [] { return now; }}};
  std::unique_ptr<QueryLanguage> language = host::make_query_language();

  Filter parse(std::string_view text) const { return language->parse(text, tasks); }
};

}  // namespace podium::test
