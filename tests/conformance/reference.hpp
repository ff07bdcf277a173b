#pragma once
// A slow, obvious store in memory: what the answers must be. It shares no code with the storage kit
// or with an engine, so that an error must be made twice to go unseen.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "podium/store/filter.hpp"
#include "podium/store/reader.hpp"
#include "podium/store/schema.hpp"

namespace podium::conformance::reference {

struct Record {
  Ordinal ordinal = 0;
  std::string id;
  std::int64_t version = 0;
  std::map<std::string, Value> fields;  ///< missing ones are not in it
  std::map<std::string, std::map<std::string, std::string>> maps;
  /// By name, then (key, scope); in the order of their arrival, without duplicates.
  std::map<std::string, std::map<std::pair<std::string, std::string>, std::vector<Point>>> series;
};

/// One collection's records by ordinal, and its declaration.
struct Table {
  Collection declaration;
  std::map<Ordinal, Record> records;
};

/// Tables by name.
using World = std::map<std::string, Table>;

/// The number a text spells as a finite decimal.
std::optional<double> number_in(const std::string& text);

Summary summary_of(const std::vector<Point>& points, LastRule rule);
bool same_point(const Point&, const Point&);  ///< NaN equals NaN, -0 equals 0
bool before_by_step(const Point&, const Point&);
bool before_by_time(const Point&, const Point&);

/// The value at a path, missing where there is none.
Value value_at(const Table&, const Record&, const Path&);

bool holds(const World&, const Table&, const Record&, const Filter&);

/// All that match, in order.
std::vector<Ordinal> answer(const World&, const std::string& collection, const Filter&,
                            const Order&);

/// One group: its values and its folds.
struct Group {
  std::vector<Value> values, folds;
};
/// All groups, in no particular order. Of `ask` only filter, groups and folds are heeded.
std::vector<Group> groups(const World&, const std::string& collection, const Aggregate& ask);

}  // namespace podium::conformance::reference
