#include "services/table/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "podium/service/records.hpp"
#include "query/cursor.hpp"
#include "query/lexer.hpp"
#include "query/podium_vocabulary.hpp"
#include "services/table/names.hpp"

namespace podium::host {
namespace {

template <class F>
auto in_field(const std::string& path, F&& fn) {
  try {
    return fn();
  } catch (Error& e) {
    if (e.field().empty())
      e.in(path);
    else if (e.field() != path)
      e.in(path + "." + e.field());
    throw;
  }
}

std::string item(const char* list, std::size_t i) { return fmt::format("{}[{}]", list, i); }

bool asks_about(const Filter& f, std::string_view field) {
  if (f.path.kind == Path::Kind::field && f.path.name == field && f.op != Filter::Op::any)
    return true;
  if (f.op == Filter::Op::any) return false;  // that is another record's
  return std::any_of(f.children.begin(), f.children.end(),
                     [&](const Filter& child) { return asks_about(child, field); });
}

bool is_moment(const Path& p, const Field* f) {
  if (p.kind == Path::Kind::series)
    return p.statistic == Statistic::last_time || p.statistic == Statistic::first_time;
  return p.kind == Path::Kind::field && f != nullptr && f->type == Type::time;
}

}  // namespace

Identifier name_of(std::string_view text, const Vocabulary& words) {
  const auto tokens = query::tokens_of(text, words.features());
  std::optional<Identifier> found;
  if (tokens.size() == 2 && tokens[0].kind == query::Token::Kind::name)
    found = query::identifier_of(text.substr(tokens[0].position, tokens[0].size),
                                 tokens[0].position, words.features());
  if (!found)
    throw Error(ErrorCode::invalid,
                fmt::format("expected a name such as state, params.lr or metrics.acc.max, found "
                            "'{}'; a key with blanks, quotes or signs stands in back-ticks",
                            query::excerpt(text)))
        .at(0);
  return std::move(*found);
}

bool PreparedTable::walks() const {
  return std::all_of(order.begin(), order.end(),
                     [](const TableOrderKey& k) { return k.target.empty(); });
}

Order PreparedTable::store_order() const {
  Order out;
  for (const TableOrderKey& k : order) out.push_back(k.key);
  return out;
}

Table::Table(const Core& core, const Projects& projects, const Tasks& tasks,
             const EntityVocabulary& words)
    : core_(core), projects_(projects), tasks_(tasks), words_(words) {}

std::vector<std::string> Table::usual_columns() {
  return {"type", "name", "tags", "state", "project.name", "started", "updated", "iteration"};
}

TableColumn Table::column(const std::string& name) const {
  const Identifier id = name_of(name, words_);
  const Collection& c = words_.collection();
  if (id.prefix.empty()) {
    for (const Map& m : c.maps)
      if (m.name == id.key) return {name, whole_map(m.name), TableColumn::Shows::map};
    for (const Series& s : c.series)
      if (s.name == id.key) return {name, whole_series(s.name), TableColumn::Shows::series};
  }
  if (const Field* f = words_.reference_of_name(id))
    return {name, value_of(field(f->name)), TableColumn::Shows::name_of, f->target};
  TableColumn column{name, value_of(words_.path(id))};
  const Path& path = column.column.path;
  if (path.kind == Path::Kind::map && path.key.empty())
    throw Error(ErrorCode::invalid, fmt::format("'{}' has no key", query::excerpt(name))).at(0);
  const auto f = std::find_if(c.fields.begin(), c.fields.end(),
                              [&](const Field& each) { return each.name == path.name; });
  const Field* found = path.kind == Path::Kind::field && f != c.fields.end() ? &*f : nullptr;
  column.time = is_moment(path, found);
  // `project.ordinal` is the number itself.
  if (found != nullptr && found->type == Type::reference && id.prefix.empty()) {
    column.shows = TableColumn::Shows::id_of;
    column.target = found->target;
  }
  return column;
}

TableOrderKey Table::order_key(const std::string& text) const {
  const auto tokens = query::tokens_of(text, words_.features());
  if (!tokens.empty() && tokens[0].kind == query::Token::Kind::name) {
    const auto id =
        query::identifier_of(std::string_view(text).substr(tokens[0].position, tokens[0].size),
                             tokens[0].position, words_.features());
    if (const Field* f = id ? words_.reference_of_name(*id) : nullptr) {
      const auto word = [&](const char* keyword) {
        return tokens.size() == 3 &&
               query::is_keyword(std::string_view(text).substr(tokens[1].position, tokens[1].size),
                                 keyword);
      };
      if (tokens.size() == 2 || word("ASC") || word("DESC"))
        return {{field(f->name), word("DESC"), false}, f->target};
    }
  }
  return {core_.language.parse_order(text, words_)};
}

std::optional<Filter> Table::scope(const Reader& reader, const Principal& who,
                                   const TableQuestion& q) const {
  const TableScope scope = q.scope.value_or(q.project ? TableScope::project : TableScope::all);
  if (!q.project) {
    if (scope == TableScope::all) return Filter{};
    throw Error(ErrorCode::invalid, "this scope needs a project; name one, or ask for all")
        .in("scope");
  }
  if (scope == TableScope::all)
    throw Error(ErrorCode::invalid, "the scope 'all' and a project exclude each other").in("scope");
  Ordinal one = projects_.find(reader, who, *q.project);
  if (one == 0)
    for (const Ordinal o : projects_.ids(reader, who, eq(field("name"), *q.project), {})) one = o;
  if (scope == TableScope::project) {
    if (one == 0) return std::nullopt;
    return eq(field("project"), one);
  }
  std::string name = *q.project;
  const Column column = value_of(field("name"));
  if (one != 0)
    projects_.get(reader, who, one, std::span(&column, 1),
                  [&](const Row& row) { name = std::get<std::string_view>(row.cell(0)); });
  if (name.size() > 1 && name.back() == '/') name.pop_back();
  // Below "vision" are the names from "vision/" up to where '0' follows, the next character.
  auto found = projects_.ids(
      reader, who,
      any_of({eq(field("name"), name), all_of({compare(field("name"), Compare::gt, name + '/'),
                                               compare(field("name"), Compare::lt, name + '0')})}),
      {});
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return eq(field("project"), found.front());
  return in(field("project"), {found.begin(), found.end()});
}

PreparedTable Table::prepare(const Reader& reader, const Principal& who,
                             const TableQuestion& q) const {
  PreparedTable p;
  std::vector<Filter> conditions;
  conditions.push_back(
      in_field("filter", [&] { return core_.language.parse(q.filter, words_, q.bindings); }));
  for (std::size_t i = 0; i < q.filters.size(); ++i)
    conditions.push_back(in_field(item("filters", i), [&] { return lower(q.filters[i]); }));
  conditions.push_back(in_field("search", [&] { return search(q.search); }));
  p.conditions = all_of(std::move(conditions));

  auto place = scope(reader, who, q);
  if (!place)
    throw Error(ErrorCode::not_found,
                fmt::format("there is no project '{}'", query::excerpt(*q.project)))
        .in("project");
  TableArchived archived = q.archived;
  if (archived == TableArchived::by_filter)
    archived = asks_about(p.conditions, "archived") ? TableArchived::both : TableArchived::no;
  p.place =
      archived == TableArchived::both
          ? std::move(*place)
          : all_of({std::move(*place), eq(field("archived"), archived == TableArchived::yes)});

  for (std::size_t i = 0; i < q.order.size(); ++i)
    p.order.push_back(in_field(item("order", i), [&] { return order_key(q.order[i]); }));
  for (std::size_t i = 0; i < q.columns.size(); ++i)
    p.columns.push_back(in_field(item("columns", i), [&] { return column(q.columns[i]); }));
  return p;
}

Filter Table::parse(const std::string& filter) const {
  return core_.language.parse(filter, words_);
}

std::optional<std::string> Table::text(const Filter& conditions) const {
  try {
    return print(conditions, words_);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::misuse) throw;
    return std::nullopt;
  }
}

}  // namespace podium::host
