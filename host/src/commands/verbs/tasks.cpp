// tasks
#include <fmt/format.h>

#include "commands/call.hpp"
#include "commands/task_rows.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

bool is_of_map_or_series(const Path& p) {
  return (p.kind == Path::Kind::map && !p.key.empty()) || p.kind == Path::Kind::series;
}

void add_path(TableOf& table, const EntityVocabulary& words, const Path& path) {
  if (!is_of_map_or_series(path)) return;
  for (const auto& c : table.columns())
    if (c.path == path) return;
  table.add({{print(OrderKey{path, false, false}, words), type_of(path, words.collection()), {}},
             path,
             {}});
}

class TasksVerb final : public Verb {
 public:
  explicit TasksVerb(const Parts& parts) : Verb("tasks"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "The tasks that match, as a table, or in groups";
    u.clauses = {
        clauses::in(),
        clauses::where(),
        clauses::show(),
        clauses::sort(),
        {"group by", ClauseSpec::Kind::list, "NAMES",
         "one row a group; show then has count, min(NAME), max(NAME), mean(NAME), sum(NAME)"},
        clauses::limit(),
        clauses::cursor(),
        clauses::all()};
    u.examples = {
        {"tasks in vision where metrics.acc > 0.9 sort metrics.acc desc limit 20",
         "the best of a project"},
        {"tasks where state = 'running' show id, project, metrics.loss", "what runs now"},
        {"tasks in vision group by params.arch show count, max(metrics.acc) sort max(metrics.acc) "
         "desc",
         "which architecture went best"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    if (call.has("group by")) return grouped_tasks(parts_, call);
    PreparedTable asked;
    asked.place = call.tasks();
    for (const CommandWord& item : call.words("sort"))
      asked.order.push_back(
          in_place(call, item, [&] { return parts_.table->order_key(item.text); }));
    std::vector<std::string> names = {"id", "name", "state", "user", "started", "run_time"};
    if (!call.has("in")) names.insert(names.begin() + 2, "project.name");
    if (call.has("show")) {
      names.clear();
      for (const CommandWord& word : call.words("show"))
        asked.columns.push_back(
            in_place(call, word, [&] { return parts_.table->column(word.text); }));
    } else {
      const EntityVocabulary& words = parts_.words->of("tasks");
      TableOf mentioned(parts_, *parts_.tasks, words, "task");
      for (const TableOrderKey& key : asked.order) add_mentioned(mentioned, words, Order{key.key});
      add_mentioned(mentioned, words, asked.place);
      for (const auto& c : mentioned.columns()) names.push_back(c.shown.name);
    }
    for (const std::string& name : names) asked.columns.push_back(parts_.table->column(name));
    if (asked.order.empty()) asked.order = {{newest_first().front(), {}}};
    return read_task_table(parts_, call.who(), asked, limit_of(call), call.text("cursor"),
                           call.budget());
  }

 private:
  const Parts& parts_;
};

}  // namespace

std::uint64_t limit_of(const VerbCall& call, std::int64_t usual) {
  const auto limit = call.number("limit");
  if (limit && (*limit < 1 || *limit > most_rows))
    throw call.wrong(call.words("limit").front(),
                     fmt::format("'limit' is from 1 to {}; 'export' has no limit", most_rows));
  return static_cast<std::uint64_t>(limit.value_or(usual));
}

void add_columns(TableOf& table, const VerbCall& call, std::initializer_list<const char*> usual) {
  if (!call.has("show")) {
    for (const char* name : usual) table.add(name);
    return;
  }
  for (const CommandWord& word : call.words("show"))
    in_place(call, word, [&] { table.add(word.text); });
}

void add_mentioned(TableOf& table, const EntityVocabulary& words, const Filter& filter) {
  add_path(table, words, filter.path);
  if (filter.op == Filter::Op::any) return;  // its filter is about other records
  for (const Filter& child : filter.children) add_mentioned(table, words, child);
}

void add_mentioned(TableOf& table, const EntityVocabulary& words, const Order& order) {
  for (const OrderKey& key : order) add_path(table, words, key.path);
}

std::unique_ptr<Verb> make_tasks_verb(const Parts& parts) {
  return std::make_unique<TasksVerb>(parts);
}

}  // namespace podium::host::commands
