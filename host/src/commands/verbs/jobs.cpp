// jobs, job, cancel
#include <fmt/format.h>

#include <array>

#include "commands/call.hpp"
#include "commands/run_answer.hpp"
#include "commands/table_of.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"
#include "services/jobs/job_record.hpp"

namespace podium::host::commands {
namespace {

constexpr std::size_t shortest_id = 6;  // of the beginning of an id

/// The id of the job that a word names, by its id or the unambiguous beginning
/// of it.
std::string job_named(const Parts& parts, const VerbCall& call, const CommandWord& word) {
  Query query;
  query.filter = eq(record_id(), word.text);
  if (word.text.size() >= shortest_id && word.text.find_first_of("%_") == word.text.npos)
    query.filter = pattern(Filter::Op::like, record_id(), word.text + "%");
  query.limit = 2;
  query.budget = question_budget;
  std::vector<std::string> found;
  parts.jobs->query(parts.core->store, call.who(), query, [&](const Row& row) {
    found.emplace_back(row.id());
    return true;
  });
  if (found.size() == 1) return found.front();
  const Error placed = call.wrong(
      word, found.empty()
                ? fmt::format("no job has '{}' as its id or the beginning of it ({} "
                              "characters or more); 'jobs' lists them",
                              word.text, shortest_id)
                : fmt::format("'{}' means more than one job; give more of the id", word.text));
  Error error(found.empty() ? ErrorCode::not_found : ErrorCode::conflict, placed.what());
  error.at(placed.position()).in("job").with(placed.detail());
  throw error;
}

class JobsVerb final : public Verb {
 public:
  explicit JobsVerb(const Parts& parts) : Verb("jobs"), parts_(parts) {}
  Usage usage() const override {
    Usage u;
    u.summary =
        "Long work: which jobs there are, the newest first, with their "
        "progress";
    u.clauses = {{"where", ClauseSpec::Kind::filter, "FILTER",
                  "only those that match: kind, state, principal, created, "
                  "started, ended, error"},
                 clauses::show(),
                 clauses::sort(),
                 clauses::limit(),
                 clauses::cursor()};
    u.examples = {{"jobs where state in ('waiting', 'running')", "what is under way"}};
    return u;
  }
  Answer run(const VerbCall& call) override {
    parts_.core->access.require(call.who(), "job.read");
    const EntityVocabulary& words = parts_.words->of("jobs");
    Query query;
    query.filter = call.filter("where", words);
    query.order = call.order("sort", words);
    if (query.order.empty()) query.order = newest_first();
    query.limit = limit_of(call);
    query.cursor = call.text("cursor");
    TableOf table(parts_, *parts_.jobs, words, "job");
    add_columns(table, call, {"id", "kind", "state", "done", "total", "created", "ended", "error"});
    return table.read(call.who(), std::move(query), call.budget());
  }

 private:
  const Parts& parts_;
};

class JobVerb final : public Verb {
 public:
  explicit JobVerb(const Parts& parts) : Verb("job"), parts_(parts) {}
  Usage usage() const override {
    Usage u;
    u.summary = "One job: how far it is, or what became of it";
    u.arguments = "JOB";
    u.least = u.most = 1;
    u.examples = {{"job 0193a5", "the job with this beginning of an id"}};
    return u;
  }
  Answer run(const VerbCall& call) override {
    parts_.core->access.require(call.who(), "job.read");
    const std::string id = job_named(parts_, call, call.arguments().front());
    AnswerProgress progress = progress_of(parts_, call.who(), id);
    if (!job_ended(progress.state)) return progress;
    if (auto of_action = run_of_job(parts_, call.who(), id)) {
      // Between the end of the job and that of the run nobody is to wait again.
      if (of_action->run.state == "running") of_action->run.state = progress.state;
      return answer_of(parts_, call.who(), of_action->action, of_action->run, false);
    }
    return details(call, id, progress);
  }

 private:
  Answer details(const VerbCall& call, const std::string& id,
                 const AnswerProgress& progress) const {
    static const std::array columns = {value_of(field("created")), value_of(field("started")),
                                       value_of(field("ended")), value_of(field("error")),
                                       value_of(record_body())};
    AnswerDetails details;
    details.entity = "job";
    details.field("id", id, CellType::id).field("kind", progress.kind);
    details.field("state", progress.state);
    details.field("done", progress.done, CellType::integer);
    details.field("total", progress.total, CellType::integer);
    const Store& store = parts_.core->store;
    const Ordinal job = parts_.jobs->find(store, call.who(), id);
    parts_.jobs->get(store, call.who(), job, columns, [&](const Row& row) {
      int i = 0;
      for (const char* name : {"created", "started", "ended"})
        details.field(name, owned(row.cell(i++)), CellType::time);
      details.field("error", owned(row.cell(3)));
      const Cell body = row.cell(4);
      if (const auto* text = std::get_if<std::string_view>(&body))
        details.field("result", JobBody::parse(*text).result);
    });
    std::erase_if(details.fields, [](const AnswerDetails::Field& f) {
      const auto* text = std::get_if<std::string>(&f.value);
      return std::holds_alternative<std::monostate>(f.value) || (text && text->empty());
    });
    Answer answer(std::move(details));
    if (progress.state != "done") answer.outcome = Outcome::failed;
    return answer;
  }

  const Parts& parts_;
};

class CancelVerb final : public Verb {
 public:
  explicit CancelVerb(const Parts& parts) : Verb("cancel"), parts_(parts) {}
  Usage usage() const override {
    Usage u;
    u.summary = "Asks a job to stop; what it has done stays done";
    u.arguments = "JOB";
    u.least = u.most = 1;
    u.changes = true;
    u.examples = {{"cancel 0193a5", "the job with this beginning of an id"}};
    return u;
  }
  Answer run(const VerbCall& call) override {
    const std::string id = job_named(parts_, call, call.arguments().front());
    bool asked = false;
    if (call.dry_run())
      asked = !job_ended(progress_of(parts_, call.who(), id).state);
    else
      asked = parts_.jobs->cancel(call.who(), id);
    const AnswerProgress now = progress_of(parts_, call.who(), id);
    AnswerDetails details;
    details.entity = "job";
    details.field("id", id, CellType::id).field("kind", now.kind).field("state", now.state);
    details.field("asked", asked, CellType::boolean);
    details.field("dry_run", call.dry_run(), CellType::boolean);
    Answer answer(std::move(details));
    if (!asked) answer.notice("The job had ended already.");
    return answer;
  }

 private:
  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_jobs_verb(const Parts& parts) {
  return std::make_unique<JobsVerb>(parts);
}
std::unique_ptr<Verb> make_job_verb(const Parts& parts) { return std::make_unique<JobVerb>(parts); }
std::unique_ptr<Verb> make_cancel_verb(const Parts& parts) {
  return std::make_unique<CancelVerb>(parts);
}

}  // namespace podium::host::commands
