#include "board_verb.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "details.hpp"
#include "items.hpp"
#include "parts.hpp"
#include "past.hpp"
#include "phrase.hpp"
#include "podium/principal.hpp"
#include "podium/query.hpp"
#include "podium/service/projects.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::leaderboard {
namespace {

using ClauseKind = ClauseSpec::Kind;

constexpr std::int64_t day = 86'400'000;

/// What of a board is shown, and which clauses go with it.
struct View {
  const char* word;
  ClauseKind kind;
  const char* value;
  const char* help;
  bool at, since, limit, chart;
  bool saved;  ///< of saved boards only
};
constexpr View views[] = {
    {"", ClauseKind::flag, "", "", true, false, true, true, false},
    {"trust", ClauseKind::flag, "",
     "intervals, ranks that may be, groups that cannot be told apart", true, false, false, true,
     false},
    {"pareto", ClauseKind::list, "COLUMNS", "whom no other beats in all of two or three columns",
     true, false, false, true, false},
    {"ranks", ClauseKind::flag, "", "ranks over time, of those who were ever among the first", true,
     true, true, true, false},
    {"candidate", ClauseKind::word, "CANDIDATE", "one by its rank, id or label, with its tasks",
     true, false, false, false, false},
    {"changes", ClauseKind::flag, "", "what is different from yesterday, or since a moment", false,
     true, false, false, false},
    {"history", ClauseKind::flag, "", "tasks that entered, changed and left, newest first", false,
     false, true, false, true},
    {"export", ClauseKind::word, "csv|json", "all of it as a file", true, false, false, false,
     true},
    {"about", ClauseKind::flag, "", "its definition, its link, what differs from the template",
     false, false, false, false, true},
    {"goals", ClauseKind::flag, "", "the project's goals, who meets them, each one's best", false,
     false, false, false, false},
    {"delete", ClauseKind::flag, "", "erases a board with its history", false, false, false, false,
     true},
};

const View& view_of(const VerbCall& call) {
  const View* found = &views[0];
  for (const View& view : views) {
    if (*view.word == 0 || !call.has(view.word)) continue;
    if (*found->word != 0)
      throw Error(ErrorCode::invalid, "one of '" + std::string(found->word) + "' and '" +
                                          view.word + "' is shown at a time; leave one out");
    found = &view;
  }
  return *found;
}

void check_together(const VerbCall& call, const View& view, bool of_board) {
  const std::string what = *view.word == 0 ? std::string() : "'" + std::string(view.word) + "'";
  const auto refuse = [&](const char* clause, bool fits, const char* goes_with) {
    if (fits || !call.has(clause)) return;
    const auto words = call.words(clause);
    const std::string sentence = "'" + std::string(clause) + "' goes with " + goes_with +
                                 (what.empty() ? "" : ", not with " + what);
    throw words.empty() ? Error(ErrorCode::invalid, sentence) : call.wrong(words.front(), sentence);
  };
  refuse("at", view.at && of_board, "what a board says of itself at a moment");
  refuse("since", view.since && of_board, "'changes' and 'ranks'");
  refuse("limit", view.limit, "a ranking, a list, 'ranks' and 'history'");
  refuse("cursor", std::string_view(view.word) == "history", "'history'");
  refuse("chart", view.chart && of_board, "a ranking, 'trust', 'pareto' and 'ranks'");
  const bool asks = std::string_view(view.word) == "delete" || call.has("save as");
  refuse("to", std::string_view(view.word) == "export", "'export'");
  refuse("yes", asks, "'delete' and 'save as'");
}

}  // namespace

Verb::Usage BoardVerb::usage() const {
  Usage u;
  u.summary = "Boards: which of what was tried is best, how sure that is, and how it came about";
  u.arguments = "NAME";
  u.most = 1;
  u.clauses = {clauses::in()};
  for (const View& view : views)
    if (*view.word != 0) u.clauses.push_back({view.word, view.kind, view.value, view.help});
  u.clauses.push_back({"chart", ClauseKind::flag, "", "draws it"});
  u.clauses.push_back({"to", ClauseKind::word, "FILE", "of 'export': kept under this name"});
  u.clauses.push_back({"at", ClauseKind::word, "TIME", "as it was then: 2026-11-24, or -1d"});
  u.clauses.push_back(
      {"since", ClauseKind::word, "TIME", "of 'changes' and 'ranks': from then on"});
  for (ClauseSpec& spec : phrase_clauses()) u.clauses.push_back(std::move(spec));
  u.clauses.push_back(clauses::limit());
  u.clauses.push_back(clauses::cursor());
  u.clauses.push_back(clauses::yes());
  u.examples = {{"board", "which boards there are"},
                {"board 'which depth' in vision", "the ranking, and why some are not in it"},
                {"board by acc max, loss min in vision group by params.lr least 3",
                 "a ranking that is not kept"},
                {"board by acc in vision group by params.lr save as 'which lr'", "one that is"},
                {"board 'which lr' trust", "who cannot be told apart from the first"},
                {"board 'which lr' pareto acc energy chart", "whom no other beats in both"},
                {"board 'which lr' candidate 1", "the first one with its tasks"},
                {"board 'which lr' changes since -7d", "who moved in a week"},
                {"board 'which lr' export csv to lr.csv", "all of it as a file"},
                {"board 'which lr' at 2026-11-24", "the ranking as it was then"}};
  return u;
}

