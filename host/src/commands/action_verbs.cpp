#include "commands/action_verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/action_form.hpp"
#include "commands/action_question.hpp"
#include "commands/run_answer.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::host::commands {
namespace {

constexpr std::size_t most_words = 1000;
constexpr const char* selecting[] = {"in", "where", "all"};

const CommandWord& keyword_of(const Call& call, std::string_view clause) {
  return call.parsed().clause(clause)->keyword;
}

Error needs_tasks(const Call& call) {
  return line_error(call.line(), static_cast<std::int64_t>(call.line().size()),
                    fmt::format("'{}' needs tasks, or 'in', 'where' or 'all' to say which",
                                call.parsed().verb.text));
}

/// Something that could stand behind a clause.
std::string example_of(const ClauseSpec& clause) {
  if (clause.value == "N") return "1";
  if (clause.value == "JSON") return "'{}'";
  const std::size_t bar = clause.value.find('|');
  return bar == std::string::npos ? "my-" + lower(clause.value) : clause.value.substr(0, bar);
}

/// The tasks that a word names. A word that is none may be a clause, nearly.
std::vector<Ordinal> tasks_of(const Call& call, const Verb::Usage& usage, const CommandWord& word) {
  try {
    return call.tasks_named(word);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::not_found || word.quoted) throw;
    std::vector<std::string> names;
    for (const ClauseSpec& c : usage.clauses) names.push_back(c.name);
    const std::string near = kit::nearest(lower(word.text), names);
    if (near.empty()) throw;
    const auto begin = static_cast<std::size_t>(word.position);
    throw line_error(call.line(), word.position,
                     fmt::format("'{}' is neither a task nor a clause of {}; did you mean '{}'?",
                                 word.text, call.parsed().verb.text, near),
                     near, replaced(call.line(), begin, begin + word.text.size(), near));
  }
}

/// What a run would refuse of the parameters, at the clause that it is about.
void check(const Parts& parts, const KnownAction& action, const Json& parameters,
           const Call& call) {
  try {
    parts.actions->check(call.who(), action.id, parameters);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::invalid) throw;
    std::string_view at = e.field();  // "parameters.queue", "grid.lr"
    constexpr std::string_view prefix = "parameters.";
    if (at.starts_with(prefix)) at.remove_prefix(prefix.size());
    at = at.substr(0, at.find_first_of(".[/"));
    for (const FormField& field : form_of(action.spec))
      if (call.has(field.clause.name) && at == field.property) {
        const auto words = call.words(field.clause.name);
        throw call.wrong(words.empty() ? keyword_of(call, field.clause.name) : words.front(),
                         e.what());
      }
    throw line_error(call.line(), static_cast<std::int64_t>(call.line().size()), e.what());
  }
}

}  // namespace

bool selects_tasks(const VerbCall& call) {
  return std::any_of(std::begin(selecting), std::end(selecting),
                     [&](const char* clause) { return call.has(clause); });
}

Verb::Usage ActionVerb::usage() const {
  const ActionSpec& spec = action_->spec;
  Usage u;
  u.summary = spec.tooltip.empty() ? spec.label : spec.tooltip;
  if (u.summary.ends_with('.')) u.summary.pop_back();
  u.changes = spec.writes;
  if (spec.words.empty()) {
    u.arguments = spec.most == 1 ? "TASK" : "TASKS";
    u.most = spec.most == 1 ? 1 : most_words;
  } else {
    std::string word = spec.words;
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) {
      return c == '_' ? '-' : static_cast<char>(std::toupper(c));
    });
    u.arguments = fmt::format("TASKS {} ...", word);
    u.least = needs_words(spec) ? 1 : 0;
    u.most = most_words;
  }
  u.clauses = {clauses::in(),
               clauses::where(),
               clauses::all(),
               {"except", ClauseSpec::Kind::word, "TASKS", "but not these"}};
  for (FormField& field : form_of(spec)) u.clauses.push_back(std::move(field.clause));
  u.clauses.push_back({"why", ClauseSpec::Kind::word, "TEXT", "a reason, for the history"});
  u.clauses.push_back(clauses::yes());
  std::string clauses;
  for (const ClauseSpec& c : u.clauses)
    if (c.required) clauses += fmt::format(" {} {}", c.name, example_of(c));
  const std::string words = spec.words.empty() ? "" : " " + lower(spec.words);
  u.examples = {{fmt::format("{} 0193a5{}{}", id(), words, clauses), "one task"}};
  if (spec.most == 0)
    u.examples.push_back(
        {fmt::format("{}{} in vision where metrics.acc < 0.5{}", id(), words, clauses),
         "all that match"});
  return u;
}

