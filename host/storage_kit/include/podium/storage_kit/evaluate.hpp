#pragma once
// The two-valued evaluation of a filter on one record; every engine's last word.
#include <memory>
#include <unordered_map>
#include <vector>

#include "podium/storage_kit/text.hpp"
#include "podium/storage_kit/values.hpp"
#include "podium/store/filter.hpp"

namespace podium::kit {

/// How the evaluator looks at a record: an engine's row, or a record in memory.
class RecordAccess {
 public:
  virtual Seen value(const Path&) = 0;
  /// Whether some record of `child` that refers to this one by `reference` satisfies `inner`.
  virtual bool any(const std::string& child, const std::string& reference, const Filter& inner) = 0;

 protected:
  ~RecordAccess() = default;
};

/// A filter with its patterns compiled, ready to be asked of many records. Keeps a reference to the
/// filter, which must outlive it. Not thread-safe.
class Evaluator {
 public:
  explicit Evaluator(const Filter&);
  bool operator()(RecordAccess&) const;

 private:
  bool evaluate(const Filter&, RecordAccess&) const;
  const Filter& filter_;
  std::unordered_map<const Filter*, Pattern> patterns_;
};

}  // namespace podium::kit
