#pragma once
// Declarations: checked, written to JSON and back, compared.
#include <string>
#include <string_view>
#include <vector>

#include "podium/store/filter.hpp"
#include "podium/store/schema.hpp"

namespace podium::kit {

/// Throws `invalid` with one sentence when a declaration contradicts itself: bad or double names, a
/// key over an unknown field, a partition that is no reference, a reference without target, steps
/// with holes.
void check(const Collection&);

std::string to_json(const Collection&);
/// Throws `corrupt`.
Collection collection_from_json(std::string_view);

/// What must be made to bring `stored` to `declared`. Throws `unsupported` when stored is newer
/// ("the store holds version 3 of 'tasks', this podium knows 2; start a newer podium"), `invalid`
/// when the two differ in anything that the declared steps from stored.version on do not tell.
struct Migration {
  std::vector<std::string> fields, keys, maps, series;
  bool empty() const { return fields.empty() && keys.empty() && maps.empty() && series.empty(); }
};
Migration migration(const Collection& stored, const Collection& declared);

/// Lookups that throw `invalid` naming the collection and the name ("'tasks' has no field 'stat';
/// did you mean 'state'?").
const Field& field_of(const Collection&, std::string_view name);
const Map& map_of(const Collection&, std::string_view name);
const Series& series_of(const Collection&, std::string_view name);
const Key& key_of(const Collection&, std::string_view name);
/// The name nearest to `word` among `names` by edit distance, or "" when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& names);

/// Checks that a filter or order fits the declaration: paths exist, values can be compared,
/// patterns are over texts, depth <= 64. Throws `invalid`. `lookup` finds the declarations of `any`
/// children.
class Declarations {
 public:
  virtual const Collection& by_name(std::string_view) const = 0;

 protected:
  ~Declarations() = default;
};
void check(const Filter&, const Collection&, const Declarations& lookup);
void check(const Order&, const Collection&);

/// A filter as JSON text and back (jobs keep sweeps so). Numbers keep their kind; NaN and
/// infinities as texts. `from` throws `invalid`.
std::string to_json(const Filter&);
Filter filter_from_json(std::string_view);

/// How two changes of one record merge in the feed: see Change. 0 is "no entry left"
/// (inserted+erased).
int merge_kinds(int earlier, int later);

}  // namespace podium::kit
