#include "services/events/delta.hpp"

#include "podium/http/json_writer.hpp"

namespace podium::host {

void Delta::note(std::string id, Kind kind) {
  const auto [at, fresh] = ids.try_emplace(std::move(id), kind);
  if (fresh) return;
  Kind& known = at->second;
  if (kind == Kind::removed) {
    known = kind;
  } else if (known == Kind::removed) {
    known = Kind::changed;  // it left and came back
  } else if (kind == Kind::added) {
    known = kind;
  }
}

void Delta::note(std::pair<std::string, std::string> name, std::optional<std::int64_t> from_step) {
  const auto [at, fresh] = series.try_emplace(std::move(name), from_step);
  if (fresh) return;
  auto& known = at->second;
  if (known && (!from_step || *from_step < *known)) known = from_step;
}

void Delta::start_over(std::string why) {
  ids.clear();
  series.clear();
  resync = std::move(why);
}

void Delta::merge(const Delta& later) {
  if (!later.resync.empty()) return start_over(later.resync);
  if (!resync.empty()) return;  // the query will show the rest
  for (const auto& [id, kind] : later.ids) note(id, kind);
  for (const auto& [name, from_step] : later.series) note(name, from_step);
}

std::string Delta::json(const TopicName& topic) const {
  std::string out;
  JsonWriter w(out);
  w.object().key("topic").value(topic.text);
  if (topic.subprojects) w.key("subprojects").value(true);
  if (!resync.empty()) w.key("resync").value(resync);
  constexpr std::pair<const char*, Kind> kinds[] = {
      {"added", Kind::added}, {"changed", Kind::changed}, {"removed", Kind::removed}};
  for (const auto& [name, kind] : kinds) {
    bool any = false;
    for (const auto& [id, of] : ids) {
      if (of != kind) continue;
      if (!std::exchange(any, true)) w.key(name).array();
      w.value(id);
    }
    if (any) w.end_array();
  }
  if (!series.empty()) {
    w.key("series").array();
    for (const auto& [name, from_step] : series) {
      w.object().key("key").value(name.first);
      if (!name.second.empty()) w.key("scope").value(name.second);
      if (from_step) w.key("from_step").value(*from_step);
      w.end_object();
    }
    w.end_array();
  }
  w.end_object();
  return out;
}

}  // namespace podium::host
