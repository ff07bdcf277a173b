#pragma once
// What changed, as GET /api/v1/events tells it: which topics to listen to, and reading the stream.
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "podium/front_kit/json.hpp"

namespace podium::front {

/// As an address has them: "topic=...&topic=..."; "" when there are none or more than one
/// connection listens to.
std::string topics_of(const std::vector<std::string>& topics);
/// Of an answer: what tells when it is no longer what it was.
std::string topics_of_answer(const Json& answer);
/// How often news of an answer are worth hearing: what is dear to ask for again is asked seldom.
std::chrono::milliseconds pace_of_answer(const Json& answer);

/// The text of one stream after the other: a connection that was cut is gone on with.
class EventReader {
 public:
  /// Where to GET the stream, from behind what was read; a cut piece before it is forgotten.
  std::string begin(const std::string& topics, std::chrono::milliseconds pace);
  /// `event` gets each message that has something to tell, and the very first one: what changed
  /// before it was heard by nobody.
  void take(std::string_view piece, const std::function<void(Json message)>& event);

 private:
  std::string buffer_, since_;
};

}  // namespace podium::front
