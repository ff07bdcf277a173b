#include "definition_json.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>

#include "podium/http/input.hpp"

namespace podium::leaderboard {
namespace {

constexpr std::size_t most_metrics = 20, most_columns = 20, most_keys = 50, most_rules = 20,
                      most_datasets = 100, most_order = 8;
constexpr std::size_t key_length = 1024;

/// The value of a word of a fixed few; `first` to `last` are all of the enumeration.
template <class E>
std::optional<E> choice(Members& m, std::string_view member, E first, E last) {
  const auto text = m.text(member, 64);
  if (!text) return std::nullopt;
  std::string all;
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    const E e = static_cast<E>(i);
    if (name(e) == *text) return e;
    all += (all.empty() ? "" : i == static_cast<int>(last) ? " or " : ", ") + std::string(name(e));
  }
  throw input::wrong(m.path(member), "must be " + all + ", not '" + *text + "'");
}

std::optional<double> real(Members& m, std::string_view member) {
  const Json* value = m.any(member);
  if (!value || value->is_null()) return std::nullopt;
  const double x = input::real_of(*value, m.path(member));
  if (!std::isfinite(x)) throw input::wrong(m.path(member), "must be a finite number");
  return x;
}

std::string item(const std::string& path, std::size_t i) {
  return path + "[" + std::to_string(i) + "]";
}

std::string needed(Members& m, std::string_view member, std::size_t most) {
  auto text = m.text(member, most);
  if (!text || text->empty())
    throw input::wrong(m.path(member), "is needed, a text that is not empty");
  return *text;
}

std::vector<std::string> texts(Members& m, std::string_view member, std::size_t most) {
  std::vector<std::string> out;
  if (const Json* list = m.array(member, most))
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string path = item(m.path(member), i);
      out.push_back(input::text_of((*list)[i], path, key_length));
      if (out.back().empty()) throw input::wrong(path, "must not be empty");
      if (std::count(out.begin(), out.end(), out.back()) > 1)
        throw input::wrong(path, "is there twice");
    }
  return out;
}

void read_pick(Members& m, std::string_view member, Pick& pick, std::int64_t& step) {
  const Json* value = m.any(member);
  if (!value || value->is_null()) return;
  if (value->is_object()) {
    Members at(*value, m.path(member));
    const Json* number = at.any("at_step");
    if (!number) throw input::wrong(m.path(member), "must be a word, or {\"at_step\": N}");
    step = input::integer_of(*number, at.path("at_step"));
    at.finish();
    pick = Pick::at_step;
    return;
  }
  const auto known = choice(m, member, Pick::last, Pick::first);
  pick = *known;
}

std::optional<int> digits(Members& m) {
  const auto n = m.integer("digits", 1, 17);
  return n ? std::optional(static_cast<int>(*n)) : std::nullopt;
}

Metric read_metric(const Json& json, const std::string& path) {
  Members m(json, path);
  Metric out;
  out.metric = needed(m, "metric", key_length);
  out.scope = m.text("scope", key_length).value_or("");
  out.name = m.text("name", key_length)
                 .value_or(out.scope.empty() ? out.metric : out.metric + "@" + out.scope);
  if (out.name.empty()) throw input::wrong(m.path("name"), "must not be empty");
  out.direction = choice(m, "direction", Direction::max, Direction::min).value_or(Direction::max);
  read_pick(m, "value", out.value, out.step);
  out.fold = choice(m, "fold", Fold::mean, Fold::sum).value_or(Fold::mean);
  out.title = m.text("title", 200).value_or("");
  out.digits = digits(m);
  m.finish();
  return out;
}

