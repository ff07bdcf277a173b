// projects, models, datasets
#include <map>

#include "commands/call.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"
#include "services/records.hpp"

namespace podium::host::commands {
namespace {

bool speaks_of(const Filter& f, std::string_view name) {
  if (f.path.kind == Path::Kind::field && f.path.name == name) return true;
  for (const Filter& child : f.children)
    if (speaks_of(child, name)) return true;
  return false;
}

Filter of_projects(const VerbCall& call) {
  const auto projects = call.projects();
  if (!projects) return {};
  return in(field("project"), std::vector<Value>(projects->begin(), projects->end()));
}

ClauseSpec where_of(const char* what) {
  ClauseSpec c = clauses::where();
  c.help = std::string("only ") + what + " that match (docs/query.md)";
  return c;
}

std::vector<ClauseSpec> list_clauses(const char* what) {
  return {where_of(what), clauses::show(), clauses::sort(), clauses::limit(), clauses::cursor()};
}

/// Ordinals of the rows, when the table leads with a column of them, which is taken away.
std::vector<Ordinal> take_ordinals(AnswerTable& table) {
  std::vector<Ordinal> ordinals;
  for (auto& row : table.rows) {
    ordinals.push_back(std::get<std::int64_t>(row.front()));
    row.erase(row.begin());
  }
  table.columns.erase(table.columns.begin());
  return ordinals;
}

class ProjectsVerb final : public Verb {
 public:
  explicit ProjectsVerb(const Parts& parts) : Verb("projects"), parts_(parts) {}
  Usage usage() const override {
    Usage u;
    u.summary = "The projects, with how many tasks each has";
    u.clauses = list_clauses("those");
    u.clauses.push_back(clauses::all());
    u.examples = {{"projects where name like 'vision/%'", "those below vision"},
                  {"projects sort updated desc limit 5", "the last that were changed"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    const EntityVocabulary& words = parts_.words->of("projects");
    Query query;
    query.filter = call.filter("where", words);
    if (!call.has("all") && !speaks_of(query.filter, "archived"))
      query.filter = all_of({query.filter, eq(field("archived"), false)});
    query.order = call.order("sort", words);
    if (query.order.empty()) query.order = {{field("name"), false, false}};
    query.limit = limit_of(call);
    query.cursor = call.text("cursor");
    TableOf table(parts_, *parts_.projects, words, "project");
    const bool usual = !call.has("show");
    if (usual) table.add("ordinal");
    add_columns(table, call, {"id", "name", "description", "updated"});
    AnswerTable answer = table.read(call.who(), std::move(query), call.budget());
    if (usual) add_counts(call, answer);
    return answer;
  }

 private:
  void add_counts(const VerbCall& call, AnswerTable& table) const {
    const auto ordinals = take_ordinals(table);
    struct Counts {
      std::int64_t tasks = 0, running = 0;
    };
    std::map<Ordinal, Counts> counts;
    Aggregate question;
    question.filter = all_of(
        {in(field("project"), {ordinals.begin(), ordinals.end()}), eq(field("archived"), false)});
    question.groups = {field("project"), field("state")};
    question.folds = {{Aggregate::Fold::Kind::count}};
    question.budget = question_budget;
    parts_.tasks->aggregate(parts_.core->store, call.who(), question,
                            [&](std::span<const Cell> values, std::span<const Cell> folds) {
                              Counts& c = counts[std::get<std::int64_t>(values[0])];
                              const auto n = std::get<std::int64_t>(folds[0]);
                              c.tasks += n;
                              if (owned(values[1]) == Value{std::string("running")}) c.running += n;
                              return true;
                            });
    table.column("tasks", CellType::integer).column("running", CellType::integer);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      const Counts c = counts[ordinals[i]];
      table.rows[i].emplace_back(c.tasks);
      table.rows[i].emplace_back(c.running);
    }
  }

  const Parts& parts_;
};

class ModelsVerb final : public Verb {
 public:
  explicit ModelsVerb(const Parts& parts) : Verb("models"), parts_(parts) {}
  Usage usage() const override {
    Usage u;
    u.summary = "The models that tasks logged";
    u.clauses = list_clauses("models");
    u.clauses.insert(u.clauses.begin(), clauses::in());
    u.examples = {{"models in vision where metrics.acc > 0.9 sort metrics.acc desc",
                   "the best models of a project"}};
    return u;
  }
  Answer run(const VerbCall& call) override {
    const EntityVocabulary& words = parts_.words->of("models");
    Query query;
    const Filter asked = call.filter("where", words);
    query.filter = all_of({of_projects(call), asked,
                           speaks_of(asked, "deleted") ? Filter{} : eq(field("deleted"), false)});
    query.order = call.order("sort", words);
    query.limit = limit_of(call);
    query.cursor = call.text("cursor");
    TableOf table(parts_, *parts_.models, words, "model");
    add_columns(table, call, {"id", "name", "project", "type", "status", "source_task", "created"});
    if (!call.has("show")) {
      add_mentioned(table, words, query.order);
      add_mentioned(table, words, asked);
    }
    if (query.order.empty()) query.order = newest_first();
    return table.read(call.who(), std::move(query), call.budget());
  }

