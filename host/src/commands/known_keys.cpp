#include "commands/known_keys.hpp"

#include <algorithm>
#include <unordered_set>

#include "commands/table_of.hpp"
#include "commands/verbs/task_list.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/text.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

constexpr std::size_t most_words = 100;
constexpr std::size_t most_projects = 20;
bool is_series(const EntityVocabulary& words, const std::string& name) {
  const auto& declared = words.collection().series;
  return std::any_of(declared.begin(), declared.end(),
                     [&](const Series& s) { return s.name == name; });
}

std::string shown(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  std::string out;
  if (const auto* real = std::get_if<double>(&value)) append_json_number(out, *real);
  return out;
}

bool of_keys(const Path& group) {
  return (group.kind == Path::Kind::map || group.kind == Path::Kind::series) && group.key.empty();
}

/// Tasks that have the entry, which indexes know without those that lack it.
Filter that_have(const Filter& tasks, const Path& group) {
  return group.kind == Path::Kind::map && !group.key.empty() ? all_of({tasks, is_null(group, true)})
                                                             : tasks;
}

/// True when it did, false when it would have looked at too much.
template <class F>
bool affordable(F&& f) {
  try {
    f();
    return true;
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_expensive) throw;
    return false;
  }
}

/// The best of those that contain `part`, the most frequent first.
void choose(KnownWords& found, const std::string& part) {
  const std::string folded = kit::fold(part);
  if (!folded.empty())
    std::erase_if(found.words, [&](const KnownWord& w) {
      return kit::fold(w.text).find(folded) == std::string::npos;
    });
  const std::size_t n = std::min(found.words.size(), most_words);
  std::partial_sort(found.words.begin(), found.words.begin() + static_cast<std::ptrdiff_t>(n),
                    found.words.end(), [](const KnownWord& a, const KnownWord& b) {
                      return a.count != b.count ? a.count > b.count : a.text < b.text;
                    });
  found.words.resize(n);
}

}  // namespace

KnownKeys::KnownKeys(const Parts& parts, const Principal& who, Filter among)
    : KnownKeys(*parts.tasks, parts.core->store, parts.words->of("tasks"), who, std::move(among),
                Limits()) {}

std::string KnownKeys::text_of(const Path& group, std::span<const Cell> values) const {
  std::string text = shown(owned(values[0]));
  if (!of_keys(group)) return text;
  const Path key =
      group.kind == Path::Kind::series
          ? series(group.name, std::move(text), Statistic::last, shown(owned(values[1])))
          : entry(group.name, std::move(text));
  return print(OrderKey{key, false, false}, words_);
}

void KnownKeys::count(const Filter& filter, const Path& group, KnownWords& found) const {
  Aggregate a;
  a.filter = that_have(filter, group);
  a.groups = {group};
  a.folds = {{}};
  a.budget = limits_.counting;
  found.words.clear();
  tasks_.aggregate(store_, who_, a, [&](std::span<const Cell> values, std::span<const Cell> folds) {
    if (!std::holds_alternative<std::monostate>(values[0]))
      found.words.push_back({text_of(group, values), std::get<std::int64_t>(folds[0])});
    return true;
  });
}

const KnownKeys::Newest& KnownKeys::newest() {
  if (newest_) return *newest_;
  newest_.emplace();
  Query q;
  q.filter = among_;
  q.order = newest_first();
  q.limit = limits_.newest;
  q.budget = limits_.counting;
  q.columns = {value_of(field("project"))};
  // What was seen before it became too expensive is what there is to say.
  affordable([&] {
    tasks_.query(store_, who_, q, [&](const Row& row) {
      newest_->ordinals.emplace_back(row.ordinal());
      auto& projects = newest_->projects;
      const Value project = owned(row.cell(0));
      if (projects.size() < most_projects && !std::holds_alternative<std::monostate>(project) &&
          std::find(projects.begin(), projects.end(), project) == projects.end())
        projects.push_back(project);
      return true;
    });
  });
  return *newest_;
}

KnownWords KnownKeys::count_newest(const Path& group) {
  KnownWords found;
  found.of_newest = true;
  // Fewer when they have too many keys.
  for (std::size_t most = limits_.newest;; most = std::max<std::size_t>(most / 10, 1)) {
    std::vector<Value> some = newest().ordinals;
    some.resize(std::min(some.size(), most));
    found.looked_at = static_cast<std::int64_t>(some.size());
    const Filter filter = all_of({among_, in(record_ordinal(), std::move(some))});
    if (affordable([&] { count(filter, group, found); })) return found;
    if (most <= 1) break;
  }
  found.words.clear();
  found.looked_at = 0;
  return found;
}

std::vector<std::string> KnownKeys::all(const Filter& filter, const Path& group) const {
  Aggregate a;
  a.filter = that_have(filter, group);
  a.groups = {group};
  a.budget = limits_.seeks;
  std::vector<std::string> texts;
  tasks_.aggregate(store_, who_, a, [&](std::span<const Cell> values, auto) {
    texts.push_back(text_of(group, values));
    return true;
  });
  return texts;
}

void KnownKeys::add_others(const Path& group, KnownWords& found) {
  if (group.kind == Path::Kind::field) return;  // no index tells which texts there are
  std::unordered_set<std::string> known;
  for (const KnownWord& w : found.words) known.insert(w.text);
  const auto add = [&](const Filter& filter) {
    return affordable([&] {
      for (std::string& text : all(filter, group))
        if (!known.contains(text)) found.words.push_back({std::move(text), 0});
    });
  };
  if (!many_seeks_) many_seeks_ = !add(among_);
  if (many_seeks_ && !newest().projects.empty())
    add(all_of({among_, in(field("project"), newest().projects)}));
}

KnownWords KnownKeys::keys(const std::string& name, const std::string& part) {
  return values(is_series(words_, name) ? series(name, "") : entry(name, ""), part);
}

KnownWords KnownKeys::values(const Path& group, const std::string& part) {
  KnownWords found;
  if (!many_) many_ = !affordable([&] { count(among_, group, found); });
  if (many_) {
    found = count_newest(group);
    add_others(group, found);
  }
  choose(found, part);
  return found;
}

}  // namespace podium::host::commands
