#pragma once
// The JSON Schema of an answer. docs/commands.md shows it; tests hold every answer to it.
#include <string_view>

namespace podium::host::commands {

// clang-format off
inline constexpr std::string_view answer_schema =
R"({"type":"object","required":["verb","line","kind","outcome","notices"],
"properties":{
 "verb":{"type":"string"},
 "line":{"type":"string","description":"the command as one line"},
 "outcome":{"enum":["done","failed","timed_out","pending"]},
 "notices":{"type":"array","items":{"type":"string"},"description":"what was assumed, what is unusual"},
 "question":{"type":"object","description":"of a table of tasks: what POST /api/v1/tasks/query asks for it, and the limit that was given"},
 "draw":{"type":"object","description":"how a chart is to be drawn: mark, names, log, smooth, band, group"},
 "forms":{"type":"object","description":"where the request asks for them: the answer as a notebook shows it, by media type"}},
"oneOf":[
 {"required":["kind","columns","rows","truncated","cursor"],"properties":{"kind":{"const":"table"},"entity":{"type":"string"},)"
R"("columns":{"type":"array","items":{"type":"object","required":["name","type"],"additionalProperties":false,"properties":{
   "name":{"type":"string"},"title":{"type":"string"},
   "type":{"enum":["any","text","id","integer","real","boolean","time","duration","bytes"]}}}},
  "rows":{"type":"array","items":{"type":"array","items":{"type":["null","boolean","number","string"]}}},
  "truncated":{"type":"boolean","description":"something was left out"},
  "of":{"type":"integer","description":"how many rows there are"},
  "cursor":{"type":["string","null"],"description":"for the clause 'cursor': goes on behind the last row"}}},
 {"required":["kind","text"],"properties":{"kind":{"const":"text"},"text":{"type":"string"}}},)"
R"( {"required":["kind","fields","types","sections"],"properties":{"kind":{"const":"details"},"entity":{"type":"string"},
  "fields":{"type":"object","additionalProperties":{"type":["null","boolean","number","string"]}},
  "types":{"type":"object","additionalProperties":{"enum":["any","text","id","integer","real","boolean","time","duration","bytes"]}},
  "sections":{"type":"object","additionalProperties":{"type":"object","required":["columns","rows","truncated","cursor"]}}}},
 {"required":["kind","x","series"],"properties":{"kind":{"const":"chart"},"x":{"enum":["step","time"]},
  "series":{"type":"array","items":{"type":"object","required":["metric","points","truncated","of","sparkline"],"properties":{
   "metric":{"type":"string"},"scope":{"type":"string"},"task":{"type":"string"},"label":{"type":"string"},)"
R"(   "points":{"type":"array","items":{"type":"array","minItems":3,"maxItems":3,"description":"step, time (ms UTC), value",
     "items":{"anyOf":[{"type":"number"},{"enum":["NaN","Infinity","-Infinity"]}]}}},
   "truncated":{"type":"boolean"},"of":{"type":"integer","description":"how many points there are"},
   "sparkline":{"type":"string"}}}}}},
 {"required":["kind","name","url","content_type","keep"],"properties":{"kind":{"const":"file"},"name":{"type":"string"},
  "url":{"type":"string","description":"path and query on the same host, to GET"},"content_type":{"type":"string"},"keep":{"type":"boolean"},
  "size":{"type":"integer"}}},)"
R"( {"required":["kind","job","job_kind","state","done","total"],"properties":{"kind":{"const":"progress"},"job":{"type":"string"},
  "job_kind":{"type":"string"},"state":{"type":"string"},"done":{"type":"integer"},"total":{"type":"integer"}}},
 {"required":["kind","text","affected","details"],"properties":{"kind":{"const":"question"},"text":{"type":"string"},
  "affected":{"type":"integer"},"token":{"type":"string"},"details":{"type":"object"}}},)"
R"( {"required":["kind","media_type","specification","table"],"properties":{"kind":{"const":"figure"},"title":{"type":"string"},
  "media_type":{"enum":["application/vnd.vegalite.v5+json","application/vnd.vega.v5+json"]},
  "specification":{"type":["object","null"],"description":"with its data; null when it was left out to fit a budget"},
  "table":{"type":"object","required":["columns","rows","truncated","cursor"],"description":"the same as rows"}}}]})";
// clang-format on

}  // namespace podium::host::commands
