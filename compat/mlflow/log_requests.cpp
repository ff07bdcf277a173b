#include "log_requests.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "errors.hpp"
#include "python_text.hpp"
#include "validation.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

namespace dom = simdjson::dom;

/// One metric as it stands in a request. Views into the request or its parser.
struct Metric {
  std::string_view key;
  double value = 0;
  std::int64_t timestamp = 0, step = 0;
  std::string_view model_id, dataset_name, dataset_digest;
  bool has_key = false, has_value = false, has_timestamp = false;
};

/// Collects metrics by key and model, keeping the order of first appearance.
class Collector {
 public:
  explicit Collector(std::vector<MetricPoints>& out) : out_(out) {}
  void add(const Metric& m) {
    const Point point{m.step, m.timestamp, finite(m.value)};
    if (last_ < out_.size() && same(out_[last_], m)) {
      out_[last_].points.push_back(point);
      return;
    }
    const auto [from, to] = by_key_.equal_range(m.key);
    for (auto i = from; i != to; ++i)
      if (same(out_[i->second], m)) {
        last_ = i->second;
        out_[last_].points.push_back(point);
        return;
      }
    last_ = out_.size();
    MetricPoints fresh;
    fresh.key = m.key;
    fresh.scope = {std::string(m.model_id), std::string(m.dataset_name),
                   std::string(m.dataset_digest)};
    fresh.points.push_back(point);
    out_.push_back(std::move(fresh));
    by_key_.emplace(m.key, last_);
  }

 private:
  static bool same(const MetricPoints& a, const Metric& m) {
    return a.key == m.key && a.scope.model_id == m.model_id &&
           a.scope.dataset_name == m.dataset_name && a.scope.dataset_digest == m.dataset_digest;
  }
  std::vector<MetricPoints>& out_;
  std::size_t last_ = 0;
  std::unordered_multimap<std::string_view, std::size_t> by_key_;
};

// The fast way reads what ordinary clients send (a text where a text belongs, a number where a
// number belongs) and gives up at anything else. Then the same body is read again through Fields,
// which knows every leniency and words every refusal. So the fast way never refuses and never
// guesses. It uses the parser of simdjson that chooses the processor's instructions when it runs.

bool fast_text(dom::element value, std::string_view& out) {
  return value.get(out) == simdjson::SUCCESS;
}
bool fast_integer(dom::element value, std::int64_t& out) {
  return value.get(out) == simdjson::SUCCESS;
}

bool fast_real(dom::element value, double& out) {
  if (value.is_number()) return value.get(out) == simdjson::SUCCESS;
  std::string_view text;
  if (!fast_text(value, text)) return false;
  if (text == "NaN")
    out = std::nan("");
  else if (text == "Infinity")
    out = HUGE_VAL;
  else if (text == "-Infinity")
    out = -HUGE_VAL;
  else
    return false;
  return true;
}

/// One field of a metric; false when the fast way gives up.
bool fast_metric_field(std::string_view name, dom::element value, Metric& m) {
  if (name == "key") return m.has_key = fast_text(value, m.key);
  if (name == "value") return m.has_value = fast_real(value, m.value);
  if (name == "timestamp") return m.has_timestamp = fast_integer(value, m.timestamp);
  if (name == "step") return fast_integer(value, m.step);
  // Rarer fields, other spellings and unknown names are for the careful way.
  return false;
}

bool complete(const Metric& m) {
  return m.has_key && !m.key.empty() && m.has_value && m.has_timestamp;
}

/// The request's body as an object; what it holds is valid until the thread's next call.
bool fast_object(const Request& request, dom::object& out) {
  constexpr std::size_t max_depth = 64;
  static thread_local dom::parser parser;
  const std::string_view type = request.header("Content-Type");
  const std::string_view body = request.body();
  if (type.substr(0, type.find(';')) != "application/json" || body.empty()) return false;
  if (parser.capacity() < body.size() &&
      parser.allocate(std::max<std::size_t>(body.size(), 4096), max_depth) != simdjson::SUCCESS)
    return false;
  dom::element root;
  return parser.parse(body.data(), body.size(), false).get(root) == simdjson::SUCCESS &&
         root.get(out) == simdjson::SUCCESS;
}

bool fast_log_metric(dom::object object, Metric& m, std::string_view& run_id) {
  for (const auto field : object) {
    if (field.key == "run_id") {
      if (!fast_text(field.value, run_id)) return false;
    } else if (field.key == "run_uuid") {
      if (!field.value.is_string()) return false;
    } else if (!fast_metric_field(field.key, field.value, m)) {
      return false;
    }
  }
  return !run_id.empty() && complete(m);
}

struct Batch {
  std::string_view run_id;
  std::vector<Metric> metrics;
  std::vector<std::pair<std::string_view, std::string_view>> params, tags;
};

bool fast_pairs(dom::element list,
                std::vector<std::pair<std::string_view, std::string_view>>& out) {
  dom::array array;
  if (!out.empty() || list.get(array) != simdjson::SUCCESS) return false;
  for (const dom::element item : array) {
    dom::object object;
    if (item.get(object) != simdjson::SUCCESS) return false;
    auto& pair = out.emplace_back();
    for (const auto field : object)
      if (field.key == "key" ? !fast_text(field.value, pair.first)
                             : field.key != "value" || !fast_text(field.value, pair.second))
        return false;
    if (pair.first.empty()) return false;
  }
  return true;
}

bool fast_metrics(dom::element list, std::vector<Metric>& out) {
  dom::array array;
  if (!out.empty() || list.get(array) != simdjson::SUCCESS) return false;
  out.reserve(array.size());
  for (const dom::element item : array) {
    dom::object object;
    if (item.get(object) != simdjson::SUCCESS) return false;
    Metric& m = out.emplace_back();
    for (const auto field : object)
      if (!fast_metric_field(field.key, field.value, m)) return false;
    if (!complete(m)) return false;
  }
  return true;
}

