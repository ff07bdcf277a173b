#include "delivery.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "messages.hpp"
#include "podium/http/client.hpp"

namespace acme {
namespace {

constexpr std::int64_t longest_pause = 3'600'000;

/// Posts the message; returns why it did not arrive, or "". Nothing when it was told to stop.
std::optional<std::string> post(podium::HttpClient& http, const Message& message,
                                const podium::Cancel& cancel) {
  podium::OutgoingRequest request;
  request.url = message.room;
  request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", message.id}};
  request.body = podium::Json{{"text", message.text}}.dump();
  try {
    const auto answer = http.send(request, cancel);
    if (answer.status >= 200 && answer.status < 300) return "";
    return "the room answered " + std::to_string(answer.status);
  } catch (const podium::Error& e) {
    if (e.code() == podium::ErrorCode::cancelled) return std::nullopt;
    return e.what();
  }
}

std::int64_t pause_after(const Settings& settings, std::int64_t attempts) {
  std::int64_t pause = settings.retry_ms;
  for (std::int64_t i = 1; i < attempts && pause < longest_pause; ++i) pause *= 2;
  return std::min(pause, longest_pause);
}

void start(podium::Transaction& transaction, podium::Jobs& jobs, std::string_view message,
           std::int64_t tries, std::int64_t not_before) {
  podium::Principal who;
  who.id = "acme.chat";
  who.kind = podium::PrincipalKind::program;
  podium::Jobs::Options options;
  options.not_before = not_before;
  jobs.start(transaction, who, Delivery::kind,
             podium::Json{{"message", message}, {"tries", tries}}.dump(), options);
}

}  // namespace

void start_delivery(podium::Transaction& transaction, podium::Jobs& jobs,
                    std::string_view message) {
  start(transaction, jobs, message, 0, 0);
}

std::string Delivery::run(podium::JobRun& run) {
  const auto arguments = podium::Json::parse(run.arguments());
  const std::int64_t tries = arguments.at("tries").get<std::int64_t>() + 1;
  const auto id = arguments.at("message").get<std::string>();
  auto& store = context_.store();
  const auto messages = store.collection(messages_name);
  std::optional<Message> message;
  store.get(messages, store.find(messages, id), message_columns(),
            [&](const podium::Row& row) { message = message_of(row); });
  if (!message || message->sent) return R"({"sent":false})";

  const auto outcome = post(context_.http(), *message, run.cancel());
  if (!outcome) return R"({"sent":false})";  // the host stops: the job runs again when it is back
  const std::string& error = *outcome;
  const bool last = tries >= settings_.attempts;
  // What became of it, and the next try, in one transaction.
  run.advance(
      [&](podium::Transaction& transaction) {
        transaction.update(messages, std::span<const podium::Ordinal>(&message->ordinal, 1), {},
                           attempt(*message, now_ms(), error, last));
        if (!error.empty() && !last)
          start(transaction, context_.jobs(), id, tries, now_ms() + pause_after(settings_, tries));
      },
      "done", 1, 1);
  if (!error.empty()) context_.log(podium::LogLevel::warning, id + " was not delivered: " + error);
  return podium::Json{{"sent", error.empty()}}.dump();
}

}  // namespace acme
