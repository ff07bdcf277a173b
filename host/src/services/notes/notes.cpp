#include "services/notes/notes.hpp"

#include <algorithm>
#include <array>

#include "podium/storage_kit/text.hpp"
#include "services/history/history.hpp"

namespace podium::host {
namespace {

constexpr std::size_t longest_text = 65'536, longest_kind = 64;

void check_text(std::string_view text) {
  const std::size_t length = kit::count_code_points(text);
  if (length == 0) throw Error(ErrorCode::invalid, "a note needs a text").in("text");
  if (length > longest_text)
    throw Error(ErrorCode::invalid,
                "a note has at most 65536 characters, this one has " + std::to_string(length))
        .in("text");
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

void check_kind(std::string_view kind) {
  if (std::find(std::begin(note_kinds), std::end(note_kinds), kind) != std::end(note_kinds)) return;
  const auto slash = kind.find('/');
  if (slash != std::string_view::npos && kind.size() <= longest_kind &&
      is_word(kind.substr(0, slash)) && is_word(kind.substr(slash + 1)))
    return;
  std::string known;
  for (const auto k : note_kinds) known += (known.empty() ? "" : ", ") + std::string(k);
  throw Error(ErrorCode::invalid, "a note's kind is one of " + known +
                                      ", or one of your own as OWNER/WORD in lower case")
      .in("kind");
}

/// The note as it is, for the history.
struct Kept {
  std::string id, kind, text;
};

Kept read(Transaction& t, CollectionId notes, Ordinal note) {
  static const std::array columns = {value_of(field("kind")), value_of(field("text"))};
  Kept kept;
  t.get(notes, note, columns, [&](const Row& row) {
    kept = {std::string(row.id()), std::string(std::get<std::string_view>(row.cell(0))),
            std::string(std::get<std::string_view>(row.cell(1)))};
  });
  return kept;
}

Subject subject(Ordinal task, std::string_view note) {
  return {Subject::Kind::task, task, "note", note};
}

}  // namespace

Ordinal NoteService::add(Transaction& t, const Principal& who, const Tasks::Head& task,
                         const NewNote& note) {
  core_.access.require(who, "task.write");
  check_text(note.text);
  check_kind(note.kind);
  const std::int64_t now = core_.now();
  const std::string id = core_.ids.id();
  NewRecord record{id, {}};
  record.content.set("task", task.ordinal)
      .set("kind", std::string(note.kind))
      .set("text", std::string(note.text))
      .set("who", who.id)
      .set("who_kind", std::string(name(who.kind)))
      .set("created", now)
      .set("updated", now);
  const Ordinal ordinal = t.insert(core_.in.notes, record);
  ChangeSet changes;
  changes.add("kind", Cell{}, note.kind);
  changes.add("text", Cell{}, note.text);
  write_history(t, core_, who, subject(task.ordinal, id), "add", {}, changes.json());
  return ordinal;
}

Notes::Head NoteService::require(Transaction& t, const Principal& who, std::string_view id) {
  static const std::array columns = {value_of(field("task"))};
  Head head;
  head.ordinal = t.find(core_.in.notes, id);
  core_.check_visible(t, who, "notes", core_.in.notes, head.ordinal, "note", id);
  const bool there = t.get(core_.in.notes, head.ordinal, columns, [&](const Row& row) {
    head.task = std::get<std::int64_t>(row.cell(0));
    head.version = row.version();
  });
  if (!there) throw no_such("note", id);
  core_.check_visible(t, who, "tasks", core_.in.tasks, head.task, "task of the note", id);
  core_.access.require(who, "task.write");
  return head;
}

void NoteService::edit(Transaction& t, const Principal& who, const Head& head,
                       const NoteEdit& edit) {
  core_.access.require(who, "task.write");
  if (edit.text) check_text(*edit.text);
  if (edit.kind) check_kind(*edit.kind);
  const Kept before = read(t, core_.in.notes, head.ordinal);
  ChangeSet changes;
  Patch patch;
  if (edit.kind) {
    changes.add("kind", std::string_view(before.kind), *edit.kind);
    patch.set("kind", std::string(*edit.kind));
  }
  if (edit.text) {
    changes.add("text", std::string_view(before.text), *edit.text);
    patch.set("text", std::string(*edit.text));
  }
  if (changes.empty()) return;
  patch.set("updated", core_.now());
  t.update(core_.in.notes, std::span<const Ordinal>(&head.ordinal, 1), {}, patch);
  write_history(t, core_, who, subject(head.task, before.id), "edit", {}, changes.json());
}

void NoteService::remove(Transaction& t, const Principal& who, const Head& head) {
  core_.access.require(who, "task.write");
  const Kept before = read(t, core_.in.notes, head.ordinal);
  ChangeSet changes;
  changes.add("kind", std::string_view(before.kind), Cell{});
  changes.add("text", std::string_view(before.text), Cell{});
  t.erase(core_.in.notes, std::span<const Ordinal>(&head.ordinal, 1));
  write_history(t, core_, who, subject(head.task, before.id), "delete", {}, changes.json());
}

Filter NoteService::matching(const Reader& reader, const Principal& who,
                             const NoteSearch& search) const {
  std::vector<Filter> arms;
  if (!search.kinds.empty()) {
    for (const auto& kind : search.kinds) check_kind(kind);
    arms.push_back(in(field("kind"), {search.kinds.begin(), search.kinds.end()}));
  }
  if (!search.who.empty()) arms.push_back(eq(field("who"), search.who));
  if (search.from) arms.push_back(compare(field("created"), Compare::ge, *search.from));
  if (search.to) arms.push_back(compare(field("created"), Compare::le, *search.to));
  if (!search.text.empty())
    arms.push_back(pattern(Filter::Op::ilike, field("text"), "%" + search.text + "%"));
  if (search.tasks) arms.push_back(in(field("task"), {search.tasks->begin(), search.tasks->end()}));
  const Filter visible = core_.access.visible(who, "tasks");
  if (search.projects || visible.op != Filter::Op::all) {
    // A note does not know its project, which may change: the tasks that have such notes do.
    std::vector<Filter> of_tasks = {visible, any("notes", "task", all_of(arms))};
    if (search.projects)
      of_tasks.push_back(in(field("project"), {search.projects->begin(), search.projects->end()}));
    const auto tasks = reader.ids(core_.in.tasks, all_of(std::move(of_tasks)), {}, {});
    arms.push_back(in(field("task"), {tasks.begin(), tasks.end()}));
  }
  return all_of(std::move(arms));
}

}  // namespace podium::host
