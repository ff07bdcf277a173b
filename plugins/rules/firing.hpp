#pragma once
// What the rules do when their filters start or cease to hold, in the transaction that knows of it.
#include <memory>
#include <string>
#include <vector>

#include "book.hpp"
#include "podium/service/actions.hpp"

namespace podium::rules {

/// One pair of rule and task that changed.
struct Edge {
  enum class Kind : std::uint8_t {
    starts = 1,  ///< it holds from now on: the rule fires (with `quiet`: the time begins)
    noted,       ///< it holds, and did when the rule was switched on
    ceases,      ///< it does not hold any more
    due,         ///< it holds, and it may have been quiet for long enough
    lives,       ///< a sign of life of a pair that was acted on
  };
  Kind kind = Kind::starts;
  Ordinal task = 0;
  Ordinal pair = 0;       ///< 0: none yet
  std::int64_t life = 0;  ///< the last sign of life that is known, with `quiet`
};

/// What happened to one rule.
struct Step {
  Ordinal rule = 0;
  std::int64_t watch = 0;  ///< of the rule when the edges were found
  std::vector<Edge> edges;
  /// How far the rule came over the tasks that were there; 0: that is over.
  std::optional<Ordinal> came_to;
  /// The tasks that were there are to be gone over.
  bool start_over = false;
  std::optional<std::string> error;  ///< why it cannot be asked now; "": it can again
};

/// Does what steps say. A pair that fires more often than this in an hour switches its rule off.
inline constexpr int most_firings_an_hour = 5;

class Firing {
 public:
  Firing(PluginContext& context, const Ids& ids, Clock now)
      : context_(context), ids_(ids), now_(std::move(now)) {}
  void write(Transaction&, const Step&) const;

 private:
  struct Due {
    Ordinal task;
    std::string id;
    const char* why;
  };
  struct Task {
    std::string id;
    std::int64_t life = 0;
    int made_by_rule = 0;  ///< how many of it and of what it was made of this rule made
  };
  std::optional<Task> task(Transaction&, const Rule&, Ordinal) const;
  void apply(Transaction&, const Rule&, const Edge&, std::vector<Due>&,
             std::string& switch_off) const;
  bool too_often(Transaction&, const Rule&, Ordinal task) const;
  void fire(Transaction&, const Rule&, std::vector<Due>, Patch&, std::string& error) const;

  PluginContext& context_;
  const Ids& ids_;
  Clock now_;
};

}  // namespace podium::rules
