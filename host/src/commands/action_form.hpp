#pragma once
// The parameters of an action as clauses: a clause for each property of its JSON Schema, and the
// parameters that clauses and words spell.
#include <span>
#include <string>
#include <vector>

#include "podium/extension/action.hpp"
#include "podium/extension/verb.hpp"
#include "podium/json.hpp"

namespace podium::host::commands {

/// How a property is typed.
struct FormField {
  enum class As : std::uint8_t {
    text = 1,  ///< the word itself
    flag,      ///< the clause alone is true
    boolean,   ///< `true` or `false`; where true is the default
    integer,
    number,
    texts,  ///< a list
    json,   ///< a word that holds JSON
  };
  std::string property;  ///< as the schema names it
  As as = As::text;
  ClauseSpec clause;
};

/// In the schema's order of names, without the property that takes words (`ActionSpec::words`). A
/// clause is called like its property, with '-' for '_'.
std::vector<FormField> form_of(const ActionSpec&);

/// Whether the schema requires the property that takes words.
bool needs_words(const ActionSpec&);

/// The parameters that were typed: the clauses of the form, and `words` for the property that takes
/// them. Throws `invalid` with the place of a word that spells no such value. Whether all fits the
/// schema is for the run to say.
Json parameters_of(const ActionSpec&, const VerbCall&, std::span<const CommandWord> words);

}  // namespace podium::host::commands
