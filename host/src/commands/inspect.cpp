#include "commands/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "commands/answer_json.hpp"
#include "commands/known_keys.hpp"
#include "commands/place.hpp"
#include "commands/table_of.hpp"
#include "commands/verbs/task_list.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/text.hpp"
#include "query/podium_vocabulary.hpp"
#include "query/vocabularies.hpp"
#include "services/table/table.hpp"

namespace podium::host::commands {
namespace {

constexpr std::size_t most_lines = 30;
/// Somebody waits. What indexes count is quick for hundreds of thousands of tasks; what is asked of
/// each task is left out when these are many.
constexpr Budget counting{500'000, std::chrono::milliseconds(20)};
constexpr Budget looking{20'000, std::chrono::milliseconds(8)};

/// A text that means nothing in Markdown or HTML, on one line.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (byte < 0x20 || byte == 0x7f)
      out += ' ';
    else if (std::string_view("\\`*_{}[]()#+-.!|~$:/@").find(c) != std::string_view::npos)
      out.append("\\").append(1, c);
    else
      out += c;
  }
  return out;
}

/// What a terminal would take for more than text is left out.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  // Marks that turn the direction of what follows.
  for (const char* mark :
       {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"})
    for (std::size_t at; (at = out.find(mark)) != out.npos;)
      out.erase(at, std::string_view(mark).size());
  return out;
}

std::string shown(const Value& value, CellType type) {
  if (const auto* text = std::get_if<std::string>(&value)) return plain(*text);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{:.6g}", *real);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    if (type == CellType::duration)
      return fmt::format("{:.1f} s", static_cast<double>(*integer) / 1000);
    if (type != CellType::time) return std::to_string(*integer);
    const auto seconds = static_cast<std::time_t>(*integer / 1000);
    std::tm parts{};
    char text[32];
    if (gmtime_r(&seconds, &parts) != nullptr)
      return {text, std::strftime(text, sizeof text, "%FT%TZ", &parts)};
  }
  return "-";
}

/// Both forms of what there is to say, line by line.
class Page {
 public:
  explicit Page(const std::string& title) {
    page_.text = plain(title) + '\n';
    page_.markdown = "**" + escaped(plain(title)) + "**\n";
  }
  Page& line(const std::string& name, const std::string& value) {
    if (lines_++ >= most_lines) return *this;
    page_.text += fmt::format("  {}: {}\n", plain(name), plain(value));
    page_.markdown += fmt::format("\n- {}: {}", escaped(plain(name)), escaped(plain(value)));
    return *this;
  }
  Page& sentence(const std::string& text) {
    page_.text += "  " + plain(text) + '\n';
    page_.markdown += "\n" + escaped(plain(text)) + "\n";
    return *this;
  }
  /// Said once.
  void too_many(bool in_project) {
    if (!std::exchange(too_many_, true))
      sentence("there are too many tasks to say more at once" +
               std::string(in_project ? "" : "; name a project with 'in'"));
  }
  Inspection take() {
    if (lines_ > most_lines) sentence(fmt::format("and {} more", lines_ - most_lines));
    return std::move(page_);
  }

 private:
  Inspection page_;
  std::size_t lines_ = 0;
  bool too_many_ = false;
};

class Inspector {
 public:
  Inspector(const Parts& parts, const Commands& commands, const Principal& who,
            const Cancel& cancel, const CommandRequest& request, const Place& place)
      : parts_(parts),
        commands_(commands),
        who_(who),
        cancel_(cancel),
        request_(request),
        place_(place) {}

  Inspection run() {
    if (place_.word.empty()) return {};
    if (place_.in_verb) return verb(lower(place_.word));
    if (place_.on_keyword || place_.quoted == false)
      for (const ClauseSpec& c : place_.usage.clauses)
        if ((place_.on_keyword || place_.clause == nullptr) &&
            (c.name == lower(place_.word) || c.name.starts_with(lower(place_.word) + " ")))
          return Page(c.name + (c.value.empty() ? "" : " " + c.value)).sentence(c.help).take();
    const std::string clause = place_.clause == nullptr ? std::string() : place_.clause->name;
    if (const auto own = commands_.inspected(place_.verb, who_, place_.typed(place_.word)))
      return answer(*own);
    if (const auto found = request_.selections.find(place_.word);
        found != request_.selections.end())
      return result(found->second);
    if (clause == "in") return project();
    if (Inspection found = task(); !found.text.empty()) return found;
    return key();
  }

 private:
  Inspection verb(const std::string& word) {
    if (!commands_.usage(word)) return {};
    CommandRequest help;
    help.argv = {"help", word};
    const CommandResult found = commands_.run(help, who_, cancel_);
    const auto* text = std::get_if<AnswerText>(&found.answer.content);
    if (text == nullptr) return {};
    return {text->text, "```\n" + text->text + "```\n"};
  }

