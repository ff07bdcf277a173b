// What could be typed behind `board`, and what is known of a word.
#include <algorithm>

#include "board_verb.hpp"
#include "items.hpp"
#include "key.hpp"
#include "podium/principal.hpp"
#include "podium/service/datasets.hpp"

namespace podium::leaderboard {
namespace {

/// Completion looks at the definitions of so many boards, and at so many candidates of so many
/// rankings. Those are kept up in memory, so that is quick.
constexpr std::uint64_t most_boards = 1000, boards_looked_at = 20;
constexpr std::size_t candidates_of_each = 50;

/// The boards that a line speaks of: the one that it names, or all.
std::vector<Board> boards_of(const Desk& desk, const Principal& who, const TypedWord& typed,
                             std::uint64_t most) {
  std::vector<Board> boards;
  if (!typed.arguments.empty()) {
    try {
      boards.push_back(desk.named(who, {}, typed.arguments.front()));
      return boards;
    } catch (const Error& e) {
      if (e.code() != ErrorCode::not_found && e.code() != ErrorCode::invalid) throw;
    }
  }
  desk.list(who, 0, most, {}, [&](const Board& b) { boards.push_back(b); });
  return boards;
}

}  // namespace

std::vector<Verb::Suggestion> BoardVerb::complete(const Principal& who,
                                                  const TypedWord& typed) const {
  const std::string& clause = typed.clause;
  std::vector<Suggestion> out;
  const auto add = [&](const std::string& text, std::string note) {
    static const auto keywords = [this] {
      std::vector<std::string> words;
      for (const ClauseSpec& spec : usage().clauses) words.push_back(spec.name);
      return words;
    }();
    std::string word = as_word(text, keywords);
    if (std::none_of(out.begin(), out.end(), [&](const Suggestion& s) { return s.text == word; }))
      out.push_back({std::move(word), std::move(note)});
  };
  if (clause.empty()) {
    desk_.list(who, 0, most_boards, {},
               [&](const Board& b) { add(b.name, "a board of " + desk_.project_names(b).second); });
  } else if (clause == "team") {
    add("user", "whose tasks they are");
  } else if (clause == "on") {
    static const std::vector<Column> columns{value_of(field("name"))};
    Query q;
    q.columns = columns;
    q.order = {{record_ordinal(), true, false}};
    q.limit = most_boards;
    PluginContext& context = desk_.context();
    context.datasets().query(context.store(), who, q, [&](const Row& row) {
      add(cell::text(row.cell(0)), "a data set");
      return true;
    });
  } else if (clause == "pareto" || clause == "candidate") {
    const auto most = clause == "pareto" ? most_boards : boards_looked_at;
    for (const Board& b : boards_of(desk_, who, typed, most)) {
      if (clause == "pareto") {
        for (const Metric& m : b.definition->metrics) add(m.name, "a metric of a board");
        for (const BoardColumn& c : b.definition->columns) add(c.name, "a column of a board");
        continue;
      }
      desk_.look(who, b, std::nullopt, [&](const Ranking& r) {
        const auto all = r.engine.candidates();
        const bool tasks = r.engine.definition().kind == Kind::tasks;
        for (std::size_t i = 0; i < std::min(all.size(), candidates_of_each); ++i) {
          const Candidate& c = *all[i];
          const std::string label = tasks ? c.tasks.front().name : label_of(c.key);
          const std::string rank =
              i < r.engine.ranked() ? "rank " + std::to_string(r.engine.rank(i)) : "not ranked";
          if (!label.empty()) add(label, rank + " of " + b.name);
          if (!typed.text.empty()) add(c.id, rank + " of " + b.name);
        }
      });
    }
  }
  return out;
}

std::optional<Answer> BoardVerb::inspect(const Principal& who, const TypedWord& typed) const {
  if (!typed.clause.empty()) return std::nullopt;
  try {
    const Board board = desk_.named(who, {}, typed.text);
    AnswerDetails details = about(line_of(board), {});
    desk_.look(who, board, std::nullopt, [&](const Ranking& r) {
      details.field("candidates", static_cast<std::int64_t>(r.engine.candidates().size()),
                    CellType::integer);
      details.field("ranked", static_cast<std::int64_t>(r.engine.ranked()), CellType::integer);
      details.field("tasks", static_cast<std::int64_t>(r.engine.tasks()), CellType::integer);
    });
    return details;
  } catch (const Error& e) {
    if (e.code() != ErrorCode::not_found && e.code() != ErrorCode::invalid) throw;
    return std::nullopt;
  }
}

}  // namespace podium::leaderboard
