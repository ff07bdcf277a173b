// What of a board is shown.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "answers.hpp"
#include "board_verb.hpp"
#include "details.hpp"
#include "figures.hpp"
#include "items.hpp"
#include "key.hpp"
#include "parts.hpp"
#include "past.hpp"
#include "podium/principal.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::leaderboard {
namespace {

constexpr std::int64_t usual_top = 10, most_top = 100;

std::string title_of(const Board& board) {
  return board.name.empty() ? ranked_by(*board.definition) : board.name;
}

}  // namespace

Definition BoardVerb::shown(const VerbCall& call, const Board& board,
                            std::optional<std::int64_t> at) const {
  Definition out;
  desk_.look(call.who(), board, at, [&](const Ranking& r) { out = r.engine.definition(); });
  return out;
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
  const Definition d = shown(call, board, at);
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
  const Definition d = shown(call, board, at);
  for (const Metric& m : d.metrics) names.push_back(m.name);
  for (const BoardColumn& c : d.columns) names.push_back(c.name);
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
  Answer answer =
      draws ? Answer(front_figure(told, title_of(board))) : Answer(pareto_table(d, told));
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
  if (q.from < told.at("kept_since").get<std::int64_t>())
    answer.notice(
        "Ranks of times before the board was made are worked out from the tasks that are there and "
        "when they ended.");
  return answer;
}

Answer BoardVerb::candidate(const VerbCall& call, const Board& board,
                            std::optional<std::int64_t> at) const {
  const CommandWord& word = call.words("candidate").front();
  const std::string& text = word.text;
  const bool number = !word.quoted && text.size() <= 6 && all_digits(text);
  std::vector<std::string> found, labels;
  Definition definition;
  std::size_t ranked = 0;
  desk_.look(call.who(), board, at, [&](const Ranking& r) {
    const auto all = r.engine.candidates();
    ranked = r.engine.ranked();
    definition = r.engine.definition();
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
      definition, Json::parse(candidate_json(desk_, call.who(), board, found.front(), at)));
}

Answer BoardVerb::history(const VerbCall& call, const Board& board) const {
  const auto rows = static_cast<std::uint64_t>(rows_of(call, usual_rows, most_rows));
  return history_table(*board.definition, Json::parse(history_json(desk_, call.who(), board, rows,
                                                                   call.text("cursor"))));
}

Answer BoardVerb::export_file(const VerbCall& call, const Board& board,
                              std::optional<std::int64_t> at) const {
  const CommandWord& format = call.words("export").front();
  if (format.text != "csv" && format.text != "json")
    throw call.wrong(format, "'export' is csv or json");
  AnswerFile file;
  file.name = call.text("to", "board-" + board.id + "." + format.text);
  if (file.name.find_first_of("/\\") != std::string::npos)
    throw call.wrong(call.words("to").front(), "'to' is the name of a file, without a folder");
  file.url = "/api/v1/boards/" + board.id + "/export?format=" + format.text;
  if (at) file.url += "&at=" + std::to_string(*at);
  file.content_type = format.text == "csv" ? "text/csv; charset=utf-8" : "application/json";
  file.keep = call.has("to");
  return file;
}

Answer BoardVerb::about_board(const VerbCall& call, const Board& board) const {
  std::vector<std::vector<Value>> rows;
  if (desk_.project_template(call.who(), board.project))
    for (const TemplateDifference& d : desk_.differences(call.who(), board))
      rows.push_back({d.member, d.board, d.here});
  return about(line_of(board), rows);
}

}  // namespace podium::leaderboard
