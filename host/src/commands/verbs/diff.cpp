// diff
#include <fmt/format.h>

#include <algorithm>

#include "commands/call.hpp"
#include "commands/verbs/details.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

constexpr std::size_t most_compared = 20;

/// Fields that differ of themselves between any two tasks.
bool says_nothing(const std::string& name) {
  for (const char* n : {"name", "created", "started", "completed", "published", "updated", "active",
                        "archived_at", "artifact_uri", "run_time", "lease_until", "stop_deadline"})
    if (name == n) return true;
  return false;
}

/// One line of the comparison: a name and a value for each task.
struct Line {
  std::string name;
  CellType type = CellType::text;
  std::vector<Value> values;
  bool differs() const {
    return std::any_of(values.begin(), values.end(),
                       [&](const Value& v) { return !(v == values.front()); });
  }
};

class Comparison {
 public:
  explicit Comparison(std::size_t tasks) : tasks_(tasks) {}
  void set(const std::string& name, CellType type, std::size_t task, Value value) {
    auto at =
        std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) { return l.name == name; });
    if (at == lines_.end()) at = lines_.insert(at, Line{name, type, std::vector<Value>(tasks_)});
    at->values[task] = std::move(value);
  }
  std::vector<Line>& lines() { return lines_; }

 private:
  std::size_t tasks_;
  std::vector<Line> lines_;
};

class DiffVerb final : public Verb {
 public:
  explicit DiffVerb(const Parts& parts) : Verb("diff"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "What differs between tasks, and only that";
    u.arguments = "TASK TASK ...";
    u.least = 1;
    u.most = most_compared;
    u.clauses = {{"all", ClauseSpec::Kind::flag, "", "also what is the same"}};
    u.examples = {{"diff 0193a5 0193a7", "two tasks"},
                  {"diff best", "those of a result that was named"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    std::vector<Ordinal> tasks;
    for (const CommandWord& word : call.arguments())
      for (const Ordinal o : call.tasks_named(word))
        if (std::find(tasks.begin(), tasks.end(), o) == tasks.end()) tasks.push_back(o);
    if (tasks.size() < 2 || tasks.size() > most_compared)
      throw call.wrong(call.arguments().front(),
                       fmt::format("from 2 to {} tasks are compared; these are {}", most_compared,
                                   tasks.size()));
    const EntityVocabulary& words = parts_.words->of("tasks");
    std::vector<TaskDetails> details;
    parts_.core->store.read(
        [&](const Reader& reader) { details = details_of(parts_, reader, call.who(), tasks); });
    Comparison comparison(details.size());
    for (std::size_t t = 0; t < details.size(); ++t)
      for (const auto& f : details[t].fields)
        if (!says_nothing(f.name)) comparison.set(f.name, f.type, t, f.value);
    for (std::size_t t = 0; t < details.size(); ++t)
      for (const auto& e : details[t].entries)
        comparison.set(print({entry(e.map, e.key), false, false}, words), CellType::text, t,
                       e.text);
    for (std::size_t t = 0; t < details.size(); ++t)
      for (const auto& m : details[t].metrics)
        comparison.set(
            print({series("metrics", m.key, Statistic::last, m.scope), false, false}, words),
            CellType::real, t, m.summary.last.value);

    AnswerTable table;
    table.column("what");
    table.column("type");
    for (const auto& d : details) table.column(d.id, CellType::any, name_of(d));
    for (Line& line : comparison.lines()) {
      if (!call.has("all") && !line.differs()) continue;
      std::vector<Value> row = {line.name, std::string(name(line.type))};
      row.insert(row.end(), line.values.begin(), line.values.end());
      table.rows.push_back(std::move(row));
    }
    table.of = static_cast<std::int64_t>(table.rows.size());
    Answer answer(std::move(table));
    if (std::get<AnswerTable>(answer.content).rows.empty())
      answer.notice("Nothing differs but names, ids and times.");
    return answer;
  }

 private:
  static std::string name_of(const TaskDetails& task) {
    for (const auto& f : task.fields)
      if (f.name == "name")
        if (const auto* text = std::get_if<std::string>(&f.value)) return *text;
    return {};
  }

  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_diff_verb(const Parts& parts) {
  return std::make_unique<DiffVerb>(parts);
}

}  // namespace podium::host::commands
