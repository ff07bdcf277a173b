#pragma once
// Declaring a collection: what its records look like and what is indexed.
#include <cstdint>
#include <string>
#include <vector>

namespace podium {

enum class Type : std::uint8_t {
  text = 1,  ///< valid UTF-8 without U+0000
  integer,   ///< int64
  real,      ///< double; NaN and infinities are kept
  boolean,
  time,       ///< int64, milliseconds UTC
  scalar,     ///< a text with the number it spells as a finite decimal, if it does
  reference,  ///< the ordinal of a record of `target`
};

/// What happens to this record when the one it refers to is erased.
enum class OnErase : std::uint8_t {
  cascade = 1,  ///< it is erased too, with its maps, series and children
  clear,        ///< the reference becomes missing
};

struct Field {
  std::string name;
  Type type = Type::text;
  std::string target = {};            ///< for a reference: the other collection's name
  OnErase on_erase = OnErase::clear;  ///< for a reference
  /// Worked out from what else is known of the record: a patch that changes derived fields only
  /// leaves the version alone (the feed hears of it), so that nobody's compare-and-swap fails by
  /// it.
  bool derived = false;
};

/// An index over one or several fields, in this order. References have an index of their own; a
/// real field in a key orders as numbers, NaN, missing. A unique key holds absence too: an insert
/// that meets one fails with `exists`. Records with a missing value in a unique key do not collide.
struct Key {
  std::string name;
  std::vector<std::string> fields;
  bool unique = false;
};

/// Keys that users invent, each with a text and the number that the text spells as a finite
/// decimal.
struct Map {
  std::string name;
  bool indexed = true;  ///< by (partition, key, number, text); false: found by record only
};

/// Which point of a series is its "last".
enum class LastRule : std::uint8_t {
  step_time_value = 1,  ///< the greatest (step, time, value), MLflow's rule; NaN compares as 0
  time_step,            ///< the greatest (time, step); among equals the later arrival
};

/// Append-only points (step, time, value) under a key and a scope, with a summary that the store
/// keeps current in the same transaction. `last` is indexed by (partition, key, scope, value).
struct Series {
  std::string name;
  LastRule last = LastRule::step_time_value;
};

/// One step of a declaration from version `to - 1` to `to`: what it added. The store performs it
/// while it runs (fields are missing in old records, keys and maps are indexed).
struct Step {
  int to = 0;
  std::vector<std::string> added_fields, added_keys, added_maps, added_series;
};

/// A declared collection. Names lead with their owner ("acme.notify/deliveries"; the host's own are
/// plain: "tasks"), lower case, [a-z0-9_.] and one '/'. Names of fields, keys, maps and series are
/// [a-z][a-z0-9_]*.
struct Collection {
  std::string name;
  int version = 1;         ///< one more with each change; `steps` tells them all, from 2 on
  bool sequence = false;   ///< ids are ascending integers, never reused, instead of given texts
  std::int64_t first = 1;  ///< the first id of a sequence
  std::vector<Field> fields;
  std::vector<Key> keys;
  std::string partition;  ///< a reference field that leads the map and series indexes, or empty
  std::vector<Map> maps;
  std::vector<Series> series;
  bool body = false;  ///< one JSON text that nobody searches
  std::vector<Step> steps;
  /// Who may read it through the host's generic doors: "" only its owner, "all" whoever may read
  /// tasks.
  std::string readers;
};

}  // namespace podium