BoardColumn read_column(const Json& json, const std::string& path) {
  Members m(json, path);
  BoardColumn out;
  out.name = needed(m, "name", key_length);
  const Json* from = m.any("from");
  if (!from) throw input::wrong(m.path("from"), "is needed: a metric, a tag or a param");
  Members f(*from, m.path("from"));
  int sources = 0;
  for (const auto source :
       {BoardColumn::Source::metric, BoardColumn::Source::tag, BoardColumn::Source::param})
    if (auto key = f.text(name(source), key_length)) {
      if (key->empty()) throw input::wrong(f.path(name(source)), "must not be empty");
      out.source = source;
      out.key = std::move(*key);
      ++sources;
    }
  if (sources != 1) throw input::wrong(m.path("from"), "names one of metric, tag and param");
  if (out.source == BoardColumn::Source::metric) {
    out.scope = f.text("scope", key_length).value_or("");
    read_pick(f, "value", out.value, out.step);
  }
  f.finish();
  out.kind = choice(m, "kind", BoardColumn::Sort::parameters, BoardColumn::Sort::number)
                 .value_or(BoardColumn::Sort::number);
  out.of =
      choice(m, "of", BoardColumn::Of::best, BoardColumn::Of::mean).value_or(BoardColumn::Of::best);
  out.direction = choice(m, "direction", Direction::max, Direction::min).value_or(Direction::min);
  if (const Json* relative = m.any("relative"); relative && !relative->is_null()) {
    if (relative->is_object()) {
      Members r(*relative, m.path("relative"));
      out.relative_to = needed(r, "to", key_length);
      r.finish();
      out.relative = BoardColumn::Relative::label;
    } else {
      const std::string word = input::text_of(*relative, m.path("relative"), 64);
      out.relative = word == "max"      ? BoardColumn::Relative::max
                     : word == "median" ? BoardColumn::Relative::median
                     : word == "total"  ? BoardColumn::Relative::total
                                        : BoardColumn::Relative::none;
      if (out.relative == BoardColumn::Relative::none)
        throw input::wrong(m.path("relative"), "must be max, median, total or {\"to\": LABEL}");
    }
  }
  out.title = m.text("title", 200).value_or("");
  out.digits = digits(m);
  m.finish();
  return out;
}

void read_metrics(Members& m, Definition& d) {
  if (const Json* primary = m.any("primary"))
    d.metrics.push_back(read_metric(*primary, m.path("primary")));
  if (const Json* others = m.array("metrics", most_metrics))
    for (std::size_t i = 0; i < others->size(); ++i) {
      const std::string path = item(m.path("metrics"), i);
      if (d.metrics.empty() && d.order.empty())
        throw input::wrong(m.path("primary"),
                           "is needed: the metric that candidates are ranked by");
      d.metrics.push_back(read_metric((*others)[i], path));
    }
  if (d.metrics.empty() && d.order.empty())
    throw input::wrong(m.path("primary"), "is needed: the metric that candidates are ranked by");
  std::set<std::string> names;
  for (const Metric& metric : d.metrics)
    if (!names.insert(metric.name).second)
      throw input::wrong(m.path("metrics"),
                         "has '" + metric.name + "' twice; give one of them a 'name' of its own");
  if (const Json* columns = m.array("columns", most_columns))
    for (std::size_t i = 0; i < columns->size(); ++i) {
      const std::string path = item(m.path("columns"), i);
      d.columns.push_back(read_column((*columns)[i], path));
      if (!names.insert(d.columns.back().name).second)
        throw input::wrong(path + ".name", "is the name of a metric or of another column");
    }
}

void read_groups(Members& m, Definition& d) {
  if (const Json* group = m.any("group_by"); group && !group->is_null()) {
    Members g(*group, m.path("group_by"));
    d.group_by.tags = texts(g, "tags", most_keys);
    d.group_by.params = texts(g, "params", most_keys);
    d.group_by.all_params = g.boolean("all_params").value_or(false);
    g.finish();
    if (d.group_by.all_params && !d.group_by.params.empty())
      throw input::wrong(g.path("params"), "and 'all_params' exclude each other");
    if (d.kind != Kind::candidates && d.group_by != GroupBy{})
      throw input::wrong(m.path("group_by"), "is for boards of the kind candidates");
  }
  if (const auto team = m.text("team", key_length)) {
    if (d.kind != Kind::teams)
      throw input::wrong(m.path("team"), "is for boards of the kind teams");
    if (team->starts_with("tags.") && team->size() > 5)
      d.team = team->substr(5);
    else if (*team != "user")
      throw input::wrong(m.path("team"), "must be user, or tags. and the key of a tag");
  }
}

