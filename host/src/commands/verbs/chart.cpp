// chart
#include "commands/verbs/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "commands/task_rows.hpp"
#include "commands/verbs/curves.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

constexpr std::int64_t most_drawn = 2000;  // tasks
constexpr std::size_t most_names = 20;

/// The names of the arguments, `a, b` or `a b`.
std::vector<std::pair<std::string, const CommandWord*>> names_of(const VerbCall& call) {
  std::vector<std::pair<std::string, const CommandWord*>> names;
  for (const CommandWord& word : call.arguments()) {
    std::size_t begin = 0;
    while (begin <= word.text.size()) {
      const std::size_t comma =
          word.quoted ? word.text.size() : std::min(word.text.find(',', begin), word.text.size());
      if (comma > begin) names.emplace_back(word.text.substr(begin, comma - begin), &word);
      begin = comma + 1;
    }
  }
  return names;
}

std::string kind_of(const VerbCall& call) { return call.text("kind", "curves"); }

double smooth_of(const VerbCall& call) {
  if (!call.has("smooth")) return 0;
  const CommandWord& word = call.words("smooth").front();
  double by = -1;
  const auto [end, code] =
      std::from_chars(word.text.data(), word.text.data() + word.text.size(), by);
  if (code != std::errc() || end != word.text.data() + word.text.size() || by < 0 || by >= 1)
    throw call.wrong(word, "'smooth' is from 0, as it is, to less than 1, nearly flat");
  return by;
}

class ChartVerb final : public Verb {
 public:
  explicit ChartVerb(const Parts& parts) : Verb("chart"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "Curves of metrics, or bars, points, boxes and parallel axes of single values";
    u.arguments = "NAME ...";
    u.least = 1;
    u.most = most_names;
    u.clauses = {
        {"of", ClauseSpec::Kind::list, "TASKS", "whose; ids, names, or a result that was named"},
        clauses::in(),
        clauses::where(),
        clauses::all(),
        {"kind", ClauseSpec::Kind::word, "curves|bars|scatter|box|parallel", "curves, if not said"},
        {"by", ClauseSpec::Kind::word, "step|time", "of curves: what goes to the right"},
        {"points", ClauseSpec::Kind::number, "N", "of each curve at most; 200 if not said"},
        {"log", ClauseSpec::Kind::flag, "", "logarithmic"},
        {"smooth", ClauseSpec::Kind::word, "0..1", "of curves: 0.6 is usual"},
        {"band", ClauseSpec::Kind::word, "NAME",
         "of curves: one a value of NAME, the mean between least and greatest"},
        {"group by", ClauseSpec::Kind::word, "NAME", "of boxes and points: told apart by it"},
        clauses::sort(),
        clauses::limit()};
    u.examples = {
        {"chart metrics.loss of best log smooth 0.6", "curves of a result that was named"},
        {"chart metrics.acc in vision band params.arch", "a band for each architecture"},
        {"chart params.lr metrics.acc in vision kind scatter log", "a point a task"},
        {"chart metrics.acc in vision kind box group by params.arch", "a box a group"},
        {"chart params.lr params.epochs metrics.acc in vision kind parallel", "a line a task"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    const std::string kind = kind_of(call);
    constexpr std::array kinds = {"curves", "bars", "scatter", "box", "parallel"};
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
      throw call.wrong(
          call.words("kind").front(),
          fmt::format("'kind' is curves, bars, scatter, box or parallel, not '{}'", kind));
    const bool curves = kind == "curves";
    for (const char* clause : {"by", "points", "smooth", "band"})
      if (!curves && call.has(clause))
        throw call.wrong(call.words(clause).front(), fmt::format("'{}' is for curves", clause));
    smooth_of(call);
    const std::vector<Ordinal> tasks = tasks_of(call);
    return curves ? draw_curves(call, tasks) : draw_values(call, kind, tasks);
  }

 private:
  std::vector<Ordinal> tasks_of(const VerbCall& call) const {
    if (call.has("of")) return tasks_of_clause(call);
    return parts_.tasks->ids(parts_.core->store, call.who(), call.tasks(), newest_first(),
                             question_budget);
  }

  Answer draw_curves(const VerbCall& call, const std::vector<Ordinal>& tasks) const {
    AnswerChart chart = read_curves(parts_, call, tasks);
    if (!call.has("band")) return chart;
    // A curve is called by its group: those of one name are one band.
    const CommandWord& band = call.words("band").front();
    const std::array columns = {
        in_place(call, band, [&] { return parts_.table->column(band.text); })};
    std::vector<std::pair<std::string, std::string>> groups;
    parts_.core->store.read([&](const Reader& reader) {
      groups.clear();
      parts_.table->rows(reader, call.who(), columns, tasks, [&](const TableRow& row) {
        const Value value = owned(row.cell(0));
        const auto* text = std::get_if<std::string>(&value);
        groups.emplace_back(row.id(), text != nullptr ? *text : number_text(value));
        return true;
      });
    });
    for (auto& series : chart.series)
      for (const auto& [id, group] : groups)
        if (id == series.task) series.label = band.text + "=" + group;
    return chart;
  }

  static std::string number_text(const Value& value) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) return std::to_string(*i);
    if (const auto* d = std::get_if<double>(&value)) return fmt::format("{}", *d);
    if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
    return "none";
  }