  Inspection answer(const Answer& known) const {
    if (const auto* text = std::get_if<AnswerText>(&known.content))
      return {text->text, escaped(text->text)};
    if (const auto* details = std::get_if<AnswerDetails>(&known.content)) {
      Page page(place_.word);
      for (const auto& f : details->fields) page.line(f.name, shown(f.value, f.type));
      return page.take();
    }
    return {};
  }

  Inspection result(const Selection& s) const {
    Page page(place_.word);
    if (s.by_filter) {
      page.sentence("a result: the tasks that match now");
      if (!s.in.empty()) page.line("in", s.in);
      if (!s.where.empty()) page.line("where", s.where);
    } else {
      page.sentence(fmt::format("a result: {} task{}", s.ids.size(), s.ids.size() == 1 ? "" : "s"));
    }
    return page.take();
  }

  std::int64_t count(const Filter& filter, const Budget& budget) const {
    Aggregate a;
    a.filter = filter;
    a.folds = {{}};
    a.budget = budget;
    std::int64_t n = 0;
    parts_.tasks->aggregate(parts_.core->store, who_, a, [&](auto, std::span<const Cell> folds) {
      n = std::get<std::int64_t>(folds[0]);
      return true;
    });
    return n;
  }

  Filter parsed(const std::string& filter, const std::string& value) const {
    Literal literal;
    literal.text = literal.source = value;
    const QueryLanguage::Binding binding{"value", std::move(literal)};
    return parts_.core->language.parse(filter, parts_.words->of("tasks"), std::span(&binding, 1));
  }

  /// What `say` has to say, or that it takes too long.
  template <class F>
  void unless_too_many(Page& page, F&& say) const {
    try {
      say();
    } catch (const Error& e) {
      if (e.code() != ErrorCode::too_expensive) throw;
      page.too_many(!place_.in().empty());
    }
  }

  Inspection project() const {
    Filter tasks;
    try {
      tasks = parsed("project = :value", place_.word);
    } catch (const Error&) {
      return {};
    }
    Page page(place_.word);
    page.sentence("a project");
    unless_too_many(page, [&] {
      page.line("tasks", std::to_string(count(tasks, counting)));
      const Filter running = eq(field("state"), std::string("running"));
      page.line("running", std::to_string(count(all_of({tasks, running}), counting)));
    });
    return page.take();
  }

  /// The id of the newest task that matches, unless it is not among those that were looked at.
  std::string newest(Filter filter) const {
    Query q;
    q.filter = std::move(filter);
    q.order = newest_first();
    q.limit = 1;
    q.budget = looking;
    std::string id;
    try {
      parts_.tasks->query(parts_.core->store, who_, q, [&](const Row& row) {
        id = row.id();
        return true;
      });
    } catch (const Error& e) {
      if (e.code() != ErrorCode::too_expensive) throw;
    }
    return id;
  }

  /// A task by its id or the beginning of it, or by its name (the newest, if it is one of the newer
  /// tasks; no index knows names): what `show` tells, in short.
  Inspection task() const {
    const bool could_be = place_.clause == nullptr || place_.clause->value.starts_with("TASK");
    if (!could_be) return {};
    std::string id;
    if (could_begin_id(place_.word))
      id = newest(pattern(Filter::Op::like, record_id(), place_.word + "%"));
    else if (parts_.tasks->find(parts_.core->store, who_, place_.word) != 0)
      id = place_.word;
    if (id.empty()) id = newest(eq(field("name"), place_.word));
    if (id.empty()) return {};
    CommandRequest show;
    show.argv = {"show", id};
    try {
      const CommandResult found = commands_.run(show, who_, cancel_);
      const auto* details = std::get_if<AnswerDetails>(&found.answer.content);
      if (details == nullptr) return {};
      Page page(place_.word);
      for (const auto& f : details->fields)
        if (!std::holds_alternative<std::monostate>(f.value))
          page.line(f.name, shown(f.value, f.type));
      for (const auto& section : details->sections)
        if (section.name == "metrics")
          for (const auto& row : section.table.rows)
            if (row.size() > 2)
              page.line(shown(row[0], CellType::text), shown(row[2], CellType::real));
      return page.take();
    } catch (const Error&) {
      return {};
    }
  }

  /// The word as the query language names it: a clause of metrics takes "loss" too.
  std::string name_in_query() const {
    const bool whole = place_.word.starts_with("metrics.");
    if (whole || place_.clause == nullptr || !is_metric(*place_.clause)) return place_.word;
    return print(OrderKey{series("metrics", place_.word), false}, parts_.words->of("tasks"));
  }

