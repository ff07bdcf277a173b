#pragma once
// The word `board`.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desk.hpp"
#include "podium/extension/verb.hpp"
#include "tables.hpp"

namespace podium::leaderboard {

class BoardVerb final : public Verb {
 public:
  explicit BoardVerb(Library& library) : Verb("board"), desk_(library) {}
  Usage usage() const override;
  Answer run(const VerbCall&) override;
  std::vector<Suggestion> complete(const Principal&, const TypedWord&) const override;
  std::optional<Answer> inspect(const Principal&, const TypedWord&) const override;

 private:
  /// The board that is meant, saved or not, with what was assumed.
  struct Meant {
    Board board;
    std::vector<std::string> notices = {};
  };
  Meant meant(const VerbCall&) const;
  Board named(const VerbCall&) const;
  std::string place(const VerbCall&) const;  ///< id of the project that `in` names, or ""
  /// A moment that a clause names.
  std::optional<std::int64_t> moment(const VerbCall&, const char* clause) const;
  BoardLine line_of(const Board&) const;
  std::vector<BoardLine> lines(const Principal&, const std::vector<Ordinal>& projects,
                               std::uint64_t most, bool& more) const;

  Answer show(const VerbCall&, const Meant&, const std::string& view) const;
  Answer list(const VerbCall&) const;
  Answer goals(const VerbCall&) const;
  /// The definition that a board had at a moment.
  Definition shown(const VerbCall&, const Board&, std::optional<std::int64_t> at) const;
  Answer ranking(const VerbCall&, const Board&, std::optional<std::int64_t> at) const;
  Answer trust(const VerbCall&, const Board&, const std::string& view,
               std::optional<std::int64_t> at) const;
  Answer pareto(const VerbCall&, const Board&, std::optional<std::int64_t> at) const;
  Answer ranks(const VerbCall&, const Board&, std::optional<std::int64_t> at) const;
  Answer candidate(const VerbCall&, const Board&, std::optional<std::int64_t> at) const;
  Answer history(const VerbCall&, const Board&) const;
  Answer export_file(const VerbCall&, const Board&, std::optional<std::int64_t> at) const;
  Answer about_board(const VerbCall&, const Board&) const;
  Answer save(const VerbCall&, Meant) const;
  Answer erase(const VerbCall&, const Board&) const;

  Desk desk_;
};

}  // namespace podium::leaderboard
