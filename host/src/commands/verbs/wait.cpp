// wait
#include <atomic>
#include <future>

#include "commands/call.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "commands/waits.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

/// Threads of the pool that may wait at once; /api/v1/commands/wait holds none.
constexpr int most_blocked = 4;

class WaitVerb final : public Verb {
 public:
  explicit WaitVerb(const Parts& parts) : Verb("wait"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "Waits until tasks are as asked; the exit code tells how it ended";
    u.arguments = "TASKS";
    u.most = 100;
    u.clauses = {{"until", ClauseSpec::Kind::filter, "FILTER",
                  "what is waited for; that they have ended, if not said"},
                 {"timeout", ClauseSpec::Kind::duration, "TIME", "give up after 90s, 10m, 2h"},
                 {"any", ClauseSpec::Kind::flag, "", "one of the tasks is enough"},
                 clauses::in(),
                 clauses::where(),
                 {"after", ClauseSpec::Kind::word, "TASK",
                  "without TASKS: a task that was made after this one"},
                 clauses::all()};
    u.examples = {
        {"wait 0193a5 until state in ('completed', 'failed') timeout 2h", "one task"},
        {"wait 0193a5 until metrics.acc > 0.9", "also ends when it ended without"},
        {"wait in vision after 0193a5 until state = 'completed'", "a new task of a project"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    AskedWait asked = asked_wait(parts_, call, static_cast<const Call&>(call).waited());
    if (blocked_.fetch_add(1) >= most_blocked) {
      --blocked_;
      throw Error(ErrorCode::busy,
                  "too many wait by /api/v1/commands; /api/v1/commands/wait takes more");
    }
    struct Free {
      std::atomic<int>& n;
      ~Free() { --n; }
    } const free{blocked_};
    auto result = std::make_shared<std::promise<Answer>>();
    auto answer = result->get_future();
    parts_.waits->add(
        [asked] { return asked; }, [result](const Answer& a) { result->set_value(a); },
        [result](const Error& e) { result->set_exception(std::make_exception_ptr(e)); });
    return answer.get();  // within `longest_call`
  }

 private:
  const Parts& parts_;
  std::atomic<int> blocked_{0};
};

}  // namespace

AskedWait asked_wait(const Parts& parts, const VerbCall& call, std::int64_t waited) {
  const EntityVocabulary& words = parts.words->of("tasks");
  AskedWait asked;
  asked.who = call.who();
  for (const CommandWord& word : call.arguments())
    for (const Ordinal o : call.tasks_named(word)) asked.tasks.push_back(o);
  std::sort(asked.tasks.begin(), asked.tasks.end());
  asked.tasks.erase(std::unique(asked.tasks.begin(), asked.tasks.end()), asked.tasks.end());
  for (const char* clause : {"in", "where", "after"})
    if (!call.arguments().empty() && call.has(clause))
      throw call.wrong(call.words(clause).front(),
                       std::string("'") + clause +
                           "' says which task is waited for where none is named; these are named");
  if (call.arguments().empty()) {
    if (!call.has("in") && !call.has("where") && !call.has("after"))
      throw Error(ErrorCode::invalid,
                  "'wait' needs tasks, or 'in', 'where' or 'after' to say which to wait for")
          .at(static_cast<std::int64_t>(call.line().size()))
          .in("arguments");
    asked.among = call.tasks();
    if (call.has("after"))
      asked.among =
          all_of({asked.among, podium::compare(record_ordinal(), Compare::gt,
                                               call.task_named(call.words("after").front()))});
  }
  asked.until =
      call.has("until")
          ? call.filter("until", words)
          : in(field("state"), {Value{std::string("completed")}, Value{std::string("failed")},
                                Value{std::string("aborted")}, Value{std::string("published")}});
  asked.any = call.has("any");
  TableOf table(parts, *parts.tasks, words, "task");
  for (const char* name : {"id", "name", "state"}) table.add(name);
  add_mentioned(table, words, asked.until);
  for (const auto& c : table.columns()) asked.columns.push_back(c.shown.name);
  const auto timeout = call.number("timeout");
  const std::int64_t left =
      timeout ? std::max<std::int64_t>(*timeout - waited, 0) : longest_call + 1;
  asked.milliseconds = std::min(left, longest_call);
  asked.last = left <= longest_call;
  return asked;
}

std::unique_ptr<Verb> make_wait_verb(const Parts& parts) {
  return std::make_unique<WaitVerb>(parts);
}

}  // namespace podium::host::commands
