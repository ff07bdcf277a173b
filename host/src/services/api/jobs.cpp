// /api/v1/jobs
#include "podium/http/input.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"
#include "services/jobs/job_record.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {"kind",    "state", "principal",  "created",
                                       "started", "ended", "not_before", "done",
                                       "total",   "error", "queue",      "stop_asked"};

class JobRoutes final : public Routes {
 public:
  JobRoutes(const Core& core, ApiServices services)
      : Routes("api.jobs"), core_(core), services_(services), columns_(field_columns(fields)) {
    columns_.push_back(value_of(record_body()));
  }
  std::vector<std::string> prefixes() const override { return {"/api/v1/jobs"}; }
  std::vector<Route> routes() override;

 private:
  void write(JsonWriter&, const Row&) const;
  Response list(Request&) const;
  Response show(Request&) const;
  Response cancel(Request&) const;

  const Core& core_;
  ApiServices services_;
  std::vector<Column> columns_;
};

void JobRoutes::write(JsonWriter& w, const Row& row) const {
  w.object().key("id").value(row.id());
  write_fields(w, row, fields);
  if (const Cell body = row.cell(std::size(fields)); std::holds_alternative<std::string_view>(body))
    if (const std::string result = JobBody::parse(std::get<std::string_view>(body)).result;
        !result.empty())
      w.key("result").raw(result);
  w.end_object();
}

Response JobRoutes::list(Request& request) const {
  const Parameters p(request);
  std::vector<Filter> filters;
  for (const char* name : {"state", "kind"})
    if (const auto text = p.text(name)) filters.push_back(eq(field(name), *text));
  Query query;
  query.filter = all_of(std::move(filters));
  query.order = {{record_ordinal(), true, false}};
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = columns_;
  return list_response("jobs", [&](JsonWriter& w) {
    return services_.jobs.query(core_.store, request.who(), query, [&](const Row& row) {
      write(w, row);
      return true;
    });
  });
}

Response JobRoutes::show(Request& request) const {
  const Principal& who = request.who();
  std::string body;
  JsonWriter w(body);
  const Ordinal job = find_visible(services_.jobs, core_.store, who, "job", request.segment("id"));
  if (!services_.jobs.get(core_.store, who, job, columns_, [&](const Row& row) { write(w, row); }))
    throw no_such("job", request.segment("id"));
  return json_response(std::move(body));
}

Response JobRoutes::cancel(Request& request) const {
  const bool asked = services_.jobs.cancel(request.who(), request.segment("id"));
  return json_response(asked ? R"({"cancelled":true})" : R"({"cancelled":false})");
}

std::vector<Route> JobRoutes::routes() {
  const std::string one(schemas::job);
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/jobs", "job.read", "Lists jobs, newest first",
          [this](Request& r) { return list(r); }, "", schemas::page("jobs", one))
      .with(paged({text_parameter("state", "exactly this state"),
                   text_parameter("kind", "exactly this kind")}));
  table.add(
      "GET", "/api/v1/jobs/{id}", "job.read", "One job with its progress and result",
      [this](Request& r) { return show(r); }, "", one);
  table.add(
      "POST", "/api/v1/jobs/{id}/cancel", "job.write", "Asks a job to stop",
      [this](Request& r) { return cancel(r); }, "", std::string(schemas::cancelled));
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_job_routes(const Core& core, ApiServices services) {
  return std::make_unique<JobRoutes>(core, services);
}

}  // namespace podium::host
