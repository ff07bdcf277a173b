#pragma once
// The requests of the hot writes, read into memory of their own: they outlive the request they came
// in.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/http/message.hpp"
#include "podium/store/store.hpp"

namespace podium::mlflow {

/// A text pair that owns its texts.
struct Pair {
  std::string key, value;
};

/// Which model, measured on which data set, a metric is of as well.
struct ModelScope {
  std::string model_id;                      ///< "" of none
  std::string dataset_name, dataset_digest;  ///< "" absent
  bool operator==(const ModelScope&) const = default;
};

/// The points of one metric in one request.
struct MetricPoints {
  std::string key;
  ModelScope scope;
  std::vector<Point> points;
};

/// What log-metric, log-parameter, set-tag and log-batch write: checked, cut and made finite.
struct LogRequest {
  std::string run_id;
  std::vector<MetricPoints> metrics;
  std::vector<Pair> params, tags;
};

/// Reads and checks; throws in MLflow's words.
LogRequest read_log_metric(const Request&);
LogRequest read_log_batch(const Request&);
LogRequest read_log_parameter(const Request&);
LogRequest read_set_tag(const Request&);

}  // namespace podium::mlflow
