#include "phrase.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "definition_json.hpp"
#include "items.hpp"
#include "parts.hpp"
#include "podium/principal.hpp"
#include "podium/query.hpp"
#include "podium/service/goals.hpp"
#include "podium/service/tasks.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::leaderboard {
namespace {

using ClauseKind = ClauseSpec::Kind;

constexpr std::string_view directions[] = {"max", "min"};
constexpr std::string_view column_words[] = {"max",    "min",    "parameters", "bytes",
                                             "energy", "cost",   "best",       "total",
                                             "mean",   "number", "relative"};
constexpr const char* folds = "mean|median|best|worst|min|max|last|sum";

bool is_one_of(std::string_view word, std::string_view choices) {
  while (!choices.empty()) {
    const std::size_t end = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, end) == word) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

std::string choices_in_words(std::string_view choices) {
  std::string out;
  while (!choices.empty()) {
    const std::size_t end = std::min(choices.find('|'), choices.size());
    const bool last = end == choices.size();
    out += (out.empty() ? "" : last ? " or " : ", ") + std::string(choices.substr(0, end));
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return out;
}

/// The name of a metric as it was written: the query language's, or the bare key.
struct Named {
  Path path;
  std::string name;  ///< on the board
};

const char* pick_of(Statistic s) {
  switch (s) {
    case Statistic::last:
      return "last";
    case Statistic::first:
      return "first";
    case Statistic::min:
      return "min";
    case Statistic::max:
      return "max";
    default:
      return nullptr;
  }
}

class PhraseReader {
 public:
  PhraseReader(const VerbCall& call, const Desk& desk) : call_(call), desk_(desk) {}

  Phrase run(std::string_view direction) {
    place();
    by(direction);
    grouping();
    rules();
    data();
    columns();
    if (call_.has("where")) json_["filter"] = call_.words("where").front().text;
    try {
      out_.definition = read_definition(json_, "definition");
    } catch (const Error& e) {
      throw placed_in_phrase(call_, e);
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] void wrong(const CommandWord& word, const std::string& sentence) const {
    throw call_.wrong(word, sentence);
  }

  void place() {
    const auto in = call_.words("in");
    if (in.empty())
      wrong(call_.words("by").front(), "a board ranks the tasks of a project; say 'in PROJECT'");
    call_.projects();  // names the nearest when there is none
    std::string name = in.front().text;
    if (name.ends_with('/')) {
      name.pop_back();
      json_["subprojects"] = true;
    }
    Board there;
    try {
      there.project = project_ = desk_.project(call_.who(), name);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::not_found) throw;
      throw Error(ErrorCode::not_found, e.what()).in("in").at(in.front().position);
    }
    out_.project = desk_.project_names(there).first;
  }

  Path path_of(const CommandWord& word) const {
    try {
      PluginContext& context = desk_.context();
      return context.query_language().parse_order(word.text, context.vocabulary("tasks")).path;
    } catch (const Error& e) {
      throw call_.placed(word, e);
    }
  }

  static bool is_written_as_metric(const CommandWord& word) {
    return !word.quoted && (word.text.starts_with("metrics.") || word.text.starts_with("metric."));
  }

  Named metric(const CommandWord& word) const {
    if (!is_written_as_metric(word)) return {series("metrics", word.text), word.text};
    Named out{path_of(word), word.text.substr(word.text.find('.') + 1)};
    if (out.path.kind != Path::Kind::series || out.path.key.empty())
      wrong(word, "a metric is needed here, as in metrics.acc");
    if (pick_of(out.path.statistic) == nullptr)
      wrong(word, "a board ranks by the last, first, least or greatest value of a metric");
    if (out.path.statistic == Statistic::last && out.path.scope.empty()) out.name = out.path.key;
    return out;
  }

  static Json json_of_metric(const Named& m) {
    Json out = {{"metric", m.path.key}, {"value", pick_of(m.path.statistic)}};
    if (!m.path.scope.empty()) out["scope"] = m.path.scope;
    return out;
  }

  /// Of two of them the second is one too many.
  std::string direction_of(const Item& item) const {
    if (item.words.size() > 1) wrong(item.words[1], "either 'max' or 'min' is best, not both");
    return item.words.empty() ? std::string() : item.words.front().text;
  }

  std::string direction_of_goal(const Path& path) const {
    Query q;
    q.filter = all_of({eq(field("project"), project_), eq(field("metric"), path.key)});
    q.columns = {value_of(field("direction"))};
    q.limit = 1;
    std::string out;
    PluginContext& context = desk_.context();
    context.goals().query(context.store(), call_.who(), q, [&](const Row& row) {
      out = cell::text(row.cell(0));
      return true;
    });
    return out;
  }

  void by(std::string_view elsewhere) {
    const auto items = items_of(call_.line(), call_.words("by"), directions);
    const std::string fold = call_.text("fold", "mean");
    if (!is_one_of(fold, folds))
      wrong(call_.words("fold").front(), "'fold' is " + choices_in_words(folds));
    std::vector<std::string> assumed;
    for (const Item& item : items) {
      const Named m = metric(item.name);
      known_.push_back(m);
      if (std::count_if(known_.begin(), known_.end(),
                        [&](const Named& other) { return other.name == m.name; }) > 1)
        wrong(item.name, "the metric stands in 'by' twice");
      std::string direction = direction_of(item);
      if (direction.empty() && known_.size() == 1) direction = elsewhere;
      if (direction.empty()) {
        direction = direction_of_goal(m.path);
        if (direction.empty())
          assumed.push_back("max");
        else if (known_.size() == 1)
          out_.notices.push_back(direction == "min"
                                     ? "By the project's goal the least is best."
                                     : "By the project's goal the greatest is best.");
        if (direction.empty()) direction = "max";
      }
      Json json = json_of_metric(m);
      json["name"] = m.name;
      json["direction"] = direction;
      json["fold"] = fold;
      if (known_.size() == 1)
        json_["primary"] = std::move(json);
      else
        json_["metrics"].push_back(std::move(json));
    }
    if (!assumed.empty())
      out_.notices.push_back(
          "The greatest is taken as the best where no goal of the project says otherwise; say "
          "'max' "
          "or 'min' behind a metric.");
    check_known(items);
  }

  /// A name that no task has is most likely written wrong, unless the board is to be kept.
  void check_known(const std::vector<Item>& items) {
    const auto names = metrics_of(desk_, call_.who(), project_);
    if (names.empty() || json_.contains("subprojects")) return;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::string& key = known_[i].path.key;
      if (std::find(names.begin(), names.end(), key) != names.end()) continue;
      if (call_.has("save as")) {
        out_.notices.push_back("No task of the project has one of these metrics yet.");
        return;
      }
      const std::string near = kit::nearest(key, names);
      if (near.empty()) wrong(items[i].name, "no task of the project has this metric");
      Json facts = {
          {"nearest",
           items[i].name.text.ends_with(key)
               ? items[i].name.text.substr(0, items[i].name.text.size() - key.size()) + near
               : near}};
      throw call_.placed(
          items[i].name,
          Error(ErrorCode::invalid,
                "no task of the project has this metric; did you mean '" + near + "'?")
              .with(facts.dump()));
    }
  }

  void grouping() {
    if (call_.has("team") && call_.has("group by"))
      wrong(call_.words("team").front(),
            "tasks are ranked by teams or in groups, not both; leave out 'team' or 'group by'");
    const bool groups = call_.has("group by");
    json_["kind"] = call_.has("team") ? "teams" : groups ? "candidates" : "tasks";
    for (const char* clause : {"fold", "least", "compatible"})
      if (!groups && call_.has(clause))
        throw Error(ErrorCode::invalid,
                    "'" + std::string(clause) + "' is of groups of tasks; say 'group by', too");
    if (call_.has("compatible")) json_["mode"] = "compatible";
    if (call_.has("team")) {
      const CommandWord& word = call_.words("team").front();
      const Path p = word.text == "user" ? Path() : path_of(word);
      if (word.text != "user" && (p.kind != Path::Kind::map || p.name != "tags" || p.key.empty()))
        wrong(word, "'team' is user, or a tag, as in tags.team");
      json_["team"] = word.text == "user" ? "user" : "tags." + p.key;
    }
    Json group = {{"tags", Json::array()}, {"params", Json::array()}};
    for (const CommandWord& word : call_.words("group by")) {
      if (word.text == "params") {
        group["all_params"] = true;
        continue;
      }
      if (!word.quoted && is_one_of(word.text, "max|min"))
        wrong(word, "what is best stands behind the metric: by acc " + word.text);
      const Path p = path_of(word);
      const bool tag = p.kind == Path::Kind::map && p.name == "tags" && !p.key.empty();
      const bool param = p.kind == Path::Kind::map && p.name == "params" && !p.key.empty();
      if (!tag && !param)
        wrong(word,
              "'group by' takes parameters and tags, as in params.lr, tags.team, or params "
              "for all parameters");
      group[tag ? "tags" : "params"].push_back(p.key);
    }
    if (groups) json_["group_by"] = std::move(group);
  }

  void bound(const Filter& f, Json& rules) const {
    const CommandWord& word = call_.words("having").front();
    if (f.op == Filter::Op::and_) {
      for (const Filter& child : f.children) bound(child, rules);
      return;
    }
    const bool number = f.op == Filter::Op::compare && f.path.kind == Path::Kind::series;
    if (!number || (f.cmp != Compare::ge && f.cmp != Compare::le))
      wrong(word,
            "'having' takes bounds of metrics, included, joined by 'and': metrics.acc >= 0.9 "
            "and metrics.loss <= 0.5");
    const auto at = std::find_if(known_.begin(), known_.end(),
                                 [&](const Named& m) { return m.path == f.path; });
    if (at == known_.end()) wrong(word, "'having' speaks of the metrics that stand in 'by'");
    const Value& value = f.values.front();
    const auto* whole = std::get_if<std::int64_t>(&value);
    rules.push_back({{"scope", call_.has("compatible") ? "task" : "candidate"},
                     {"metric", at->name},
                     {f.cmp == Compare::ge ? "min" : "max",
                      whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value)}});
  }