std::string BoardVerb::place(const VerbCall& call) const {
  const auto in = call.words("in");
  if (in.empty()) return {};
  const auto projects = call.projects();  // names the nearest when there is none
  if (!projects || projects->size() != 1)
    throw call.wrong(in.front(), "a board is of one project; leave out the '/'");
  Board there;
  there.project = projects->front();
  return desk_.project_names(there).first;
}

std::optional<std::int64_t> BoardVerb::moment(const VerbCall& call, const char* clause) const {
  const auto words = call.words(clause);
  if (words.empty()) return std::nullopt;
  const std::string& text = words.front().text;
  const bool number = text.size() <= 18 && all_digits(text);
  if (number) return std::stoll(text);
  if (text.find('\'') == text.npos) try {
      // The query language is asked what it means.
      const PluginContext& context = desk_.context();
      const Filter f =
          context.query_language().parse("created <= '" + text + "'", context.vocabulary("tasks"));
      if (f.op == Filter::Op::compare)
        if (const auto* at = std::get_if<std::int64_t>(&f.values.front())) return *at;
    } catch (const Error&) {
      // told below
    }
  throw call.wrong(words.front(), "'" + std::string(clause) +
                                      "' is a date (2026-11-24, '2026-11-24T10:00:00Z'), an age "
                                      "(-1d) or milliseconds");
}

BoardLine BoardVerb::line_of(const Board& b) const {
  BoardLine line;
  line.id = b.id;
  line.name = b.name;
  line.project = desk_.project_names(b).second;
  line.link = b.link;
  line.description = b.description;
  line.definition = b.definition;
  line.revision = b.revision;
  line.updated = b.updated;
  line.changed = b.changed;
  return line;
}

Board BoardVerb::named(const VerbCall& call) const {
  const CommandWord& word = call.arguments().front();
  const std::string project = place(call);
  try {
    return desk_.named(call.who(), project, word.text);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::invalid) throw call.wrong(word, e.what());
    if (e.code() != ErrorCode::not_found) throw;
  }
  if (project.empty()) try {
      return desk_.by_link(call.who(), word.text);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::not_found) throw;
    }
  std::vector<std::string> names;
  Ordinal of = 0;
  if (!project.empty()) of = desk_.project(call.who(), project);
  desk_.list(call.who(), of, most_rows, {}, [&](const Board& b) { names.push_back(b.name); });
  const std::string near = kit::nearest(word.text, names);
  std::string sentence = "there is no board with this name, id or link";
  if (!project.empty()) sentence += " in the project";
  if (near.empty() && !names.empty()) sentence += "; 'board' lists those there are";
  std::vector<std::string> keywords;
  for (const ClauseSpec& spec : usage().clauses) keywords.push_back(spec.name);
  throw unknown(call, word, sentence, near, as_word(near, keywords));
}

BoardVerb::Meant BoardVerb::meant(const VerbCall& call) const {
  const auto words = call.arguments();
  if (!call.has("by")) {
    if (const std::string clause = without_by(call); !clause.empty())
      throw Error(ErrorCode::invalid, "'" + clause +
                                          "' says what is ranked and goes with 'by'; a board that "
                                          "is saved has its own definition");
    return {named(call)};
  }
  std::string direction;
  if (!words.empty()) {
    // `by metrics.loss in vision min`, as of `best`.
    direction = words.front().text;
    if (words.front().quoted || (direction != "max" && direction != "min"))
      throw call.wrong(words.front(), "a board is named, or said with 'by', not both");
  }
  Phrase phrase = read_phrase(call, desk_, direction);
  try {
    return {desk_.unsaved(call.who(), phrase.project, std::move(phrase.definition)),
            std::move(phrase.notices)};
  } catch (const Error& e) {
    throw placed_in_phrase(call, e);
  }
}

