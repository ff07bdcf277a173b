// The search for logged models. What concerns their fields is a query of the store. Clauses and
// orders on metrics look at every point of every run and data set, which no index holds: then the
// models that match otherwise are read and judged here.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "logged_models.hpp"
#include "model_metrics.hpp"
#include "page_token.hpp"
#include "python_text.hpp"
#include "validation.hpp"
#include "vocabulary.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

constexpr std::int64_t default_results = 50;
constexpr std::int64_t most_results = 50'000;

struct DatasetFilter {
  std::string name;
  std::optional<std::string> digest;
  bool matches(const ScopeParts& scope) const {
    return scope.dataset_name == name && (!digest || scope.dataset_digest == *digest);
  }
};

struct OrderItem {
  std::string metric;  ///< "" orders by a field
  OrderKey key;        ///< for a field
  bool ascending = true;
  std::string dataset_name, dataset_digest;
};

struct Asked {
  std::vector<std::string> experiments;
  std::string filter, order_text;
  std::vector<DatasetFilter> datasets;
  std::vector<OrderItem> order;
  std::int64_t max_results = default_results;
  std::string cursor;
};

OrderItem read_order_item(const Fields& item) {
  OrderItem out;
  const std::string name(item.text("field_name").value_or(""));
  out.ascending = item.boolean("ascending").value_or(true);
  out.dataset_name = item.text("dataset_name").value_or("");
  out.dataset_digest = item.text("dataset_digest").value_or("");
  const auto dot = name.find('.');
  if (dot == std::string::npos) {
    const auto path = ModelVocabulary::attribute(name);
    if (!path)
      throw error(Code::invalid_parameter_value,
                  fmt::format("Invalid order by field name: {}", name), "ATTRIBUTE_NOT_FOUND");
    out.key = {*path, !out.ascending, false};
  } else if (name.compare(0, dot, "metrics") == 0) {
    out.metric = name.substr(dot + 1);
  } else {
    throw invalid(
        fmt::format("Invalid order by field name: {}. Only metrics are supported.", name));
  }
  return out;
}

// A token holds what it was made for, so that one for another search is refused: the three texts
// and the store's cursor, each led by its length.
std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += fmt::format("{}:{}", part.size(), part);
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    std::size_t size = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
    const auto at = static_cast<std::size_t>(end - text.data());
    if (failure != std::errc() || at >= text.size() || text[at] != ':' ||
        size > text.size() - at - 1)
      return {};
    out.emplace_back(text.substr(at + 1, size));
    text.remove_prefix(at + 1 + size);
  }
  return out;
}

std::string shown(const std::string& filter) { return filter.empty() ? "None" : filter; }

std::string cursor_for(const Asked& asked, std::string_view token) {
  const std::string inner = cursor_of(token);
  if (inner.empty()) return {};
  const auto parts = split(inner);
  if (parts.size() != 4) refuse_token(inner);
  const std::string experiments = repr(asked.experiments);
  if (parts[0] != experiments)
    throw invalid(fmt::format(
        "Experiment IDs in the page token do not match the requested experiment IDs. Expected: {}. "
        "Found: {}",
        experiments, parts[0]));
  if (parts[1] != asked.filter)
    throw invalid(fmt::format(
        "Filter string in the page token does not match the requested filter string. Expected: {}. "
        "Found: {}",
        shown(asked.filter), shown(parts[1])));
  if (parts[2] != asked.order_text)
    throw invalid(fmt::format(
        "Order by in the page token does not match the requested order by. Expected: {}. Found: {}",
        asked.order_text, parts[2]));
  return parts[3];
}

Asked read_request(const Request& request) {
  const Fields fields = read_fields(request);
  Asked asked;
  if (!fields.has("experiment_ids")) throw missing_value("experiment_ids");
  for (const std::string_view id : fields.texts("experiment_ids"))
    asked.experiments.emplace_back(id);
  asked.filter = fields.text("filter").value_or("");
  if (!asked.filter.empty() && trimmed(asked.filter).empty())
    throw invalid(fmt::format("Invalid filter string: {}. Expected a single SQL expression.",
                              repr(std::string_view(asked.filter))));
  for (const Fields& item : fields.messages("datasets")) {
    DatasetFilter d;
    d.name = item.text("dataset_name").value_or("");
    if (const auto digest = item.text("dataset_digest"); digest && !digest->empty())
      d.digest = *digest;
    if (d.name.empty()) throw invalid("`dataset_name` in the `datasets` clause must be specified.");
    asked.datasets.push_back(std::move(d));
  }
  if (const auto n = fields.integer32("max_results"); n && *n != 0) asked.max_results = *n;
  for (const Fields& item : fields.messages("order_by")) {
    asked.order.push_back(read_order_item(item));
    const OrderItem& o = asked.order.back();
    asked.order_text += join({item.text("field_name").value_or(""), o.ascending ? "asc" : "desc",
                              o.dataset_name, o.dataset_digest});
  }
  if (asked.max_results < 1 || asked.max_results > most_results)
    check_max_results(asked.max_results);
  asked.cursor = cursor_for(asked, fields.text("page_token").value_or(""));
  return asked;
}

