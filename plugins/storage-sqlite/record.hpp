#pragma once
// One record as the writer sees it, inside its transaction: for `still` filters and for rows.
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "podium/storage_kit/evaluate.hpp"
#include "podium/store/reader.hpp"
#include "session.hpp"

namespace podium::sqlite {

/// Holds a statement open on the record's row: let it go before the row is changed. What is read
/// again before anything was changed is not looked for again.
class RecordView final : public kit::RecordAccess {
 public:
  RecordView(Session& session, const CollectionInfo& info) : session_(session), info_(info) {}
  ~RecordView() { release(); }

  /// Moves to a record; false when it does not exist or is hidden.
  bool seek(Ordinal);
  void release() noexcept {
    if (row_ && read_at_ == session_.db().runs())
      session_.db().keep_row(std::move(*row_), &info_, ordinal_);
    row_.reset();
  }
  Ordinal ordinal() const noexcept { return ordinal_; }
  std::string id() const;
  std::int64_t version() const { return row_->integer(info_.version_position); }
  /// 0 without one.
  Ordinal partition() const {
    return info_.partition == nullptr ? 0 : row_->integer(info_.partition->position);
  }
  const Statement& row() const { return *row_; }

  kit::Seen value(const Path&) override;
  bool any(const std::string& child, const std::string& reference, const Filter& inner) override;

  /// Nothing when the record has no such series.
  std::optional<Summary> summary(const SeriesInfo&, std::string_view key, std::string_view scope);

 private:
  Session& session_;
  const CollectionInfo& info_;
  Ordinal ordinal_ = 0;
  std::optional<Statement> row_;
  std::uint64_t read_at_ = 0;  ///< when the row was read, by Connection::runs
  std::string scratch_;
  struct Child {
    const CollectionInfo* info;
    kit::Evaluator evaluator;
  };
  std::unordered_map<const Filter*, Child> children_;
};

/// The text id of a record; of a sequence in decimal.
std::string id_text(const CollectionInfo&, Ordinal, std::string_view stored);
Cell statistic(const Summary&, Statistic);

/// Rows of a projection, one after the other. Throws `invalid` for a projection that does not fit.
class ProjectedRow final : public Row {
 public:
  ProjectedRow(Session&, const CollectionInfo&, std::span<const Column>);
  bool seek(Ordinal);
  void release() { record_.release(); }

  Ordinal ordinal() const override { return record_.ordinal(); }
  std::string_view id() const override { return id_; }
  std::int64_t version() const override { return record_.version(); }
  Cell cell(std::size_t i) const override;
  std::span<const MapEntry> map(std::size_t i) const override;
  std::span<const SeriesEntry> series(std::size_t i) const override;

 private:
  struct Held {
    Value value;
    std::vector<MapEntry> entries;
    std::vector<SeriesEntry> series;
    std::vector<std::string> texts;  ///< what the entries view
  };
  void load_map(const Column&, Held&);
  void load_series(const Column&, Held&);
  const Held& held(std::size_t i, Column::Kind) const;

  Session& session_;
  const CollectionInfo& info_;
  std::span<const Column> columns_;
  std::vector<const FieldInfo*> fields_;  ///< of columns that are fields, else null
  RecordView record_;
  std::string id_;
  std::vector<Held> held_;
};

}  // namespace podium::sqlite
