#pragma once
// JSON Schemas of requests and answers, as text, for the OpenAPI document.
#include <string>
#include <string_view>

namespace podium::host::schemas {

inline constexpr std::string_view string_map =
    R"({"type":"object","additionalProperties":{"type":"string"}})";
/// Entries to set (null removes).
inline constexpr std::string_view map_edit =
    R"({"type":"object","maxProperties":10000,"additionalProperties":{"type":["string","number",)"
    R"("boolean","null"]}})";
inline constexpr std::string_view map_new =
    R"({"type":"object","maxProperties":10000,"additionalProperties":{"type":["string","number",)"
    R"("boolean"]}})";
/// A double; what JSON cannot say is a text.
inline constexpr std::string_view real =
    R"({"anyOf":[{"type":"number"},{"enum":["NaN","Infinity","-Infinity"]}]})";
inline constexpr std::string_view time = R"({"type":"integer","description":"milliseconds UTC"})";

inline constexpr std::string_view project =
    R"({"title":"Project","type":"object","required":["id","name","archived","created","updated",)"
    R"("tags","defaults","tag_colors","version"],"properties":{)"
    R"("id":{"type":"string"},"name":{"type":"string"},"description":{"type":"string"},)"
    R"("artifact_location":{"type":"string"},"output_destination":{"type":"string"},)"
    R"("archived":{"type":"boolean"},"archived_at":{"type":"integer"},)"
    R"("created":{"type":"integer"},"updated":{"type":"integer"},"version":{"type":"integer"},)"
    R"("tags":{"type":"object","additionalProperties":{"type":"string"}},)"
    R"("defaults":{"type":"object","additionalProperties":{"type":"string"},)"
    R"("description":"params that new drafts start with"},)"
    R"("tag_colors":{"type":"object","additionalProperties":{"type":"string"},)"
    R"("description":"how tags look: their keys, each with a colour #rrggbb"}}})";
inline constexpr std::string_view new_project =
    R"({"title":"NewProject","type":"object","required":["name"],"additionalProperties":false,)"
    R"("properties":{"name":{"type":"string","minLength":1,"maxLength":500},)"
    R"("description":{"type":"string"},"artifact_location":{"type":"string","maxLength":4096},)"
    R"("output_destination":{"type":"string","maxLength":4096},)"
    R"("tags":{"type":"object","additionalProperties":{"type":["string","number","boolean"]}},)"
    R"("defaults":{"type":"object","additionalProperties":{"type":["string","number",)"
    R"("boolean"]}},"tag_colors":{"type":"object","additionalProperties":{"type":"string",)"
    R"("pattern":"^#[0-9A-Fa-f]{6}$"}}}})";
inline constexpr std::string_view project_edit =
    R"({"title":"ProjectEdit","type":"object","additionalProperties":false,"properties":{)"
    R"("name":{"type":"string","minLength":1,"maxLength":500},"description":{"type":["string",)"
    R"("null"]},"output_destination":{"type":["string","null"],"maxLength":4096},)"
    R"("tags":{"type":"object","additionalProperties":{"type":["string","number","boolean",)"
    R"("null"]}},"defaults":{"type":"object","additionalProperties":{"type":["string","number",)"
    R"("boolean","null"]}},"tag_colors":{"type":"object","additionalProperties":{"type":)"
    R"(["string","null"],"pattern":"^#[0-9A-Fa-f]{6}$"}}}})";
inline constexpr std::string_view project_rename =
    R"({"title":"ProjectRename","type":"object","required":["project"],)"
    R"("additionalProperties":false,"properties":{)"
    R"("project":{"type":"string","description":"id or name"},)"
    R"("name":{"type":"string","minLength":1,"maxLength":500},)"
    R"("parent":{"type":"string","maxLength":500,)"
    R"("description":"instead of the name: what to move it below; empty is the top"}}})";
inline constexpr std::string_view project_renamed =
    R"({"title":"ProjectRenamed","type":"object","required":["from","name","projects"],)"
    R"("properties":{"from":{"type":"string"},"name":{"type":"string"},"projects":)"
    R"({"type":"array","items":{"type":"object","required":["id","name"],"properties":)"
    R"({"id":{"type":"string"},"name":{"type":"string"}}}}}})";
inline constexpr std::string_view project_delete =
    R"({"title":"ProjectDelete","type":"object","required":["project"],)"
    R"("additionalProperties":false,"properties":{)"
    R"("project":{"type":"string","description":"id or name"},)"
    R"("scope":{"enum":["project","subprojects"]},"dry_run":{"type":"boolean"},)"
    R"("token":{"type":"string","description":"of the dry run; required without dry_run"}}})";
inline constexpr std::string_view project_contents =
    R"({"title":"ProjectContents","type":"object","required":["projects","tasks","running",)"
    R"("pending","published","models","datasets","files","bytes","counted","token"],)"
    R"("properties":{"projects":{"type":"array","items":{"type":"string"}},)"
    R"("tasks":{"type":"integer"},"running":{"type":"integer"},"pending":{"type":"integer"},)"
    R"("published":{"type":"integer"},"models":{"type":"integer"},)"
    R"("datasets":{"type":"integer"},"files":{"type":"integer"},"bytes":{"type":"integer"},)"
    R"("counted":{"type":"boolean","description":"false: there are more files than these"},)"
    R"("token":{"type":"string"},"job":{"type":"string","description":"that erases it"}}})";

inline constexpr std::string_view summary_members =
    R"("last":{},"last_step":{"type":"integer"},"last_time":{"type":"integer"},"first":{},)"
    R"("first_step":{"type":"integer"},"first_time":{"type":"integer"},"min":{},"min_step":)"
    R"({"type":"integer"},)"
    R"("max":{},"max_step":{"type":"integer"},"count":{"type":"integer"},"sum":{})";
inline std::string metrics() {
  return R"({"type":"array","items":{"title":"MetricSummary","type":"object","required":["key","count"],"properties":)"
         R"({"key":{"type":"string"},"scope":{"type":"string"},)" +
         std::string(summary_members) + "}}}";
}
inline std::string task() {
  return R"({"title":"Task","type":"object","required":["id","project","name","type","state","archived",)"
         R"("created","updated","params","tags","metrics","version"],"properties":{)"
         R"("id":{"type":"string"},"project":{"type":"string"},"name":{"type":"string"},"type":)"
         R"({"type":"string"},)"
         R"("state":{"enum":["draft","pending","running","completed","failed","aborted",)"
         R"("published"]},)"
         R"("archived":{"type":"boolean"},"archived_at":{"type":"integer"},"user":)"
         R"({"type":"string"},)"
         R"("description":{"type":"string"},"parent":{"type":"string"},"created":)"
         R"({"type":"integer"},)"
         R"("started":{"type":"integer"},"completed":{"type":"integer"},"published":)"
         R"({"type":"integer"},)"
         R"("updated":{"type":"integer"},"reason":{"type":"string"},"artifact_uri":)"
         R"({"type":"string"},)"
         R"("source_name":{"type":"string"},"source_type":{"type":"string"},"repository":)"
         R"({"type":"string"},)"
         R"("branch":{"type":"string"},"commit":{"type":"string"},"derived_from":{"type":)"
         R"("string"},"source_tag":{"type":"string"},"entry_point":{"type":"string"},"working_dir":)"
         R"({"type":"string"},"binary":{"type":"string"},"output_destination":{"type":"string"},)"
         R"("progress":{"type":"number"},"iteration":{"type":"integer"},"run_time":{"type":)"
         R"("integer","description":"milliseconds, once it has ended"},"attempt":{"type":"integer"},)"
         R"("worker":{"type":"string"},"lease_until":{"type":"integer"},"desired_state":{"type":)"
         R"("string"},"stop_deadline":{"type":"integer"},"queue":{"type":"string"},"queued_from":)"
         R"({"type":"string"},"diff":{"type":"string"},"requirements":{"type":"object",)"
         R"("additionalProperties":{"type":"string"}},"properties":)" +
         std::string(string_map) + R"(,"configuration":)" + std::string(string_map) +
         R"(,"container":)" + std::string(string_map) + R"(,"params":)" + std::string(string_map) +
         R"(,"tags":)" + std::string(string_map) + R"(,"metrics":)" + metrics() +
         R"(,"inputs":{"type":"array","items":{"type":"object"}},"models":{"type":"array",)"
         R"("items":{"type":"object"}},)"
         R"("version":{"type":"integer"}}})";
}
inline constexpr std::string_view task_type =
    R"({"enum":["training","testing","inference","data_processing","application","monitor",)"
    R"("controller","optimizer","report","service","qc","agent","custom"]})";
/// What creating, editing and cloning share; `map` is the schema of entries.
inline std::string task_members(std::string_view map) {
  std::string out = R"("type":)" + std::string(task_type) +
                    R"(,"progress":{"type":["number","null"],"minimum":0,"maximum":100},)"
                    R"("iteration":{"type":["integer","null"],"minimum":0},)"
                    R"("diff":{"type":["string","null"]},"requirements":{"type":["object","null"],)"
                    R"("description":"a text for each kind, such as pip",)"
                    R"("additionalProperties":{"type":"string"}})";
  for (const char* name :
       {"user", "description", "parent", "derived_from", "artifact_uri", "output_destination",
        "source_name", "source_type", "repository", "branch", "source_tag", "commit", "entry_point",
        "working_dir", "binary"})
    out += std::string(",\"") + name + R"(":{"type":["string","null"]})";
  for (const char* name : {"params", "tags", "properties", "configuration", "container"})
    out += std::string(",\"") + name + "\":" + std::string(map);
  return out;
}
inline std::string new_task() {
  return R"({"title":"NewTask","type":"object","required":["project"],"additionalProperties":false,"properties":{)"
         R"("project":{"type":"string"},"name":{"type":["string","null"],"maxLength":500},"state":)"
         R"({"enum":["draft","running"]},"started":{"type":["integer","null"],"minimum":0},)"
         R"("idempotency_key":{"type":["string","null"],"minLength":1,"maxLength":255},)" +
         task_members(map_new) + "}}";
}
inline std::string task_edit() {
  return R"({"title":"TaskEdit","type":"object","additionalProperties":false,"properties":{"name":{"type":"string",)"
         R"("minLength":1,"maxLength":500},"why":{"type":["string","null"]},)" +
         task_members(map_edit) + "}}";
}
inline constexpr std::string_view transition =
    R"({"title":"Transition","type":"object","required":["kind"],"additionalProperties":false,"properties":{)"
    R"("kind":{"enum":["start","complete","fail","abort","publish","reset"]},)"
    R"("reason":{"type":"string"},"at":{"type":"integer",)"
    R"("description":"milliseconds UTC; now when absent"}}})";
