// /api/v1/file-deletions: the ledger of files that are to be erased.
#include <algorithm>

#include "podium/http/input.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/task_schemas.hpp"
#include "services/files/file_eraser.hpp"
#include "services/records.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {"task",  "uri",     "state", "tries",
                                       "error", "created", "next",  "done"};

class FileRoutes final : public Routes {
 public:
  FileRoutes(const Core& core, ApiServices services)
      : Routes("api.files"), core_(core), services_(services) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/file-deletions"}; }
  std::vector<Route> routes() override;

 private:
  VisibleRecords ledger() const {
    return VisibleRecords(core_, core_.in.file_deletions, "file_deletions");
  }
  static void write(JsonWriter& w, const Row& row) {
    w.object().key("id").value(row.id());
    write_fields(w, row, fields);
    w.end_object();
  }
  Response list(Request&) const;
  Response retry(Request&) const;

  const Core& core_;
  ApiServices services_;
};

Response FileRoutes::list(Request& request) const {
  const Parameters p(request);
  static constexpr std::string_view states[] = {"waiting", "done", "failed", "kept"};
  if (const auto state = p.text("state");
      state && std::find(std::begin(states), std::end(states), *state) == std::end(states))
    throw Error(ErrorCode::invalid, "'state' must be waiting, done, failed or kept").in("state");
  std::vector<Filter> filters;
  for (const char* name : {"state", "task"})
    if (const auto text = p.text(name)) filters.push_back(eq(field(name), *text));
  Query query;
  query.filter = all_of(std::move(filters));
  query.order = {{record_ordinal(), true, false}};
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = field_columns(fields);
  return list_response("file_deletions", [&](JsonWriter& w) {
    return ledger().query(core_.store, request.who(), query, [&](const Row& row) {
      write(w, row);
      return true;
    });
  });
}

Response FileRoutes::retry(Request& request) const {
  const std::string id(request.segment("id"));
  core_.store.write(
      [&](Transaction& t) { retry_erasure(t, core_, services_.jobs, request.who(), id); });
  std::string body;
  JsonWriter w(body);
  const auto columns = field_columns(fields);
  const VisibleRecords records = ledger();
  records.get(core_.store, request.who(),
              find_visible(records, core_.store, request.who(), "file deletion", id), columns,
              [&](const Row& row) { write(w, row); });
  return json_response(std::move(body));
}

std::vector<Route> FileRoutes::routes() {
  const std::string one(schemas::file_deletion);
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/file-deletions", "task.read",
          "Files of deleted and reset tasks that were erased or still are to be, newest first",
          [this](Request& r) { return list(r); }, "", schemas::page("file_deletions", one))
      .with(paged({choice_parameter("state", "only those in this state",
                                    {"waiting", "done", "failed", "kept"}),
                   text_parameter("task", "id of the task they were of")}));
  table.add(
      "POST", "/api/v1/file-deletions/{id}/retry", "task.delete",
      "Tries to erase files once more, at once", [this](Request& r) { return retry(r); }, "", one);
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_file_routes(const Core& core, ApiServices services) {
  return std::make_unique<FileRoutes>(core, services);
}

}  // namespace podium::host
