#include "notify.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "podium/http/client.hpp"
#include "podium/service/tasks.hpp"

namespace acme {
namespace {

struct Told {
  std::string id, name, state;
};

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

podium::ActionOutcome failed(const std::string& id, podium::ErrorCode code, std::string message) {
  podium::ActionOutcome outcome;
  outcome.id = id;
  outcome.error = code;
  outcome.message = std::move(message);
  return outcome;
}

}  // namespace

podium::Collection messages_collection() {
  podium::Collection messages;
  messages.name = "acme.notify/messages";
  messages.sequence = true;
  messages.fields = {{"task", podium::Type::text}, {"name", podium::Type::text},
                     {"room", podium::Type::text}, {"who", podium::Type::text},
                     {"at", podium::Type::time},   {"text", podium::Type::text}};
  messages.keys = {{"at", {"at"}, false}};
  messages.readers = "all";
  return messages;
}

NotifyAction::NotifyAction(podium::PluginContext& context)
    : Action("acme.notify"), context_(context) {}

// The form comes from the settings: the rooms that there are.
podium::ActionSpec NotifyAction::spec() const {
  podium::Json rooms = podium::Json::array();
  for (const auto& [room, url] : context_.config().at("rooms").items()) rooms.push_back(room);
  const podium::Json form = {
      {"type", "object"},
      {"required", {"room"}},
      {"additionalProperties", false},
      {"properties",
       {{"room", {{"title", "Room"}, {"enum", rooms}, {"description", "who is told"}}},
        {"text", {{"title", "Message"}, {"type", "string"}, {"default", "have a look"}}},
        {"urgent", {{"title", "Urgent"}, {"type", "boolean"}, {"default", false}}}}}};
  podium::ActionSpec spec;
  spec.label = "Notify";
  spec.tooltip = "Tells a chat room of these tasks";
  spec.icon = "bell";
  spec.group = "share";
  spec.when = "state in ('completed', 'failed', 'aborted')";
  spec.why_not = "Only what has ended is worth telling";
  spec.confirm = "Tell the room of {count} tasks?";
  spec.parameters = form.dump();
  spec.block = 100;  // one message to the room for so many tasks
  spec.time_limit = std::chrono::seconds(10);
  return spec;
}

// Called with up to `block` tasks, on a thread of the runs' own, so it may wait for the room. After
// a restart the block that was cut short comes again with the same key: the room is told by it that
// this is the same message.
podium::ActionResult NotifyAction::invoke(std::span<const podium::ActionTarget> targets,
                                          const podium::ActionCall& call) {
  std::vector<podium::Ordinal> ordinals;
  for (const auto& target : targets) ordinals.push_back(target.ordinal);
  const std::vector<podium::Column> columns{value_of(podium::field("name")),
                                            value_of(podium::field("state"))};
  std::vector<Told> tasks;
  context_.tasks().get(context_.store(), call.who, ordinals, columns, [&](const podium::Row& row) {
    tasks.push_back(
        {std::string(row.id()), podium::cell::text(row.cell(0)), podium::cell::text(row.cell(1))});
    return true;
  });

  const auto room = call.parameters.at("room").get<std::string>();
  const auto text = call.parameters.at("text").get<std::string>();
  podium::Json message = {{"text", text}, {"urgent", call.parameters.at("urgent")}};
  for (const auto& task : tasks)
    message["tasks"].push_back({{"id", task.id}, {"name", task.name}, {"state", task.state}});

  podium::OutgoingRequest request;
  request.url = context_.config().at("rooms").at(room).get<std::string>();
  request.headers = {{"Content-Type", "application/json"},
                     {"Idempotency-Key", std::string(call.idempotency_key)}};
  request.body = message.dump();
  podium::ActionResult result;
  const auto answer = context_.http().send(request, call.cancel);
  if (answer.status < 200 || answer.status > 299) {
    for (const auto& target : targets)
      result.items.push_back(failed(std::string(target.id), podium::ErrorCode::unavailable,
                                    "the room answered " + std::to_string(answer.status)));
    return result;
  }

  auto& store = context_.store();
  const auto messages = store.collection("acme.notify/messages");
  const auto at = now();
  store.transact([&](podium::Transaction& transaction) {
    for (const auto& task : tasks) {
      podium::NewRecord record;
      record.content.set("task", task.id)
          .set("name", task.name)
          .set("room", room)
          .set("who", call.who.id)
          .set("at", at)
          .set("text", text);
      transaction.insert(messages, record);
    }
  });
  for (const auto& target : targets) {
    podium::ActionOutcome outcome;
    outcome.id = target.id;
    result.items.push_back(std::move(outcome));
  }
  result.message = "The room '" + room + "' knows.";
  return result;
}

}  // namespace acme
