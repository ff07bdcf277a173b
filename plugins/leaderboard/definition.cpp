#include "definition.hpp"

namespace podium::leaderboard {
namespace {

template <class E, std::size_t N>
std::string_view of(E e, const std::string_view (&names)[N]) noexcept {
  return names[static_cast<std::size_t>(e)];
}

}  // namespace

std::string_view name(Kind k) noexcept {
  static constexpr std::string_view names[] = {"", "candidates", "teams", "tasks"};
  return of(k, names);
}
std::string_view name(Mode m) noexcept {
  static constexpr std::string_view names[] = {"", "podium", "compatible"};
  return of(m, names);
}
std::string_view name(Direction d) noexcept {
  static constexpr std::string_view names[] = {"", "max", "min"};
  return of(d, names);
}
std::string_view name(Fold f) noexcept {
  static constexpr std::string_view names[] = {"",    "mean", "median", "best", "worst",
                                               "min", "max",  "last",   "sum"};
  return of(f, names);
}
std::string_view name(Pick p) noexcept {
  static constexpr std::string_view names[] = {"",    "last", "best",  "min",
                                               "max", "mean", "first", "at_step"};
  return of(p, names);
}
std::string_view name(Across a) noexcept {
  static constexpr std::string_view names[] = {"", "pooled", "mean"};
  return of(a, names);
}
std::string_view name(Scope s) noexcept {
  static constexpr std::string_view names[] = {"", "task", "candidate"};
  return of(s, names);
}
std::string_view name(Counts c) noexcept {
  static constexpr std::string_view names[] = {"", "completed", "all"};
  return of(c, names);
}
std::string_view name(Drawn d) noexcept {
  static constexpr std::string_view names[] = {"", "tasks", "datasets"};
  return of(d, names);
}
std::string_view name(BoardColumn::Source s) noexcept {
  static constexpr std::string_view names[] = {"", "metric", "tag", "param"};
  return of(s, names);
}
std::string_view name(BoardColumn::Of o) noexcept {
  static constexpr std::string_view names[] = {"", "best", "total", "mean"};
  return of(o, names);
}
std::string_view name(BoardColumn::Sort s) noexcept {
  static constexpr std::string_view names[] = {"",       "parameters", "bytes",
                                               "energy", "cost",       "number"};
  return of(s, names);
}
std::string_view name(TieBreak t) noexcept {
  static constexpr std::string_view names[] = {"", "metrics", "cheaper", "earlier"};
  return of(t, names);
}

}  // namespace podium::leaderboard
