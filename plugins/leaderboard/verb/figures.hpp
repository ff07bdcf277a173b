#pragma once
// What boards say, drawn. Each takes the JSON that the route of the same name answers.
#include <string>

#include "definition.hpp"
#include "podium/command/answer.hpp"
#include "podium/json.hpp"

namespace podium::leaderboard {

/// The primary value of each ranked candidate with its interval, whose group has which letter.
AnswerFigure intervals_figure(const Definition&, const Json& trust, const std::string& title);
/// The ranks that could be its true one, of each candidate.
AnswerFigure rank_intervals_figure(const Definition&, const Json& trust, const std::string& title);
/// Of two axes.
AnswerFigure front_figure(const Json& pareto, const std::string& title);
AnswerFigure ranks_figure(const Json& ranks, const std::string& title);

}  // namespace podium::leaderboard
