#pragma once
// What stands behind a row: a candidate's tasks and coverage, trust, Pareto fronts, exports.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desk.hpp"

namespace podium::leaderboard {

/// The candidate with all its tasks; throws `not_found`.
std::string candidate_json(const Desk&, const Principal&, const Board&, std::string_view candidate,
                           std::optional<std::int64_t> at);

/// A ranked candidate with what can be said of it beside the others.
struct TrustRow {
  std::string candidate, label;  ///< the label as JSON
  std::size_t rank = 0;
  CandidateTrust trust;
};
std::vector<TrustRow> trust_rows(const Desk&, const Principal&, const Board&,
                                 std::optional<std::int64_t> at);
std::string trust_json(const Desk&, const Principal&, const Board&, std::optional<std::int64_t> at);

/// `axes`: two or three names of metrics or columns.
std::string pareto_json(const Desk&, const Principal&, const Board&,
                        const std::vector<std::string>& axes, std::optional<std::int64_t> at);

std::string export_csv(const Ranking&);
std::string export_json(const Board&, const Ranking&);

/// The goals of a project: how many tasks meet each, the staircase of its best; with a task (id)
/// which of them it met.
std::string goals_json(const Desk&, const Principal&, std::string_view project,
                       std::optional<std::string> task);

}  // namespace podium::leaderboard
