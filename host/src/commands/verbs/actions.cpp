// actions
#include "services/actions/actions.hpp"

#include <fmt/format.h>

#include "commands/action_verbs.hpp"
#include "commands/verbs/verbs.hpp"

namespace podium::host::commands {
namespace {

class ActionsVerb final : public Verb {
 public:
  explicit ActionsVerb(const Parts& parts) : Verb("actions"), parts_(parts) {}
  Usage usage() const override {
    Usage u;
    u.summary =
        "What can be done to tasks; with tasks, to how many of them, "
        "and why not to others";
    u.arguments = "TASKS";
    u.most = 1000;
    u.clauses = {clauses::in(),
                 clauses::where(),
                 clauses::all(),
                 {"except", ClauseSpec::Kind::word, "TASKS", "but not these"}};
    u.examples = {{"actions", "all there are"},
                  {"actions in vision where state = 'failed'", "what can be done to these"}};
    return u;
  }
  Answer run(const VerbCall& verb_call) override {
    const auto& call = static_cast<const Call&>(verb_call);
    if (call.arguments().empty() && !selects_tasks(call)) return list(call);
    return available(call);
  }

 private:
  Answer list(const Call& call) const {
    AnswerTable table;
    table.entity = "action";
    table.column("action").column("label").column("group").column("summary").column("plugin");
    for (const auto& action : parts_.runs->usable(call.who()))
      table.row({action->word, action->spec.label, action->spec.group, action->spec.tooltip,
                 action->owner->id});
    table.of = static_cast<std::int64_t>(table.rows.size());
    return table;
  }

  /// Whether an action wants archived tasks is for its `when` to say.
  Answer available(const Call& call) const {
    const ActionSelection selection = selection_of(parts_, call, usage(), call.arguments(), true);
    const Availability found = parts_.runs->available(call.who(), selection);
    AnswerTable table;
    table.entity = "action";
    table.column("action").column("label").column("count", CellType::integer);
    table.column("of", CellType::integer).column("reasons").column("why_not");
    for (const ActionCount& a : found.actions)
      table.row({a.action->word, a.action->spec.label, static_cast<std::int64_t>(a.count),
                 static_cast<std::int64_t>(found.of), fmt::format("{}", fmt::join(a.reasons, "; ")),
                 a.count < found.of ? Value{a.action->spec.why_not} : Value{}});
    table.of = static_cast<std::int64_t>(table.rows.size());
    return table;
  }

  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_actions_verb(const Parts& parts) {
  return std::make_unique<ActionsVerb>(parts);
}

}  // namespace podium::host::commands