void read_rules(Members& m, Definition& d) {
  if (const Json* rules = m.array("qualify", most_rules))
    for (std::size_t i = 0; i < rules->size(); ++i) {
      Members r((*rules)[i], item(m.path("qualify"), i));
      Qualification q;
      q.scope = choice(r, "scope", Scope::task, Scope::candidate).value_or(Scope::candidate);
      const std::string metric = needed(r, "metric", key_length);
      const auto at = std::find_if(d.metrics.begin(), d.metrics.end(),
                                   [&](const Metric& known) { return known.name == metric; });
      if (at == d.metrics.end())
        throw input::wrong(r.path("metric"),
                           "must be a metric of the board; '" + metric + "' is none");
      q.metric = static_cast<std::size_t>(at - d.metrics.begin());
      q.min = real(r, "min");
      q.max = real(r, "max");
      r.finish();
      if (!q.min && !q.max) throw input::wrong(r.path("min"), "or 'max' is needed");
      if (q.min && q.max && *q.min > *q.max)
        throw input::wrong(r.path("min"), "must not be greater than 'max'");
      d.qualify.push_back(q);
    }
  d.least_tasks = m.integer("least_tasks", 1, 1'000'000).value_or(1);
  if (const Json* datasets = m.array("datasets", most_datasets))
    for (std::size_t i = 0; i < datasets->size(); ++i) {
      Members c((*datasets)[i], item(m.path("datasets"), i));
      DatasetChoice choice;
      choice.name = needed(c, "name", key_length);
      choice.digest = c.text("digest", key_length).value_or("");
      choice.weight = real(c, "weight").value_or(1);
      if (choice.weight <= 0) throw input::wrong(c.path("weight"), "must be greater than 0");
      c.finish();
      for (const DatasetChoice& other : d.datasets)
        if (other.name == choice.name && other.digest == choice.digest)
          throw input::wrong(c.path("name"), "is there twice");
      d.datasets.push_back(std::move(choice));
    }
  if (const Json* coverage = m.array("coverage", most_rules))
    for (std::size_t i = 0; i < coverage->size(); ++i) {
      Members c((*coverage)[i], item(m.path("coverage"), i));
      CoverageRule rule;
      rule.label = needed(c, "label", key_length);
      rule.value = c.text("value", key_length);
      rule.last = c.integer("last", 1, 100).value_or(1);
      c.finish();
      d.coverage.push_back(std::move(rule));
    }
}

void read_ties(Members& m, Definition& d) {
  if (const Json* ties = m.array("tie_breaks", 3)) {
    d.tie_breaks.clear();
    for (std::size_t i = 0; i < ties->size(); ++i) {
      const std::string path = item(m.path("tie_breaks"), i);
      const std::string word = input::text_of((*ties)[i], path, 64);
      bool known = false;
      for (const auto tie : {TieBreak::metrics, TieBreak::cheaper, TieBreak::earlier})
        if (name(tie) == word) {
          if (std::count(d.tie_breaks.begin(), d.tie_breaks.end(), tie) != 0)
            throw input::wrong(path, "is there twice");
          d.tie_breaks.push_back(tie);
          known = true;
        }
      if (!known)
        throw input::wrong(path, "must be metrics, cheaper or earlier, not '" + word + "'");
    }
  }
  d.tie_precision = real(m, "tie_precision");
  if (d.tie_precision && *d.tie_precision <= 0)
    throw input::wrong(m.path("tie_precision"), "must be greater than 0");
}

void check_mode(const Members& m, const Definition& d) {
  if (d.mode != Mode::compatible) return;
  const auto only = [&](bool ok, std::string_view member, const char* what) {
    if (!ok) throw input::wrong(m.path(member), what);
  };
  only(d.kind == Kind::candidates, "kind", "must be candidates in the compatible mode");
  only(std::all_of(d.qualify.begin(), d.qualify.end(),
                   [](const Qualification& q) { return q.scope == Scope::task; }),
       "qualify", "acts on tasks in the compatible mode: say \"scope\": \"task\"");
  only(d.least_tasks == 1, "least_tasks", "is not known in the compatible mode");
  only(d.across == Across::pooled, "across", "is pooled in the compatible mode");
  only(!d.tie_precision, "tie_precision", "is not known in the compatible mode");
}

Json json_of(const Metric& metric) {
  Json out = {{"name", metric.name},
              {"metric", metric.metric},
              {"direction", name(metric.direction)},
              {"fold", name(metric.fold)}};
  if (!metric.scope.empty()) out["scope"] = metric.scope;
  if (metric.value == Pick::at_step)
    out["value"] = {{"at_step", metric.step}};
  else
    out["value"] = name(metric.value);
  if (!metric.title.empty()) out["title"] = metric.title;
  if (metric.digits) out["digits"] = *metric.digits;
  return out;
}

Json json_of(const BoardColumn& c) {
  Json from = {{std::string(name(c.source)), c.key}};
  if (c.source == BoardColumn::Source::metric) {
    if (!c.scope.empty()) from["scope"] = c.scope;
    if (c.value == Pick::at_step)
      from["value"] = {{"at_step", c.step}};
    else
      from["value"] = name(c.value);
  }
  Json out = {{"name", c.name},
              {"from", std::move(from)},
              {"kind", name(c.kind)},
              {"of", name(c.of)},
              {"direction", name(c.direction)}};
  switch (c.relative) {
    case BoardColumn::Relative::none:
      break;
    case BoardColumn::Relative::max:
      out["relative"] = "max";
      break;
    case BoardColumn::Relative::median:
      out["relative"] = "median";
      break;
    case BoardColumn::Relative::total:
      out["relative"] = "total";
      break;
    case BoardColumn::Relative::label:
      out["relative"] = {{"to", c.relative_to}};
      break;
  }
  if (!c.title.empty()) out["title"] = c.title;
  if (c.digits) out["digits"] = *c.digits;
  return out;
}

}  // namespace