Answer BoardVerb::run(const VerbCall& call) {
  const View& view = view_of(call);
  const std::string word = view.word;
  const bool of_board = !call.arguments().empty() || call.has("by");
  check_together(call, view, of_board);
  if (word == "goals") {
    if (of_board)
      throw Error(ErrorCode::invalid, "goals are of a project: 'board goals in PROJECT'");
    return goals(call);
  }
  if (!of_board) {
    if (!word.empty())
      throw Error(ErrorCode::invalid, "'" + word +
                                          "' is of a board; say its name, or with 'by' what to "
                                          "rank by");
    if (const std::string clause = without_by(call); !clause.empty())
      throw Error(ErrorCode::invalid,
                  "'" + clause + "' says what is ranked; say with 'by' by which metric");
    return list(call);
  }
  Meant m = meant(call);
  if (view.saved && m.board.ordinal == 0)
    throw Error(ErrorCode::invalid,
                "'" + word + "' is of boards that are saved; keep this one with 'save as NAME'");
  if (call.has("save as")) {
    if (!word.empty() || call.has("at") || call.has("chart"))
      throw Error(ErrorCode::invalid,
                  "'save as' answers with the ranking; leave out what else is to be shown");
    return save(call, std::move(m));
  }
  const std::vector<std::string> notices = m.notices;
  try {
    return with_notices(show(call, m, word), notices);
  } catch (const Error& e) {
    if (e.field().starts_with("definition") && m.board.ordinal == 0)
      throw placed_in_phrase(call, e);
    throw;
  }
}

Answer BoardVerb::show(const VerbCall& call, const Meant& m, const std::string& view) const {
  const auto at = moment(call, "at");
  const Board& board = m.board;
  if (view == "trust" || (view.empty() && call.has("chart"))) return trust(call, board, view, at);
  if (view.empty()) return ranking(call, board, at);
  if (view == "pareto") return pareto(call, board, at);
  if (view == "ranks") return ranks(call, board, at);
  if (view == "candidate") return candidate(call, board, at);
  if (view == "history") return history(call, board);
  if (view == "export") return export_file(call, board, at);
  if (view == "about") return about_board(call, board);
  if (view == "delete") return erase(call, board);
  const std::int64_t since = moment(call, "since").value_or(desk_.now() - day);
  const Json told = Json::parse(changes_json(desk_, call.who(), board, since));
  Answer answer(changes_table(*board.definition, told));
  if (told.value("rebuilt", false))
    answer.notice(
        "Nothing was kept of that time: what was then is worked out from the tasks that "
        "are there and when they ended.");
  if (told.value("defined_anew", false)) answer.notice("The board had another definition then.");
  return answer;
}

std::vector<BoardLine> BoardVerb::lines(const Principal& who, const std::vector<Ordinal>& projects,
                                        std::uint64_t most, bool& more) const {
  std::vector<BoardLine> out;
  std::string cursor;
  const Ordinal only = projects.size() == 1 ? projects.front() : 0;
  do {
    const Page page = desk_.list(who, only, most_rows, cursor, [&](const Board& b) {
      if (projects.size() > 1 &&
          std::find(projects.begin(), projects.end(), b.project) == projects.end())
        return;
      if (out.size() < most)
        out.push_back(line_of(b));
      else
        more = true;
    });
    cursor = page.cursor;
  } while (!cursor.empty() && !more);
  return out;
}

Answer BoardVerb::list(const VerbCall& call) const {
  const auto rows = rows_of(call, usual_rows, most_rows);
  bool more = false;
  const auto projects = call.projects();
  AnswerTable table;
  if (!projects || !projects->empty())
    table = boards_table(lines(call.who(), projects.value_or(std::vector<Ordinal>()),
                               static_cast<std::uint64_t>(rows), more));
  table.truncated = more;
  if (!more) table.of = static_cast<std::int64_t>(table.rows.size());
  Answer answer(std::move(table));
  if (std::get<AnswerTable>(answer.content).rows.empty())
    answer.notice("There is no board yet: 'board by METRIC in PROJECT save as NAME' makes one.");
  return answer;
}

Answer BoardVerb::goals(const VerbCall& call) const {
  const std::string project = place(call);
  if (project.empty())
    throw Error(ErrorCode::invalid, "goals are of a project: 'board goals in PROJECT'");
  return goals_details(Json::parse(goals_json(desk_, call.who(), project, std::nullopt)));
}

}  // namespace podium::leaderboard
