#include "services/history/history.hpp"

namespace podium::host {
namespace {

void append_member(std::string& out, std::string_view name, const Cell& cell) {
  if (!out.empty()) out += ',';
  append_json_string(out, name);
  out += ':';
  JsonWriter writer(out);
  write_cell(writer, cell);
}

}  // namespace

std::string_view name(PrincipalKind kind) noexcept {
  switch (kind) {
    case PrincipalKind::person:
      return "person";
    case PrincipalKind::program:
      return "program";
    case PrincipalKind::worker:
      return "worker";
    case PrincipalKind::host:
      return "host";
  }
  return "";
}

void write_cell(JsonWriter& w, const Cell& cell) {
  switch (cell.index()) {
    case 0:
      w.null();
      break;
    case 1:
      w.value(std::get<bool>(cell));
      break;
    case 2:
      w.value(std::get<std::int64_t>(cell));
      break;
    case 3:
      w.value(std::get<double>(cell));
      break;
    case 4:
      w.value(std::get<std::string_view>(cell));
      break;
  }
}

void ChangeSet::add(std::string_view name, const Cell& before, const Cell& after) {
  add_named(std::string(name), before, after);
}

void ChangeSet::add_entry(std::string_view map, std::string_view key, const Cell& before,
                          const Cell& after) {
  add_named(std::string(map) + "." + std::string(key), before, after);
}

void ChangeSet::add_named(const std::string& name, const Cell& before, const Cell& after) {
  if (before == after) return;
  append_member(old_, name, before);
  append_member(new_, name, after);
}

void ChangeSet::add_json(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return;
  for (const auto& [text, json] : {std::pair(&old_, before), std::pair(&new_, after)}) {
    if (!text->empty()) *text += ',';
    append_json_string(*text, name);
    *text += ':';
    *text += json;
  }
}

std::string ChangeSet::json() const { return "{\"old\":{" + old_ + "},\"new\":{" + new_ + "}}"; }

void write_history(Transaction& t, const Core& core, const Principal& who, Subject subject,
                   std::string_view change, std::string_view why, std::string_view body) {
  NewRecord record;
  record.content.fields.reserve(8);
  const bool task = subject.kind == Subject::Kind::task;
  record.content
      .set("entity", subject.part.empty() ? std::string(task ? "task" : "project")
                                          : std::string(subject.part))
      .set(task ? "task" : "project", subject.ordinal)
      .set("at", core.now())
      .set("who", who.id)
      .set("who_kind", std::string(name(who.kind)))
      .set("change", std::string(change));
  if (!subject.part_id.empty()) record.content.set("subject", std::string(subject.part_id));
  if (!why.empty()) record.content.set("why", std::string(why));
  record.content.body = body;
  t.insert(core.in.history, record);
}

}  // namespace podium::host
