#pragma once
// Who called what for which task: collection "custom-actions/audit", kept for good.
#include <cstdint>
#include <string>

#include "call.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/plugin.hpp"
#include "podium/store/store.hpp"

namespace podium::custom {

constexpr const char* audit_name = "custom-actions/audit";
/// A sequence. Fields time, who, action, task (texts), status (missing: no answer), error (a code,
/// missing: it went well), ms, attempts.
Collection audit_collection();

void add_audit(Transaction&, CollectionId, std::string_view who, std::string_view action,
               std::string_view task, const Called&, std::int64_t time);

struct AuditQuery {
  std::string action, task;  ///< "" is all
  std::uint64_t limit = 100;
  std::string cursor;
};
/// Newest first: {"entries": [...], "cursor": ...}.
std::string audit_page(const Store&, const AuditQuery&);

}  // namespace podium::custom
