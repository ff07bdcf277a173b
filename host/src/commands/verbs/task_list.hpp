#pragma once
// What the verbs that list tasks share.
#include "commands/table_of.hpp"
#include "podium/extension/verb.hpp"

namespace podium::host::commands {

inline constexpr std::int64_t usual_limit = 100, most_rows = 10'000;

/// The number of the clause `limit`, or `usual`; refuses more than `most_rows` and none.
std::uint64_t limit_of(const VerbCall&, std::int64_t usual = usual_limit);

/// Adds the columns of the clause `show`, or else `usual`.
void add_columns(TableOf&, const VerbCall&, std::initializer_list<const char*> usual);

/// Adds the parameters, tags and metrics that a filter or an order speaks of.
void add_mentioned(TableOf&, const EntityVocabulary&, const Filter&);
void add_mentioned(TableOf&, const EntityVocabulary&, const Order&);

/// The newest first.
inline Order newest_first() { return {{record_ordinal(), true, false}}; }

/// `tasks ... group by`.
Answer grouped_tasks(const Parts&, const VerbCall&);

}  // namespace podium::host::commands
