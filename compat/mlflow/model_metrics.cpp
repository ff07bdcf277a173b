#include "model_metrics.hpp"

#include <fmt/format.h>

#include <cmath>

namespace podium::mlflow {
namespace {
constexpr char unit = '\x1f';
}

std::string scope_text(std::string_view name, std::string_view digest, std::string_view run_id) {
  std::string out;
  if (!name.empty() || !digest.empty()) {
    out = name;
    out += '@';
    out += digest;
  }
  if (!run_id.empty()) {
    out += unit;
    out += run_id;
  }
  return out;
}

ScopeParts scope_parts(std::string_view scope) {
  ScopeParts parts;
  if (const auto at = scope.rfind(unit); at != std::string_view::npos) {
    parts.run_id = scope.substr(at + 1);
    scope = scope.substr(0, at);
  }
  const auto at = scope.rfind('@');
  parts.dataset_name = scope.substr(0, at);
  if (at != std::string_view::npos) parts.dataset_digest = scope.substr(at + 1);
  return parts;
}

std::vector<ModelTarget> find_models(const Api& api, Transaction& t, const Principal& who,
                                     std::span<const MetricPoints> metrics) {
  std::vector<ModelTarget> out;
  for (const MetricPoints& m : metrics) {
    const std::string& id = m.scope.model_id;
    if (id.empty()) continue;
    if (m.scope.dataset_name.empty() != m.scope.dataset_digest.empty())
      throw invalid("Both dataset_name and dataset_digest must be provided if one is provided");
    bool known = false;
    for (const ModelTarget& target : out) known |= target.id == id;
    if (known) continue;
    try {
      out.push_back({id, api.models.require(t, who, id)});
    } catch (const Error& e) {
      if (e.code() != ErrorCode::not_found) throw;
      throw error(Code::bad_request, fmt::format("Logged model with ID '{}' not found.", id));
    }
  }
  return out;
}

void log_model_metrics(const Api& api, Transaction& t, const Principal& who,
                       std::string_view run_id, std::span<const MetricPoints> metrics,
                       std::span<const ModelTarget> models) {
  for (const ModelTarget& model : models) {
    std::vector<std::string> scopes;
    std::vector<std::vector<Point>> points;
    std::vector<const MetricPoints*> of_model;
    for (const MetricPoints& m : metrics)
      if (m.scope.model_id == model.id) of_model.push_back(&m);
    std::vector<SeriesPoints> series;
    scopes.reserve(of_model.size());
    points.reserve(of_model.size());
    for (const MetricPoints* m : of_model) {
      scopes.push_back(scope_text(m->scope.dataset_name, m->scope.dataset_digest, run_id));
      points.push_back(m->points);
      for (Point& p : points.back())
        if (std::isnan(p.value)) p.value = 0;  // MLflow keeps no NaN of a model
      series.push_back({m->key, scopes.back(), points.back()});
    }
    api.models.log(t, who, model.ordinal, series);
  }
}

}  // namespace podium::mlflow