inline std::string log() {
  return R"({"title":"Log","type":"object","additionalProperties":false,"properties":{"params":)" +
         std::string(map_new) + R"(,"tags":)" + std::string(map_new) +
         R"(,"metrics":{"type":"array","maxItems":10000,"items":{"type":"object",)"
         R"("required":["key","points"],"additionalProperties":false,)"
         R"("properties":{"key":{"type":"string","minLength":1},"scope":{"type":"string"},)"
         R"("points":{"type":"array","maxItems":100000,)"
         R"("items":{"type":"array","minItems":3,"maxItems":3,)"
         R"("description":"step, time (ms UTC; null is now), value"}}}}}}})";
}
inline constexpr std::string_view logged =
    R"({"title":"Logged","type":"object","required":["params","tags","points"],"properties":{"params":)"
    R"({"type":"integer"},"tags":{"type":"integer"},"points":{"type":"integer"}}})";
inline constexpr std::string_view points =
    R"({"title":"Points","type":"object","required":["key","points"],"properties":{"key":{"type":"string"},)"
    R"("scope":{"type":"string"},)"
    R"("points":{"type":"array","items":{"type":"array","minItems":3,"maxItems":3,)"
    R"("description":"step, time, value"}},)"
    R"("cursor":{"type":["string","null"]}}})";
