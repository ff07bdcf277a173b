#include "selection.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <set>

#include "colors.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/plugin.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"

namespace podium::comparison {
namespace {

/// What a filter that no index serves may cost before it must become narrower.
constexpr Budget question_budget{5'000'000, std::chrono::milliseconds(10'000)};

bool speaks_of_archived(const Filter& f) {
  if (f.path.kind == Path::Kind::field && f.path.name == "archived") return true;
  return std::any_of(f.children.begin(), f.children.end(), speaks_of_archived);
}

template <class F>
auto in_member(const std::string& member, F&& fn) {
  try {
    return fn();
  } catch (Error& e) {
    if (e.field().empty()) e.in(member);
    throw;
  }
}

/// A project as its id in decimal, else its name; with those below it, where that is asked for.
Filter project_filter(PluginContext& context, const Reader& reader, const Principal& who,
                      const Selection& s) {
  std::string name = *s.project;
  const Ordinal own = context.projects().find(reader, who, name);
  if (own != 0 && !s.subprojects) return eq(field("project"), own);
  if (own != 0) {
    const Column column = value_of(field("name"));
    context.projects().get(reader, who, own, std::span<const Column>(&column, 1),
                           [&](const Row& row) { name = cell::text(row.cell(0)); });
  }
  Literal literal;
  literal.text = s.subprojects ? name + "/" : name;
  const QueryLanguage::Binding binding{"project", literal};
  try {
    return context.query_language().parse("project = :project", context.vocabulary("tasks"),
                                          std::span(&binding, 1));
  } catch (const Error& e) {
    if (e.code() != ErrorCode::invalid) throw;
    throw Error(ErrorCode::not_found, "there is no project '" + *s.project + "'").in("project");
  }
}

/// LIKE has no escape; what holds its signs is looked for by a regular expression.
Filter search_filter(const std::string& text) {
  std::vector<Filter> arms;
  const bool plain = text.find_first_of("%_") == std::string::npos;
  std::string expression = "(?i)";
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      static_cast<unsigned char>(c) >= 0x80;
    if (!word) expression += '\\';
    expression += c;
  }
  for (const char* name : {"name", "description"})
    arms.push_back(plain ? pattern(Filter::Op::ilike, field(name), "%" + text + "%")
                         : pattern(Filter::Op::matches, field(name), expression));
  arms.push_back(eq(record_id(), text));
  return any_of(std::move(arms));
}

Query query_of(PluginContext& context, const Reader& reader, const Principal& who,
               const Selection& s) {
  std::vector<Filter> arms;
  if (s.project) arms.push_back(project_filter(context, reader, who, s));
  const Vocabulary& words = context.vocabulary("tasks");
  if (!s.filter.empty())
    arms.push_back(in_member(
        "filter", [&] { return context.query_language().parse(s.filter, words, s.bindings); }));
  if (s.archived)
    arms.push_back(eq(field("archived"), *s.archived));
  else if (!s.both && std::none_of(arms.begin(), arms.end(), speaks_of_archived))
    arms.push_back(eq(field("archived"), false));
  if (!s.search.empty()) arms.push_back(search_filter(s.search));
  Query query;
  query.filter = all_of(std::move(arms));
  for (std::size_t i = 0; i < s.order.size(); ++i)
    query.order.push_back(in_member("order[" + std::to_string(i) + "]", [&] {
      return context.query_language().parse_order(s.order[i], words);
    }));
  if (query.order.empty()) query.order = {{record_ordinal(), true, false}};
  query.budget = question_budget;
  return query;
}

/// Names that are shared get the end of the id: its beginning is the time, and alike.
void label(std::vector<ComparedTask>& tasks) {
  std::map<std::string_view, int> seen;
  for (const ComparedTask& t : tasks) ++seen[t.name];
  std::set<std::string> taken;
  for (ComparedTask& t : tasks) {
    t.label = t.name.empty() ? t.id : t.name;
    if (!t.name.empty() && seen[t.name] > 1)
      t.label += "." + t.id.substr(t.id.size() - std::min<std::size_t>(6, t.id.size()));
    if (!taken.insert(t.label).second) t.label = t.name + "." + t.id;
    taken.insert(t.label);
  }
}

void project_ids(PluginContext& context, const Reader& reader, const Principal& who,
                 std::vector<ComparedTask>& tasks) {
  std::map<Ordinal, std::string> ids;
  for (const ComparedTask& t : tasks) ids[t.project];
  std::vector<Ordinal> ordinals;
  for (const auto& [ordinal, id] : ids) ordinals.push_back(ordinal);
  context.projects().get(reader, who, ordinals, {}, [&](const Row& row) {
    ids[row.ordinal()] = row.id();
    return true;
  });
  for (ComparedTask& t : tasks) t.project_id = ids[t.project];
}

}  // namespace

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  char buffer[32];
  char* end = buffer;
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    end = std::to_chars(buffer, buffer + sizeof buffer, *integer).ptr;
  else if (const auto* number = std::get_if<double>(&value))
    end = std::to_chars(buffer, buffer + sizeof buffer, *number).ptr;
  return {buffer, end};
}

Selected select(PluginContext& context, const Reader& reader, const Principal& who,
                std::span<const Ordinal> given) {
  std::vector<Ordinal> ordinals;
  std::set<Ordinal> seen;
  for (const Ordinal o : given)
    if (seen.insert(o).second) ordinals.push_back(o);
  static const std::vector<Column> columns = {value_of(field("name")), value_of(field("state")),
                                              value_of(field("started")),
                                              value_of(field("project"))};
  Selected out;
  context.tasks().get(reader, who, ordinals, columns, [&](const Row& row) {
    ComparedTask& t = out.tasks.emplace_back();
    t.ordinal = row.ordinal();
    t.id = row.id();
    t.version = row.version();
    t.name = cell::text(row.cell(0));
    t.state = cell::text(row.cell(1));
    t.started = cell::integer_if(row.cell(2));
    t.project = cell::integer(row.cell(3));
    return true;
  });
  label(out.tasks);
  project_ids(context, reader, who, out.tasks);
  const auto kept = kept_colors(context, reader, who, ordinals);
  for (ComparedTask& t : out.tasks) {
    const auto at = kept.find(t.ordinal);
    t.color = at != kept.end() ? at->second : color_of(t.id);
  }
  return out;
}

Selected select(PluginContext& context, const Reader& reader, const Principal& who,
                const Selection& s) {
  if (!s.ids.empty()) {
    const auto found = reader.find(context.tasks().collection(), s.ids);
    std::vector<Ordinal> there;
    for (const Ordinal o : found)
      if (o != 0) there.push_back(o);
    Selected out = select(context, reader, who, there);
    std::set<std::string_view> shown;
    for (const ComparedTask& t : out.tasks) shown.insert(t.id);
    for (const std::string& id : s.ids)
      if (!shown.contains(id)) out.missing.push_back(id);
    return out;
  }
  Query query = query_of(context, reader, who, s);
  query.limit = s.limit;
  std::vector<Ordinal> ordinals;
  const Page page = in_member("filter", [&] {
    return context.tasks().query(reader, who, query, [&](const Row& row) {
      ordinals.push_back(row.ordinal());
      return true;
    });
  });
  Selected out = select(context, reader, who, ordinals);
  out.more = !page.cursor.empty();
  return out;
}

void write_selected(JsonWriter& w, const Selected& selected) {
  w.key("tasks").array();
  for (const ComparedTask& t : selected.tasks) {
    w.object().key("id").value(t.id).key("name").value(t.name).key("label").value(t.label);
    w.key("color").value(t.color).key("state").value(t.state);
    w.key("project").value(t.project_id).end_object();
  }
  w.end_array().key("missing").array();
  for (const std::string& id : selected.missing) w.value(id);
  w.end_array().key("more").value(selected.more);
}

void read_tasks(PluginContext& context, const Reader& reader, const Principal& who,
                std::span<const ComparedTask> tasks, std::span<const Column> columns,
                FunctionRef<void(std::size_t, const Row&)> sink) {
  std::vector<Ordinal> ordinals;
  for (const ComparedTask& t : tasks) ordinals.push_back(t.ordinal);
  std::size_t task = 0;
  context.tasks().get(reader, who, ordinals, columns, [&](const Row& row) {
    while (task < ordinals.size() && ordinals[task] != row.ordinal()) ++task;
    if (task == ordinals.size()) return false;
    sink(task++, row);
    return true;
  });
}

bool Frame::numeric(const Column& column) {
  for (std::size_t i = 0; i < column.values.size(); ++i)
    if (!std::holds_alternative<std::monostate>(column.values[i]) && !column.numbers[i])
      return false;
  return true;
}

Frame read_frame(PluginContext& context, const Reader& reader, const Principal& who,
                 std::span<const ComparedTask> tasks, std::span<const std::string> names,
                 std::string_view member) {
  const Vocabulary& words = context.vocabulary("tasks");
  Frame frame;
  std::vector<Column> columns;
  std::vector<std::size_t> at;  // of each name its column; a map is read once, for the numbers
  std::map<std::string, std::size_t> maps;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Frame::Column& c = frame.columns.emplace_back();
    c.name = names[i];
    c.path = in_member(std::string(member) + "[" + std::to_string(i) + "]",
                       [&] { return context.query_language().parse_order(names[i], words).path; });
    c.values.resize(tasks.size());
    c.numbers.resize(tasks.size());
    if (c.path.kind == Path::Kind::map) {
      const auto [map, fresh] = maps.emplace(c.path.name, columns.size());
      if (fresh) columns.push_back(whole_map(c.path.name));
      at.push_back(map->second);
    } else {
      at.push_back(columns.size());
      columns.push_back(value_of(c.path));
    }
  }
  read_tasks(context, reader, who, tasks, columns, [&](std::size_t t, const Row& row) {
    for (std::size_t i = 0; i < frame.columns.size(); ++i) {
      Frame::Column& c = frame.columns[i];
      if (c.path.kind == Path::Kind::map) {
        for (const MapEntry& e : row.map(at[i]))
          if (e.key == c.path.key) {
            c.values[t] = std::string(e.text);
            c.numbers[t] = e.number;
          }
        continue;
      }
      c.values[t] = owned(row.cell(at[i]));
      if (const auto* number = std::get_if<double>(&c.values[t])) c.numbers[t] = *number;
      if (const auto* integer = std::get_if<std::int64_t>(&c.values[t]))
        c.numbers[t] = static_cast<double>(*integer);
    }
  });
  return frame;
}

}  // namespace podium::comparison
