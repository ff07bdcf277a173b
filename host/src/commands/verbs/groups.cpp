// tasks ... group by
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "commands/call.hpp"
#include "commands/verbs/task_list.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

using Fold = Aggregate::Fold;

/// What `show` asks of a group.
struct Shown {
  std::string name;  ///< as written
  Fold::Kind kind = Fold::Kind::count;
  bool mean = false;
  Path path;
  CellType type = CellType::integer;
};

Shown shown_of(const Parts& parts, const EntityVocabulary& words, const std::string& text) {
  if (text == "count") return {text, Fold::Kind::count, false, {}, CellType::integer};
  const std::size_t open = text.find('(');
  const std::string fold = text.substr(0, open);
  Shown shown;
  shown.name = text;
  if (fold == "min")
    shown.kind = Fold::Kind::min;
  else if (fold == "max")
    shown.kind = Fold::Kind::max;
  else if (fold == "sum" || fold == "mean")
    shown.kind = Fold::Kind::sum;
  else
    throw Error(ErrorCode::invalid,
                fmt::format("a group shows count, min(NAME), max(NAME), mean(NAME) or sum(NAME), "
                            "not '{}'",
                            text));
  if (open == text.npos || !text.ends_with(')'))
    throw Error(ErrorCode::invalid,
                fmt::format("'{}' needs a name, as in {}(metrics.acc)", fold, fold));
  shown.mean = fold == "mean";
  const RecordColumn column =
      column_of(parts, words, text.substr(open + 1, text.size() - open - 2));
  if (!column.target.empty())
    throw Error(ErrorCode::invalid, fmt::format("'{}' is no number", text));
  shown.path = column.path;
  shown.type =
      shown.mean || column.shown.type == CellType::text ? CellType::real : column.shown.type;
  return shown;
}

struct Group {
  std::vector<Value> values, folds;
};

bool is_missing(const Value& v) { return std::holds_alternative<std::monostate>(v); }

double number_of(const Value& v) {
  if (const auto* real = std::get_if<double>(&v)) return *real;
  if (const auto* integer = std::get_if<std::int64_t>(&v)) return static_cast<double>(*integer);
  return std::numeric_limits<double>::quiet_NaN();
}

/// The order of what a sort names; missing comes last both ways.
bool before(const Value& a, const Value& b, bool descending) {
  if (is_missing(a) || is_missing(b)) return !is_missing(a) && is_missing(b);
  const auto *x = std::get_if<std::string>(&a), *y = std::get_if<std::string>(&b);
  if (x && y) return descending ? *y < *x : *x < *y;
  if (x || y) return y != nullptr;  // numbers before texts
  return descending ? number_of(b) < number_of(a) : number_of(a) < number_of(b);
}

/// How many records of each group have a number at a path: what a mean divides by.
void count_numbers(const Parts& parts, const Reader& reader, const VerbCall& call, Aggregate base,
                   const Path& path, std::map<std::vector<Value>, std::int64_t>& counts) {
  base.filter =
      all_of({base.filter, compare(path, Compare::ge, -std::numeric_limits<double>::infinity())});
  base.folds = {{Fold::Kind::count}};
  parts.tasks->aggregate(reader, call.who(), base,
                         [&](std::span<const Cell> values, std::span<const Cell> folds) {
                           std::vector<Value> key;
                           for (const Cell& c : values) key.push_back(owned(c));
                           counts[std::move(key)] = std::get<std::int64_t>(folds[0]);
                           return true;
                         });
}

}  // namespace

Answer grouped_tasks(const Parts& parts, const VerbCall& call) {
  const EntityVocabulary& words = parts.words->of("tasks");
  if (call.has("cursor"))
    throw call.wrong(call.words("cursor").front(), "groups come at once: 'cursor' has no meaning");
  std::vector<RecordColumn> names;
  Aggregate question;
  question.filter = call.tasks();
  question.budget = question_budget;
  for (const CommandWord& word : call.words("group by")) {
    names.push_back(in_place(call, word, [&] { return column_of(parts, words, word.text); }));
    question.groups.push_back(names.back().path);
  }
  std::vector<Shown> shown;
  for (const CommandWord& word : call.words("show"))
    shown.push_back(in_place(call, word, [&] { return shown_of(parts, words, word.text); }));
  if (shown.empty()) shown.push_back(shown_of(parts, words, "count"));
  for (const Shown& s : shown) question.folds.push_back({s.kind, s.path});

  std::vector<Group> groups;
  parts.core->store.read([&](const Reader& reader) {
    groups.clear();
    parts.tasks->aggregate(reader, call.who(), question,
                           [&](std::span<const Cell> values, std::span<const Cell> folds) {
                             Group g;
                             for (const Cell& c : values) g.values.push_back(owned(c));
                             for (const Cell& c : folds) g.folds.push_back(owned(c));
                             groups.push_back(std::move(g));
                             return true;
                           });
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (!shown[i].mean) continue;
      std::map<std::vector<Value>, std::int64_t> counts;
      count_numbers(parts, reader, call, question, shown[i].path, counts);
      for (Group& g : groups) {
        const auto n = counts.find(g.values);
        g.folds[i] = n == counts.end() || is_missing(g.folds[i])
                         ? Value{}
                         : Value{number_of(g.folds[i]) / static_cast<double>(n->second)};
      }
    }
    std::vector<std::vector<Value>> rows;
    for (Group& g : groups) rows.push_back(g.values);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!names[i].target.empty())
        name_references(parts, reader, call.who(), names[i].target, rows, i);
    for (std::size_t g = 0; g < groups.size(); ++g) groups[g].values = std::move(rows[g]);
  });

  // A fold of times or whole numbers is one again.
  for (Group& g : groups)
    for (std::size_t i = 0; i < shown.size(); ++i)
      if (const auto* real = std::get_if<double>(&g.folds[i]);
          real &&
          (shown[i].type == CellType::integer || shown[i].type == CellType::time ||
           shown[i].type == CellType::duration) &&
          std::abs(*real) < 9e15)
        g.folds[i] = static_cast<std::int64_t>(*real);

  for (auto item = call.words("sort").rbegin(); item != call.words("sort").rend(); ++item) {
    const bool descending = item->text.ends_with(" desc");
    const std::string wanted = item->text.substr(0, item->text.size() - (descending ? 5 : 0));
    std::size_t at = 0;
    for (; at < names.size() + shown.size(); ++at)
      if ((at < names.size() ? names[at].shown.name : shown[at - names.size()].name) == wanted)
        break;
    if (at == names.size() + shown.size())
      throw call.wrong(
          *item, fmt::format("groups are sorted by what they show, and '{}' is not shown", wanted));
    std::stable_sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
      const auto& x = at < names.size() ? a.values[at] : a.folds[at - names.size()];
      const auto& y = at < names.size() ? b.values[at] : b.folds[at - names.size()];
      return before(x, y, descending);
    });
  }

  AnswerTable table;
  for (const auto& n : names) table.columns.push_back(n.shown);
  for (const auto& s : shown) table.column(s.name, s.type);
  table.of = static_cast<std::int64_t>(groups.size());
  const std::uint64_t limit = limit_of(call);
  for (Group& g : groups) {
    if (table.rows.size() == limit) {
      table.truncated = true;
      break;
    }
    g.values.insert(g.values.end(), g.folds.begin(), g.folds.end());
    table.rows.push_back(std::move(g.values));
  }
  return table;
}

}  // namespace podium::host::commands
