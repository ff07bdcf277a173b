// Boards that are saved and erased.
#include "answers.hpp"
#include "board_verb.hpp"
#include "key.hpp"
#include "parts.hpp"
#include "phrase.hpp"
#include "podium/principal.hpp"

namespace podium::leaderboard {
namespace {

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
