#pragma once
// One command from what was typed to its answer: waiting, questions and long work in between.
#include <nlohmann/json.hpp>
#include <string>

#include "podium/front_kit/http_client.hpp"
#include "podium/front_kit/json.hpp"

namespace podium::front {

/// Thrown: what the host refused, as it told it (`code`, `detail`, `position`, `facts`).
struct Refused {
  Json problem;
  std::string body;  ///< the same, as it came
};

/// The JSON of an answer of the host. Throws Refused, and Error `unavailable` for what is none of
/// podium's.
Json told(const HttpAnswer&);

/// What a front end does while a command is carried out. What it throws ends the command.
class Attendant {
 public:
  virtual ~Attendant() = default;
  virtual HttpAnswer post(const std::string& path, const std::string& body) = 0;
  /// Asks whether that is to be done. False: the question is the answer.
  virtual bool confirm(const Json& question) = 0;
  /// Watches a job until it has ended. False: it is not watched, the progress is the answer.
  virtual bool watch(const Json& progress) = 0;
};

struct CarriedOut {
  Json answer;
  std::string body;     ///< the answer as it came
  std::string request;  ///< the body that was answered: sent again, it is asked again
};

/// `request` has the members of POST /api/v1/commands, with `line` or `argv`. A job's answer is
/// what became of it. Throws Refused, Error, and what the attendant throws.
CarriedOut carry_out(Attendant&, Json request);

}  // namespace podium::front