inline constexpr std::string_view history_entry =
    R"({"title":"HistoryEntry","type":"object","required":["at","who","who_kind","entity","change"],)"
    R"("properties":{"at":{"type":"integer"},"who":{"type":"string"},)"
    R"("who_kind":{"enum":["person","program","worker","host"]},)"
    R"("entity":{"enum":["task","project","note","goal"]},)"
    R"("subject":{"type":"string","description":"id of the note or goal"},)"
    R"("change":{"type":"string"},"why":{"type":"string"},"old":{"type":"object"},"new":)"
    R"({"type":"object"}}})";
inline constexpr std::string_view dataset =
    R"({"title":"Dataset","type":"object","required":["id","project","name","digest","created","updated","labels",)"
    R"("version"],"properties":{)"
    R"("id":{"type":"string"},"project":{"type":"string"},"name":{"type":"string"},"digest":)"
    R"({"type":"string"},"source_type":{"type":"string"},)"
    R"("source":{"type":"string"},"schema":{"type":"string"},"profile":{"type":"string"},)"
    R"("created":{"type":"integer"},"updated":{"type":"integer"},)"
    R"("labels":{"type":"object","additionalProperties":{"type":"string"}},"version":)"
    R"({"type":"integer"}}})";
inline constexpr std::string_view reading_task =
    R"({"title":"ReadingTask","type":"object","required":["task","name","state","archived","tags"],)"
    R"("properties":{"task":{"type":"string"},"name":{"type":"string"},"state":{"type":"string"},)"
    R"("archived":{"type":"boolean"},"started":{"type":"integer"},"completed":{"type":"integer"},)"
    R"("context":{"type":"string","description":"what for: training, validation"},)"
    R"("tags":{"type":"object","additionalProperties":{"type":"string"}}}})";
