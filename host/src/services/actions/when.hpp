#pragma once
// Asking of tasks whether an action can affect them.
#include <string>
#include <vector>

#include "podium/storage_kit/evaluate.hpp"
#include "services/core.hpp"

namespace podium::host {

/// True when a filter asks about plain fields of the record only; they are added to `fields`, each
/// once.
bool asks_fields_only(const Filter&, std::vector<std::string>& fields);

/// A record that is known by some of its fields.
class FieldsAccess final : public kit::RecordAccess {
 public:
  explicit FieldsAccess(const std::vector<std::string>& fields)
      : fields_(fields), cells(fields.size()) {}
  kit::Seen value(const Path&) override;
  bool any(const std::string&, const std::string&, const Filter&) override { return false; }

 private:
  const std::vector<std::string>& fields_;

 public:
  std::vector<Cell> cells;  ///< one of each field
};

/// The `when` of an action and what the caller may see, asked inside a write. Used on one thread.
class WhenTest {
 public:
  /// The filters are kept, not copied.
  WhenTest(const Core&, const Filter& visible, const Filter& when);
  WhenTest(const WhenTest&) = delete;
  WhenTest& operator=(const WhenTest&) = delete;

  enum class Verdict { holds, does_not, absent };
  /// Locks the task; `id` becomes its text id unless it is absent.
  Verdict operator()(Transaction&, Ordinal task, std::string& id);

 private:
  const Core& core_;
  const Filter &visible_, &when_;
  std::vector<std::string> fields_;
  bool plain_;
  std::vector<Column> columns_;
  FieldsAccess record_;
  kit::Evaluator holds_;
};

}  // namespace podium::host
