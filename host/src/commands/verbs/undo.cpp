// undo
#include "commands/action_verbs.hpp"
#include "commands/run_answer.hpp"
#include "commands/verbs/verbs.hpp"
#include "services/actions/actions.hpp"

namespace podium::host::commands {
namespace {

class UndoVerb final : public Verb {
 public:
  explicit UndoVerb(const Parts& parts) : Verb("undo"), parts_(parts) {}
  Usage usage() const override {
    Usage u;
    u.summary = "Takes back what an action did, of all the tasks where it went well";
    u.arguments = "RUN";
    u.least = u.most = 1;
    u.clauses = {{"why", ClauseSpec::Kind::word, "TEXT", "a reason, for the history"}};
    u.changes = true;
    u.examples = {
        {"undo 0193a5c1-7d2e-7c55-9f3a-1b2c3d4e5f60", "the run that an action's answer named"}};
    return u;
  }
  Answer run(const VerbCall& call) override {
    ActionOptions options;
    options.why = call.text("why");
    options.dry_run = call.dry_run();
    options.idempotency_key = call.idempotency_key();
    options.wait = patience;
    ActionService& service = *parts_.runs;
    const CommandWord& word = call.arguments().front();
    const RunRecord record = service.read(call.who(), word.text);
    const auto undoing = service.catalogue().find(record.undo);
    const ActionRun back = service.undo(call.who(), record.id, options);
    return answer_of(parts_, call.who(), undoing ? undoing->id : record.undo, back, call.dry_run());
  }

 private:
  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_undo_verb(const Parts& parts) {
  return std::make_unique<UndoVerb>(parts);
}

}  // namespace podium::host::commands
