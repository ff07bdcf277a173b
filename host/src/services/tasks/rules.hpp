#pragma once
// The two tables of tasks: which state may follow which, and what may be edited when.
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "podium/service/tasks.hpp"

namespace podium::host {

/// A set of states.
class States {
 public:
  constexpr States(std::initializer_list<TaskState> states) {
    for (TaskState s : states) bits_ = static_cast<std::uint16_t>(bits_ | bit(s));
  }
  constexpr bool has(TaskState s) const { return (bits_ & bit(s)) != 0; }

 private:
  static constexpr std::uint16_t bit(TaskState s) {
    return static_cast<std::uint16_t>(1u << static_cast<unsigned>(s));
  }
  std::uint16_t bits_ = 0;
};

/// Which dates a transition sets.
enum class Stamp : std::uint8_t {
  none = 1,
  started,    ///< started = at; completed is cleared
  completed,  ///< completed = at, when the task had started; run_time is from there to here
  published,  ///< published = at
  cleared,    ///< started, completed and published are cleared
  given,      ///< completed = at when the new state is an end and a time was given; else untouched
};

struct TransitionRule {
  Transition kind;
  States from, to;
  Stamp stamp;
  bool archived;  ///< allowed while the archived flag is set
  bool same;      ///< from a state to itself is a change of nothing rather than a refusal
};

std::span<const TransitionRule> transition_rules();
/// The rule that allows it, or null.
const TransitionRule* find_rule(Transition, TaskState from, TaskState to);

/// What an edit may change: a field, every entry of a map, or a member of the body.
enum class Place : std::uint8_t { field = 1, map, body };

struct EditRule {
  std::string_view name;
  Place place;
  States when;
};

std::span<const EditRule> edit_rules();
const EditRule* find_edit_rule(std::string_view name, Place);

}  // namespace podium::host
