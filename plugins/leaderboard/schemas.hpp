#pragma once
// JSON Schemas of the routes, for the OpenAPI document.
#include <string>

namespace podium::leaderboard::schemas {

/// Those with a definition in them are put together.
std::string new_board();
std::string edit();
std::string new_template();
std::string question();

inline constexpr const char* board =
    R"({"title":"Board","type":"object","required":["id","name","description","project",)"
    R"("project_name","definition","revision","link","created","updated","version"],"properties":{)"
    R"("id":{"type":"string"},"name":{"type":"string"},"description":{"type":"string"},)"
    R"("project":{"type":"string"},"project_name":{"type":"string"},)"
    R"("definition":{"type":"object","description":"with all that was left out filled in"},)"
    R"("revision":{"type":"integer","description":"of the definition"},)"
    R"("template_revision":{"type":"integer"},"link":{"type":"string"},"user":{"type":"string"},)"
    R"("created":{"type":"integer"},"updated":{"type":"integer"},"events":{"type":"integer"},)"
    R"("changed":{"type":"integer","description":"when its ranking last changed"},)"
    R"("version":{"type":"integer"}}})";
inline constexpr const char* board_template =
    R"({"title":"BoardTemplate","type":"object","required":["definition","revision","version"],)"
    R"("properties":{"definition":{"type":"object"},"revision":{"type":"integer"},)"
    R"("user":{"type":"string"},"updated":{"type":"integer"},"version":{"type":"integer"}}})";
inline constexpr const char* list =
    R"({"type":"object","required":["boards","cursor"],"properties":{"boards":{"type":"array",)"
    R"("items":{"type":"object"}},"cursor":{"type":["string","null"]}}})";
inline constexpr const char* differences =
    R"({"type":"object","required":["differences"],"properties":{"differences":{"type":"array",)"
    R"("items":{"type":"object","required":["member","board","template"]}}}})";
inline constexpr const char* ranking =
    R"({"title":"Ranking","type":"object","required":["total","ranked","tasks","stale","rows"],)"
    R"("properties":{"board":{"type":"string"},"revision":{"type":"integer"},)"
    R"("total":{"type":"integer"},"ranked":{"type":"integer"},"tasks":{"type":"integer"},)"
    R"("stale":{"type":"boolean","description":"of the definition before"},)"
    R"("at":{"type":"integer"},"rebuilt":{"type":"boolean"},"best":{"type":["number","string","null"],)"
    R"("description":"of the compatible mode: what OptScale shows beside the board's name"},)"
    R"("rows":{"type":"array","items":{)"
    R"("title":"RankingRow","type":"object","required":["candidate","label","tasks","values",)"
    R"("columns","qualified"],"properties":{"rank":{"type":"integer"},)"
    R"("candidate":{"type":"string"},"label":{"type":"object"},"tasks":{"type":"integer"},)"
    R"("values":{"type":"object"},"spread":{"type":"object"},"columns":{"type":"object"},)"
    R"("relative":{"type":"object"},"best_task":{"type":"string"},"first":{"type":"integer"},)"
    R"("qualified":{"type":"boolean"},"reasons":{"type":"array","items":{"type":"string"}}}}}}})";
inline constexpr const char* candidate =
    R"({"title":"BoardCandidate","type":"object","required":["board","row","tasks","coverage",)"
    R"("params","tags"],"properties":{"board":{"type":"string"},"row":{"type":"object"},)"
    R"("tasks":{"type":"array","items":{"type":"object","required":["task","name","counts",)"
    R"("values"]}},"coverage":{"type":"object"},"params":{"type":"object"},)"
    R"("tags":{"type":"object"}}})";
inline constexpr const char* history =
    R"({"type":"object","required":["events","cursor"],"properties":{"events":{"type":"array",)"
    R"("items":{"title":"BoardEvent","type":"object","required":["at","kind","revision"],)"
    R"("properties":{"at":{"type":"integer"},"revision":{"type":"integer"},)"
    R"("kind":{"enum":["entered","changed","left","defined","datasets"]},)"
    R"("task":{"type":"string"},"name":{"type":"string"},"candidate":{"type":"string"},)"
    R"("values":{"type":"object"},"before":{"type":"object"},"ended":{"type":"integer"},)"
    R"("initial":{"type":"boolean","description":"it was there when the board was defined"}}}},)"
    R"("cursor":{"type":["string","null"]}}})";
inline constexpr const char* changes =
    R"({"title":"BoardChanges","type":"object","required":["since","rebuilt","rows"],)"
    R"("properties":{"board":{"type":"string"},"since":{"type":"integer"},)"
    R"("rebuilt":{"type":"boolean"},"defined_anew":{"type":"boolean"},"rows":{"type":"array",)"
    R"("items":{"type":"object","required":["change","candidate","label"],"properties":{)"
    R"("change":{"enum":["new","gone","moved","changed"]}}}}}})";
inline constexpr const char* ranks =
    R"({"title":"BoardRanks","type":"object","required":["from","to","candidates"],"properties":{)"
    R"("board":{"type":"string"},"from":{"type":"integer"},"to":{"type":"integer"},)"
    R"("top":{"type":"integer"},"kept_since":{"type":["integer","null"],)"
    R"("description":"before this, ranks are worked out from when tasks ended"},)"
    R"("truncated":{"type":"boolean"},"candidates":{"type":"array","items":{"type":"object",)"
    R"("required":["candidate","label","ranks"]}}}})";
inline constexpr const char* trust =
    R"({"title":"BoardTrust","type":"object","required":["confidence","seed","rows"],"properties":{)"
    R"("board":{"type":"string"},"confidence":{"type":"number"},"seed":{"type":"integer"},)"
    R"("rows":{"type":"array","items":{"type":"object","required":["rank","candidate","label",)"
    R"("n","method"]}}}})";
inline constexpr const char* pareto =
    R"({"title":"BoardPareto","type":"object","required":["axes","rows","passed_over"],)"
    R"("properties":{"board":{"type":"string"},"axes":{"type":"array"},)"
    R"("passed_over":{"type":"integer","description":"ranked ones without one of the values"},)"
    R"("rows":{"type":"array","items":{"type":"object","required":["front","knee","candidate",)"
    R"("point"]}}}})";
inline constexpr const char* exported =
    R"({"type":"object","required":["board","definition","rows"]})";
inline constexpr const char* goals =
    R"({"title":"BoardGoals","type":"object","required":["tasks","goals"],"properties":{)"
    R"("tasks":{"type":"integer"},"task":{"type":"string"},"goals_met":{"type":["boolean","null"]},)"
    R"("goals":{"type":"array","items":{"type":"object","required":["id","metric","direction",)"
    R"("target","met_by","best"]}}}})";
inline constexpr const char* deleted =
    R"({"type":"object","required":["deleted"],"properties":{"deleted":{"const":true}}})";

}  // namespace podium::leaderboard::schemas
