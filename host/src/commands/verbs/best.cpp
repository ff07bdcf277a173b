// best
#include <fmt/format.h>

#include "commands/call.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"
#include "services/records.hpp"

namespace podium::host::commands {
namespace {

class BestVerb final : public Verb {
 public:
  explicit BestVerb(const Parts& parts) : Verb("best"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "The best tasks by a metric, best first";
    u.clauses = {{"by", ClauseSpec::Kind::word, "METRIC",
                  "a metric, or a statistic of it: metrics.acc.max", true},
                 {"max", ClauseSpec::Kind::flag, "", "the greatest is best"},
                 {"min", ClauseSpec::Kind::flag, "", "the least is best"},
                 clauses::in(),
                 clauses::where(),
                 clauses::show(),
                 clauses::limit(),
                 clauses::all()};
    u.examples = {
        {"best in vision by metrics.acc", "as the project's goal says, else the greatest"},
        {"best in vision by metrics.loss min limit 1", "the one with the least loss"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    const EntityVocabulary& words = parts_.words->of("tasks");
    const CommandWord& by = call.words("by").front();
    if (call.has("max") && call.has("min"))
      throw call.wrong(by, "either 'max' or 'min' is best, not both");
    const Path path = in_place(call, by, [&] {
      const Path p = parts_.core->language.parse_order(by.text, words).path;
      if (p.kind == Path::Kind::series || p.kind == Path::Kind::field) return p;
      throw Error(ErrorCode::invalid, "'by' takes a metric, as in metrics.acc");
    });
    std::string notice;
    bool least = call.has("min");
    if (!least && !call.has("max")) {
      const auto goal = direction_of_goal(call, path);
      least = goal == "min";
      notice = goal.empty() ? "The greatest is taken as the best: no goal of the project says "
                              "otherwise. Say 'min' or 'max'."
                            : fmt::format("By the project's goal the {} is the best.",
                                          least ? "least" : "greatest");
    }
    Query query;
    query.filter = all_of({call.tasks(), has_number(path, words)});
    query.order = {{path, !least, false}};
    query.limit = limit_of(call, 10);
    TableOf table(parts_, *parts_.tasks, words, "task");
    if (call.has("show")) {
      add_columns(table, call, {});
    } else {
      table.add("id");
      table.add("name");
      if (!call.has("in")) table.add("project");
      table.add("state");
      table.add(by.text);
      if (path.kind == Path::Kind::series && path.statistic == Statistic::last)
        table.add({{"step", CellType::integer, {}},
                   series(path.name, path.key, Statistic::last_step, path.scope),
                   {}});
    }
    Answer answer(table.read(call.who(), std::move(query), call.budget()));
    std::get<AnswerTable>(answer.content).cursor.clear();
    if (!notice.empty()) answer.notice(std::move(notice));
    return answer;
  }

 private:
  /// What is missing or NaN is not the best of anything.
  static Filter has_number(const Path& path, const EntityVocabulary& words) {
    if (type_of(path, words.collection()) != CellType::real) return is_null(path, true);
    return compare(path, Compare::ge, -std::numeric_limits<double>::infinity());
  }

  /// "max" or "min" when the one project has a goal for the metric, else "".
  std::string direction_of_goal(const VerbCall& call, const Path& path) const {
    const auto projects = call.projects();
    if (!projects || projects->size() != 1 || path.kind != Path::Kind::series) return {};
    Query query;
    query.filter = all_of(
        {eq(field("project"), projects->front()), eq(field("metric"), std::string(path.key))});
    query.columns = {value_of(field("direction"))};
    query.limit = 1;
    std::string direction;
    VisibleRecords(*parts_.core, parts_.core->in.goals, "goals")
        .query(parts_.core->store, call.who(), query, [&](const Row& row) {
          const Cell cell = row.cell(0);
          if (const auto* text = std::get_if<std::string_view>(&cell))
            direction = text->substr(0, 3);  // "max...", "min..."
          return true;
        });
    return direction;
  }

  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_best_verb(const Parts& parts) {
  return std::make_unique<BestVerb>(parts);
}

}  // namespace podium::host::commands