Definition read_definition(const Json& json, const std::string& path) {
  Members m(json, path);
  Definition d;
  d.kind = choice(m, "kind", Kind::candidates, Kind::tasks).value_or(Kind::candidates);
  d.mode = choice(m, "mode", Mode::podium, Mode::compatible).value_or(Mode::podium);
  d.subprojects = m.boolean("subprojects").value_or(false);
  d.counts = choice(m, "counts", Counts::completed, Counts::all).value_or(Counts::completed);
  if (d.counts == Counts::all && d.kind != Kind::tasks)
    throw input::wrong(m.path("counts"), "is completed but on boards of the kind tasks");
  d.filter = m.text("filter", 100'000).value_or("");
  d.order = texts(m, "order", most_order);
  if (!d.order.empty() && d.kind != Kind::tasks)
    throw input::wrong(m.path("order"), "is for boards of the kind tasks");
  read_metrics(m, d);
  read_groups(m, d);
  read_ties(m, d);
  read_rules(m, d);
  d.role = m.text("role", key_length).value_or("");
  d.across = choice(m, "across", Across::pooled, Across::mean).value_or(Across::pooled);
  d.seed = static_cast<std::uint64_t>(
      m.integer("seed", 0, std::numeric_limits<std::int64_t>::max()).value_or(0));
  d.confidence = real(m, "confidence").value_or(0.95);
  if (d.confidence < 0.5 || d.confidence > 0.999)
    throw input::wrong(m.path("confidence"), "must be from 0.5 to 0.999");
  d.drawn = choice(m, "drawn", Drawn::tasks, Drawn::datasets).value_or(Drawn::tasks);
  m.finish();
  check_mode(m, d);
  return d;
}

Json json_of(const Definition& d) {
  Json out = {
      {"kind", name(d.kind)}, {"mode", name(d.mode)},         {"subprojects", d.subprojects},
      {"filter", d.filter},   {"least_tasks", d.least_tasks}, {"across", name(d.across)},
      {"seed", d.seed},       {"confidence", d.confidence},   {"drawn", name(d.drawn)}};
  if (!d.metrics.empty()) out["primary"] = json_of(d.metrics.front());
  Json& metrics = out["metrics"] = Json::array();
  for (std::size_t i = 1; i < d.metrics.size(); ++i) metrics.push_back(json_of(d.metrics[i]));
  if (d.kind == Kind::candidates)
    out["group_by"] = {{"tags", d.group_by.tags},
                       {"params", d.group_by.params},
                       {"all_params", d.group_by.all_params}};
  if (d.kind == Kind::teams) out["team"] = d.team.empty() ? "user" : "tags." + d.team;
  if (d.kind == Kind::tasks) {
    out["order"] = d.order;
    out["counts"] = name(d.counts);
  }
  Json& ties = out["tie_breaks"] = Json::array();
  for (const TieBreak t : d.tie_breaks) ties.push_back(name(t));
  if (d.tie_precision) out["tie_precision"] = *d.tie_precision;
  Json& qualify = out["qualify"] = Json::array();
  for (const Qualification& q : d.qualify) {
    Json rule = {{"scope", name(q.scope)}, {"metric", d.metrics[q.metric].name}};
    if (q.min) rule["min"] = *q.min;
    if (q.max) rule["max"] = *q.max;
    qualify.push_back(std::move(rule));
  }
  Json& datasets = out["datasets"] = Json::array();
  for (const DatasetChoice& c : d.datasets)
    datasets.push_back({{"name", c.name}, {"digest", c.digest}, {"weight", c.weight}});
  Json& coverage = out["coverage"] = Json::array();
  for (const CoverageRule& c : d.coverage) {
    Json rule = {{"label", c.label}, {"last", c.last}};
    if (c.value) rule["value"] = *c.value;
    coverage.push_back(std::move(rule));
  }
  if (!d.role.empty()) out["role"] = d.role;
  Json& columns = out["columns"] = Json::array();
  for (const BoardColumn& c : d.columns) columns.push_back(json_of(c));
  return out;
}

}  // namespace podium::leaderboard
