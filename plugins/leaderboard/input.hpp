#pragma once
// Reading what requests say of boards. Everything throws Error that names the member.
#include <optional>
#include <string>

#include "desk.hpp"

namespace podium::leaderboard {

/// The whole body: a board to be made, or what of one changes.
Draft read_draft(const Request&, bool made);
/// {"definition"}.
Definition read_template(const Request&);

struct Question {
  std::string project;
  Definition definition;
  std::uint64_t limit = 100, offset = 0;
};
Question read_question(const Request&);

/// The version that the board must still have, if the request says so; throws `conflict` when it
/// has another already.
std::optional<std::int64_t> wanted_version(const Request&, const Board&);
/// A query parameter that is a moment: milliseconds UTC, or a date as the query language reads it.
std::optional<std::int64_t> moment(const Request&, std::string_view parameter, const Desk&);

}  // namespace podium::leaderboard
