#include "board_verb.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "answers.hpp"
#include "details.hpp"
#include "figures.hpp"
#include "items.hpp"
#include "key.hpp"
#include "past.hpp"
#include "phrase.hpp"
#include "podium/principal.hpp"
#include "podium/query.hpp"
#include "podium/service/projects.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::leaderboard {
namespace {

using Kind_ = ClauseSpec::Kind;

constexpr std::int64_t usual_rows = 100, most_rows = 1000, usual_top = 10, most_top = 100;
constexpr std::int64_t day = 86'400'000;

/// What of a board is shown, and which clauses go with it.
struct View {
  const char* word;
  Kind_ kind;
  const char* value;
  const char* help;
  bool at, since, limit, chart;
  bool saved;  ///< of saved boards only
};
constexpr View views[] = {
    {"", Kind_::flag, "", "", true, false, true, true, false},
    {"trust", Kind_::flag, "", "intervals, ranks that may be, groups that cannot be told apart",
     true, false, false, true, false},
    {"pareto", Kind_::list, "COLUMNS", "whom no other beats in all of two or three columns", true,
     false, false, true, false},
    {"ranks", Kind_::flag, "", "ranks over time, of those who were ever among the first", true,
     true, true, true, false},
    {"candidate", Kind_::word, "CANDIDATE", "one by its rank, id or label, with its tasks", true,
     false, false, false, false},
    {"changes", Kind_::flag, "", "what is different from yesterday, or since a moment", false, true,
     false, false, false},
    {"history", Kind_::flag, "", "tasks that entered, changed and left, newest first", false, false,
     true, false, true},
    {"about", Kind_::flag, "", "its definition, its link, what differs from the template", false,
     false, false, false, true},
    {"goals", Kind_::flag, "", "the project's goals, who meets them, each one's best", false, false,
     false, false, false},
    {"delete", Kind_::flag, "", "erases a board with its history", false, false, false, false,
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
  refuse("yes", asks, "'delete' and 'save as'");
}

/// `not_found` about a word, with the command as it was perhaps meant.
Error unknown(const VerbCall& call, const CommandWord& word, const std::string& sentence,
              const std::string& near, const std::string& near_as_word) {
  const std::string line(call.line());
  Json facts = {{"line", line}};
  if (!near.empty()) {
    const auto begin = static_cast<std::size_t>(word.position);
    std::size_t end = begin + word.text.size();
    if (word.quoted && begin < line.size()) {
      end = begin + 1;
      while (end < line.size() && line[end] != line[begin]) ++end;
      ++end;
    }
    facts["nearest"] = near;
    if (end <= line.size())
      facts["corrected"] = line.substr(0, begin) + near_as_word + line.substr(end);
  }
  Error e(ErrorCode::not_found,
          near.empty() ? sentence : sentence + "; did you mean '" + near + "'?");
  e.at(word.position).in("board").with(facts.dump());
  return e;
}

Answer with_notices(Answer answer, const std::vector<std::string>& notices) {
  for (const std::string& sentence : notices) answer.notice(sentence);
  return answer;
}

std::int64_t rows_of(const VerbCall& call, std::int64_t usual, std::int64_t most) {
  const std::int64_t rows = call.number("limit").value_or(usual);
  if (rows < 1 || rows > most)
    throw call.wrong(call.words("limit").front(), "'limit' is from 1 to " + std::to_string(most));
  return rows;
}

std::string title_of(const Board& board) {
  return board.name.empty() ? ranked_by(*board.definition) : board.name;
}

/// The sentence behind a question is carried out, if the answer is to this one.
bool answered(const VerbCall& call, const std::string& token) {
  if (!call.has("yes")) return false;
  const std::string given = call.text("yes");
  if (!given.empty() && given != token)
    throw Error(ErrorCode::conflict,
                "the board is not as it was when the question was asked; ask again");
  return true;
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
  u.clauses.push_back({"chart", Kind_::flag, "", "draws it"});
  u.clauses.push_back({"at", Kind_::word, "TIME", "as it was then: 2026-11-24, or -1d"});
  u.clauses.push_back({"since", Kind_::word, "TIME", "of 'changes' and 'ranks': from then on"});
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
  const bool number =
      !text.empty() && text.size() <= 18 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
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

Answer BoardVerb::ranking(const VerbCall& call, const Board& board,
                          std::optional<std::int64_t> at) const {
  const auto rows = static_cast<std::uint64_t>(rows_of(call, usual_rows, most_rows));
  Json told;
  Definition shown;
  desk_.look(call.who(), board, at, [&](const Ranking& r) {
    told = Json::parse(ranking_json(board, r, rows, 0));
    shown = r.engine.definition();
  });
  Answer answer(ranking_table(shown, told));
  return with_notices(std::move(answer), notices_of_ranking(told));
}

Answer BoardVerb::trust(const VerbCall& call, const Board& board, const std::string& view,
                        std::optional<std::int64_t> at) const {
  rows_of(call, usual_rows, most_rows);
  const Definition& d = *board.definition;
  const Json told = Json::parse(trust_json(desk_, call.who(), board, at));
  Answer answer = !call.has("chart") ? Answer(trust_table(d, told))
                  : view.empty()     ? Answer(intervals_figure(d, told, title_of(board)))
                                     : Answer(rank_intervals_figure(d, told, title_of(board)));
  return with_notices(std::move(answer), notices_of_trust(d, told));
}

Answer BoardVerb::pareto(const VerbCall& call, const Board& board,
                         std::optional<std::int64_t> at) const {
  const auto words = call.words("pareto");
  const bool draws = call.has("chart");
  if (words.size() < 2 || words.size() > 3)
    throw call.wrong(words.back(), "'pareto' takes two or three columns of the board");
  if (draws && words.size() != 2) throw call.wrong(words.back(), "a chart has two axes");
  std::vector<std::string> axes, names;
  for (const Metric& m : board.definition->metrics) names.push_back(m.name);
  for (const BoardColumn& c : board.definition->columns) names.push_back(c.name);
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  for (const CommandWord& word : words) {
    std::string name = word.text;
    const auto known = [&] { return std::find(names.begin(), names.end(), name) != names.end(); };
    if (!known() && !word.quoted && name.starts_with("metrics.")) name.erase(0, 8);
    if (!known()) {
      const std::string near = kit::nearest(name, names);
      const std::string sentence = "the board has no metric and no column of this name";
      if (near.empty()) throw call.wrong(word, sentence + "; there are: " + all);
      throw call.placed(word, Error(ErrorCode::invalid, sentence + "; did you mean '" + near + "'?")
                                  .with(Json({{"nearest", near}}).dump()));
    }
    if (std::find(axes.begin(), axes.end(), name) != axes.end())
      throw call.wrong(word, "this column is there twice");
    axes.push_back(std::move(name));
  }
  const Json told = Json::parse(pareto_json(desk_, call.who(), board, axes, at));
  Answer answer = draws ? Answer(front_figure(told, title_of(board)))
                        : Answer(pareto_table(*board.definition, told));
  if (const auto passed = told.value("passed_over", std::int64_t{0}); passed > 0)
    answer.notice(std::to_string(passed) + (passed == 1 ? " candidate has" : " candidates have") +
                  " not all of these values and " + (passed == 1 ? "is" : "are") + " left out.");
  return answer;
}

Answer BoardVerb::ranks(const VerbCall& call, const Board& board,
                        std::optional<std::int64_t> at) const {
  RanksQuestion q;
  q.top = static_cast<std::uint64_t>(rows_of(call, usual_top, most_top));
  q.to = at.value_or(desk_.now());
  q.from = moment(call, "since").value_or(0);
  if (q.from > q.to)
    throw call.wrong(call.words("since").front(), "'since' must not be after the end");
  const Json told = Json::parse(ranks_json(desk_, call.who(), board, q));
  Answer answer = call.has("chart") ? Answer(ranks_figure(told, title_of(board)))
                                    : Answer(ranks_table(*board.definition, told));
  if (told.at("kept_since").is_null())
    answer.notice(
        "Nothing was kept of that time: ranks are worked out from the tasks that are "
        "there and when they ended.");
  return answer;
}

Answer BoardVerb::candidate(const VerbCall& call, const Board& board,
                            std::optional<std::int64_t> at) const {
  const CommandWord& word = call.words("candidate").front();
  const std::string& text = word.text;
  const bool number =
      !word.quoted && !text.empty() && text.size() <= 6 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  std::vector<std::string> found, labels;
  std::size_t ranked = 0;
  desk_.look(call.who(), board, at, [&](const Ranking& r) {
    const auto all = r.engine.candidates();
    ranked = r.engine.ranked();
    std::vector<std::string> by_label, by_begin;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Candidate& c = *all[i];
      if (number && i < ranked && std::to_string(r.engine.rank(i)) == text) found.push_back(c.id);
      const bool task = r.engine.definition().kind == Kind::tasks;
      const std::string label = task ? c.tasks.front().name : label_of(c.key);
      if (label == text || (task && c.tasks.front().id == text)) by_label.push_back(c.id);
      const std::string& id = task ? c.tasks.front().id : c.id;
      if (text.size() >= 6 && (c.id.starts_with(text) || id.starts_with(text)))
        by_begin.push_back(c.id);
      if (labels.size() < 1000) labels.push_back(label);
    }
    if (found.empty()) found = by_label.empty() ? std::move(by_begin) : std::move(by_label);
  });
  if (found.size() > 1)
    throw Error(ErrorCode::conflict,
                std::to_string(found.size()) +
                    " candidates are meant by this; say the id of one, from the column 'candidate'")
        .at(word.position)
        .in("candidate");
  if (found.empty()) {
    if (number)
      throw unknown(call, word,
                    "nobody has this rank; " + std::to_string(ranked) +
                        (ranked == 1 ? " candidate is ranked" : " candidates are ranked"),
                    {}, {});
    const std::string near = kit::nearest(text, labels);
    throw unknown(
        call, word,
        "no candidate has this id or label; a candidate is named by its rank, its id, the "
        "beginning of its id or its label",
        near, as_word(near, {}));
  }
  return candidate_details(
      *board.definition, Json::parse(candidate_json(desk_, call.who(), board, found.front(), at)));
}

Answer BoardVerb::history(const VerbCall& call, const Board& board) const {
  const auto rows = static_cast<std::uint64_t>(rows_of(call, usual_rows, most_rows));
  return history_table(*board.definition, Json::parse(history_json(desk_, call.who(), board, rows,
                                                                   call.text("cursor"))));
}

Answer BoardVerb::about_board(const VerbCall& call, const Board& board) const {
  std::vector<std::vector<Value>> rows;
  if (desk_.project_template(call.who(), board.project))
    for (const Difference& d : desk_.differences(call.who(), board))
      rows.push_back({d.member, d.board, d.here});
  return about(line_of(board), rows);
}

Answer BoardVerb::save(const VerbCall& call, Meant m) const {
  const CommandWord& word = call.words("save as").front();
  const std::string project = desk_.project_names(m.board).first;
  std::optional<Board> before;
  try {
    before = desk_.named(call.who(), project, word.text);
    if (before->name != word.text || before->project != m.board.project) before.reset();
  } catch (const Error& e) {
    if (e.code() != ErrorCode::not_found) throw;
  }
  Draft draft;
  draft.name = word.text;
  draft.definition = *m.board.definition;
  const bool same = before && *before->definition == *m.board.definition;
  if (same) {
    return with_notices(ranking(call, *before, std::nullopt), {"It is saved already, as it is."});
  }
  if (before && !call.dry_run()) {
    const std::string token =
        id_of_key("replace " + before->id + " " + std::to_string(before->version));
    if (!answered(call, token)) {
      AnswerQuestion q;
      q.text =
          "There is a board with this name: its definition would be replaced, its history "
          "goes on.";
      q.affected = 1;
      q.token = token;
      q.details = about(line_of(*before), {});
      return q;
    }
  }
  if (call.dry_run()) {
    Answer answer = with_notices(ranking(call, m.board, std::nullopt), m.notices);
    answer.notice("Nothing was saved: this is a dry run.");
    return answer;
  }
  Board saved;
  try {
    if (before) {
      saved = desk_.edit(call.who(), *before, std::move(draft), before->version);
    } else {
      draft.project = project;
      saved = desk_.add(call.who(), std::move(draft));
    }
  } catch (const Error& e) {
    if (e.code() == ErrorCode::invalid && !e.field().starts_with("definition"))
      throw call.wrong(word, e.what());
    throw placed_in_phrase(call, e);
  }
  Answer answer = with_notices(ranking(call, saved, std::nullopt), m.notices);
  answer.notice(before ? "The board has this definition from now on."
                       : "It was saved: its name shows it from now on, as tasks end.");
  return answer;
}

Answer BoardVerb::erase(const VerbCall& call, const Board& board) const {
  const std::string token = id_of_key("delete " + board.id + " " + std::to_string(board.revision));
  if (!call.dry_run() && !answered(call, token)) {
    AnswerQuestion q;
    q.text = "The board would be erased with its history; its tasks stay.";
    q.affected = 1;
    q.token = token;
    q.details = about(line_of(board), {});
    return q;
  }
  if (!call.dry_run()) desk_.remove(call.who(), board, std::nullopt);
  AnswerDetails details;
  details.entity = "board";
  details.field("id", board.id, CellType::id).field("name", board.name);
  details.field("deleted", !call.dry_run(), CellType::boolean);
  Answer answer(std::move(details));
  if (call.dry_run()) answer.notice("Nothing was changed: this is a dry run.");
  return answer;
}

}  // namespace podium::leaderboard
