#include "services/jobs/job_record.hpp"

#include <nlohmann/json.hpp>

#include "podium/http/json_writer.hpp"
#include "podium/json.hpp"

namespace podium::host {

std::string JobBody::json() const {
  std::string out;
  JsonWriter w(out);
  w.object().key("who").object().key("id").value(who.id);
  w.key("kind").value(static_cast<std::int64_t>(who.kind)).key("permissions").array();
  for (const auto& p : who.permissions) w.value(p);
  w.end_array();
  if (!who.attempt.empty()) w.key("attempt").value(who.attempt);
  w.end_object().key("arguments").raw(arguments).key("state").value(state);
  if (!result.empty()) w.key("result").raw(result);
  w.end_object();
  return out;
}

JobBody JobBody::parse(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    JobBody body;
    const Json& who = json.at("who");
    body.who.id = who.at("id").get<std::string>();
    body.who.kind = static_cast<PrincipalKind>(who.at("kind").get<int>());
    body.who.permissions = who.at("permissions").get<std::vector<std::string>>();
    body.who.attempt = who.value("attempt", std::string());
    body.arguments = json.at("arguments").dump();
    body.state = json.at("state").get<std::string>();
    if (json.contains("result")) body.result = json.at("result").dump();
    return body;
  } catch (const Json::exception& e) {
    throw Error(ErrorCode::corrupt, std::string("a job's body is damaged: ") + e.what());
  }
}

bool job_ended(std::string_view state) {
  return state == "done" || state == "failed" || state == "cancelled";
}

bool valid_json(std::string_view text) {
  bool deep = false;
  const Json parsed = Json::parse(
      text,
      [&](int depth, Json::parse_event_t, Json&) {
        deep |= depth > 64;
        return !deep;
      },
      false);
  return !deep && !parsed.is_discarded();
}

}  // namespace podium::host
