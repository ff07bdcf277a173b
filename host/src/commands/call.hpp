#pragma once
// A command that was typed, as its verb sees it.
#include <map>
#include <string>
#include <vector>

#include "commands/line.hpp"
#include "commands/parts.hpp"
#include "query/podium_vocabulary.hpp"

namespace podium::host::commands {

/// A result of a command before, which this one speaks of by a name.
struct Selection {
  std::vector<std::string> ids;  ///< of tasks; or else
  bool by_filter = false;        ///< those that `in` and `where` find now, but for `except`
  std::string in, where;
  bool all = false;
  std::vector<QueryLanguage::Binding> bindings;
  std::vector<std::string> except;  ///< ids
};

struct CommandRequest {
  std::string line;               ///< or
  std::vector<std::string> argv;  ///< as a shell split it
  std::vector<QueryLanguage::Binding> bindings;
  std::map<std::string, Selection, std::less<>> selections;
  bool dry_run = false;
  std::size_t budget = 0;
  std::string idempotency_key;
  std::int64_t waited = 0;  ///< milliseconds, by calls before that answered `pending`
};

/// Runs `fn`, which reads `word`; what it throws gets its place in the line.
template <class F>
auto in_place(const VerbCall& call, const CommandWord& word, F&& fn) {
  try {
    return fn();
  } catch (const Error& e) {
    throw call.placed(word, e);
  }
}

/// Whether a filter asks about the flag `archived`.
bool speaks_of_archived(const Filter&);

/// A text that may be the beginning of an id, and cannot be taken for a pattern of LIKE.
bool could_begin_id(std::string_view text);

/// All but the parsed line is borrowed for as long as the call lives.
class Call final : public VerbCall {
 public:
  Call(const Parts&, ParsedLine, const CommandRequest&, const Principal&, const Cancel&);

  std::string_view line() const override { return parsed_.line; }
  std::span<const CommandWord> arguments() const override { return parsed_.arguments; }
  bool has(std::string_view clause) const override { return parsed_.clause(clause) != nullptr; }
  std::span<const CommandWord> words(std::string_view clause) const override;
  std::optional<std::int64_t> number(std::string_view clause) const override;
  Filter tasks() const override;
  Filter filter(std::string_view clause, const Vocabulary&) const override;
  Order order(std::string_view clause, const Vocabulary&) const override;
  std::vector<Ordinal> tasks_named(const CommandWord&) const override;
  Ordinal task_named(const CommandWord&) const override;
  const Principal& who() const override { return who_; }
  const Cancel& cancel() const override { return cancel_; }
  bool dry_run() const override { return request_.dry_run; }
  std::size_t budget() const override { return request_.budget; }
  std::string_view idempotency_key() const override { return request_.idempotency_key; }
  Error wrong(const CommandWord&, const std::string& sentence) const override;
  Error placed(const CommandWord&, const Error&) const override;
  std::optional<std::vector<Ordinal>> projects() const override;

  std::int64_t waited() const noexcept { return request_.waited; }
  const ParsedLine& parsed() const noexcept { return parsed_; }
  /// `tasks()` with the archived ones, whatever is said.
  Filter tasks_archived_or_not() const;
  /// The result that a word names, when it is one by its filter: the tasks that it finds now, but
  /// for `except`.
  struct Found {
    Filter filter;
    std::vector<Ordinal> except;
  };
  std::optional<Found> found_by(const CommandWord&) const;

 private:
  Filter project(const CommandWord&) const;
  Filter tasks_of(const CommandWord* in, const CommandWord* where, bool all,
                  std::span<const QueryLanguage::Binding>) const;
  std::vector<Ordinal> selected(const Selection&, const CommandWord&) const;
  Found found(const Selection&, const CommandWord&) const;
  std::vector<Ordinal> known(const std::vector<std::string>& ids) const;
  Ordinal find_one(const std::string& text, const CommandWord&) const;

  const Parts& parts_;
  const ParsedLine parsed_;
  const CommandRequest& request_;
  const Principal& who_;
  const Cancel& cancel_;
};

}  // namespace podium::host::commands