/// Whether some point compares so. The summary settles most of it without the points.
bool some_point(const Api& api, const Reader& reader, const Principal& who, Ordinal model,
                const ModelRow::Series& series, const ModelMetricClause& clause) {
  const double low = series.summary.min.value, high = series.summary.max.value;
  switch (clause.compare) {
    case Compare::lt:
      return low < clause.value;
    case Compare::le:
      return low <= clause.value;
    case Compare::gt:
      return high > clause.value;
    case Compare::ge:
      return high >= clause.value;
    case Compare::ne:
      return low != clause.value || high != clause.value;
    case Compare::eq:
      break;
  }
  if (clause.value < low || clause.value > high) return false;
  bool found = false;
  PointsQuery query;
  query.record = model;
  query.series = "metrics";
  query.key = series.key;
  query.scope = series.scope;
  api.models.points(reader, who, query, [&](std::span<const Point> points) {
    found = std::any_of(points.begin(), points.end(),
                        [&](const Point& p) { return p.value == clause.value; });
    return !found;
  });
  return found;
}

bool satisfies(const Api& api, const Reader& reader, const Principal& who, const ModelRow& model,
               const std::vector<ModelMetricClause>& clauses,
               const std::vector<DatasetFilter>& datasets) {
  const auto on_asked = [&](const ModelRow::Series& series) {
    if (datasets.empty()) return true;
    const ScopeParts scope = scope_parts(series.scope);
    return std::any_of(datasets.begin(), datasets.end(),
                       [&](const DatasetFilter& d) { return d.matches(scope); });
  };
  if (clauses.empty())
    return datasets.empty() || std::any_of(model.series.begin(), model.series.end(), on_asked);
  return std::all_of(clauses.begin(), clauses.end(), [&](const ModelMetricClause& clause) {
    return std::any_of(model.series.begin(), model.series.end(),
                       [&](const ModelRow::Series& series) {
                         return series.key == clause.key && on_asked(series) &&
                                some_point(api, reader, who, model.ordinal, series, clause);
                       });
  });
}

/// The latest point, by time and step, of a metric over all runs and the asked data set.
std::optional<double> latest(const ModelRow& model, const OrderItem& item) {
  const Point* best = nullptr;
  for (const ModelRow::Series& series : model.series) {
    if (series.key != item.metric) continue;
    const ScopeParts scope = scope_parts(series.scope);
    if (!item.dataset_name.empty() && scope.dataset_name != item.dataset_name) continue;
    if (!item.dataset_digest.empty() && scope.dataset_digest != item.dataset_digest) continue;
    const Point& last = series.summary.last;
    if (!best || std::pair(last.time, last.step) > std::pair(best->time, best->step)) best = &last;
  }
  return best ? std::optional(best->value) : std::nullopt;
}

/// The models that matched otherwise, in the order of the fields, are put in the order of the
/// metrics. All keys behind the first metric take part, so the rank of a field is the place it
/// gives.
struct Ranked {
  ModelRow model;
  std::vector<std::optional<double>> keys;  ///< one an order item; of fields the place
};

void rank(std::vector<Ranked>& models, const std::vector<OrderItem>& order) {
  std::stable_sort(models.begin(), models.end(), [&](const Ranked& a, const Ranked& b) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto& x = a.keys[i];
      const auto& y = b.keys[i];
      if (x.has_value() != y.has_value()) return x.has_value();
      if (!x || *x == *y) continue;
      const bool ascending = order[i].metric.empty() || order[i].ascending;
      return ascending ? *x < *y : *y < *x;
    }
    return false;
  });
}

Order field_order(const std::vector<OrderItem>& order) {
  Order out;
  bool by_created = false, by_id = false;
  for (const OrderItem& item : order) {
    if (!item.metric.empty()) continue;
    out.push_back(item.key);
    by_created |= item.key.path == field("created");
    by_id |= item.key.path.kind == Path::Kind::id;
  }
  if (!by_created) out.push_back({field("created"), true, false});
  if (!by_id) out.push_back({record_id(), false, false});
  return out;
}