 private:
  const Parts& parts_;
};

class DatasetsVerb final : public Verb {
 public:
  explicit DatasetsVerb(const Parts& parts) : Verb("datasets"), parts_(parts) {}
  Usage usage() const override {
    Usage u;
    u.summary = "The data sets that tasks read, with how many read each";
    u.clauses = list_clauses("data sets");
    u.clauses.insert(u.clauses.begin(), clauses::in());
    u.examples = {{"datasets in vision where labels.split = 'test'", "those with a label"}};
    return u;
  }
  Answer run(const VerbCall& call) override {
    const EntityVocabulary& words = parts_.words->of("datasets");
    Query query;
    query.filter = all_of({of_projects(call), call.filter("where", words)});
    query.order = call.order("sort", words);
    if (query.order.empty()) query.order = newest_first();
    query.limit = limit_of(call);
    query.cursor = call.text("cursor");
    TableOf table(parts_, *parts_.datasets, words, "dataset");
    const bool usual = !call.has("show");
    if (usual) table.add("ordinal");
    add_columns(table, call, {"id", "name", "digest", "project", "source_type", "created"});
    AnswerTable answer = table.read(call.who(), std::move(query), call.budget());
    if (!usual) return answer;
    const auto ordinals = take_ordinals(answer);
    std::map<Ordinal, std::int64_t> readers;
    Aggregate question;
    question.filter = in(field("dataset"), {ordinals.begin(), ordinals.end()});
    question.groups = {field("dataset")};
    question.folds = {{Aggregate::Fold::Kind::count}};
    question.budget = question_budget;
    VisibleRecords(*parts_.core, parts_.datasets->inputs(), "inputs")
        .aggregate(parts_.core->store, call.who(), question,
                   [&](std::span<const Cell> values, std::span<const Cell> folds) {
                     readers[std::get<std::int64_t>(values[0])] = std::get<std::int64_t>(folds[0]);
                     return true;
                   });
    answer.column("tasks", CellType::integer);
    for (std::size_t i = 0; i < answer.rows.size(); ++i)
      answer.rows[i].emplace_back(readers[ordinals[i]]);
    return answer;
  }

 private:
  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_projects_verb(const Parts& parts) {
  return std::make_unique<ProjectsVerb>(parts);
}
std::unique_ptr<Verb> make_models_verb(const Parts& parts) {
  return std::make_unique<ModelsVerb>(parts);
}
std::unique_ptr<Verb> make_datasets_verb(const Parts& parts) {
  return std::make_unique<DatasetsVerb>(parts);
}

}  // namespace podium::host::commands
