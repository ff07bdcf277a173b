#pragma once
// A rule's filter, understood: of which projects, what it reads of a task, and whether it holds.
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "podium/plugin.hpp"
#include "podium/storage_kit/evaluate.hpp"
#include "rule.hpp"

namespace podium::rules {

/// A rule with its filter as of one moment. Not copied: the evaluator points into it. One thread
/// at a time.
class Question {
 public:
  /// Throws `invalid` (field "when") for a filter that cannot be read.
  Question(PluginContext&, const Ids&, Rule, std::int64_t now);
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  Rule rule;
  std::int64_t read_at = 0;
  bool everywhere = true;          ///< in every project, else in these
  std::vector<Ordinal> projects;   ///< ascending
  Filter when;                     ///< without the projects
  std::vector<const Path*> paths;  ///< what `when` reads of the task itself, inside `when`
  std::unique_ptr<kit::Evaluator> holds;

  bool covers(Ordinal project) const;
  /// The whole question, projects included, for a query.
  Filter whole() const;
};

/// The columns that several questions read, each once.
class Columns {
 public:
  std::size_t add(Column);
  void add(const Question&);
  const std::vector<Column>& all() const noexcept { return columns_; }
  std::size_t of(const Path* path) const { return at_.at(path); }

 private:
  std::vector<Column> columns_;
  std::map<std::string, std::size_t> known_;
  std::unordered_map<const Path*, std::size_t> at_;
};

/// A row of tasks, to be asked. Children are asked of the reader.
class RowRecord final : public kit::RecordAccess {
 public:
  RowRecord(const Store& store, const Reader& reader, const Columns& columns, const Row& row)
      : store_(store), reader_(reader), columns_(columns), row_(row) {}
  kit::Seen value(const Path& path) override { return kit::seen(row_, columns_.of(&path), path); }
  bool any(const std::string& child, const std::string& reference, const Filter& inner) override;

 private:
  const Store& store_;
  const Reader& reader_;
  const Columns& columns_;
  const Row& row_;
};

/// Whether some record of `child` that refers to the task satisfies `inner`.
bool any_child(const Store&, const Reader&, Ordinal task, const std::string& child,
               const std::string& reference, const Filter& inner);

}  // namespace podium::rules
