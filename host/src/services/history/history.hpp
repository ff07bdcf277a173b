#pragma once
// The append-only record of who changed what, when and why.
#include <cstdint>
#include <string>
#include <string_view>

#include "podium/http/json_writer.hpp"
#include "podium/principal.hpp"
#include "podium/store/store.hpp"
#include "services/core.hpp"

namespace podium::host {

void write_cell(JsonWriter&, const Cell&);

/// What changed, old and new, as the body of a history entry: {"old":{...},"new":{...}}.
class ChangeSet {
 public:
  /// Notes a change, unless old and new are the same.
  void add(std::string_view name, const Cell& before, const Cell& after);
  void add_entry(std::string_view map, std::string_view key, const Cell& before, const Cell& after);
  /// Notes a change of values that are JSON texts.
  void add_json(std::string_view name, std::string_view before, std::string_view after);
  bool empty() const noexcept { return old_.empty(); }
  std::string json() const;

 private:
  void add_named(const std::string& name, const Cell& before, const Cell& after);
  std::string old_, new_;  ///< members without the braces
};

/// What a history entry is about: a task or a project, or a part of one ("note", "goal") by its id.
struct Subject {
  enum class Kind : std::uint8_t { task = 1, project } kind = Kind::task;
  Ordinal ordinal = 0;
  std::string_view part = {}, part_id = {};
};

/// "person", "program", "worker" or "host".
std::string_view name(PrincipalKind) noexcept;

/// Writes an entry in the transaction that makes the change. `change` is its kind: a transition's
/// name, "create", "edit", "archive", "restore", "move", "stop" (asked for), "reorder", "delete".
void write_history(Transaction&, const Core&, const Principal& who, Subject,
                   std::string_view change, std::string_view why, std::string_view body);

}  // namespace podium::host
