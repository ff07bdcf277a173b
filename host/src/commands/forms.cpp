#include "commands/forms.hpp"

#include <nlohmann/json.hpp>

namespace podium::host::commands {

std::string with_forms(std::string answer, const front::FormsOptions& options) {
  const auto json = front::Json::parse(answer);
  const auto forms =
      json.at("kind") == "file" ? front::Json::object() : front::forms_of(json, options);
  answer.pop_back();  // the brace that closes the object
  answer += ",\"forms\":";
  answer += forms.dump(-1, ' ', false, front::Json::error_handler_t::replace);
  answer += '}';
  return answer;
}

}  // namespace podium::host::commands
