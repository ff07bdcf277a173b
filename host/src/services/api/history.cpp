#include "services/api/history.hpp"

#include "services/api/input.hpp"
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
  std::string body;
  JsonWriter w(body);
  w.object().key("history").array();
  const Page page =
      VisibleRecords(core, core.in.history, "history")
          .query(core.store, request.who(), query, [&](const Row& row) {
            w.object();
            write_fields(w, row, names);
            const Cell change = row.cell(std::size(names));
            // The body is an object of ours, {"old":...,"new":...}: its members go beside the
            // others.
            if (const auto* text = std::get_if<std::string_view>(&change); text && text->size() > 2)
              w.raw(text->substr(1, text->size() - 2));
            w.end_object();
            return true;
          });
  w.end_array();
  write_cursor(w, page.cursor);
  w.end_object();
  return json_response(std::move(body));
}

}  // namespace podium::host
