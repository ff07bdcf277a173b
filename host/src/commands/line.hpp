#pragma once
// The command language's grammar: one line becomes a verb, its arguments and its clauses. What the
// words mean is not known here. docs/commands.md explains it by examples.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/extension/verb.hpp"

namespace podium::host::commands {

/// A clause that was given.
struct GivenClause {
  std::string name;  ///< as the verb declares it
  ClauseSpec::Kind kind{};
  CommandWord keyword;
  /// As `VerbCall::words` gives them; of a filter one word, the text as it stands in the line.
  std::vector<CommandWord> words;
  std::int64_t number = 0;  ///< of a number; of a duration milliseconds
};

struct ParsedLine {
  std::string line;
  CommandWord verb;
  std::vector<CommandWord> arguments;
  std::vector<GivenClause> clauses;

  const GivenClause* clause(std::string_view name) const;
};

/// The verbs that there are. Thread-safe.
class VerbList {
 public:
  virtual std::optional<Verb::Usage> usage(std::string_view verb) const = 0;
  virtual std::vector<std::string> words() const = 0;

 protected:
  ~VerbList() = default;
};

inline constexpr std::size_t longest_line = 100'000;

/// Throws Error `invalid` with the position in the line and, where there is one, the corrected
/// command in its facts (`{"line": ..., "nearest": ..., "corrected": ...}`).
ParsedLine parse_line(std::string_view line, const VerbList&);
/// What a shell split into words: `--limit 20`, `--limit=20` and `limit 20` are the same. Made into
/// a line that means the same, which errors refer to.
ParsedLine parse_arguments(std::span<const std::string> argv, const VerbList&);

/// A line that parses to the same.
std::string print(const ParsedLine&);
/// A word as it stands in a line: in quotes where it must be.
std::string quoted(std::string_view word, std::span<const ClauseSpec> clauses);

/// Of the flags `yes` alone may have a word behind it: the token of the question that it answers.
inline bool may_have_token(const ClauseSpec& spec) {
  return spec.kind == ClauseSpec::Kind::flag && spec.name == "yes";
}
/// As usages show a clause: "in PROJECT", "all", "yes [TOKEN]".
std::string written(const ClauseSpec&);

/// "tasks [in PROJECT] [where FILTER] ..."
std::string usage_line(std::string_view verb, const Verb::Usage&);

/// `90s`, `10m`, `2h`, `500ms`; a number alone is seconds. Milliseconds, or -1.
std::int64_t duration_of(std::string_view text);

/// An error of the line, at a byte of it, with what programs want to know.
Error line_error(std::string_view line, std::int64_t position, const std::string& sentence,
                 std::string_view nearest = {}, std::string_view corrected = {});
/// ASCII letters in lower case, as keywords are compared.
std::string lower(std::string_view);
constexpr bool is_quote(char c) { return c == '\'' || c == '"'; }
/// `line` with what stands at [begin, end) replaced.
std::string replaced(std::string_view line, std::size_t begin, std::size_t end,
                     std::string_view with);

}  // namespace podium::host::commands
