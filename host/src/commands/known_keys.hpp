#pragma once
// Keys and values that tasks have, found within a few milliseconds however many tasks there are.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "commands/parts.hpp"
#include "podium/principal.hpp"
#include "podium/store/filter.hpp"
#include "query/podium_vocabulary.hpp"

namespace podium::host::commands {

struct KnownWord {
  std::string text;  ///< a key's name in the query language, or a value
  std::int64_t count = 0;
};
struct KnownWords {
  std::vector<KnownWord> words;  ///< the most frequent first; those of older tasks count 0
  bool of_newest = false;        ///< only the newest tasks were counted
  std::int64_t looked_at = 0;    ///< how many those were
};

/// What a caller's tasks are called by, for somebody who types. Few tasks are counted. Of many the
/// newest are, which says what is frequent now; behind what they have comes what else there is,
/// which costs a seek a key (or text), not a look at each task. So a key is found as soon as it was
/// logged once, whoever logs what meanwhile, and what is erased or hidden is not: nothing is kept
/// from one request to the next, all is asked of the store as the caller sees it. Where even the
/// seeks are many (thousands of projects, or of keys in them), those of the projects of the newest
/// tasks are made, and where these are too many too, none.
///
/// Of one request; for one thread.
class KnownKeys {
 public:
  /// What is quick.
  struct Limits {
    Budget counting{20'000, std::chrono::milliseconds(8)};
    Budget seeks{5'000, std::chrono::milliseconds(5)};
    std::size_t newest = 300;
  };
  /// Of the tasks that match `among` and that `who` may see. All but `among` is borrowed.
  KnownKeys(const Records& tasks, const Reader& store, const EntityVocabulary& words,
            const Principal& who, Filter among, Limits limits)
      : tasks_(tasks),
        store_(store),
        words_(words),
        who_(who),
        among_(std::move(among)),
        limits_(limits) {}
  KnownKeys(const Parts&, const Principal&, Filter among);
  /// Keys of the map or series `name` whose names contain `part`, up to 100.
  KnownWords keys(const std::string& name, const std::string& part);
  /// Texts that a field or an entry of a map has and that contain `part`, up to 100.
  KnownWords values(const Path&, const std::string& part);

 private:
  struct Newest {
    std::vector<Value> ordinals, projects;  ///< each once, the newest first
  };
  const Newest& newest();
  KnownWords count_newest(const Path& group);
  void count(const Filter&, const Path& group, KnownWords&) const;
  void add_others(const Path& group, KnownWords&);
  std::vector<std::string> all(const Filter&, const Path& group) const;
  std::string text_of(const Path& group, std::span<const Cell> values) const;

  const Records& tasks_;
  const Reader& store_;
  const EntityVocabulary& words_;
  const Principal& who_;
  const Filter among_;
  const Limits limits_;
  std::optional<Newest> newest_;
  bool many_ = false, many_seeks_ = false;  ///< it was too much once, and is not tried again
};

}  // namespace podium::host::commands
