#include "services/api/history.hpp"

#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/history/history.hpp"
#include "services/records.hpp"

namespace podium::host {

Response history_answer(const Core& core, const Request& request, Filter filter) {
  const Parameters p(request);
  static constexpr std::string_view names[] = {"at",      "who",    "who_kind", "entity",
                                               "subject", "change", "why"};
  Query query;
  query.filter = std::move(filter);
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = field_columns(names);
  query.columns.push_back(value_of(record_body()));
  return list_response("history", [&](JsonWriter& w) {
    return VisibleRecords(core, core.in.history, "history")
        .query(core.store, request.who(), query, [&](const Row& row) {
          w.object();
          write_fields(w, row, names);
          write_body_members(w, row.cell(std::size(names)));
          w.end_object();
          return true;
        });
  });
}

}  // namespace podium::host
