#pragma once
// Tasks in groups of equal fields, and why a group cannot be affected.
#include <cstdint>
#include <string>
#include <vector>

#include "services/actions/targets.hpp"

namespace podium::host {

struct TaskGroup {
  std::vector<Value> values;  ///< one of each field
  std::uint64_t count = 0;
};
/// The tasks of a filter's selection, in groups by fields: one aggregate.
std::vector<TaskGroup> group_tasks(const Core&, const Reader&, const Principal&,
                                   const ActionSelection&, const std::vector<std::string>& fields);

/// A field that stands in the way, with the value that it has.
struct Reason {
  std::string field;
  Value value;
  bool operator<(const Reason& o) const {
    return field != o.field ? field < o.field : value < o.value;
  }
  /// "3 are running", "1 is archived".
  std::string words(std::uint64_t tasks) const;
};

/// Of a group for which `when` does not hold: the field that would have to be otherwise. Where no
/// single one would do, the first that `when` names. `T::holds(values)` evaluates.
template <class T>
Reason reason_why(const Filter& when, const std::vector<std::string>& fields,
                  const std::vector<Value>& values, T& test);

/// Values that a field could have for `when` to hold.
std::vector<Value> values_to_try(const Filter& when, const std::string& field);

template <class T>
Reason reason_why(const Filter& when, const std::vector<std::string>& fields,
                  const std::vector<Value>& values, T& test) {
  const Reason* first = nullptr;
  Reason named;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto others = values_to_try(when, fields[i]);
    if (others.empty()) continue;  // it is not asked about
    if (!first) named = {fields[i], values[i]}, first = &named;
    std::vector<Value> changed = values;
    for (const Value& other : others) {
      changed[i] = other;
      if (test.holds(changed)) return {fields[i], values[i]};
    }
  }
  return named;
}

}  // namespace podium::host
