#pragma once
// Data sets that tasks read: name, digest, labels; and the inputs that connect them.
#include <span>
#include <string_view>

#include "podium/service/records.hpp"
#include "podium/service/tasks.hpp"
#include "podium/store/store.hpp"

namespace podium {

struct NewInput {
  std::string_view name, digest, source_type, source;  ///< of the data set
  std::string_view schema, profile;  ///< JSON texts, "" absent; the first one given wins
  bool has_schema = false, has_profile = false;
  std::string_view context;             ///< the role: "training", "validation"; "" absent
  std::span<const MapEntry> tags = {};  ///< of the input
};

/// Collection "datasets": partition project (reference, cascade). Fields: project, name, digest,
/// source_type, created, updated; map labels; body {"source", "schema", "profile"}, each a JSON
/// string of the text as given, absent ones left out. Unique key "identity" (project, name,
/// digest). Collection "inputs" (see `inputs()`): task (reference, cascade), dataset (reference,
/// cascade), name, digest, context; map tags. Unique key "edge" (task, dataset).
class Datasets : public Records {
 public:
  virtual ~Datasets() = default;
  virtual CollectionId inputs() const = 0;
  /// Connects a task with data sets, making those that are new. An edge that is there is left
  /// alone.
  virtual void log_inputs(Transaction&, const Principal&, const Tasks::Head&,
                          std::span<const NewInput>) = 0;
  /// Sets and removes labels.
  virtual void label(Transaction&, const Principal&, Ordinal dataset, const Patch&) = 0;
};

}  // namespace podium
