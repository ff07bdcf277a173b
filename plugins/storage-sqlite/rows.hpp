#pragma once
// Rows: a projection resolved once, then filled record by record.
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "last_values.hpp"
#include "reader.hpp"

namespace podium::sqlite {

/// Bytes that stay where they are until everything is forgotten at once; memory is kept for the
/// next row.
class Arena {
 public:
  std::string_view keep(std::string_view text);
  void clear() { block_ = used_ = 0; }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

/// One record at a time as the projection wants it. Throws `invalid` for a column that the
/// declaration does not have. What it shows is valid until the next load.
class RowReader final : public Row {
 public:
  RowReader(const ReadContext&, const CollectionInfo&, std::span<const Column>);
  ~RowReader();

  /// Says which records are loaded next, so that what an index tells of many is read at once. They
  /// are ascending and of these partitions.
  void expect(std::span<const Ordinal> ascending, std::span<const std::int64_t> partitions);
  /// False when there is no such record, or it is hidden.
  bool load(Ordinal);

  Ordinal ordinal() const override { return ordinal_; }
  std::string_view id() const override { return id_; }
  std::int64_t version() const override { return version_; }
  Cell cell(std::size_t i) const override;
  std::span<const MapEntry> map(std::size_t i) const override;
  std::span<const SeriesEntry> series(std::size_t i) const override;

 private:
  struct Part;   // what is read of one map or series
  struct Want {  // a column of the projection
    Column::Kind kind = Column::Kind::value;
    Path::Kind path = Path::Kind::field;
    Type type = Type::text;
    int at = 0;            // field, body: column of the record's statement
    std::size_t slot = 0;  // map, series: index into entries_ or series_
  };

  Want resolve(const Column&);
  Part& part_of(Path::Kind, const std::string& name);
  int select(const std::string& column);
  void prepare();
  bool stand(Ordinal);
  void load_joined(const Part&);
  void load_map(Part&);
  void load_series(Part&);
  std::string_view key_text(std::int64_t id);
  const Want& want(std::size_t i, Column::Kind) const;

  const ReadContext& context_;
  const CollectionInfo& info_;
  std::vector<Want> wants_;
  std::vector<std::string> selected_;
  std::optional<Statement> record_;  ///< the record, joined with single entries and summaries
  Ordinal at_ = 0;                   ///< where it stands, 0 when nowhere
  std::vector<std::unique_ptr<Part>> parts_;
  std::unordered_map<std::int64_t, Dictionary::Text> texts_;

  Ordinal ordinal_ = 0;
  std::int64_t version_ = 0;
  std::string_view id_;
  std::string sequence_id_;
  Arena arena_;
  std::vector<Cell> cells_;                           // of map entries and statistics
  std::vector<std::vector<MapEntry>> maps_;           // of whole maps
  std::vector<std::vector<SeriesEntry>> all_series_;  // of whole series
};

/// A statistic's columns in a summary table (`of`: its alias and a dot), and reading it back from
/// `at` on.
std::string statistic_columns(Statistic, const std::string& of = {});
Cell read_statistic(const Statement&, int at, Statistic);
/// A field's value from its column (a real's rank is the next one).
Cell read_field(const Statement&, int at, Type);

}  // namespace podium::sqlite
