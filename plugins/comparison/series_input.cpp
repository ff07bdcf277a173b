#include "series_input.hpp"

#include <array>
#include <cmath>

#include "podium/http/input.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t most_metrics = 200, longest_key = 1024, most_group_names = 5;

std::string item(const std::string& list, std::size_t i) {
  return list + "[" + std::to_string(i) + "]";
}

template <class E, std::size_t n>
std::optional<E> choice(Members& body, const char* member,
                        const std::array<std::pair<const char*, E>, n>& choices) {
  const auto text = body.text(member, 64);
  if (!text) return std::nullopt;
  std::string words;
  for (std::size_t i = 0; i < n; ++i) {
    if (*text == choices[i].first) return choices[i].second;
    words += std::string(i == 0 ? "" : i + 1 == n ? " or " : ", ") + choices[i].first;
  }
  throw input::wrong(body.path(member), "must be " + words);
}

std::optional<double> bound(Members& body, const char* member) {
  const Json* value = body.any(member);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const double number = input::real_of(*value, body.path(member));
  if (std::isnan(number)) throw input::wrong(body.path(member), "must be a number");
  return number;
}

Smoothing read_smoothing(Members& body) {
  Smoothing s;
  const Json* value = body.any("smoothing");
  if (value == nullptr || value->is_null()) return s;
  Members m(*value, body.path("smoothing"));
  using Kind = Smoothing::Kind;
  const auto kind = choice<Kind, 5>(m, "kind",
                                    {{{"none", Kind::none},
                                      {"ema", Kind::ema},
                                      {"time_ema", Kind::time_ema},
                                      {"running", Kind::running},
                                      {"gaussian", Kind::gaussian}}});
  if (!kind) throw input::wrong(m.path("kind"), "is missing: ema, time_ema, running or gaussian");
  s.kind = *kind;
  if (const auto weight = bound(m, "weight")) {
    if (!(*weight >= 0 && *weight <= 0.999))
      throw input::wrong(m.path("weight"), "must be from 0 to 0.999");
    s.weight = *weight;
  }
  s.window = m.integer("window", 1, 100).value_or(s.window);
  s.kernel = m.integer("kernel", 1, 101).value_or(s.kernel);
  if (s.kernel % 2 == 0) throw input::wrong(m.path("kernel"), "must be odd: it has a middle");
  if (const auto sigma = bound(m, "sigma")) {
    if (!(*sigma >= 0.01 && *sigma <= 1000))
      throw input::wrong(m.path("sigma"), "must be from 0.01 to 1000");
    s.sigma = *sigma;
  }
  m.finish();
  return s;
}

}  // namespace

MetricName read_metric(const Json& value, const std::string& path) {
  MetricName name;
  if (value.is_string()) {
    name.key = input::text_of(value, path, longest_key);
  } else if (value.is_object()) {
    Members m(value, path);
    name.key = m.text("key", longest_key).value_or("");
    name.scope = m.text("scope", longest_key);
    m.finish();
  } else {
    throw input::wrong(path, "must be a metric's key or {\"key\", \"scope\"}");
  }
  if (name.key.empty()) throw input::wrong(path, "has no key");
  return name;
}

std::vector<MetricName> read_metrics(Members& body) {
  std::vector<MetricName> out;
  if (const Json* metrics = body.array("metrics", most_metrics))
    for (std::size_t i = 0; i < metrics->size(); ++i)
      out.push_back(read_metric((*metrics)[i], item(body.path("metrics"), i)));
  return out;
}

SeriesQuestion read_series_question(Members& body) {
  SeriesQuestion q;
  q.metrics = read_metrics(body);
  q.x =
      choice<X, 4>(
          body, "x",
          {{{"step", X::step}, {"time", X::time}, {"elapsed", X::elapsed}, {"metric", X::metric}}})
          .value_or(q.x);
  const Json* x_metric = body.any("x_metric");
  const bool named = x_metric != nullptr && !x_metric->is_null();
  if (named != (q.x == X::metric))
    throw input::wrong(body.path("x_metric"),
                       named ? "is for 'x': \"metric\"" : "is missing: whose values are x");
  if (named) q.x_metric = read_metric(*x_metric, body.path("x_metric"));
  q.from = bound(body, "from").value_or(q.from);
  q.to = bound(body, "to").value_or(q.to);
  if (q.from > q.to) throw input::wrong(body.path("to"), "must not be less than 'from'");
  q.smoothing = read_smoothing(body);
  q.originals = body.boolean("originals").value_or(false);
  q.spacing = choice<Buckets, 3>(
                  body, "spacing",
                  {{{"even", Buckets::even}, {"width", Buckets::width}, {"log", Buckets::log}}})
                  .value_or(q.spacing);
  q.buckets = static_cast<std::uint32_t>(body.integer("buckets", 1, 10'000).value_or(q.buckets));
  if (const Json* group = body.array("group", most_group_names))
    for (std::size_t i = 0; i < group->size(); ++i)
      q.group_by.push_back(input::text_of((*group)[i], item(body.path("group"), i), 10'000));
  const auto band = choice<Band, 3>(
      body, "band", {{{"spread", Band::spread}, {"range", Band::range}, {"none", Band::none}}});
  if (band && q.group_by.empty())
    throw input::wrong(body.path("band"), "is of groups: name a 'group'");
  q.band = band.value_or(q.band);
  if (q.originals && !q.group_by.empty())
    throw input::wrong(body.path("originals"), "are not shown of groups");
  return q;
}

std::string metrics_schema() {
  return R"("metrics":{"type":["array","null"],"maxItems":200,"items":{"anyOf":[)"
         R"({"type":"string","minLength":1,"maxLength":1024},{"type":"object","required":["key"],)"
         R"("additionalProperties":false,"properties":{"key":{"type":"string","minLength":1,)"
         R"("maxLength":1024},"scope":{"type":["string","null"],"maxLength":1024}}}]},)"
         R"("description":"a key in every scope, or key and scope; absent: all"})";
}

std::string series_schema() {
  return metrics_schema() +
         R"(,"x":{"enum":["step","time","elapsed","metric",null]},)"
         R"("x_metric":{"description":"with x: metric; a key, or key and scope"},)"
         R"("from":{"type":["number","string","null"],"description":"of x, included"},)"
         R"("to":{"type":["number","string","null"]},)"
         R"("smoothing":{"type":["object","null"],"required":["kind"],"additionalProperties":false,)"
         R"("properties":{"kind":{"enum":["none","ema","time_ema","running","gaussian"]},)"
         R"("weight":{"type":["number","null"],"minimum":0,"maximum":0.999},)"
         R"("window":{"type":["integer","null"],"minimum":1,"maximum":100},)"
         R"("kernel":{"type":["integer","null"],"minimum":1,"maximum":101,"description":"odd"},)"
         R"("sigma":{"type":["number","null"],"minimum":0.01,"maximum":1000}}},)"
         R"("originals":{"type":["boolean","null"]},)"
         R"("buckets":{"type":["integer","null"],"minimum":1,"maximum":10000},)"
         R"("spacing":{"enum":["even","width","log",null]},)"
         R"("group":{"type":["array","null"],"maxItems":5,"items":{"type":"string"},)"
         R"("description":"names of the query language"},)"
         R"("band":{"enum":["spread","range","none",null]})";
}

}  // namespace podium::comparison
