#include "tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "definition_json.hpp"
#include "key.hpp"
#include "labels.hpp"

namespace podium::leaderboard {
namespace {

Value real(const Json& value) {
  const auto n = number_of(value);
  return n ? Value{*n} : Value{};
}

/// The member of an object, or null.
const Json& member(const Json& object, const std::string& name) {
  static const Json null;
  const auto at = object.find(name);
  return at == object.end() ? null : *at;
}

Value whole(const Json& value) {
  return value.is_number() ? Value{value.get<std::int64_t>()} : Value{};
}
Value text(const Json& value) {
  return value.is_string() ? Value{value.get<std::string>()} : Value{};
}
Value flag(const Json& value) { return value.is_boolean() ? Value{value.get<bool>()} : Value{}; }

/// Bytes are told as bytes, when they are whole.
CellType type_of(const BoardColumn& c) {
  return c.kind == BoardColumn::Sort::bytes        ? CellType::bytes
         : c.kind == BoardColumn::Sort::parameters ? CellType::integer
                                                   : CellType::real;
}

Value cell_of(const BoardColumn& c, const Json& value) {
  const auto n = number_of(value);
  if (!n) return {};
  if (type_of(c) == CellType::real) return *n;
  constexpr double most = 9.0e15;
  if (!(std::abs(*n) < most)) return {};
  return static_cast<std::int64_t>(std::llround(*n));
}

std::string reasons_of(const Json& row) {
  std::string out;
  for (const Json& reason : member(row, "reasons"))
    out += (out.empty() ? "" : "; ") + reason.get<std::string>();
  return out;
}

/// Names of columns are once in a table: a metric could be called "rank".
void real_column(AnswerTable& table, const std::string& name, const std::string& title = {}) {
  std::string unique = name;
  while (std::any_of(table.columns.begin(), table.columns.end(),
                     [&](const auto& c) { return c.name == unique; }))
    unique += "'";
  table.column(std::move(unique), CellType::real, title);
}

std::string primary_of(const Definition& d) {
  return d.metrics.empty() ? std::string("value") : d.metrics.front().name;
}

void close(AnswerTable& table) { table.of = static_cast<std::int64_t>(table.rows.size()); }

/// What is to be thought of every interval, when that is the same; "" when there is nothing.
std::optional<std::string> remark_of_all(const Json& trust) {
  const Json& rows = trust.at("rows");
  const std::string first = rows.empty() ? "" : rows[0].value("why", std::string());
  const bool all = std::all_of(rows.begin(), rows.end(), [&](const Json& row) {
    return row.value("why", std::string()) == first;
  });
  return all ? std::optional(first) : std::nullopt;
}

}  // namespace

std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (value == "Infinity") return std::numeric_limits<double>::infinity();
  if (value == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::string ranked_by(const Definition& d) {
  if (!d.order.empty()) {
    std::string out = "order:";
    for (const std::string& item : d.order) out += " " + item;
    return out;
  }
  const Metric& m = d.metrics.front();
  std::string out = std::string(name(m.direction)) + " " + m.name;
  if (d.kind == Kind::candidates) out += " (" + std::string(name(m.fold)) + ")";
  return out;
}

std::string grouped_by(const Definition& d) {
  if (d.kind == Kind::teams) return d.team.empty() ? "user" : "tags." + d.team;
  std::string out;
  for (const std::string& key : d.group_by.tags) out += (out.empty() ? "" : ", ") + ("tags." + key);
  for (const std::string& key : d.group_by.params)
    out += (out.empty() ? "" : ", ") + ("params." + key);
  if (d.group_by.all_params) out += out.empty() ? "params" : ", params";
  return out;
}

AnswerTable boards_table(const std::vector<BoardLine>& boards) {
  AnswerTable table;
  table.entity = "board";
  table.column("id", CellType::id).column("name").column("project").column("ranks").column("by");
  table.column("group by").column("changed", CellType::time).column("link");
  for (const BoardLine& b : boards) {
    const std::string group = grouped_by(*b.definition);
    table.row({b.id, b.name, b.project, std::string(name(b.definition->kind)),
               ranked_by(*b.definition), group.empty() ? Value{} : Value{group},
               b.changed ? Value{*b.changed} : Value{}, b.link});
  }
  return table;
}

AnswerTable ranking_table(const Definition& d, const Json& ranking) {
  const Json& rows = ranking.at("rows");
  const LabelColumns labels(d, rows);
  AnswerTable table;
  table.entity = d.kind == Kind::tasks ? "task" : "candidate";
  table.column("rank", CellType::integer);
  labels.declare(table);
  for (std::size_t m = 0; m < d.metrics.size(); ++m) {
    real_column(table, d.metrics[m].name, d.metrics[m].title);
    if (m == 0 && d.kind == Kind::candidates) real_column(table, d.metrics[m].name + " ±");
    if (m == 0 && d.kind != Kind::tasks)
      table.column(d.kind == Kind::teams ? "submissions" : "n", CellType::integer);
  }
  for (const BoardColumn& c : d.columns) {
    real_column(table, c.name, c.title);
    table.columns.back().type = type_of(c);
    if (c.relative != BoardColumn::Relative::none) real_column(table, c.name + " %");
  }
  const bool reasons = std::any_of(
      rows.begin(), rows.end(), [](const Json& row) { return !row.at("qualified").get<bool>(); });
  if (reasons) table.column("not ranked because");
  if (d.kind != Kind::tasks) table.column("best_task", CellType::id, "best task");
  if (d.kind != Kind::tasks) table.column("candidate", CellType::id);
  for (const Json& row : rows) {
    std::vector<Value> cells = {whole(member(row, "rank"))};
    labels.append(cells, row.at("label"));
    for (std::size_t m = 0; m < d.metrics.size(); ++m) {
      const std::string& name = d.metrics[m].name;
      cells.push_back(real(member(row.at("values"), name)));
      if (m == 0 && d.kind == Kind::candidates)
        cells.push_back(real(member(member(row, "spread"), name)));
      if (m == 0 && d.kind != Kind::tasks) cells.push_back(whole(row.at("tasks")));
    }
    for (const BoardColumn& c : d.columns) {
      cells.push_back(cell_of(c, member(row.at("columns"), c.name)));
      if (c.relative != BoardColumn::Relative::none)
        cells.push_back(real(member(member(row, "relative"), c.name)));
    }
    if (reasons) {
      std::string why = reasons_of(row);
      cells.push_back(why.empty() ? Value{} : Value{std::move(why)});
    }
    if (d.kind != Kind::tasks) cells.push_back(text(member(row, "best_task")));
    if (d.kind != Kind::tasks) cells.push_back(text(row.at("candidate")));
    table.row(std::move(cells));
  }
  table.of = ranking.at("total").get<std::int64_t>();
  table.truncated = static_cast<std::int64_t>(table.rows.size()) < *table.of;
  return table;
}

AnswerTable trust_table(const Definition& d, const Json& trust) {
  const LabelColumns labels(d, trust.at("rows"));
  const bool remarks = !remark_of_all(trust);
  AnswerTable table;
  table.entity = d.kind == Kind::tasks ? "task" : "candidate";
  table.column("rank", CellType::integer);
  labels.declare(table);
  real_column(table, primary_of(d));
  table.column("from", CellType::real).column("to", CellType::real).column("group");
  table.column("rank from", CellType::integer).column("rank to", CellType::integer);
  table.column("first", CellType::real).column("n", CellType::integer);
  table.column("spread", CellType::real).column("interval");
  if (remarks) table.column("remark");
  if (d.kind != Kind::tasks) table.column("candidate", CellType::id);
  for (const Json& row : trust.at("rows")) {
    std::vector<Value> cells = {whole(row.at("rank"))};
    labels.append(cells, row.at("label"));
    for (const char* name : {"mean", "low", "high"}) cells.push_back(real(member(row, name)));
    cells.push_back(text(member(row, "letter")));
    cells.push_back(whole(member(row, "rank_low")));
    cells.push_back(whole(member(row, "rank_high")));
    cells.push_back(real(member(row, "first")));
    cells.push_back(whole(row.at("n")));
    cells.push_back(real(member(row, "spread")));
    cells.push_back(text(row.at("method")));
    if (remarks) cells.push_back(text(member(row, "why")));
    if (d.kind != Kind::tasks) cells.push_back(text(row.at("candidate")));
    table.row(std::move(cells));
  }
  close(table);
  return table;
}

AnswerTable pareto_table(const Definition& d, const Json& pareto) {
  const LabelColumns labels(d, pareto.at("rows"));
  AnswerTable table;
  table.entity = d.kind == Kind::tasks ? "task" : "candidate";
  table.column("front", CellType::integer).column("knee", CellType::boolean);
  table.column("rank", CellType::integer);
  labels.declare(table);
  for (const Json& axis : pareto.at("axes")) real_column(table, axis.at("name"));
  if (d.kind != Kind::tasks) table.column("candidate", CellType::id);
  for (const Json& row : pareto.at("rows")) {
    std::vector<Value> cells = {whole(row.at("front")), flag(row.at("knee")),
                                whole(row.at("rank"))};
    labels.append(cells, row.at("label"));
    for (const Json& axis : pareto.at("axes"))
      cells.push_back(real(member(row.at("point"), axis.at("name"))));
    if (d.kind != Kind::tasks) cells.push_back(text(row.at("candidate")));
    table.row(std::move(cells));
  }
  close(table);
  return table;
}

AnswerTable ranks_table(const Definition& d, const Json& ranks) {
  const LabelColumns labels(d, ranks.at("candidates"));
  AnswerTable table;
  labels.declare(table);
  table.column("at", CellType::time).column("rank", CellType::integer);
  if (d.kind != Kind::tasks) table.column("candidate", CellType::id);
  for (const Json& candidate : ranks.at("candidates"))
    for (const Json& step : candidate.at("ranks")) {
      std::vector<Value> cells;
      labels.append(cells, candidate.at("label"));
      cells.push_back(whole(step.at(0)));
      cells.push_back(whole(step.at(1)));
      if (d.kind != Kind::tasks) cells.push_back(text(candidate.at("candidate")));
      table.row(std::move(cells));
    }
  close(table);
  return table;
}

AnswerTable changes_table(const Definition& d, const Json& changes) {
  const LabelColumns labels(d, changes.at("rows"));
  const std::string primary = primary_of(d);
  AnswerTable table;
  table.column("change");
  labels.declare(table);
  table.column("rank then", CellType::integer).column("rank now", CellType::integer);
  real_column(table, primary + " then");
  real_column(table, primary + " now");
  if (d.kind != Kind::tasks) table.column("candidate", CellType::id);
  for (const Json& row : changes.at("rows")) {
    std::vector<Value> cells = {text(row.at("change"))};
    labels.append(cells, row.at("label"));
    for (const char* when : {"then", "now"})
      cells.push_back(whole(member(member(row, when), "rank")));
    for (const char* when : {"then", "now"})
      cells.push_back(real(member(member(member(row, when), "values"), primary)));
    if (d.kind != Kind::tasks) cells.push_back(text(row.at("candidate")));
    table.row(std::move(cells));
  }
  close(table);
  return table;
}

AnswerTable history_table(const Definition& d, const Json& history) {
  const std::string primary = primary_of(d);
  AnswerTable table;
  table.column("at", CellType::time).column("what").column("task", CellType::id).column("name");
  real_column(table, primary);
  real_column(table, primary + " before");
  table.column("revision", CellType::integer).column("candidate", CellType::id);
  for (const Json& e : history.at("events")) {
    const std::string kind = e.at("kind");
    const bool there = kind == "entered" && e.value("initial", false);
    table.row({whole(e.at("at")), there ? std::string("was there") : kind, text(member(e, "task")),
               text(member(e, "name")), real(member(member(e, "values"), primary)),
               real(member(member(e, "before"), primary)), whole(e.at("revision")),
               text(member(e, "candidate"))});
  }
  if (const Json& cursor = member(history, "cursor"); cursor.is_string()) {
    table.cursor = cursor;
    table.truncated = true;
  } else {
    close(table);
  }
  return table;
}

AnswerDetails goals_details(const Json& goals) {
  AnswerDetails details;
  details.field("tasks", whole(goals.at("tasks")), CellType::integer);
  if (goals.contains("goals_met")) {
    details.field("task", text(member(goals, "task")), CellType::id);
    details.field("goals_met", flag(goals.at("goals_met")), CellType::boolean);
  }
  AnswerTable now;
  now.column("metric").column("statistic").column("best").column("target", CellType::real);
  now.column("met by", CellType::integer).column("best value", CellType::real).column("of");
  const bool of_task = goals.contains("task");
  if (of_task)
    now.column("value", CellType::real).column("met", CellType::boolean).column("reason");
  AnswerTable past;
  past.column("metric").column("at", CellType::time).column("value", CellType::real);
  past.column("met", CellType::boolean).column("task", CellType::id).column("name");
  for (const Json& g : goals.at("goals")) {
    std::string metric = g.at("metric");
    if (g.contains("scope")) metric += "@" + g.at("scope").get<std::string>();
    const Json& best = g.at("best");
    const Json last = best.empty() ? Json::object() : best.back();
    std::vector<Value> row = {metric,
                              text(g.at("statistic")),
                              text(g.at("direction")),
                              real(g.at("target")),
                              whole(g.at("met_by")),
                              real(member(last, "value")),
                              text(member(last, "name"))};
    if (of_task) {
      row.push_back(real(member(g, "value")));
      row.push_back(flag(member(g, "met")));
      row.push_back(text(member(g, "reason")));
    }
    now.row(std::move(row));
    for (const Json& step : best)
      past.row({metric, whole(step.at("at")), real(step.at("value")), flag(step.at("met")),
                text(step.at("task")), text(step.at("name"))});
  }
  close(now);
  close(past);
  details.section("goals", std::move(now)).section("best", std::move(past));
  return details;
}

AnswerDetails about(const BoardLine& b, const std::vector<std::vector<Value>>& differences) {
  AnswerDetails details;
  details.entity = "board";
  details.field("id", b.id, CellType::id).field("name", b.name).field("project", b.project);
  if (!b.description.empty()) details.field("description", b.description);
  details.field("ranks", std::string(name(b.definition->kind)));
  details.field("by", ranked_by(*b.definition));
  if (const std::string group = grouped_by(*b.definition); !group.empty())
    details.field("group by", group);
  details.field("revision", b.revision, CellType::integer).field("link", b.link);
  details.field("updated", b.updated, CellType::time);
  details.field("changed", b.changed ? Value{*b.changed} : Value{}, CellType::time);
  AnswerTable definition;
  definition.column("member").column("value");
  const Json json = json_of(*b.definition);
  for (const auto& [key, value] : json.items()) {
    const bool empty = value.empty() || value == "" || value == false;
    if (!empty || value.is_number())
      definition.row({key, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  close(definition);
  details.section("definition", std::move(definition));
  if (differences.empty()) return details;
  AnswerTable other;
  other.column("member").column("board").column("template");
  other.rows = differences;
  close(other);
  details.section("not as in the template", std::move(other));
  return details;
}

std::vector<std::string> notices_of_ranking(const Json& r) {
  std::vector<std::string> out;
  if (r.value("stale", false))
    out.emplace_back(
        "The definition was changed and is being worked out; this is the board of the "
        "one before.");
  if (r.value("rebuilt", false))
    out.emplace_back(
        "Nothing was kept of that time: this is worked out from the tasks that are "
        "there and when they ended.");
  return out;
}

std::vector<std::string> notices_of_trust(const Definition& d, const Json& trust) {
  std::vector<std::string> out;
  const Json& rows = trust.at("rows");
  const std::string sure = spelled(std::round(d.confidence * 1000) / 10) + " %";
  const auto leaders = std::count_if(rows.begin(), rows.end(),
                                     [](const Json& row) { return row.value("group", 0) == 1; });
  if (leaders > 1)
    out.push_back("At " + sure + " the first " + std::to_string(leaders) +
                  " cannot be told apart: whose group has the same letter may be as good as its "
                  "first.");
  else if (leaders == 1 && rows.size() > 1)
    out.push_back("At " + sure + " the first is better than all others.");
  if (const auto remark = remark_of_all(trust); remark && !remark->empty())
    out.push_back("Of each: " + *remark + ".");
  return out;
}

}  // namespace podium::leaderboard
