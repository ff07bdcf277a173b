// Any bytes as the body of a request of MLflow's API: refused in its words, or read into what keeps
// its rules; and the fast reader of the hot writes reads what the careful one does.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "body_request.hpp"
#include "errors.hpp"
#include "log_requests.hpp"
#include "validation.hpp"
#include "wire.hpp"

using namespace podium;
using namespace podium::mlflow;
using podium::test::BodyRequest;

namespace {

template <class F>
auto refused_or(F&& fn) -> std::optional<decltype(fn())> {
  try {
    return fn();
  } catch (const Error& e) {
    const Response response = answer(translated(e), 400);
    if (response.status >= 500) std::abort();
    return std::nullopt;
  }
}

void check(const LogRequest& request) {
  std::size_t points = 0;
  for (const auto& m : request.metrics) {
    check_name(m.key, "key");
    points += m.points.size();
    for (const Point& p : m.points)
      if (p.time < 0 || std::isinf(p.value)) std::abort();
  }
  if (points > max_metrics_in_batch || request.params.size() > max_params_in_batch) std::abort();
  for (const auto& p : request.params) {
    check_name(p.key, "key");
    check_length("value", p.value, max_param_length);
  }
  for (const auto& t : request.tags) {
    check_name(t.key, "key");
    check_length("value", t.value, max_tag_length);
  }
}

bool same(const LogRequest& a, const LogRequest& b) {
  if (a.run_id != b.run_id || a.metrics.size() != b.metrics.size() ||
      a.params.size() != b.params.size() || a.tags.size() != b.tags.size())
    return false;
  for (std::size_t i = 0; i < a.metrics.size(); ++i) {
    const auto &m = a.metrics[i], &n = b.metrics[i];
    if (m.key != n.key || !(m.scope == n.scope) || m.points.size() != n.points.size()) return false;
    for (std::size_t k = 0; k < m.points.size(); ++k) {
      const Point &p = m.points[k], &q = n.points[k];
      if (p.step != q.step || p.time != q.time) return false;
      if (!(p.value == q.value || (std::isnan(p.value) && std::isnan(q.value)))) return false;
    }
  }
  const auto pairs = [](const auto& x, const auto& y) {
    for (std::size_t i = 0; i < x.size(); ++i)
      if (x[i].key != y[i].key || x[i].value != y[i].value) return false;
    return true;
  };
  return pairs(a.params, b.params) && pairs(a.tags, b.tags);
}

/// The same object with a field that only the careful way takes.
std::optional<std::string> slower(std::string_view body) {
  const auto brace = body.find_first_not_of(" \t\r\n");
  if (brace == std::string_view::npos || body[brace] != '{') return std::nullopt;
  const auto next = body.find_first_not_of(" \t\r\n", brace + 1);
  if (next == std::string_view::npos || body[next] != '"') return std::nullopt;
  std::string out(body);
  out.insert(brace + 1, "\"nobody knows this\":null,");
  return out;
}

template <class Read>
void both(std::string_view body, Read read) {
  const BodyRequest request(body);
  const auto fast = refused_or([&] { return read(request); });
  if (fast) check(*fast);
  if (const auto changed = slower(body)) {
    const BodyRequest other(*changed);
    const auto careful = refused_or([&] { return read(other); });
    if (fast.has_value() != careful.has_value() || (fast && !same(*fast, *careful))) std::abort();
  }
}

/// Every kind of question about the fields of some request.
int ask(const Fields& fields, int depth) {
  int found = 0;
  const auto all = [&](auto&&... questions) { (refused_or([&] { return questions(), 0; }), ...); };
  for (const char* name :
       {"run_id", "key", "value", "tags", "metrics", "params", "max_results", "filter", "order_by",
        "experiment_ids", "run_view_type", "datasets", "dataset", "models", "status", "new_name"}) {
    all([&] { found += fields.has(name); },
        [&] { found += static_cast<int>(fields.text(name).value_or("").size()); },
        [&] { found += fields.integer(name).has_value(); },
        [&] { found += fields.integer32(name).has_value(); },
        [&] { found += fields.real(name).has_value(); },
        [&] { found += fields.boolean(name).has_value(); },
        [&] { found += fields.enumeration(name, run_statuses).has_value(); },
        [&] { found += fields.enumeration(name, view_types).has_value(); },
        [&] { found += static_cast<int>(fields.texts(name).size()); },
        [&] { fields.require(name); },
        [&] {
          if (depth > 0)
            for (const Fields& item : fields.messages(name)) found += ask(item, depth - 1);
        },
        [&] {
          if (const auto item = fields.message(name); item && depth > 0)
            found += ask(*item, depth - 1);
        });
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      both(body, read_log_batch);
      break;
    case 1:
      both(body, read_log_metric);
      break;
    case 2:
      both(body, read_log_parameter);
      break;
    case 3:
      both(body, read_set_tag);
      break;
    default: {
      const BodyRequest request(body);
      if (const auto fields = refused_or([&] { return read_fields(request); })) ask(*fields, 2);
    }
  }
  return 0;
}
