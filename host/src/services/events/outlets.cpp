#include "services/events/outlets.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "podium/http/json_depth.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::host {
namespace {

Error stopping() { return Error(ErrorCode::unavailable, "the host is stopping"); }

std::string dropped(EventOutlet::End why, Revision told) {
  std::string out;
  JsonWriter(out)
      .object()
      .key("revision")
      .value(told)
      .key("dropped")
      .value(why == EventOutlet::End::slow ? "slow" : "stopping")
      .end_object();
  return out;
}

void write_topic(JsonWriter& w, const char* verb, const TopicName& topic) {
  w.key(verb).value(topic.text);
  if (topic.subprojects) w.key("subprojects").value(true);
}

void write_error(JsonWriter& w, const Error& error) {
  w.key("error").object().key("code").value(name(error.code())).key("detail").value(error.what());
  if (!error.field().empty()) w.key("field").value(error.field());
  w.end_object();
}

}  // namespace

PollOutlet::~PollOutlet() {
  if (reply_) reply_.fail(stopping());
}

void PollOutlet::tell(Revision, std::string message) {
  Response response;
  response.body = std::move(message);
  response.headers.emplace_back("Cache-Control", "no-store");
  reply_(std::move(response));
}

void PollOutlet::end(End, Revision told) {
  tell(told, "{\"revision\":" + std::to_string(told) + ",\"events\":[]}");
}

bool ChannelOutlet::ready() {
  const auto open = channel();
  const auto idle = [&] { return open && open->queued() == 0; };
  if (idle()) return true;
  wanted_ = true;
  if (!idle()) return false;
  wanted_ = false;
  return true;
}

std::shared_ptr<Channel> ChannelOutlet::channel() const {
  const std::lock_guard lock(mutex_);
  return channel_;
}

void ChannelOutlet::opened(std::shared_ptr<Channel> channel) {
  {
    const std::lock_guard lock(mutex_);
    channel_ = std::move(channel);
  }
  drained();
}

void ChannelOutlet::drained() {
  if (wanted_.exchange(false)) hub_.drained(id);
}

void ChannelOutlet::closed() noexcept {
  gone_ = true;
  if (id != 0) hub_.close(id);
}

StreamOutlet::~StreamOutlet() {
  if (reply_) reply_.fail(stopping());
}

void StreamOutlet::accepted() {
  Response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.channel = shared_from_this();
  reply_(std::move(response));
}

void StreamOutlet::opened(std::shared_ptr<Channel> channel) {
  channel->send("retry: 1000\n\n");
  ChannelOutlet::opened(std::move(channel));
}

void StreamOutlet::tell(Revision revision, std::string message) {
  channel()->send("id: " + std::to_string(revision) + "\ndata: " + message + "\n\n");
}

void StreamOutlet::end(End why, Revision told) {
  if (reply_) return reply_.fail(stopping());
  const auto open = channel();
  if (!open) return;  // it ends as the server stops
  open->send("event: dropped\ndata: " + dropped(why, told) + "\n\n");
  open->close();
}

void SocketOutlet::say(std::string message) {
  if (const auto open = channel()) open->send(std::move(message));
}

void SocketOutlet::tell(Revision, std::string message) { say(std::move(message)); }

void SocketOutlet::end(End why, Revision told) {
  say(dropped(why, told));
  constexpr int going_away = 1001, try_again_later = 1013;
  if (const auto open = channel()) {
    if (why == End::slow)
      open->close(try_again_later, "too slow; resume from revision " + std::to_string(told));
    else
      open->close(going_away, "the host is stopping");
  }
}

void SocketOutlet::subscribed(const TopicName& topic, Revision revision) {
  std::string out;
  JsonWriter w(out);
  w.object();
  write_topic(w, "subscribed", topic);
  w.key("revision").value(revision).end_object();
  say(std::move(out));
}

void SocketOutlet::unsubscribed(const TopicName& topic) {
  std::string out;
  JsonWriter w(out);
  w.object();
  write_topic(w, "unsubscribed", topic);
  w.end_object();
  say(std::move(out));
}

void SocketOutlet::declined(const TopicName& topic, const Error& error) {
  std::string out;
  JsonWriter w(out);
  w.object();
  write_topic(w, "topic", topic);
  write_error(w, error);
  w.end_object();
  say(std::move(out));
}

void SocketOutlet::opened(std::shared_ptr<Channel> channel) {
  ChannelOutlet::opened(channel);  // the hub may answer before it has taken the last wish
  try {
    hub_.open(shared_from_this(), who_, {}, manner_);
    for (auto& wish : std::exchange(wishes_, {})) hub_.subscribe(id, std::move(wish));
  } catch (const Error&) {  // it stops
    channel->close(1001, "the host is stopping");
  }
}

void SocketOutlet::received(std::string_view text) {
  try {
    constexpr std::size_t deepest = 4;
    Json message = json_depth_ok(text, deepest) ? Json::parse(text, nullptr, false) : Json();
    if (!message.is_object())
      throw Error(ErrorCode::invalid,
                  "a message is a JSON object: {\"subscribe\":TOPIC} or {\"unsubscribe\":TOPIC}");
    Members members(message, {});
    const auto wanted = members.text("subscribe", 1024), left = members.text("unsubscribe", 1024);
    const bool subprojects = members.boolean("subprojects").value_or(false);
    const auto since = members.integer("since", 0, std::numeric_limits<std::int64_t>::max());
    members.finish();
    if (wanted.has_value() == left.has_value())
      throw Error(ErrorCode::invalid, "say either 'subscribe' or 'unsubscribe'");
    TopicName topic = TopicName::parse(wanted ? *wanted : *left, subprojects);
    if (left) return hub_.unsubscribe(id, std::move(topic));
    hub_.check(who_, topic);
    hub_.subscribe(id, {std::move(topic), since});
  } catch (const Error& error) {
    std::string out;
    JsonWriter w(out);
    w.object();
    write_error(w, error);
    w.end_object();
    say(std::move(out));
  }
}

}  // namespace podium::host
