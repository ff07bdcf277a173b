// /api/v1/events
#include <algorithm>
#include <limits>

#include "podium/http/input.hpp"
#include "services/api/api.hpp"
#include "services/api/route_table.hpp"
#include "services/events/hub.hpp"
#include "services/events/outlets.hpp"

namespace podium::host {
namespace {

constexpr auto last_revision = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t longest_wait = 60, longest_pause = 60'000;

constexpr const char* message_schema =
    R"({"title":"EventMessage","type":"object","required":["revision","events"],"properties":{)"
    R"("revision":{"type":"integer","description":"all of the topics up to it has been told"},)"
    R"("events":{"type":"array","items":{"title":"Event","type":"object","required":["topic"],)"
    R"("properties":{"topic":{"type":"string"},"subprojects":{"type":"boolean"},)"
    R"("added":{"type":"array","items":{"type":"string"}},)"
    R"("changed":{"type":"array","items":{"type":"string"}},)"
    R"("removed":{"type":"array","items":{"type":"string"}},)"
    R"("series":{"type":"array","items":{"type":"object","required":["key"],"properties":{)"
    R"("key":{"type":"string"},"scope":{"type":"string"},"from_step":{"type":"integer",)"
    R"("description":"the first new one; when absent, all of the series is to be read"}}}},)"
    R"("resync":{"type":"string","description":"why to start again from a query"}}}}}})";

class EventRoutes final : public Routes {
 public:
  EventRoutes(const Core& core, EventHub& hub) : Routes("api.events"), core_(core), hub_(hub) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/events"}; }
  std::vector<Route> routes() override;

 private:
  void listen(std::unique_ptr<Request>, Reply) const;
  std::vector<EventHub::Wish> wishes_of(const Request&, std::optional<Revision> since) const;

  const Core& core_;
  EventHub& hub_;
};

std::vector<EventHub::Wish> EventRoutes::wishes_of(const Request& request,
                                                   std::optional<Revision> since) const {
  const std::string subprojects = Parameters(request).text("subprojects").value_or("false");
  if (subprojects != "true" && subprojects != "false")
    throw Error(ErrorCode::invalid, "'subprojects' must be true or false").in("subprojects");
  std::vector<EventHub::Wish> wishes;
  for (const auto& [name, value] : request.query()) {
    if (name != "topic") continue;
    const bool project = value.starts_with("project/");
    TopicName topic = TopicName::parse(value, project && subprojects == "true");
    hub_.check(request.who(), topic);
    if (std::none_of(wishes.begin(), wishes.end(),
                     [&](const EventHub::Wish& w) { return w.topic == topic; }))
      wishes.push_back({std::move(topic), since});
  }
  return wishes;
}

/// Runs on an io thread: what may block is the hub's to do.
void EventRoutes::listen(std::unique_ptr<Request> request, Reply reply) const {
  const Parameters p(*request);
  const bool stream = request->header("Accept").find("text/event-stream") != std::string_view::npos;
  auto since = p.integer("since", 0, last_revision);
  const std::chrono::seconds wait(p.integer("wait", 0, longest_wait).value_or(0));
  EventHub::Manner manner;
  manner.every = EventHub::milliseconds(p.integer("every", 0, longest_pause).value_or(0));
  if (const auto last = request->header("Last-Event-ID"); stream && !last.empty())
    since = input::integer_of(last, "Last-Event-ID", 0, last_revision);
  auto wishes = wishes_of(*request, since);

  if (asks_for_websocket(*request)) {
    core_.access.visible(request->who(), "tasks");
    Response response;
    response.status = 101;
    manner.greet = false;
    response.channel =
        std::make_shared<SocketOutlet>(hub_, request->who(), std::move(wishes), manner);
    return reply(std::move(response));
  }
  if (wishes.empty())
    throw Error(ErrorCode::invalid, "name what to listen to with 'topic'").in("topic");
  const Principal who = request->who();
  if (stream && request->method() == "GET") {
    hub_.open(std::make_shared<StreamOutlet>(hub_, std::move(reply)), who, std::move(wishes),
              manner);
    return;
  }
  manner = {};
  manner.once = true;
  manner.greet = !since;
  manner.wait = wait;
  hub_.open(std::make_shared<PollOutlet>(std::move(request), std::move(reply)), who,
            std::move(wishes), manner);
}

std::vector<Route> EventRoutes::routes() {
  Route events;
  events.method = "GET";
  events.path = "/api/v1/events";
  events.permission = "task.read";
  events.body = BodyKind::none;
  events.summary =
      "What changes: as one answer (a long poll), as text/event-stream, or as a WebSocket";
  events.handler = InlineHandler([this](std::unique_ptr<Request> request, Reply reply) {
    listen(std::move(request), std::move(reply));
  });
  events.parameters = {
      {"topic",
       "tasks, project/ID/tasks, task/ID, task/ID/metrics or collection/NAME; may be given "
       "several times",
       R"({"type":"array","items":{"type":"string"},"maxItems":64})"},
      choice_parameter("subprojects", "with the tasks of subprojects; false when absent",
                       {"true", "false"}),
      integer_parameter("since", "what came after this revision; when absent, what comes from now",
                        0, last_revision),
      integer_parameter("wait",
                        "seconds that a long poll waits for something to tell; 0 when absent", 0,
                        longest_wait),
      integer_parameter("every", "milliseconds between two messages at least; 0 when absent", 0,
                        longest_pause),
      {"Last-Event-ID", "since, as an event stream resumes",
       R"({"type":"string","pattern":"^[0-9]{1,18}$"})", false, Parameter::In::header}};
  events.answer_schema = message_schema;
  events.answer_types = {"application/json", "text/event-stream"};
  events.websocket = true;
  std::vector<Route> table;
  table.push_back(std::move(events));
  return table;
}

}  // namespace

std::unique_ptr<Routes> make_event_routes(const Core& core, ApiServices services) {
  return std::make_unique<EventRoutes>(core, services.events);
}

}  // namespace podium::host
