#include "question.hpp"

#include <algorithm>

#include "podium/query.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::rules {
namespace {

void collect(const Filter& filter, std::vector<const Path*>& out) {
  switch (filter.op) {
    case Filter::Op::all:
    case Filter::Op::none:
    case Filter::Op::any:  // its path is the child's
      return;
    case Filter::Op::and_:
    case Filter::Op::or_:
    case Filter::Op::not_:
      for (const Filter& child : filter.children) collect(child, out);
      return;
    default:
      out.push_back(&filter.path);
  }
}

/// A name for a column that no other column has.
std::string key_of(const Column& c) {
  const Path& p = c.path;
  std::string key{static_cast<char>('0' + static_cast<int>(c.kind)),
                  static_cast<char>('0' + static_cast<int>(p.kind)),
                  static_cast<char>('A' + static_cast<int>(p.statistic))};
  for (const std::string* part : {&p.name, &p.key, &p.scope}) {
    key += std::to_string(part->size());
    key += ':';
    key += *part;
  }
  return key;
}

}  // namespace

Question::Question(PluginContext& context, const Ids& ids, Rule r, std::int64_t now)
    : rule(std::move(r)), read_at(now) {
  try {
    when = context.query_language().parse(rule.when, context.vocabulary("tasks"));
  } catch (Error& e) {
    if (e.field().empty()) e.in("when");
    throw;
  }
  if (Filter visible = context.access().visible(rule.who(), "tasks"); visible.op != Filter::Op::all)
    when = all_of({std::move(visible), std::move(when)});
  const Store& store = context.store();
  if (rule.project || !rule.below.empty()) {
    everywhere = false;
    std::string base = rule.below;
    if (rule.project) {
      projects.push_back(*rule.project);
      static const std::vector<Column> columns{value_of(field("name"))};
      if (rule.subprojects)
        store.get(ids.projects, *rule.project, columns,
                  [&](const Row& row) { base = cell::text(row.cell(0)); });
    }
    if (!base.empty()) {
      // Below "vision" are the names from "vision/" up to where its '/' is the next character, '0'.
      const auto below = store.ids(ids.projects,
                                   all_of({compare(field("name"), Compare::ge, base + '/'),
                                           compare(field("name"), Compare::lt, base + '0')}),
                                   {});
      projects.insert(projects.end(), below.begin(), below.end());
    }
    std::sort(projects.begin(), projects.end());
  }
  collect(when, paths);
  holds = std::make_unique<kit::Evaluator>(when);
}

bool Question::covers(Ordinal project) const {
  return everywhere || std::binary_search(projects.begin(), projects.end(), project);
}

Filter Question::whole() const {
  if (everywhere) return when;
  return all_of({in(field("project"), {projects.begin(), projects.end()}), when});
}

std::size_t Columns::add(Column column) {
  const auto [it, added] = known_.emplace(key_of(column), columns_.size());
  if (added) columns_.push_back(std::move(column));
  return it->second;
}

void Columns::add(const Question& q) {
  for (const Path* path : q.paths) at_[path] = add(kit::column_of(*path));
}

bool any_child(const Store& store, const Reader& reader, Ordinal task, const std::string& child,
               const std::string& reference, const Filter& inner) {
  Query query;
  query.collection = store.collection(child);
  query.filter = all_of({eq(field(reference), task), inner});
  query.limit = 1;
  bool any = false;
  reader.query(query, [&](const Row&) { return !(any = true); });
  return any;
}

bool RowRecord::any(const std::string& child, const std::string& reference, const Filter& inner) {
  return any_child(store_, reader_, row_.ordinal(), child, reference, inner);
}

}  // namespace podium::rules