  void rules() {
    if (const auto least = call_.number("least")) json_["least_tasks"] = *least;
    if (call_.has("having")) {
      Json rules = Json::array();
      bound(call_.filter("having", desk_.context().vocabulary("tasks")), rules);
      json_["qualify"] = std::move(rules);
    }
    for (const CommandWord& word : call_.words("ties")) {
      if (!is_one_of(word.text, "metrics|cheaper|earlier"))
        wrong(word, "'ties' are broken by metrics, cheaper or earlier");
      json_["tie_breaks"].push_back(word.text);
    }
  }

  void data() {
    for (const CommandWord& word : call_.words("on")) {
      const std::size_t at = word.quoted ? std::string::npos : word.text.rfind('@');
      Json dataset = {{"name", word.text.substr(0, at)}};
      if (at != std::string::npos) dataset["digest"] = word.text.substr(at + 1);
      json_["datasets"].push_back(std::move(dataset));
    }
    for (const CommandWord& word : call_.words("cover")) {
      const bool number = !word.quoted && word.text.size() < 6 && all_digits(word.text);
      if (number && json_.contains("coverage")) {
        json_["coverage"].back()["last"] = std::stoll(word.text);
        continue;
      }
      const std::size_t at = word.text.find('=');
      Json rule = {{"label", word.text.substr(0, at)}};
      if (at != std::string::npos) rule["value"] = word.text.substr(at + 1);
      json_["coverage"].push_back(std::move(rule));
    }
    const bool asked = call_.has("on") || call_.has("cover");
    for (const char* clause : {"role", "across"})
      if (call_.has(clause) && !asked)
        wrong(call_.words(clause).front(),
              "'" + std::string(clause) + "' is of the data sets that 'on' or 'cover' name");
    if (call_.has("role")) json_["role"] = call_.text("role");
    if (call_.has("across")) {
      if (!is_one_of(call_.text("across"), "pooled|mean"))
        wrong(call_.words("across").front(), "'across' is pooled or mean");
      json_["across"] = call_.text("across");
    }
  }

