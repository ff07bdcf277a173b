#pragma once
// Where in a line somebody stands: for completion and inspection. The line need not be whole.
#include <string>
#include <string_view>
#include <vector>

#include "commands/line.hpp"

namespace podium::host::commands {

struct Place {
  Place() = default;
  Place(Place&&) = default;  // `clause` points into `usage`
  Place& operator=(Place&&) = default;

  bool in_verb = false;                ///< the word is the verb itself
  std::string verb;                    ///< in lower case; "" when there is none before
  Verb::Usage usage;                   ///< of the verb, when there is one of that name
  const ClauseSpec* clause = nullptr;  ///< of `usage`; null among the arguments
  bool on_keyword = false;             ///< the word is the clause's own name
  std::size_t begin = 0, end = 0;      ///< of the word: up to the cursor, and as a whole
  std::string prefix;                  ///< the word up to the cursor, without an opening quote
  std::string word;                    ///< all of it, without quotes
  bool quoted = false;
  std::vector<std::string> before;  ///< the words of the clause, or the arguments, before it
  TypedWord around;                 ///< the rest of the line

  /// Of the clause `in`, wherever it stands.
  std::string in() const {
    const auto found = around.clauses.find("in");
    return found == around.clauses.end() || found->second.empty() ? "" : found->second.back();
  }
  /// What the verb is asked with, about `text`.
  TypedWord typed(std::string_view text) const {
    TypedWord out = around;
    if (clause != nullptr) out.clause = clause->name;
    out.text = text;
    return out;
  }
};

/// Whether a clause takes keys of metrics, which may stand without "metrics." before them.
inline bool is_metric(const ClauseSpec& clause) {
  return clause.value == "METRIC" || clause.value == "METRICS";
}

/// `cursor` is a byte of the line; behind its end is its end.
Place place_in(std::string_view line, std::size_t cursor, const VerbList&);

}  // namespace podium::host::commands
