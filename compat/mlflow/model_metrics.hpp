#pragma once
// Metrics of logged models. MLflow keeps with each point which run measured it on which data set.
// Podium keeps points in series by key and scope, so both stand in the scope: "name@digest", then,
// when a run is known, U+001F and the run's id.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api.hpp"
#include "log_requests.hpp"

namespace podium::mlflow {

struct ScopeParts {
  std::string_view dataset_name, dataset_digest, run_id;
};
std::string scope_text(std::string_view dataset_name, std::string_view dataset_digest,
                       std::string_view run_id);
ScopeParts scope_parts(std::string_view scope);

/// A model that some of a request's metrics are of.
struct ModelTarget {
  std::string id;
  Ordinal ordinal = 0;
};
/// The models that the metrics name; refuses one that does not exist.
std::vector<ModelTarget> find_models(const Api&, Transaction&, const Principal&,
                                     std::span<const MetricPoints>);
/// Appends the metrics that name a model to that model's series.
void log_model_metrics(const Api&, Transaction&, const Principal&, std::string_view run_id,
                       std::span<const MetricPoints>, std::span<const ModelTarget>);

}  // namespace podium::mlflow