  Json column(const Item& item) {
    const CommandWord& word = item.name;
    Json from;
    std::string name = word.text;
    const bool map =
        !word.quoted && (word.text.starts_with("params.") || word.text.starts_with("tags."));
    if (map) {
      const Path p = path_of(word);
      from = {{p.name == "tags" ? "tag" : "param", p.key}};
      name = p.key;
    } else {
      const Named m = metric(word);
      from = json_of_metric(m);
      name = m.name;
    }
    Json out = {{"from", std::move(from)}};
    const auto set = [&](const char* member, const CommandWord& said) {
      if (out.contains(member))
        wrong(said, "this says twice what the column is; leave out one of both");
      out[member] = said.text;
    };
    for (const CommandWord& said : item.words) {
      if (is_one_of(said.text, "max|min"))
        set("direction", said);
      else if (is_one_of(said.text, "best|total|mean"))
        set("of", said);
      else if (said.text == "relative")
        out["relative"] = "max";
      else
        set("kind", said);
    }
    if (out.contains("of") && out["of"] != "best") name += " " + out["of"].get<std::string>();
    if (!names_.insert(name).second) name = word.text;
    out["name"] = name;
    return out;
  }

  void columns() {
    for (const Named& m : known_) names_.insert(m.name);
    for (const Item& item : items_of(call_.line(), call_.words("columns"), column_words))
      json_["columns"].push_back(column(item));
  }

