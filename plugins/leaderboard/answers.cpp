#include "answers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "definition_json.hpp"
#include "key.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::leaderboard {

void write(JsonWriter& w, const Number& n) {
  if (n.there)
    w.value(n.value);
  else
    w.null();
}

void write_label(JsonWriter& w, const Engine& engine, const Candidate& c) {
  w.object();
  if (engine.definition().kind == Kind::tasks) {
    w.key("task").value(c.tasks.front().id).key("name").value(c.tasks.front().name).end_object();
    return;
  }
  const auto parts = parts_of(c.key);
  if (engine.definition().kind == Kind::teams) {
    w.key("team").value(parts.empty() ? std::string() : parts.front().text.value_or(""));
    w.end_object();
    return;
  }
  for (const auto& [kind, member] :
       {std::pair(KeyPart::Kind::tag, "tags"), std::pair(KeyPart::Kind::param, "params")}) {
    if (std::none_of(parts.begin(), parts.end(), [&](const KeyPart& p) { return p.kind == kind; }))
      continue;
    w.key(member).object();
    for (const KeyPart& p : parts) {
      if (p.kind != kind) continue;
      w.key(p.name);
      if (p.text)
        w.value(*p.text);
      else
        w.null();
    }
    w.end_object();
  }
  w.end_object();
}

void write_row(JsonWriter& w, const Engine& engine, std::size_t position) {
  const Definition& d = engine.definition();
  const Candidate& c = *engine.candidates()[position];
  const Folded& f = c.folded;
  w.object();
  if (f.qualified) w.key("rank").value(static_cast<std::int64_t>(engine.rank(position)));
  w.key("candidate").value(c.id).key("label");
  write_label(w, engine, c);
  w.key("tasks").value(static_cast<std::int64_t>(f.counted.size()));
  w.key("values").object();
  for (std::size_t m = 0; m < d.metrics.size(); ++m) {
    w.key(d.metrics[m].name);
    write(w, f.values[m]);
  }
  w.end_object();
  if (d.kind != Kind::tasks) {
    w.key("spread").object();
    for (std::size_t m = 0; m < d.metrics.size(); ++m) {
      w.key(d.metrics[m].name);
      write(w, f.spread[m]);
    }
    w.end_object();
  }
  w.key("columns").object();
  for (std::size_t i = 0; i < d.columns.size(); ++i) {
    w.key(d.columns[i].name);
    write(w, f.columns[i]);
  }
  w.end_object();
  if (std::any_of(d.columns.begin(), d.columns.end(), [](const BoardColumn& column) {
        return column.relative != BoardColumn::Relative::none;
      })) {
    w.key("relative").object();
    for (std::size_t i = 0; i < d.columns.size(); ++i)
      if (d.columns[i].relative != BoardColumn::Relative::none) {
        w.key(d.columns[i].name);
        write(w, engine.relative(c, i));
      }
    w.end_object();
  }
  if (f.best != Folded::npos) w.key("best_task").value(c.tasks[f.best].id);
  w.key("first").value(f.first).key("qualified").value(f.qualified);
  if (!f.qualified) {
    w.key("reasons").array();
    for (const std::string& reason : f.reasons) w.value(reason);
    w.end_array();
  }
  w.end_object();
}

void write_board(JsonWriter& w, const Desk& desk, const Board& b) {
  const auto [project, name] = desk.project_names(b);
  w.object().key("id").value(b.id).key("name").value(b.name);
  w.key("description").value(b.description).key("project").value(project);
  w.key("project_name").value(name).key("definition").raw(json_of(*b.definition).dump());
  w.key("revision").value(b.revision);
  if (b.template_revision) w.key("template_revision").value(*b.template_revision);
  w.key("link").value(b.link).key("user").value(b.user);
  w.key("created").value(b.created).key("updated").value(b.updated);
  w.key("events").value(b.events);
  if (b.changed) w.key("changed").value(*b.changed);
  w.key("version").value(b.version).end_object();
}

std::string ranking_json(const Board& board, const Ranking& r, std::uint64_t limit,
                         std::uint64_t offset) {
  std::string body;
  JsonWriter w(body);
  const auto all = r.engine.candidates();
  w.object();
  if (!board.id.empty()) w.key("board").value(board.id).key("revision").value(r.revision);
  w.key("total").value(static_cast<std::int64_t>(all.size()));
  w.key("ranked").value(static_cast<std::int64_t>(r.engine.ranked()));
  w.key("tasks").value(static_cast<std::int64_t>(r.engine.tasks()));
  w.key("stale").value(r.stale);
  if (r.at) w.key("at").value(*r.at).key("rebuilt").value(r.rebuilt);
  if (const Definition& d = r.engine.definition(); d.mode == Mode::compatible) {
    w.key("best");
    write(w, compatible::best(d, r.engine.wanted(), all));
  }
  w.key("rows").array();
  const std::size_t end = static_cast<std::size_t>(
      std::min<std::uint64_t>(all.size(), offset + std::min<std::uint64_t>(limit, all.size())));
  for (std::size_t i = static_cast<std::size_t>(offset); i < end; ++i) write_row(w, r.engine, i);
  w.end_array().end_object();
  return body;
}

}  // namespace podium::leaderboard
