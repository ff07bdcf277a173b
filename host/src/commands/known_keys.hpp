#pragma once
// Keys and values that tasks have, found within a few milliseconds however many tasks there are:
// counted over all of them when that is quick, else looked up among the newest.
#include <chrono>
#include <string>
#include <vector>

#include "commands/parts.hpp"
#include "podium/principal.hpp"
#include "podium/store/filter.hpp"

namespace podium::host::commands {

struct KnownWord {
  std::string text;  ///< a key's name in the query language, or a value
  std::int64_t count = 0;
};
struct KnownWords {
  std::vector<KnownWord> words;  ///< the most frequent first
  bool of_newest = false;        ///< only the newest tasks were looked at
  std::int64_t looked_at = 0;    ///< how many those were
};

class KnownKeys {
 public:
  explicit KnownKeys(const Parts& parts) : parts_(parts) {}
  /// Keys of the map or series `name` that contain what `prefix` says.
  KnownWords keys(const Principal&, const Filter& tasks, const std::string& name,
                  const std::string& prefix) const;
  /// Texts that a field or an entry of a map has.
  KnownWords values(const Principal&, const Filter& tasks, const Path&,
                    const std::string& prefix) const;

 private:
  KnownWords of_newest(const Principal&, const Filter& tasks, const Path& group,
                       const std::string& prefix) const;
  KnownWords counted(const Principal&, const Filter& tasks, const Path& group,
                     const std::string& prefix) const;
  const Parts& parts_;
};

}  // namespace podium::host::commands
