#pragma once
// Models that tasks log: with parameters, tags, metrics for each data set, and the tasks they came
// from.
#include <cstdint>
#include <span>
#include <string_view>

#include "podium/service/records.hpp"
#include "podium/service/tasks.hpp"
#include "podium/store/store.hpp"

namespace podium {

/// `published` is `ready` and read-only: reached with the task that made the model.
enum class ModelStatus : std::uint8_t { pending = 1, ready, upload_failed, published };
constexpr std::string_view name(ModelStatus s) noexcept {
  constexpr std::string_view names[] = {"", "pending", "ready", "upload_failed", "published"};
  return names[static_cast<std::size_t>(s)];
}

struct NewModel {
  Ordinal project = 0;
  std::string_view id;    ///< "" makes one: "m-" and 32 hex digits
  std::string_view name;  ///< "" makes one
  std::string_view type = {};
  bool has_type = false;
  std::string_view source_task;  ///< id of the task that made it; kept as text, it need not exist
  std::span<const MapEntry> params = {}, tags = {};
};

/// Collection "models": partition project (reference, cascade). Fields: project, name, type, status
/// (text), source_task (text), artifact_uri, deleted (boolean: erased for clients, kept with what
/// refers to it), created, updated; maps params, tags; series metrics (LastRule time_step; scope
/// "name@digest" of a data set, or ""). Key (project, deleted, created).
/// Collection "model_links": task (reference, cascade), model (text id), direction ("in", "out"),
/// step; unique key "edge" (task, model, direction).
///
/// Of a published model only tags change; everything else is refused with `conflict`.
class Models : public Records {
 public:
  virtual ~Models() = default;
  virtual CollectionId links() const = 0;
  virtual Ordinal create(Transaction&, const Principal&, const NewModel&) = 0;
  /// The ordinal of a model that exists (not deleted) and may be written; throws `not_found`.
  virtual Ordinal require(Transaction&, const Principal&, std::string_view id) = 0;
  virtual void finalize(Transaction&, const Principal&, Ordinal, ModelStatus) = 0;
  /// Adds params (only new keys), sets and removes tags, appends points.
  virtual void edit(Transaction&, const Principal&, Ordinal, const Patch&) = 0;
  virtual void log(Transaction&, const Principal&, Ordinal, std::span<const SeriesPoints>) = 0;
  virtual void remove(Transaction&, const Principal&, Ordinal) = 0;  ///< sets `deleted`
  /// Makes a ready model read-only for ever; throws `conflict` when it is not ready. Idempotent.
  virtual void publish(Transaction&, const Principal&, Ordinal) = 0;
  /// Records that a task read (in) or made (out) a model; an edge that is there is left alone.
  virtual void link(Transaction&, const Principal&, const Tasks::Head&, std::string_view model_id,
                    bool out, std::int64_t step) = 0;
};

}  // namespace podium
