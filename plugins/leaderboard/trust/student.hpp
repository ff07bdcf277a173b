#pragma once
// Student's t distribution.
namespace podium::leaderboard::statistics {

/// The probability of more than `t`, with `freedom` > 0 degrees of freedom.
double student_tail(double t, double freedom);

/// What is exceeded with the probability `tail`, 0 < tail <= 0.5.
double student_quantile(double tail, double freedom);

}  // namespace podium::leaderboard::statistics
