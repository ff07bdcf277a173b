// note
#include "services/notes/notes.hpp"

#include <fmt/format.h>

#include "commands/call.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"
#include "services/idempotency/idempotency.hpp"

namespace podium::host::commands {
namespace {

class NoteVerb final : public Verb {
 public:
  explicit NoteVerb(const Parts& parts) : Verb("note"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "Writes a note on a task, or lists and searches notes";
    u.arguments = "TASK";
    u.most = 1;
    u.clauses = {
        {"text", ClauseSpec::Kind::word, "TEXT", "write this; without it notes are listed"},
        {"kind", ClauseSpec::Kind::word, "KIND",
         fmt::format("{}, or OWNER/WORD", fmt::join(note_kinds, ", "))},
        clauses::in(),
        {"where", ClauseSpec::Kind::filter, "FILTER",
         "only notes that match: kind, text, who, created"},
        clauses::limit(),
        clauses::cursor()};
    u.changes = true;
    u.examples = {{"note 0193a5 text 'the rate is too high' kind hypothesis", "writes"},
                  {"note 0193a5", "those of a task"},
                  {"note in vision kind verdict where text ilike '%rate%'", "searches"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    NoteService notes(*parts_.core);
    return call.has("text") ? write(notes, call) : list(notes, call);
  }

 private:
  Answer write(NoteService& notes, const VerbCall& call) const {
    const CommandWord& text = call.words("text").front();
    if (call.arguments().empty()) throw call.wrong(text, "'text' needs the task that it is about");
    for (const char* clause : {"in", "where", "limit", "cursor"})
      if (call.has(clause))
        throw call.wrong(text, fmt::format("'text' writes a note; '{}' is for a list", clause));
    const Ordinal task = call.task_named(call.arguments().front());
    std::string id, task_id;
    parts_.tasks->get(parts_.core->store, call.who(), task, {},
                      [&](const Row& row) { task_id = row.id(); });
    NewNote note;
    note.text = text.text;
    const std::string kind = call.text("kind", "note");
    note.kind = kind;
    if (!call.dry_run()) {
      const Once once(*parts_.core, call.who(), "note", std::string(call.idempotency_key()),
                      std::string(call.line()));
      parts_.core->store.transact([&](Transaction& t) {
        if (const auto before = once.before(t)) {
          id = *before;
          return;
        }
        const Ordinal made =
            notes.add(t, call.who(), parts_.tasks->require(t, call.who(), task_id), note);
        t.get(notes.collection(), made, {}, [&](const Row& row) { id = row.id(); });
        once.remember(t, id);
      });
    }
    AnswerDetails answer;
    answer.entity = "note";
    answer.field("id", id.empty() ? Value{} : Value{id}, CellType::id);
    answer.field("task", task_id, CellType::id);
    answer.field("kind", kind);
    answer.field("text", text.text);
    answer.field("dry_run", call.dry_run(), CellType::boolean);
    return answer;
  }

  Answer list(const NoteService& notes, const VerbCall& call) const {
    const EntityVocabulary& words = parts_.words->of("notes");
    NoteSearch search;
    if (!call.arguments().empty()) search.tasks = call.tasks_named(call.arguments().front());
    search.projects = call.projects();
    if (call.has("kind")) search.kinds = {call.text("kind")};
    Query query;
    query.filter = all_of(
        {notes.matching(parts_.core->store, call.who(), search), call.filter("where", words)});
    query.order = {{field("created"), true, false}};
    query.limit = limit_of(call);
    query.cursor = call.text("cursor");
    TableOf table(parts_, notes, words, "note");
    for (const char* name : {"id", "task", "kind", "text", "who", "created"}) table.add(name);
    return table.read(call.who(), std::move(query), call.budget());
  }

  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_note_verb(const Parts& parts) {
  return std::make_unique<NoteVerb>(parts);
}

}  // namespace podium::host::commands
