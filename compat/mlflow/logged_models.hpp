#pragma once
// Endpoints of logged models.
#include <vector>

#include "api.hpp"
#include "podium/http/json_writer.hpp"
#include "route_table.hpp"

namespace podium::mlflow {

void add_logged_model_routes(const Api&, RouteTable&);
void add_logged_model_search_routes(const Api&, RouteTable&);

/// A model as read: everything but its points.
struct ModelRow {
  struct Series {
    std::string key, scope;
    Summary summary;
  };
  Ordinal ordinal = 0;
  Ordinal project = 0;
  bool deleted = false;
  std::int64_t created = 0, updated = 0;
  std::string id, name, type, status, source_run, artifact_uri;
  std::vector<std::pair<std::string, std::string>> params, tags;
  std::vector<Series> series;
};
std::span<const Column> model_columns();
ModelRow read_model_row(const Row&);
/// Writes {"info": ..., "data": ...}, with every point of its metrics.
void write_model(const Api&, const Reader&, const Principal&, JsonWriter&, const ModelRow&);

}  // namespace podium::mlflow
