#pragma once
// JSON Schemas of actions and their runs.
#include <string>
#include <string_view>

#include "services/api/action_input.hpp"
#include "services/api/task_schemas.hpp"

namespace podium::host::schemas {

inline std::string action() {
  return answer(
      R"("id":{"type":"string"},"verb":{"type":"string"},"label":{"type":"string"},)"
      R"("tooltip":{"type":"string"},"icon":{"type":"string"},"group":{"type":"string"},)"
      R"("order":{"type":"integer"},"when":{"type":"string","description":"query language; empty )"
      R"(is every task"},"why_not":{"type":"string"},"confirm":{"type":"string","description":)"
      R"("the question to ask first, {count} in it is the number of tasks"},)"
      R"("destructive":{"type":"boolean"},"writes":{"type":"boolean"},"previews":)"
      R"({"type":"boolean"},"most":{"type":"integer","description":"tasks at most; 0 is any )"
      R"(number"},"undo":{"type":["string","null"],"description":"the action that undoes it"},)"
      R"("plugin":{"type":"string"},"permission":{"type":"string"},"words":{"type":"string"},)"
      R"("parameters":{"type":["object","null"],"description":"JSON Schema of its form"})",
      R"("id","verb","label","when","confirm","destructive","writes","most","parameters")");
}

inline std::string available_request() {
  return object(
      R"("selection":)" + selection_schema() +
          R"(,"actions":{"type":["array","null"],"maxItems":1000,"items":{"type":"string"},)"
          R"("description":"only these"})",
      R"("selection")");
}
inline std::string available() {
  return answer(
      R"("of":{"type":"integer"},"actions":{"type":"array","items":)" +
          answer(
              R"("id":{"type":"string"},"verb":{"type":"string"},"label":{"type":"string"},)"
              R"("tooltip":{"type":"string"},"icon":{"type":"string"},"group":{"type":"string"},)"
              R"("order":{"type":"integer"},"why_not":{"type":"string"},"confirm":)"
              R"({"type":"string"},"destructive":{"type":"boolean"},"most":{"type":"integer"},)"
              R"("parameters":{"type":["object","null"]},"count":{"type":"integer"},"reasons":)"
              R"({"type":"array","items":{"type":"string"}})",
              R"("id","label","confirm","parameters","count","reasons","why_not")") +
          "}",
      R"("of","actions")");
}

inline constexpr std::string_view wait_member =
    R"("wait":{"type":["integer","null"],"minimum":0,"maximum":60000,"description":"milliseconds )"
    R"(to wait for long work; 10000 when absent"})";
inline std::string run_request() {
  return object(R"("action":{"type":"string","minLength":1,"maxLength":256},"selection":)" +
                    selection_schema() + R"(,"parameters":{"type":["object","null"]},)" +
                    std::string(why_member) + "," + std::string(dry_run_member) + "," +
                    std::string(key_member) + "," + std::string(wait_member),
                R"("action","selection")");
}
inline std::string undo_request() {
  return object(std::string(why_member) + "," + std::string(key_member) + "," +
                std::string(wait_member));
}
inline std::string run_failure() {
  return answer(R"("id":{"type":"string"},"code":{"type":"string"},"message":{"type":"string"},)"
                R"("detail":{"type":"object"})",
                R"("id","code","message")");
}
inline std::string run_members() {
  return R"("run":{"type":["string","null"]},"job":{"type":"string"},"action":{"type":"string"},)"
         R"("state":{"enum":["running","done","cancelled","failed"]},"who":{"type":"string"},)"
         R"("created":{"type":"integer"},"ended":{"type":"integer"},"undone":{"type":"integer"},)"
         R"("why":{"type":"string"},"matched":{"type":"integer"},"succeeded_count":)"
         R"({"type":"integer"},"failed_count":{"type":"integer"},"skipped":{"type":"integer"},)"
         R"("undoable":{"type":"boolean"})";
}
inline std::string run() {
  return answer(
      run_members() + R"(,"dry_run":{"type":"boolean"},"succeeded":{"type":"array","items":)" +
          answer(R"("id":{"type":"string"},"message":{"type":"string"},"made":{"type":"string"},)"
                 R"("detail":{"type":"object"})",
                 R"("id")") +
          R"(},"failed":{"type":"array","items":)" + run_failure() +
          R"(},"message":{"type":"string"},"open_url":{"type":"string"},)"
          R"("parameters":{"type":"object"})",
      R"("run","state","dry_run","matched","succeeded_count","failed_count","skipped","succeeded",)"
      R"("failed","undoable")");
}
inline std::string listed_run() {
  return answer(run_members(),
                R"("run","action","state","matched","succeeded_count","failed_count","skipped")");
}

}  // namespace podium::host::schemas