bool fast_log_batch(dom::object object, Batch& batch) {
  for (const auto field : object) {
    const bool read = field.key == "run_id"    ? fast_text(field.value, batch.run_id)
                      : field.key == "metrics" ? fast_metrics(field.value, batch.metrics)
                      : field.key == "params"  ? fast_pairs(field.value, batch.params)
                      : field.key == "tags"    ? fast_pairs(field.value, batch.tags)
                                               : false;
    if (!read) return false;
  }
  return !batch.run_id.empty();
}

Metric read_metric(const Fields& fields) {
  Metric m;
  m.key = fields.required_text("key");
  fields.require("value");
  m.value = *fields.real("value");
  fields.require("timestamp");
  m.timestamp = *fields.integer("timestamp");
  m.step = fields.integer("step").value_or(0);
  m.model_id = fields.text("model_id").value_or("");
  m.dataset_name = fields.text("dataset_name").value_or("");
  m.dataset_digest = fields.text("dataset_digest").value_or("");
  return m;
}

void read_batch(const Fields& fields, Batch& batch) {
  batch.run_id = fields.required_text("run_id");
  for (const Fields& item : fields.messages("metrics")) batch.metrics.push_back(read_metric(item));
  for (const Fields& item : fields.messages("params"))
    batch.params.emplace_back(item.required_text("key"), item.text("value").value_or(""));
  for (const Fields& item : fields.messages("tags"))
    batch.tags.emplace_back(item.required_text("key"), item.text("value").value_or(""));
}

void check_limit(std::string_view what, std::size_t limit, std::size_t count) {
  if (count > limit)
    throw invalid(fmt::format(
        "A batch logging request can contain at most {0} {1}. Got {2} {1}. Please split up {1} "
        "across multiple requests and try again.",
        limit, what, count));
}

LogRequest checked(const Batch& batch) {
  check_run_id(batch.run_id);
  LogRequest request;
  request.run_id = batch.run_id;
  std::string_view checked_key;  // runs of one key are common: its rules are looked at once
  for (std::size_t i = 0; i < batch.metrics.size(); ++i) {
    const Metric& m = batch.metrics[i];
    if (m.timestamp < 0 || m.key != checked_key || i == 0)
      check_metric(m.key, m.value, m.timestamp, fmt::format("metrics[{}]", i));
    checked_key = m.key;
  }
  for (std::size_t i = 0; i < batch.params.size(); ++i) {
    const auto& [key, value] = batch.params[i];
    request.params.push_back(
        {std::string(key), std::string(checked_param(key, value, fmt::format("params[{}]", i)))});
  }
  for (std::size_t i = 0; i < batch.tags.size(); ++i) {
    const auto& [key, value] = batch.tags[i];
    request.tags.push_back(
        {std::string(key), std::string(checked_tag(key, value, fmt::format("tags[{}]", i)))});
  }
  check_limit("metrics", max_metrics_in_batch, batch.metrics.size());
  check_limit("params", max_params_in_batch, batch.params.size());
  check_limit("tags", max_params_in_batch, batch.tags.size());
  check_limit("metrics, params, and tags", max_entities_in_batch,
              batch.metrics.size() + batch.params.size() + batch.tags.size());
  std::unordered_set<std::string_view> seen;
  std::vector<std::string> repeated;
  for (const Pair& param : request.params)
    if (!seen.insert(param.key).second) repeated.push_back(param.key);
  if (!repeated.empty())
    throw invalid(fmt::format(
        "Duplicate parameter keys have been submitted: {}. Please ensure the request contains "
        "only one param value per param key.",
        repr(repeated)));
  Collector collector(request.metrics);
  for (const Metric& m : batch.metrics) collector.add(m);
  return request;
}

}  // namespace

LogRequest read_log_metric(const Request& request) {
  LogRequest out;
  const auto keep = [&](const Metric& m, std::string_view run_id) {
    check_metric(m.key, m.value, m.timestamp, "");
    out.run_id = run_id;
    Collector(out.metrics).add(m);
  };
  Metric metric;
  std::string_view run_id;
  dom::object object;
  if (fast_object(request, object) && fast_log_metric(object, metric, run_id)) {
    keep(metric, run_id);
    return out;
  }
  const Fields fields = read_fields(request);
  run_id = fields.run_id();
  fields.require("key");
  fields.require("value");
  (void)fields.integer("timestamp");  // "" is of the wrong type here, and missing in a batch
  keep(read_metric(fields), run_id);
  return out;
}

LogRequest read_log_batch(const Request& request) {
  Batch batch;
  dom::object object;
  if (fast_object(request, object) && fast_log_batch(object, batch)) return checked(batch);
  const Fields fields = read_fields(request);
  Batch careful;
  read_batch(fields, careful);
  return checked(careful);
}

LogRequest read_log_parameter(const Request& request) {
  const Fields fields = read_fields(request);
  LogRequest out;
  out.run_id = fields.run_id();
  const std::string_view key = fields.required_text("key");
  const std::string_view value = fields.text("value").value_or("");
  out.params.push_back({std::string(key), std::string(checked_param(key, value, ""))});
  return out;
}

LogRequest read_set_tag(const Request& request) {
  const Fields fields = read_fields(request);
  LogRequest out;
  out.run_id = fields.run_id();
  const std::string_view key = fields.required_text("key");
  const std::string_view value = fields.text("value").value_or("");
  out.tags.push_back({std::string(key), std::string(checked_tag(key, value, ""))});
  return out;
}

}  // namespace podium::mlflow
