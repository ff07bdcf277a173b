#pragma once
// The extension point that adds a word to the command language.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/command/answer.hpp"
#include "podium/extension.hpp"
#include "podium/http/message.hpp"
#include "podium/principal.hpp"
#include "podium/query.hpp"
#include "podium/store/filter.hpp"

namespace podium {

/// A clause that a verb takes: `limit 20` in a line, `--limit 20` on the command line.
struct ClauseSpec {
  enum class Kind : std::uint8_t {
    flag = 1,  ///< stands alone: `yes`
    word,      ///< one word, or a text in quotes: `in vision`
    number,    ///< a whole number, not negative: `limit 20`
    duration,  ///< milliseconds, written `30s`, `10m`, `2h`: `timeout 10m`
    list,      ///< words, divided by commas or blanks: `show name, params.lr`
    orders,    ///< names with asc or desc, divided by commas: `sort metrics.acc desc, name`
    filter,    ///< the query language, up to the next clause: `where metrics.acc > 0.9`
  };
  std::string name;  ///< in lower case; two words are one blank apart: "group by"
  Kind kind;
  /// Of the usage; "" for a flag. The host completes and inspects by itself what is called PROJECT,
  /// TASK, TASKS, METRIC, METRICS, NAME, NAMES (of the query language) or "this|that".
  std::string value;
  std::string help;  ///< one line
  bool required = false;
};

/// Clauses that mean the same everywhere. `VerbCall::tasks` understands `in`, `where` and `all`.
namespace clauses {
inline ClauseSpec in() {
  return {"in", ClauseSpec::Kind::word, "PROJECT",
          "only of this project; with a '/' at its end also of those below it"};
}
inline ClauseSpec where() {
  return {"where", ClauseSpec::Kind::filter, "FILTER", "only those that match (docs/query.md)"};
}
inline ClauseSpec all() { return {"all", ClauseSpec::Kind::flag, "", "archived ones too"}; }
inline ClauseSpec show() { return {"show", ClauseSpec::Kind::list, "NAMES", "these columns"}; }
inline ClauseSpec sort() {
  return {"sort", ClauseSpec::Kind::orders, "NAMES", "in this order; missing values come last"};
}
inline ClauseSpec limit() {
  return {"limit", ClauseSpec::Kind::number, "N", "at most so many rows"};
}
inline ClauseSpec cursor() {
  return {"cursor", ClauseSpec::Kind::word, "TEXT", "go on behind an answer before"};
}
/// Alone, or with the token of a question, which `VerbCall::text("yes")` then is: `yes TOKEN`.
inline ClauseSpec yes() { return {"yes", ClauseSpec::Kind::flag, "", "do it without asking"}; }
}  // namespace clauses

/// A word as it was typed, without its quotes. `position` is its byte offset in `VerbCall::line`.
struct CommandWord {
  std::string text;
  std::int64_t position = 0;
  bool quoted = false;
};

/// One command that was typed, understood as far as a verb's declaration tells. Valid during `run`.
/// Everything that throws `invalid` carries the position in `line()`.
class VerbCall {
 public:
  /// The command as one line; of an argument vector the line that means the same.
  virtual std::string_view line() const = 0;
  /// The words behind the verb that belong to no clause.
  virtual std::span<const CommandWord> arguments() const = 0;
  virtual bool has(std::string_view clause) const = 0;
  /// The words of a clause: of a word one, of a list or of orders one an item (an item of orders is
  /// "NAME", "NAME asc" or "NAME desc"), of a filter its text. Empty when it was not given.
  virtual std::span<const CommandWord> words(std::string_view clause) const = 0;
  virtual std::optional<std::int64_t> number(std::string_view clause) const = 0;

