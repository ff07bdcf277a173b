#pragma once
// The planner's engine: ranges of this layout's indexes, and records one by one.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "podium/storage_kit/index_engine.hpp"
#include "reader.hpp"

namespace podium::sqlite {

class SqliteEngine final : public kit::IndexEngine, public kit::RecordAccess {
 public:
  SqliteEngine(const ReadContext& context, const CollectionInfo& info);
  ~SqliteEngine() override;

  const Collection& declaration() const override { return info_.declaration; }
  std::unique_ptr<kit::IndexScan> scan(const kit::IndexRange&, bool keys,
                                       const Position* behind) override;
  std::vector<Ordinal> partitions() override;
  bool seek(Ordinal) override;
  kit::RecordAccess& record() override { return *this; }
  bool hides() override { return !context_.tombstones.empty(); }
  SqliteEngine& child(const std::string& collection) override;

  /// Of the record that was sought; texts are valid until the next call for the same path or seek.
  kit::Seen value(const Path&) override;
  bool any(const std::string& child, const std::string& reference, const Filter& inner) override;

 private:
  struct Accessor;  // how one path is read
  Accessor& accessor(const Path&);
  kit::Seen read(Accessor&);
  bool load();

  const ReadContext& context_;
  const CollectionInfo& info_;
  int open_scans_ = 0;

  Ordinal current_ = 0;
  bool loaded_ = false;  ///< record_ stands at current_
  bool found_ = false;   ///< and it is there
  Ordinal at_ = 0;       ///< where record_ stands, 0 when nowhere
  std::string fields_;   ///< what record_ selects behind the ordinal
  int selected_ = 1;
  std::optional<Statement> record_;
  std::string sequence_id_;
  std::vector<std::unique_ptr<Accessor>> accessors_;

  std::map<std::string, std::unique_ptr<SqliteEngine>> children_;
  struct Child;
  std::unordered_map<const Filter*, std::unique_ptr<Child>> any_;
  friend class SqliteScan;
};

}  // namespace podium::sqlite
