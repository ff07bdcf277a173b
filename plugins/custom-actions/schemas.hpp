#pragma once
// JSON Schemas for the OpenAPI document.
namespace podium::custom {

constexpr const char* definition_schema =
    R"({"title":"CustomActionDefinition","type":"object","required":["id","label","request"],)"
    R"("properties":{"id":{"type":"string"},"label":{"type":"string"},)"
    R"("tooltip":{"type":"string"},"icon":{"type":"string"},"group":{"type":"string"},)"
    R"("order":{"type":"integer"},"when":{"type":"string","description":"query text"},)"
    R"("why_not":{"type":"string"},"permission":{"type":"string"},)"
    R"("parameters":{"type":"object","description":"JSON Schema"},)"
    R"("confirm":{"type":"object","required":["text"],"properties":{"text":{"type":"string"},)"
    R"("type_to_confirm":{"type":"boolean"}}},)"
    R"("request":{"type":"object","required":["url"],"properties":{)"
    R"("method":{"enum":["GET","HEAD","POST","PUT","PATCH","DELETE"]},"url":{"type":"string"},)"
    R"("headers":{"type":"object","additionalProperties":{"type":"string"}},"body":{},)"
    R"("timeout_ms":{"type":"integer","minimum":1,"maximum":60000},)"
    R"("retries":{"type":"integer","minimum":0,"maximum":5},)"
    R"("sign":{"type":"string","description":"name of a secret"}}},)"
    R"("batch":{"enum":["each","single"]},)"
    R"("max_parallel":{"type":"integer","minimum":1,"maximum":32},)"
    R"("response":{"type":"object","properties":{"ok":{"type":"array",)"
    R"("items":{"type":"integer"}},"toast":{"type":"string"},"open_url":{"type":"string"},)"
    R"("then":{"type":"object","properties":{"add_tags":{"type":"array",)"
    R"("items":{"type":"string"}}}}}}}})";

constexpr const char* action_schema =
    R"({"title":"CustomAction","type":"object","required":["id","from","definition"],)"
    R"("properties":{"id":{"type":"string"},"from":{"enum":["configuration","api"]},)"
    R"("definition":{"type":"object"},"problem":{"type":"string",)"
    R"("description":"why it is not offered"},"created":{"type":"integer"},)"
    R"("updated":{"type":"integer"},"who":{"type":"string"},"version":{"type":"integer"}}})";

constexpr const char* actions_schema =
    R"({"type":"object","required":["custom_actions"],"properties":{"custom_actions":)"
    R"({"type":"array","items":{"type":"object"}}}})";

constexpr const char* deleted_schema =
    R"({"type":"object","required":["deleted"],"properties":{"deleted":{"type":"boolean"}}})";

constexpr const char* attempt_schema =
    R"({"title":"CustomActionTry","type":"object","required":["task"],"properties":{)"
    R"("action":{"type":"string","description":"id of one that there is"},)"
    R"("definition":{"type":"object","description":"or one that there is not yet"},)"
    R"("task":{"type":"string"},"parameters":{"type":"object"},"why":{"type":"string"}}})";

constexpr const char* rendered_schema =
    R"({"title":"CustomActionRequest","type":"object",)"
    R"("required":["matches","method","url","headers","body"],"properties":{)"
    R"("matches":{"type":"boolean","description":"the task satisfies when"},)"
    R"("method":{"type":"string"},"url":{"type":"string"},)"
    R"("headers":{"type":"object","additionalProperties":{"type":"string"}},)"
    R"("body":{"type":"string"},)"
    R"("problem":{"type":"string","description":"why it could not be sent"}}})";

constexpr const char* audit_schema =
    R"({"title":"CustomActionAudit","type":"object","required":["entries","cursor"],)"
    R"("properties":{"cursor":{"type":["string","null"]},"entries":{"type":"array","items":{)"
    R"("type":"object","required":["id","time","who","action","task","ms","attempts"],)"
    R"("properties":{"id":{"type":"string"},"time":{"type":"integer"},"who":{"type":"string"},)"
    R"("action":{"type":"string"},"task":{"type":"string"},"status":{"type":"integer"},)"
    R"("error":{"type":"string"},"ms":{"type":"integer"},"attempts":{"type":"integer"}}}}}})";

}  // namespace podium::custom
