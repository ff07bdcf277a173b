#include "commands/action_question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/table_of.hpp"
#include "services/digest.hpp"

namespace podium::host::commands {
namespace {

/// The tasks of a selection.
Filter filter_of(const Parts& parts, const Principal& who, const Reader& reader,
                 const ActionSelection& selection) {
  std::vector<Value> ordinals;
  for (const std::string& id : selection.ids)
    if (const Ordinal o = parts.tasks->find(reader, who, id); o != 0) ordinals.emplace_back(o);
  if (!selection.ids.empty() && ordinals.empty()) return none();
  Filter filter =
      selection.ids.empty() ? selection.filter : in(record_ordinal(), std::move(ordinals));
  if (selection.except.empty()) return filter;
  std::vector<Value> except(selection.except.begin(), selection.except.end());
  return all_of({std::move(filter), not_(in(record_ordinal(), std::move(except)))});
}

/// How many there are of each state, archived or not.
AnswerTable by_state(const Parts& parts, const Principal& who, const Reader& reader,
                     Filter filter) {
  AnswerTable table;
  table.column("state").column("archived", CellType::boolean).column("tasks", CellType::integer);
  Aggregate groups;
  groups.filter = std::move(filter);
  groups.groups = {field("state"), field("archived")};
  groups.folds = {{Aggregate::Fold::Kind::count}};
  groups.budget = question_budget;
  parts.tasks->aggregate(reader, who, groups,
                         [&](std::span<const Cell> values, std::span<const Cell> folds) {
                           table.row({owned(values[0]), owned(values[1]), owned(folds[0])});
                           return true;
                         });
  return table;
}

std::int64_t sum_of(const AnswerTable& table) {
  std::int64_t sum = 0;
  for (const auto& row : table.rows) sum += std::get<std::int64_t>(row.back());
  return sum;
}

std::string text_of(const ActionSpec& spec, std::int64_t count) {
  std::string text = spec.confirm;
  constexpr std::string_view name = "{count}", several = "{count} tasks";
  if (count == 1)
    for (std::size_t at = text.find(several); at != text.npos; at = text.find(several, at))
      text.replace(at, several.size(), "1 task");
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at))
    text.replace(at, name.size(), std::to_string(count));
  return text;
}

}  // namespace

Asked ask(const Parts& parts, const KnownAction& action, const ActionSelection& selection,
          const Json& parameters, const Principal& who) {
  const ActionSpec& spec = action.spec;
  std::vector<Ordinal> affected;
  AnswerTable able, left_out;
  parts.core->store.read([&](const Reader& reader) {
    const Filter tasks = filter_of(parts, who, reader, selection);
    const Filter fit = all_of({tasks, action.when});
    affected = parts.tasks->ids(reader, who, fit, {}, question_budget);
    able = by_state(parts, who, reader, fit);
    left_out = by_state(parts, who, reader, all_of({tasks, not_(action.when)}));
  });
  const auto count = static_cast<std::int64_t>(affected.size());
  const std::int64_t others = sum_of(left_out);
  if (spec.most > 0 && static_cast<std::uint64_t>(count + others) > spec.most)
    throw Error(ErrorCode::invalid,
                fmt::format("'{}' takes at most {} task{}, these are {}", action.word, spec.most,
                            spec.most == 1 ? "" : "s", count + others));
  std::string meaning = action.id + '\n' + parameters.dump() + '\n';
  for (const Ordinal o : affected) meaning += std::to_string(o) + ' ';
  Asked asked;
  asked.question.text = text_of(spec, count);
  asked.question.affected = count;
  asked.question.token = digest(meaning);
  AnswerDetails& details = asked.question.details;
  details.entity = "action";
  details.field("action", action.id)
      .field("tasks", count + others, CellType::integer)
      .field("affected", count, CellType::integer)
      .field("destructive", spec.destructive, CellType::boolean);
  if (others > 0 && !spec.why_not.empty()) details.field("why_not", spec.why_not);
  details.section("affected", std::move(able));
  if (others > 0) details.section("left_out", std::move(left_out));
  return asked;
}

void check_token(const Asked& asked, const CommandWord& token, const VerbCall& call) {
  const bool is_one = token.text.size() == asked.question.token.size() &&
                      token.text.find_first_not_of("0123456789abcdef") == token.text.npos;
  if (!is_one)
    throw call.wrong(token, fmt::format("'{}' is no token of a question; behind 'yes' stands one, "
                                        "or nothing but clauses",
                                        token.text));
  if (token.text == asked.question.token) return;
  Error error(
      ErrorCode::conflict,
      fmt::format("nothing was done: the question that '{}' answers was another; now it is: "
                  "{} Ask again",
                  token.text, asked.question.text));
  error.at(token.position).in("yes").with(call.wrong(token, "").detail());
  throw error;
}

}  // namespace podium::host::commands
