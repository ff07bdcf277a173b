// Reading a selection from a body: the file of it that knows nlohmann/json.
#include "podium/http/input.hpp"
#include "selection.hpp"

namespace podium::comparison {

Selection read_selection(Members& body, std::size_t most) {
  Selection s;
  if (const Json* tasks = body.array("tasks", most))
    for (std::size_t i = 0; i < tasks->size(); ++i)
      s.ids.push_back(
          input::text_of((*tasks)[i], body.path("tasks") + "[" + std::to_string(i) + "]", 256));
  s.project = body.text("project", 500);
  if (const auto scope = body.text("scope", 32)) {
    if (*scope != "project" && *scope != "subprojects" && *scope != "all")
      throw input::wrong(body.path("scope"), "must be project, subprojects or all");
    if (*scope != "all" && !s.project)
      throw input::wrong(body.path("scope"), "says how much of a 'project'; name that too");
    if (*scope == "all" && s.project)
      throw input::wrong(body.path("scope"), "must be project or subprojects with a 'project'");
    s.subprojects = *scope == "subprojects";
  }
  if (const auto archived = body.text("archived", 32)) {
    if (*archived != "no" && *archived != "yes" && *archived != "both")
      throw input::wrong(body.path("archived"), "must be no, yes or both");
    s.both = *archived == "both";
    if (!s.both) s.archived = *archived == "yes";
  }
  s.filter = body.text("filter", 100'000).value_or("");
  s.bindings = bindings_of(body);
  s.search = body.text("search", 1000).value_or("");
  if (const Json* order = body.array("order", 8))
    for (std::size_t i = 0; i < order->size(); ++i)
      s.order.push_back(
          input::text_of((*order)[i], body.path("order") + "[" + std::to_string(i) + "]", 10'000));
  const auto limit = body.integer("limit", 1, static_cast<std::int64_t>(most));
  s.limit = static_cast<std::uint64_t>(limit.value_or(usually_compared));
  if (!s.ids.empty())
    for (const char* other : {"project", "scope", "archived", "filter", "search", "order", "limit"})
      if (body.has(other) && !body.is_null(other))
        throw input::wrong(body.path(other), "does not go together with 'tasks', which names them");
  return s;
}

std::string selection_schema(std::size_t most) {
  const std::string n = std::to_string(most);
  return R"("tasks":{"type":["array","null"],"maxItems":)" + n +
         R"(,"items":{"type":"string"},"description":"ids; not together with the members that ask"},)"
         R"("project":{"type":["string","null"],"maxLength":500,"description":"id or name"},)"
         R"("scope":{"enum":["project","subprojects","all",null]},)"
         R"("archived":{"enum":["no","yes","both",null],"description":"no, unless the filter )"
         R"(speaks of archived"},)"
         R"("filter":{"type":["string","null"],"description":"in the query language"},)"
         R"("bind":{"type":["object","null"],"description":"values of :name in the filter",)"
         R"("additionalProperties":{"type":["string","number","boolean","null"]}},)"
         R"("search":{"type":["string","null"],"maxLength":1000,"description":"in name or )"
         R"(description, or the id"},)"
         R"("order":{"type":["array","null"],"maxItems":8,"items":{"type":"string"},)"
         R"("description":"NAME [ASC|DESC]; newest first when absent"},)"
         R"("limit":{"type":["integer","null"],"minimum":1,"maximum":)" +
         n + R"(,"description":"100 when absent"})";
}

std::string selected_schema() {
  return R"("tasks":{"type":"array","items":{"title":"ComparedTask","type":"object",)"
         R"("required":["id","name","label","color","state","project"],"properties":{)"
         R"("id":{"type":"string"},"name":{"type":"string"},)"
         R"("label":{"type":"string","description":"the name; with the end of the id where two )"
         R"(have the same"},"color":{"type":"string","pattern":"^#[0-9a-f]{6}$"},)"
         R"("state":{"type":"string"},"project":{"type":"string"}}}},)"
         R"("missing":{"type":"array","items":{"type":"string"},"description":"ids that are not )"
         R"(there"},"more":{"type":"boolean","description":"more match than were taken"})";
}

}  // namespace podium::comparison
