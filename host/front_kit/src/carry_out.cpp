#include "podium/front_kit/carry_out.hpp"

#include <fmt/format.h>

#include <chrono>

#include "podium/error.hpp"
#include "podium/front_kit/cell.hpp"

namespace podium::front {
namespace {

std::string verb_of(const Json& request) {
  if (request.contains("argv"))
    return request.at("argv").empty() ? std::string() : request.at("argv").at(0).get<std::string>();
  const auto words = words_of(request.value("line", ""));
  return words.empty() ? std::string() : words.front().text;
}

/// The same command, which says `yes` to a question. With the token it does exactly what was shown.
void say_yes(Json& request, const std::string& token) {
  if (!request.contains("argv")) {
    request["line"] =
        request.at("line").get<std::string>() + " yes" + (token.empty() ? "" : " " + token);
    return;
  }
  // Behind the verb, where no `--` has ended the options.
  Json argv = Json::array();
  for (const Json& word : request.at("argv")) {
    argv.push_back(word);
    if (argv.size() == 1) argv.push_back(token.empty() ? "--yes" : "--yes=" + token);
  }
  request["argv"] = std::move(argv);
}

}  // namespace

Json told(const HttpAnswer& answer) {
  Json body = Json::parse(answer.body, nullptr, false);
  if (answer.status == 200 && body.is_object()) return body;
  if (body.is_object() && body.contains("code")) throw Refused{std::move(body), answer.body};
  throw Error(ErrorCode::unavailable,
              fmt::format("what answers there is no podium, or one without this command (HTTP {})",
                          answer.status));
}

CarriedOut carry_out(Attendant& attendant, Json request) {
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  const char* path = verb_of(request) == "wait" ? "/api/v1/commands/wait" : "/api/v1/commands";
  while (true) {
    CarriedOut done;
    done.request = request.dump(-1, ' ', false, Json::error_handler_t::replace);
    const HttpAnswer answer = attendant.post(path, done.request);
    done.answer = told(answer);
    done.body = answer.body;
    if (!done.answer.contains("kind"))
      throw Error(ErrorCode::unavailable, "what answers there is no podium");
    if (done.answer.value("outcome", "done") == "pending") {
      request["waited"] =
          std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
      continue;
    }
    const std::string kind = done.answer.at("kind");
    if (kind == "question" && !request.value("dry_run", false) && attendant.confirm(done.answer)) {
      say_yes(request, done.answer.value("token", ""));
    } else if (kind == "progress" && attendant.watch(done.answer)) {
      path = "/api/v1/commands";
      Json next = {{"line", "job " + done.answer.at("job").get<std::string>()}};
      if (request.contains("budget")) next["budget"] = request.at("budget");
      request = std::move(next);
    } else {
      return done;
    }
  }
}

}  // namespace podium::front
