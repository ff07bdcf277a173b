#include "template.hpp"

#include <optional>

#include "members.hpp"

namespace podium::custom {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<Statistic> statistic_of(std::string_view word) {
  constexpr std::pair<std::string_view, Statistic> words[] = {
      {"last", Statistic::last}, {"first", Statistic::first}, {"min", Statistic::min},
      {"max", Statistic::max},   {"count", Statistic::count}, {"sum", Statistic::sum}};
  for (const auto& [name, statistic] : words)
    if (name == word) return statistic;
  return std::nullopt;
}

constexpr std::string_view task_fields[] = {
    "id",           "name",        "type",     "state",   "archived",    "user",
    "project",      "description", "created",  "started", "completed",   "updated",
    "progress",     "iteration",   "run_time", "attempt", "worker",      "reason",
    "artifact_uri", "repository",  "branch",   "commit",  "source_name", "entry_point"};

Name name_of(std::string_view text, const std::string& path) {
  Name name;
  name.source = std::string(text);
  const auto begins = [&](std::string_view prefix, Name::Kind kind) {
    if (!text.starts_with(prefix)) return false;
    name.kind = kind;
    name.key = std::string(text.substr(prefix.size()));
    if (name.key.empty()) refuse(path, "names nothing in '{{" + name.source + "}}'");
    return true;
  };
  if (begins("secret:", Name::Kind::secret) || begins("params.", Name::Kind::parameter) ||
      begins("task.params.", Name::Kind::param) || begins("task.tags.", Name::Kind::tag) ||
      begins("task.properties.", Name::Kind::property))
    return name;
  if (begins("task.metrics.", Name::Kind::metric)) {
    const auto dot = name.key.rfind('.');
    const auto statistic = dot == std::string::npos || dot == 0
                               ? std::nullopt
                               : statistic_of(name.key.substr(dot + 1));
    if (!statistic)
      refuse(path, "has '{{" + name.source +
                       "}}', which must end in .last, .first, .min, .max, .count or .sum");
    name.statistic = *statistic;
    name.key.resize(dot);
    return name;
  }
  for (const auto& [word, kind] :
       {std::pair<std::string_view, Name::Kind>{"count", Name::Kind::count},
        {"ids", Name::Kind::ids},
        {"who", Name::Kind::who},
        {"why", Name::Kind::why}})
    if (text == word) {
      name.kind = kind;
      return name;
    }
  if (begins("task.", Name::Kind::task))
    for (const auto field : task_fields)
      if (name.key == field) return name;
  refuse(path, "has '{{" + name.source +
                   "}}', which names nothing; there are task.FIELD, task.params.K, task.tags.K, "
                   "task.properties.K, task.metrics.K.last, params.X, count, ids, who, why and, in "
                   "headers, secret:NAME");
}

}  // namespace

Template::Template(std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto open = text.find("{{");
    if (open != 0) pieces_.push_back({std::string(text.substr(0, open))});
    if (open == text.npos) return;
    const auto close = text.find("}}", open);
    if (close == text.npos) refuse(path, "has a '{{' without its '}}'");
    Piece piece;
    piece.substitution = true;
    std::string_view inside = text.substr(open + 2, close - open - 2);
    if (const auto bar = inside.rfind('|'); bar != inside.npos) {
      if (trimmed(inside.substr(bar + 1)) != "url")
        refuse(path, "has a filter that is none: after '|' comes url");
      piece.url = true;
      inside = inside.substr(0, bar);
    }
    piece.name = name_of(trimmed(inside), path);
    pieces_.push_back(std::move(piece));
    text.remove_prefix(close + 2);
  }
}

std::string_view Template::head() const {
  if (pieces_.empty() || pieces_[0].substitution) return {};
  return pieces_[0].text;
}

}  // namespace podium::custom