  Inspection key() const {
    const EntityVocabulary& words = parts_.words->of("tasks");
    Path path;
    CellType type = CellType::any;
    try {
      const TableColumn column = parts_.table->column(name_in_query());
      if (column.shows == TableColumn::Shows::map || column.shows == TableColumn::Shows::series)
        return Page(place_.word).sentence("all of them in one column").take();
      path = column.column.path;
      type = podium::host::commands::type_of(path, words.collection());
    } catch (const Error&) {
      return {};
    }
    Page page(place_.word);
    page.line("type", path.kind == Path::Kind::series ? "metric, a number"
                      : path.kind == Path::Kind::map
                          ? fmt::format("{}, a text or a number", path.name)
                          : std::string(name(type)));
    Filter tasks;
    if (!place_.in().empty()) {
      try {
        tasks = parsed("project = :value", place_.in());
      } catch (const Error&) {
      }
    }
    const bool key = path.kind == Path::Kind::map || path.kind == Path::Kind::series;
    unless_too_many(page, [&] {
      const Filter have = all_of({tasks, is_null(path, true)});
      page.line("tasks that have it", std::to_string(count(have, key ? counting : looking)));
    });
    unless_too_many(page, [&] { range(path, type, tasks, page); });
    if (path.kind == Path::Kind::map || type == CellType::text) {
      const KnownWords found = KnownKeys(parts_, who_, tasks).values(path, {});
      std::string most;
      for (std::size_t i = 0; i < std::min<std::size_t>(found.words.size(), 5); ++i)
        if (found.words[i].count != 0)
          most += fmt::format("{}{} ({})", most.empty() ? "" : ", ", found.words[i].text,
                              found.words[i].count);
      if (!most.empty())
        page.line(
            found.of_newest ? fmt::format("of the newest {} tasks", found.looked_at) : "most often",
            most);
    }
    return page.take();
  }

  void range(const Path& path, CellType type, const Filter& tasks, Page& page) const {
    std::optional<double> least, greatest;
    if (path.kind == Path::Kind::map || path.kind == Path::Kind::series) {
      // The ends of what is a number, from the index.
      Query q;
      q.filter =
          all_of({tasks, compare(path, Compare::ge, -std::numeric_limits<double>::infinity())});
      q.limit = 1;
      q.columns = {value_of(path)};
      q.budget = looking;
      for (const bool descending : {false, true}) {
        q.order = {{path, descending, false}};
        parts_.tasks->query(parts_.core->store, who_, q, [&](const Row& row) {
          const Cell cell = row.cell(0);
          auto& end = descending ? greatest : least;
          if (const auto* text = std::get_if<std::string_view>(&cell))
            end = kit::number_of(*text);
          else if (const auto* real = std::get_if<double>(&cell))
            end = *real;
          else if (const auto* integer = std::get_if<std::int64_t>(&cell))
            end = static_cast<double>(*integer);
          return true;
        });
      }
    } else if (path.kind == Path::Kind::field) {
      Aggregate a;
      a.filter = tasks;
      a.folds = {{Aggregate::Fold::Kind::min, path}, {Aggregate::Fold::Kind::max, path}};
      a.budget = looking;
      try {
        parts_.tasks->aggregate(parts_.core->store, who_, a,
                                [&](auto, std::span<const Cell> folds) {
                                  const auto* ends = std::get_if<double>(&folds[0]);
                                  if (ends == nullptr) return true;
                                  least = *ends;
                                  greatest = std::get<double>(folds[1]);
                                  return true;
                                });
      } catch (const Error& e) {
        if (e.code() != ErrorCode::invalid) throw;  // a text has no range
      }
    }
    const auto number = [&](double v) {
      return type == CellType::time || type == CellType::duration
                 ? shown(static_cast<std::int64_t>(v), type)
                 : fmt::format("{:.6g}", v);
    };
    if (least && greatest) page.line("from", number(*least) + " to " + number(*greatest));
  }

  const Parts& parts_;
  const Commands& commands_;
  const Principal& who_;
  const Cancel& cancel_;
  const CommandRequest& request_;
  const Place& place_;
};

}  // namespace

Inspection inspect(const Parts& parts, const Commands& commands, const Principal& who,
                   const Cancel& cancel, const CommandRequest& request, std::size_t cursor) {
  parts.core->access.require(who, "task.read");
  // The words of the language are everybody's; what is told of the store asks Access by itself.
  who.mark_checked();
  const Place place = place_in(request.line, cursor, commands);
  return Inspector(parts, commands, who, cancel, request, place).run();
}

std::string to_json(const Inspection& found) {
  std::string out;
  JsonWriter w(out);
  w.object().key("found").value(!found.text.empty()).key("text").value(found.text);
  w.key("markdown").value(found.markdown).end_object();
  return out;
}

}  // namespace podium::host::commands