  const VerbCall& call_;
  const Desk& desk_;
  Json json_ = Json::object();
  Phrase out_;
  Ordinal project_ = 0;
  std::vector<Named> known_;  ///< of `by`
  std::set<std::string> names_;
};

}  // namespace

std::vector<ClauseSpec> phrase_clauses() {
  return {
      {"by", ClauseKind::list, "METRICS",
       "ranks by the first of these, not saved; each max or min"},
      {"group by", ClauseKind::list, "NAMES", "tasks that have these in common are one candidate"},
      {"team", ClauseKind::word, "NAME", "ranks teams by their best tasks: user, or a tag"},
      clauses::where(),
      {"fold", ClauseKind::word, folds,
       "how tasks of a group become one number; mean, if not said"},
      {"least", ClauseKind::number, "N", "so many tasks a group must have"},
      {"having", ClauseKind::filter, "BOUNDS", "who is outside of these bounds does not qualify"},
      {"on", ClauseKind::list, "DATASETS", "must have been run on all of these data sets"},
      {"cover", ClauseKind::list, "LABELS", "on the newest data sets with a label: prod=eu 3"},
      {"role", ClauseKind::word, "ROLE", "of 'on' and 'cover': data sets that were read as this"},
      {"across", ClauseKind::word, "pooled|mean",
       "of 'on' and 'cover': how data sets become one number"},
      {"columns", ClauseKind::list, "NAMES",
       "further columns, each with max, min, energy, bytes, ..."},
      {"ties", ClauseKind::list, "metrics|cheaper|earlier", "what ranks equal ones, in this order"},
      {"compatible", ClauseKind::flag, "", "ranks as OptScale does"},
      {"save as", ClauseKind::word, "NAME", "keeps it as a board"},
  };
}

std::string without_by(const VerbCall& call) {
  if (call.has("by")) return {};
  for (const ClauseSpec& spec : phrase_clauses())
    if (call.has(spec.name)) return spec.name;
  return {};
}

Phrase read_phrase(const VerbCall& call, const Desk& desk, std::string_view direction) {
  return PhraseReader(call, desk).run(direction);
}

Error placed_in_phrase(const VerbCall& call, const Error& e) {
  if (e.code() != ErrorCode::invalid) return e;
  const auto about = [&](std::string_view member) { return e.field().starts_with(member); };
  if (about("definition.filter") && call.has("where"))
    return call.placed(call.words("where").front(), e);
  // A position in another text than the line says nothing here.
  std::string clause = about("definition.datasets")   ? "on"
                       : about("definition.coverage") ? "cover"
                       : about("definition.columns")  ? "columns"
                       : about("definition.group_by") ? "group by"
                       : about("definition.least")    ? "least"
                                                      : "by";
  if (!call.has(clause)) clause = "by";
  return call.has(clause) ? call.wrong(call.words(clause).front(), e.what()) : e;
}

std::vector<std::string> metrics_of(const Desk& desk, const Principal& who, Ordinal project) {
  Aggregate keys;
  keys.filter = all_of({eq(field("archived"), false), eq(field("project"), project)});
  if (project == 0) keys.filter = eq(field("archived"), false);
  keys.groups = {series("metrics", "")};
  keys.folds = {{}};
  keys.order_by_fold = 0;
  keys.descending = true;
  keys.limit = 1000;
  keys.budget = {1'000'000, std::chrono::milliseconds(500)};
  std::vector<std::string> out;
  try {
    PluginContext& context = desk.context();
    context.tasks().aggregate(context.store(), who, keys,
                              [&](std::span<const Cell> values, std::span<const Cell>) {
                                std::string key = cell::text(values[0]);
                                if (std::find(out.begin(), out.end(), key) == out.end())
                                  out.push_back(std::move(key));
                                return true;
                              });
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_expensive) throw;
    out.clear();
  }
  return out;
}

}  // namespace podium::leaderboard
