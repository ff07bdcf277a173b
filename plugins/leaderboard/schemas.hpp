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
    R"("at":{"type":"integer"},"rebuilt":{"type":"boolean"},"rows":{"type":"array","items":{)"
    R"("title":"RankingRow","type":"object","required":["candidate","label","tasks","values",)"
    R"("columns","qualified"],"properties":{"rank":{"type":"integer"},)"
    R"("candidate":{"type":"string"},"label":{"type":"object"},"tasks":{"type":"integer"},)"
    R"("values":{"type":"object"},"spread":{"type":"object"},"columns":{"type":"object"},)"
    R"("relative":{"type":"object"},"best_task":{"type":"string"},"first":{"type":"integer"},)"
    R"("qualified":{"type":"boolean"},"reasons":{"type":"array","items":{"type":"string"}}}}}}})";
inline constexpr const char* deleted =
    R"({"type":"object","required":["deleted"],"properties":{"deleted":{"const":true}}})";

}  // namespace podium::leaderboard::schemas
