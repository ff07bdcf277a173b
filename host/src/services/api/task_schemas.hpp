#pragma once
// JSON Schemas of what is done to tasks and queues.
#include <string>
#include <string_view>

#include "services/api/schemas.hpp"

namespace podium::host::schemas {

inline constexpr std::string_view why_member = R"("why":{"type":["string","null"]})";
inline constexpr std::string_view key_member =
    R"("idempotency_key":{"type":["string","null"],"minLength":1,"maxLength":255,)"
    R"("description":"the same key again gets the first result; as the header Idempotency-Key"})";
inline constexpr std::string_view token_member =
    R"("token":{"type":["string","null"],"description":"of the dry run: refused when what it )"
    R"(counted has changed"})";
inline constexpr std::string_view dry_run_member =
    R"("dry_run":{"type":["boolean","null"],"description":"say what would happen, and do nothing"})";

/// An object with the given members, all of them optional but those in `required`.
inline std::string object(std::string_view members, std::string_view required = "") {
  return R"({"type":"object","additionalProperties":false,"properties":{)" + std::string(members) +
         "}" + (required.empty() ? "" : ",\"required\":[" + std::string(required) + "]") + "}";
}
inline std::string answer(std::string_view members, std::string_view required) {
  return R"({"type":"object","required":[)" + std::string(required) + R"(],"properties":{)" +
         std::string(members) + "}}";
}
inline constexpr std::string_view failure =
    R"({"type":"object","required":["code","message"],"properties":{"code":{"type":"string"},)"
    R"("message":{"type":"string"},"field":{"type":"string"},"detail":{"type":"object"}}})";

inline std::string clone_members() {
  return R"("name":{"type":["string","null"],"maxLength":500},"project":{"type":["string","null"]},)"
         R"("grid":{"type":["object","null"],"description":"every combination of these values, a )"
         R"(task each","additionalProperties":{"type":"array","minItems":1,"items":{"type":)"
         R"(["string","number","boolean"]}}},)"
         R"("limit":{"type":["integer","null"],"minimum":1,"maximum":200,"description":"refused )"
         R"(when the grid has more; 100 when absent"},)" +
         std::string(why_member) + "," + std::string(dry_run_member) + "," +
         std::string(key_member) + "," + task_members(map_edit);
}
inline std::string cloned_tasks() {
  return R"("count":{"type":"integer"},"dry_run":{"type":"boolean"},"truncated":{"type":"boolean"},)"
         R"("tasks":{"type":"array","items":{"type":"object","required":["name","params"],)"
         R"("properties":{"id":{"type":"string"},"name":{"type":"string"},"params":)" +
         std::string(string_map) + "}}}";
}
inline std::string batch_answer(std::string_view item_members) {
  return R"({"type":"object","required":["dry_run","succeeded","failed"],"properties":{)"
         R"("dry_run":{"type":"boolean"},"succeeded":{"type":"array","items":{"type":"object",)"
         R"("required":["id"],"properties":{"id":{"type":"string"})" +
         (item_members.empty() ? std::string() : "," + std::string(item_members)) +
         R"(}}},"failed":{"type":"array","items":{"type":"object","required":["id","error"],)"
         R"("properties":{"id":{"type":"string"},"error":)" +
         std::string(failure) + "}}}}}";
}
inline constexpr std::string_view ids_member =
    R"("ids":{"type":"array","minItems":1,"maxItems":1000,"items":{"type":"string"}})";

inline std::string removal_members() {
  return R"("dry_run":{"type":"boolean"},"token":{"type":"string"},"deleted":{"type":"object",)"
         R"("required":["metrics","points","models","models_kept","files","bytes"],"properties":{)"
         R"("metrics":{"type":"integer"},"points":{"type":"integer"},"models":{"type":"integer"},)"
         R"("models_kept":{"type":"integer"},"attempts":{"type":"integer"},"children":{"type":)"
         R"("integer"},"files":{"type":"integer"},"bytes":{"type":"integer"},"files_truncated":)"
         R"({"type":"boolean","description":"there are more files than were counted"},)"
         R"("folders":{"type":"array","items":{"type":"string"}}}},)"
         R"("attempt":{"type":"integer","description":"the number the outputs are kept under"})";
}
inline constexpr std::string_view queue_place =
    R"("queue":{"type":"object","required":["id","name"],"properties":{"id":{"type":"string"},)"
    R"("name":{"type":"string"}}},"position":{"type":"integer","description":"0 is next"},)"
    R"("watched":{"type":"boolean"},"warning":{"type":"string"})";
inline constexpr std::string_view enqueue_members =
    R"("queue":{"type":["string","null"],"description":"id or name; the default queue when )"
    R"(absent"},"front":{"type":["boolean","null"]},"why":{"type":["string","null"]})";

inline constexpr std::string_view attempt =
    R"({"type":"object","required":["number","state","kept"],"properties":{"number":{"type":)"
    R"("integer"},"state":{"type":"string"},"started":{"type":"integer"},"completed":{"type":)"
    R"("integer"},"reason":{"type":"string"},"worker":{"type":"string"},"kept":{"type":"integer"},)"
    R"("iteration":{"type":"integer"},"run_time":{"type":"integer"},"artifact_uri":{"type":)"
    R"("string"},"models":{"type":"array","items":{"type":"string"}}}})";

inline constexpr std::string_view queue =
    R"({"type":"object","required":["id","name","is_default","paused","watched","entries",)"
    R"("created","updated","tags","version"],"properties":{"id":{"type":"string"},"name":{"type":)"
    R"("string"},"description":{"type":"string"},"is_default":{"type":"boolean"},"paused":{"type":)"
    R"("boolean"},"watched":{"type":"boolean"},"entries":{"type":"integer"},"next":{"type":)"
    R"("object","required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":)"
    R"("string"}}},"created":{"type":"integer"},"updated":{"type":"integer"},"tags":{"type":)"
    R"("object","additionalProperties":{"type":"string"}},"version":{"type":"integer"}}})";
inline constexpr std::string_view queue_entry =
    R"({"type":"object","required":["task","name","added","who"],"properties":{"task":{"type":)"
    R"("string"},"name":{"type":"string"},"added":{"type":"integer"},"who":{"type":"string"}}})";
inline constexpr std::string_view file_deletion =
    R"({"type":"object","required":["id","task","uri","state","tries","created"],"properties":{)"
    R"("id":{"type":"string"},"task":{"type":"string"},"uri":{"type":"string"},"state":{"enum":)"
    R"(["waiting","done","failed","kept"]},"tries":{"type":"integer"},"error":{"type":"string"},)"
    R"("created":{"type":"integer"},"next":{"type":"integer"},"done":{"type":"integer"}}})";

}  // namespace podium::host::schemas
