// show
#include "commands/call.hpp"
#include "commands/table_of.hpp"
#include "commands/verbs/details.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"
#include "services/records.hpp"

namespace podium::host::commands {
namespace {

class ShowVerb final : public Verb {
 public:
  explicit ShowVerb(const Parts& parts) : Verb("show"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "All that is known of one task";
    u.arguments = "TASK";
    u.least = u.most = 1;
    u.examples = {{"show 0193a5", "the task whose id begins so"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    const Ordinal task = call.task_named(call.arguments().front());
    AnswerDetails answer;
    parts_.core->store.read([&](const Reader& reader) {
      answer = {};
      answer.entity = "task";
      const auto found = details_of(parts_, reader, call.who(), std::span<const Ordinal>(&task, 1));
      if (found.empty()) throw no_such("task", call.arguments().front().text);
      const TaskDetails& t = found.front();
      answer.field("id", t.id, CellType::id);
      for (const auto& f : t.fields) answer.fields.push_back(f);
      add_maps(t, answer);
      add_metrics(t, answer);
      add_inputs(reader, call.who(), task, answer);
      add_models(reader, call.who(), task, answer);
      add_history(reader, call.who(), task, answer);
    });
    return answer;
  }

 private:
  static void add_maps(const TaskDetails& task, AnswerDetails& answer) {
    AnswerTable table;
    std::string map;
    const auto flush = [&] {
      if (table.rows.empty()) return;
      table.of = static_cast<std::int64_t>(table.rows.size());
      answer.section(map, std::move(table));
      table = {};
    };
    for (const auto& e : task.entries) {
      if (e.map != map) flush();
      map = e.map;
      if (table.columns.empty()) table.column("key").column("value");
      table.row({e.key, e.text});
    }
    flush();
  }

  static void add_metrics(const TaskDetails& task, AnswerDetails& answer) {
    if (task.metrics.empty()) return;
    AnswerTable table;
    table.column("key").column("scope").column("last", CellType::real);
    table.column("step", CellType::integer).column("min", CellType::real);
    table.column("max", CellType::real).column("count", CellType::integer);
    for (const auto& m : task.metrics)
      table.row({m.key, m.scope.empty() ? Value{} : Value{m.scope}, m.summary.last.value,
                 m.summary.last.step, m.summary.min.value, m.summary.max.value, m.summary.count});
    table.of = static_cast<std::int64_t>(table.rows.size());
    answer.section("metrics", std::move(table));
  }

  void add_records(const char* section, CollectionId collection, const char* name,
                   std::initializer_list<const char*> columns, const Reader& reader,
                   const Principal& who, Ordinal task, AnswerDetails& answer, Order order = {},
                   std::uint64_t most = 1000) const {
    AnswerTable table;
    Query query;
    query.filter = eq(field("task"), task);
    query.order = std::move(order);
    query.limit = most;
    const Collection& declared = parts_.core->store.declaration(collection);
    for (const char* c : columns) {
      query.columns.push_back(value_of(field(c)));
      table.column(c, type_of(field(c), declared));
    }
    const Page page = VisibleRecords(*parts_.core, collection, name)
                          .query(reader, who, query, [&](const Row& row) {
                            std::vector<Value> cells;
                            for (std::size_t i = 0; i < columns.size(); ++i)
                              cells.push_back(owned(row.cell(i)));
                            table.rows.push_back(std::move(cells));
                            return true;
                          });
    if (table.rows.empty()) return;
    table.truncated = !page.cursor.empty();
    if (!table.truncated) table.of = static_cast<std::int64_t>(table.rows.size());
    answer.section(section, std::move(table));
  }

  void add_inputs(const Reader& reader, const Principal& who, Ordinal task,
                  AnswerDetails& answer) const {
    add_records("inputs", parts_.datasets->inputs(), "inputs", {"name", "digest", "context"},
                reader, who, task, answer);
  }
  void add_models(const Reader& reader, const Principal& who, Ordinal task,
                  AnswerDetails& answer) const {
    add_records("models", parts_.models->links(), "model_links", {"model", "direction", "step"},
                reader, who, task, answer);
  }

  /// What was done to it, the last first.
  void add_history(const Reader& reader, const Principal& who, Ordinal task,
                   AnswerDetails& answer) const {
    constexpr std::uint64_t last = 20;
    add_records("history", parts_.core->in.history, "history", {"at", "who", "change", "why"},
                reader, who, task, answer, newest_first(), last);
  }

  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_show_verb(const Parts& parts) {
  return std::make_unique<ShowVerb>(parts);
}

}  // namespace podium::host::commands