/// For each field among the order's items: the places of the models by that field alone, equal ones
/// alike.
void place_by_field(const Api& api, const Reader& reader, const Principal& who,
                    std::vector<Ranked>& models, const std::vector<OrderItem>& order) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (!order[i].metric.empty()) {
      for (Ranked& m : models) m.keys[i] = latest(m.model, order[i]);
      continue;
    }
    std::vector<Value> ordinals;
    for (const Ranked& m : models) ordinals.emplace_back(m.model.ordinal);
    Query query;
    query.filter = in(record_ordinal(), std::move(ordinals));
    query.order = {order[i].key};
    query.columns = {value_of(order[i].key.path)};
    std::optional<std::string> before;
    double place = 0;
    api.models.query(reader, who, std::move(query), [&](const Row& row) {
      const Cell cell = row.cell(0);
      if (cell::missing(cell)) return true;
      const std::string now = std::holds_alternative<std::string_view>(cell)
                                  ? std::string(cell::view(cell))
                                  : std::to_string(cell::integer(cell));
      if (before && *before != now) ++place;
      before = now;
      for (Ranked& m : models)
        if (m.model.ordinal == row.ordinal()) m.keys[i] = place;
      return true;
    });
  }
}

struct Found {
  std::vector<ModelRow> models;
  std::string cursor;
};

Found judged_here(const Api& api, const Reader& reader, const Principal& who, const Asked& asked,
                  Query query, const std::vector<ModelMetricClause>& clauses) {
  std::size_t first = 0;
  if (!asked.cursor.empty()) {
    const char* const end = asked.cursor.data() + asked.cursor.size();
    if (asked.cursor[0] != '+' || std::from_chars(asked.cursor.data() + 1, end, first).ptr != end)
      refuse_token(asked.cursor);
  }
  std::vector<Ranked> all;
  query.cursor.clear();
  query.limit = std::numeric_limits<std::uint64_t>::max();
  api.models.query(reader, who, std::move(query), [&](const Row& row) {
    all.push_back({read_model_row(row), std::vector<std::optional<double>>(asked.order.size())});
    return true;
  });
  std::erase_if(all, [&](const Ranked& m) {
    return !satisfies(api, reader, who, m.model, clauses, asked.datasets);
  });
  const bool by_metric = std::any_of(asked.order.begin(), asked.order.end(),
                                     [](const OrderItem& o) { return !o.metric.empty(); });
  if (by_metric) {
    place_by_field(api, reader, who, all, asked.order);
    rank(all, asked.order);
  }
  Found found;
  const std::size_t last =
      std::min(all.size(), first + static_cast<std::size_t>(asked.max_results));
  for (std::size_t i = first; i < last; ++i) found.models.push_back(std::move(all[i].model));
  if (last < all.size()) found.cursor = fmt::format("+{}", last);
  return found;
}

Response search(const Api& api, Request& request) {
  const Asked asked = read_request(request);
  const Principal& who = request.who();
  api.access.visible(who, "models");  // also when there is nothing to ask of
  std::string body;
  api.store.read([&](const Reader& reader) {
    std::vector<ModelMetricClause> clauses;
    const auto project = [&](std::string_view id) { return api.projects.find(reader, who, id); };
    const Filter filter = api.language.parse(asked.filter, ModelVocabulary(project, clauses));
    std::vector<Value> projects;
    for (const std::string& id : asked.experiments)
      if (const Ordinal ordinal = project(parse_experiment_id(id))) projects.emplace_back(ordinal);
    Found found;
    if (!projects.empty()) {
      Query query;
      query.filter = all_of({projects.size() == 1 ? eq(field("project"), projects.front())
                                                  : in(field("project"), std::move(projects)),
                             eq(field("deleted"), false), filter});
      query.order = field_order(asked.order);
      query.columns.assign(model_columns().begin(), model_columns().end());
      query.limit = static_cast<std::uint64_t>(asked.max_results);
      query.cursor = asked.cursor;
      const bool metrics = !clauses.empty() || !asked.datasets.empty() ||
                           std::any_of(asked.order.begin(), asked.order.end(),
                                       [](const OrderItem& o) { return !o.metric.empty(); });
      if (metrics) {
        found = judged_here(api, reader, who, asked, std::move(query), clauses);
      } else {
        found.cursor = api.models
                           .query(reader, who, std::move(query),
                                  [&](const Row& row) {
                                    found.models.push_back(read_model_row(row));
                                    return true;
                                  })
                           .cursor;
      }
    }
    JsonWriter w(body);
    w.object();
    if (!found.models.empty()) {
      w.key("models").array();
      for (const ModelRow& model : found.models) write_model(api, reader, who, w, model);
      w.end_array();
    }
    if (!found.cursor.empty())
      w.key("next_page_token")
          .value(page_token(
              join({repr(asked.experiments), asked.filter, asked.order_text, found.cursor})));
    w.end_object();
  });
  return json_response(std::move(body));
}

}  // namespace

void add_logged_model_search_routes(const Api& api, RouteTable& routes) {
  routes.rpc("POST", 2, "/logged-models/search", "model.read",
             [&](Request& q) { return search(api, q); });
}

}  // namespace podium::mlflow