inline constexpr std::string_view dataset_edit =
    R"({"title":"DatasetEdit","type":"object","additionalProperties":false,"properties":{"labels":{"type":"object",)"
    R"("additionalProperties":{"type":["string","number","boolean","null"]}}}})";
inline constexpr std::string_view job =
    R"({"title":"Job","type":"object","required":["id","kind","state","created","done","total"],"properties":)"
    R"({"id":{"type":"string"},"kind":{"type":"string"},)"
    R"("state":{"enum":["waiting","running","done","failed","cancelled"]},"principal":)"
    R"({"type":"string"},"created":{"type":"integer"},)"
    R"("started":{"type":"integer"},"ended":{"type":"integer"},"not_before":{"type":"integer"},)"
    R"("done":{"type":"integer"},"total":{"type":"integer"},)"
    R"("error":{"type":"string"},"queue":{"type":"string"},"stop_asked":{"type":"boolean"},)"
    R"("result":{}}})";
inline constexpr std::string_view cancelled =
    R"({"type":"object","required":["cancelled"],"properties":{"cancelled":{"type":"boolean",)"
    R"("description":"false when the job had ended"}}})";

/// A page of items under `name`.
inline std::string page(std::string_view name, std::string_view item) {
  return R"({"type":"object","required":[")" + std::string(name) +
         R"(","cursor"],"properties":{")" + std::string(name) + R"(":{"type":"array","items":)" +
         std::string(item) + R"(},"cursor":{"type":["string","null"]}}})";
}

}  // namespace podium::host::schemas