ActionSelection selection_of(const Parts& parts, const Call& call, const Verb::Usage& usage,
                             std::span<const CommandWord> named, bool archived) {
  ActionSelection selection;
  if (named.empty()) {
    if (!selects_tasks(call)) throw needs_tasks(call);
    selection.filter = archived ? call.tasks_archived_or_not() : call.tasks();
  } else if (selects_tasks(call)) {
    for (const char* clause : selecting)
      if (call.has(clause))
        throw call.wrong(
            keyword_of(call, clause),
            fmt::format("'{}' says which tasks where none is named; these are named", clause));
  }
  if (call.has("except")) selection.except = call.tasks_named(call.words("except").front());
  if (named.empty()) return selection;
  if (named.size() == 1)
    if (auto found = call.found_by(named.front())) {
      selection.filter = std::move(found->filter);
      selection.except.insert(selection.except.end(), found->except.begin(), found->except.end());
      return selection;
    }
  std::vector<Ordinal> tasks;
  for (const CommandWord& word : named)
    for (const Ordinal o : tasks_of(call, usage, word))
      if (std::find(selection.except.begin(), selection.except.end(), o) == selection.except.end())
        tasks.push_back(o);
  selection.except.clear();
  parts.tasks->get(parts.core->store, call.who(), tasks, {}, [&](const Row& row) {
    selection.ids.emplace_back(row.id());
    return true;
  });
  return selection;
}

Answer ActionVerb::run(const VerbCall& verb_call) {
  const auto& call = static_cast<const Call&>(verb_call);
  const ActionSpec& spec = action_->spec;
  parts_.core->access.require(call.who(), spec.permission);
  const auto arguments = call.arguments();
  const std::size_t tasks = spec.words.empty()    ? arguments.size()
                            : selects_tasks(call) ? 0
                                                  : std::min<std::size_t>(arguments.size(), 1);
  const auto words = arguments.subspan(tasks);
  if (needs_words(spec) && words.empty())
    throw line_error(call.line(), static_cast<std::int64_t>(call.line().size()),
                     fmt::format("{} needs {}", id(), usage().arguments));
  const Json parameters = parameters_of(spec, call, words);
  check(parts_, *action_, parameters, call);
  const ActionSelection selection = selection_of(parts_, call, usage(), arguments.first(tasks),
                                                 speaks_of_archived(action_->when));

  ActionOptions options;
  options.why = call.text("why");
  options.dry_run = call.dry_run();
  options.idempotency_key = call.idempotency_key();
  options.wait = patience;
  const std::string token = call.text("yes");
  const bool asks = !spec.confirm.empty() && !call.has("yes");
  if (!call.dry_run() && (asks || !token.empty())) {
    const Asked asked = ask(parts_, *action_, selection, parameters, call.who());
    if (!token.empty()) check_token(asked, call.words("yes").front(), call);
    if (asks && asked.affected() > 0) return asked.question;
    // Nothing is asked about nothing: the answer tells why, and nothing is done.
    if (asks) options.dry_run = true;
  }
  const ActionRun done =
      parts_.actions->run(call.who(), action_->id, selection, parameters, options);
  return answer_of(parts_, call.who(), action_->id, done, call.dry_run());
}

}  // namespace podium::host::commands
