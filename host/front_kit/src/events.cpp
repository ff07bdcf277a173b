#include "podium/front_kit/events.hpp"

#include <algorithm>
#include <set>

namespace podium::front {
namespace {

constexpr std::size_t most_topics = 64;  // that one connection listens to

std::string encoded(const std::string& text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' ||
        c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

/// A task tells of its points too.
std::string of_each(const std::set<std::string>& tasks) {
  std::vector<std::string> topics;
  for (const std::string& task : tasks) topics.push_back("task/" + task);
  const std::string found = topics_of(topics);
  return found.empty() ? topics_of({"tasks"}) : found;
}

}  // namespace

std::string topics_of(const std::vector<std::string>& topics) {
  if (topics.empty() || topics.size() > most_topics) return {};
  std::string out;
  for (const std::string& topic : topics) {
    if (!out.empty()) out += '&';
    out += "topic=" + encoded(topic);
  }
  return out;
}

std::string topics_of_answer(const Json& answer) {
  const std::string kind = answer.at("kind"), verb = answer.value("verb", "");
  // A ranking is exact when it is read: its tasks tell of it, also of one that is not kept, and the
  // board of itself when it is edited.
  if (verb == "board") return topics_of({"collection/leaderboard/boards", "tasks"});
  std::set<std::string> tasks;
  if (kind == "chart") {
    for (const Json& series : answer.at("series"))
      if (series.contains("task")) tasks.insert(series.at("task").get<std::string>());
    return of_each(tasks);
  }
  if (verb == "projects") return topics_of({"tasks", "collection/projects"});
  const Json question = answer.value("question", Json::object());
  if (question.contains("project") && question.value("scope", "") == "project")
    return topics_of({"project/" + question.at("project").get<std::string>() + "/tasks"});
  if (kind == "details" && answer.value("entity", "") == "task" &&
      answer.at("fields").contains("id"))
    return topics_of({"task/" + answer.at("fields").at("id").get<std::string>()});
  return topics_of({"tasks"});
}

std::chrono::milliseconds pace_of_answer(const Json& answer) {
  using std::chrono::milliseconds;
  const std::string kind = answer.at("kind");
  return kind == "table" || kind == "chart" ? milliseconds(250) : milliseconds(1000);
}

std::string EventReader::begin(const std::string& topics, std::chrono::milliseconds pace) {
  buffer_.clear();
  return "/api/v1/events?" + topics + (since_.empty() ? "" : "&since=" + since_) +
         "&every=" + std::to_string(pace.count());
}

void EventReader::take(std::string_view piece, const std::function<void(Json)>& event) {
  buffer_ += piece;
  for (std::size_t end; (end = buffer_.find("\n\n")) != std::string::npos;) {
    std::string data;
    for (std::size_t begin = 0; begin < end;) {
      const std::size_t line_end = std::min(buffer_.find('\n', begin), end);
      const std::string_view line(buffer_.data() + begin, line_end - begin);
      if (line.starts_with("data:")) data += line.substr(5);
      begin = line_end + 1;
    }
    buffer_.erase(0, end + 2);
    Json message = Json::parse(data, nullptr, false);
    if (!message.is_object()) continue;
    const bool first = since_.empty();
    if (message.contains("revision")) since_ = message.at("revision").dump();
    if (first || !message.value("events", Json::array()).empty()) event(std::move(message));
  }
}

}  // namespace podium::front
