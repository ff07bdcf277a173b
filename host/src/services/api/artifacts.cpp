// GET /api/v1/tasks/{id}/artifacts/{path*}
#include "podium/artifact_uri.hpp"
#include "services/api/output.hpp"
#include "services/api/task_handlers.hpp"

namespace podium::host {

Response task_artifact(const Core& core, const ApiServices& services, Request& request) {
  const std::string_view id = request.segment("id"), path = request.segment("path");
  const Ordinal task = find_visible(services.tasks, core.store, request.who(), "task", id);
  const Column column = value_of(field("artifact_uri"));
  std::string uri;
  services.tasks.get(core.store, request.who(), task, std::span<const Column>(&column, 1),
                     [&](const Row& row) { uri = cell::text(row.cell(0)); });
  const auto prefix = blob_prefix(uri);
  if (!prefix)
    throw Error(ErrorCode::unsupported, "the artifacts of this task are not kept by podium")
        .in("id");
  Response response;
  response.blob = core.blobs.open(blob_below(*prefix, path));
  if (!response.blob) throw no_such("artifact", path);
  // Whatever it is, it is not shown as a page of this server.
  response.content_type = "application/octet-stream";
  response.headers.emplace_back("Content-Disposition", "attachment");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace podium::host
