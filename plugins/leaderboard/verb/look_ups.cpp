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

bool contains(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) {
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return small(a) == small(b);
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

}  // namespace

std::vector<Verb::Suggestion> BoardVerb::complete(const Principal& who, std::string_view clause,
                                                  std::string_view prefix) const {
  std::vector<Suggestion> out;
  const auto add = [&](const std::string& text, std::string note) {
    static const auto keywords = [this] {
      std::vector<std::string> words;
      for (const ClauseSpec& spec : usage().clauses) words.push_back(spec.name);
      return words;
    }();
    if (!contains(text, prefix)) return;
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
      add(text_of(row.cell(0)), "a data set");
      return true;
    });
  } else if (clause == "pareto" || clause == "candidate") {
    std::vector<Board> boards;
    desk_.list(who, 0, clause == "pareto" ? most_boards : boards_looked_at, {},
               [&](const Board& b) { boards.push_back(b); });
    for (const Board& b : boards) {
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
          if (!prefix.empty()) add(c.id, rank + " of " + b.name);
        }
      });
    }
  }
  return out;
}

std::optional<Answer> BoardVerb::inspect(const Principal& who, std::string_view clause,
                                         std::string_view word) const {
  if (!clause.empty()) return std::nullopt;
  try {
    const Board board = desk_.named(who, {}, word);
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