  /// Which tasks the clauses `in`, `where` and `all` ask for. Archived ones are left out unless
  /// `all` is given or the filter speaks of `archived`. What the caller may see is not in it:
  /// `Records` adds that.
  virtual Filter tasks() const = 0;
  /// Which projects the clause `in` names: one, or with those below it. Nothing when the clause is
  /// absent.
  virtual std::optional<std::vector<Ordinal>> projects() const = 0;
  /// A filter clause in another vocabulary than the tasks'. `all` when the clause is absent.
  virtual Filter filter(std::string_view clause, const Vocabulary&) const = 0;
  /// An orders clause. Empty when it is absent.
  virtual Order order(std::string_view clause, const Vocabulary&) const = 0;
  /// The tasks that a word names, as records of the service Tasks: ids, the unambiguous beginning
  /// of an id (6 characters or more) or a name that one task has, several divided by commas; or the
  /// name of a result that came with the request, or `NAME.selected`. Throws `not_found` (in
  /// `invalid`'s manner, with the position) and `conflict` when more than one task fits.
  virtual std::vector<Ordinal> tasks_named(const CommandWord&) const = 0;
  /// The one task that a word names.
  virtual Ordinal task_named(const CommandWord&) const = 0;

  virtual const Principal& who() const = 0;
  virtual const Cancel& cancel() const = 0;
  virtual bool dry_run() const = 0;        ///< say what would be done, and change nothing
  virtual std::size_t budget() const = 0;  ///< characters that the answer should fit; 0: any
  virtual std::string_view idempotency_key() const = 0;  ///< "" when none was given

  /// An error about a word, with its place in the line.
  virtual Error wrong(const CommandWord&, const std::string& sentence) const = 0;
  /// What reading the text of a word threw, with its place in the line.
  virtual Error placed(const CommandWord&, const Error&) const = 0;

  /// The text of a word clause, or `otherwise`.
  std::string text(std::string_view clause, std::string_view otherwise = {}) const {
    const auto given = words(clause);
    return given.empty() ? std::string(otherwise) : given.front().text;
  }

 protected:
  ~VerbCall() = default;
};

/// A word that somebody is typing or asks about, and what else the line says, which need not be
/// whole. Texts are without quotes.
struct TypedWord {
  std::string clause;                       ///< that it stands in; "" among the arguments
  std::string text;                         ///< when it is completed: up to the cursor
  std::vector<std::string> arguments = {};  ///< the others, in their order
  /// The other words of the clauses that are given. Of a filter none.
  std::map<std::string, std::vector<std::string>, std::less<>> clauses = {};
};

/// A word of the command language; the extension's id is the word: [a-z][a-z0-9-]*, and none of
/// the language's or the front ends' own. It is there at once wherever commands are typed, and is
/// a subcommand of `podium`. Called on pool threads, several at once; must not block for longer
/// than the time limit of a request.
class Verb : public Extension {
 public:
  using Extension::Extension;

  struct Example {
    std::string line, means;
  };
  /// What it is, for help, completion and errors. Asked often: cheap.
  struct Usage {
    std::string summary;              ///< one line, no full stop
    std::string arguments = {};       ///< "TASK [TASK ...]"; "" takes none
    std::size_t least = 0, most = 0;  ///< how many arguments there may be
    std::vector<ClauseSpec> clauses = {};
    std::vector<Example> examples = {};
    bool changes = false;  ///< it changes something: needs the permission task.write
  };
  virtual Usage usage() const = 0;

  /// Carries the command out. What it shows of the store it asks `Access` for (or a service, which
  /// does); a verb that shows nothing of it says so with `who().mark_checked()`. Throws Error;
  /// `dry_run` must be honoured when `changes` is said.
  virtual Answer run(const VerbCall&) = 0;

  /// A word that could stand at a place, and what it is ("a metric of 12 tasks").
  struct Suggestion {
    std::string text, note = {};
  };
  /// What could stand where a word is typed; those that do not fit its text are left out by the
  /// host. It knows projects, tasks, metrics and names of the query language by itself
  /// (`ClauseSpec::value`) and asks only for the rest.
  virtual std::vector<Suggestion> complete(const Principal&, const TypedWord&) const { return {}; }
  /// What is known of an argument's or a clause's word, or nothing.
  virtual std::optional<Answer> inspect(const Principal&, const TypedWord&) const {
    return std::nullopt;
  }
};

}  // namespace podium