  Answer draw_values(const VerbCall& call, const std::string& kind,
                     const std::vector<Ordinal>& tasks) const {
    auto names = names_of(call);
    const std::size_t least = kind == "scatter" || kind == "parallel" ? 2 : 1;
    const std::size_t most = kind == "scatter" ? 2 : kind == "box" ? 1 : most_names;
    if (names.size() < least || names.size() > most)
      throw call.wrong(call.arguments().back(),
                       fmt::format("'kind {}' takes {}", kind,
                                   kind == "scatter"    ? "two names, right and up"
                                   : kind == "box"      ? "one name"
                                   : kind == "parallel" ? "two names or more"
                                                        : "one name or more"));
    if (call.has("group by")) {
      const CommandWord& word = call.words("group by").front();
      names.emplace_back(word.text, &word);
    }
    PreparedTable asked;
    asked.place = call.tasks();
    for (const char* name : {"id", "name"}) asked.columns.push_back(parts_.table->column(name));
    for (const auto& [name, word] : names)
      asked.columns.push_back(in_place(call, *word, [&] { return parts_.table->column(name); }));
    for (const CommandWord& item : call.words("sort"))
      asked.order.push_back(
          in_place(call, item, [&] { return parts_.table->order_key(item.text); }));
    if (asked.order.empty()) asked.order = {{newest_first().front(), {}}};
    if (call.has("of")) asked.place = in(record_ordinal(), {tasks.begin(), tasks.end()});
    return read_task_table(parts_, call.who(), asked, limit_of(call, most_drawn), {},
                           call.budget());
  }

  const Parts& parts_;
};

}  // namespace

void write_draw(JsonWriter& w, const Call& call) {
  const std::string kind = kind_of(call);
  w.key("draw").object();
  w.key("mark").value(kind == "curves" ? "line" : kind == "bars" ? "bar" : std::string_view(kind));
  w.key("names").array();
  for (const auto& [name, word] : names_of(call)) w.value(name);
  w.end_array();
  if (call.has("log")) w.key("log").value(true);
  if (const double by = smooth_of(call); by > 0) w.key("smooth").value(by);
  if (call.has("band")) w.key("band").value(call.text("band"));
  if (call.has("group by")) w.key("group").value(call.text("group by"));
  w.end_object();
}

std::unique_ptr<Verb> make_chart_verb(const Parts& parts) {
  return std::make_unique<ChartVerb>(parts);
}

}  // namespace podium::host::commands
