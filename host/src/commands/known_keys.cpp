#include "commands/known_keys.hpp"

#include <algorithm>
#include <map>

#include "commands/table_of.hpp"
#include "commands/verbs/task_list.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/text.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

constexpr std::size_t most_words = 100;
constexpr std::uint64_t newest = 300;
constexpr Budget quick{20'000, std::chrono::milliseconds(8)};

bool fits(std::string_view text, const std::string& folded) {
  return folded.empty() || kit::fold(text).find(folded) != std::string::npos;
}

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

void order(KnownWords& found) {
  const std::size_t n = std::min(found.words.size(), most_words);
  std::partial_sort(found.words.begin(), found.words.begin() + static_cast<std::ptrdiff_t>(n),
                    found.words.end(), [](const KnownWord& a, const KnownWord& b) {
                      return a.count != b.count ? a.count > b.count : a.text < b.text;
                    });
  found.words.resize(n);
}

}  // namespace

KnownWords KnownKeys::counted(const Principal& who, const Filter& tasks, const Path& group,
                              const std::string& prefix) const {
  const EntityVocabulary& words = parts_.words->of("tasks");
  const std::string folded = kit::fold(prefix);
  const bool keys = group.kind != Path::Kind::field && group.key.empty();
  KnownWords found;
  Aggregate a;
  a.filter = tasks;
  a.groups = {group};
  a.folds = {{}};
  a.budget = quick;
  parts_.core->store.read([&](const Reader& reader) {
    found.words.clear();
    parts_.tasks->aggregate(
        reader, who, a, [&](std::span<const Cell> values, std::span<const Cell> folds) {
          const Value value = owned(values[0]);
          if (std::holds_alternative<std::monostate>(value)) return true;
          std::string text = shown(value);
          if (keys) {
            const std::string scope =
                group.kind == Path::Kind::series ? shown(owned(values[1])) : std::string();
            text = print(OrderKey{group.kind == Path::Kind::series
                                      ? series(group.name, text, Statistic::last, scope)
                                      : entry(group.name, text),
                                  false, false},
                         words);
          }
          if (fits(text, folded))
            found.words.push_back({std::move(text), std::get<std::int64_t>(folds[0])});
          return true;
        });
  });
  order(found);
  return found;
}

KnownWords KnownKeys::of_newest(const Principal& who, const Filter& tasks, const Path& group,
                                const std::string& prefix) const {
  const EntityVocabulary& words = parts_.words->of("tasks");
  const std::string folded = kit::fold(prefix);
  const bool keys = group.kind != Path::Kind::field && group.key.empty();
  std::map<std::string, std::int64_t> counts;
  KnownWords found;
  found.of_newest = true;
  Query q;
  q.filter = tasks;
  q.order = newest_first();
  q.limit = newest;
  q.budget = {50'000, std::chrono::milliseconds(10)};
  q.columns = {!keys                              ? value_of(group)
               : group.kind == Path::Kind::series ? whole_series(group.name)
                                                  : whole_map(group.name)};
  try {
    parts_.tasks->query(parts_.core->store, who, q, [&](const Row& row) {
      ++found.looked_at;
      if (!keys) {
        const Value value = owned(row.cell(0));
        if (!std::holds_alternative<std::monostate>(value)) ++counts[shown(value)];
      } else if (group.kind == Path::Kind::series) {
        for (const SeriesEntry& s : row.series(0))
          ++counts[print(OrderKey{series(group.name, std::string(s.key), Statistic::last,
                                         std::string(s.scope)),
                                  false, false},
                         words)];
      } else {
        for (const MapEntry& e : row.map(0))
          ++counts[print(OrderKey{entry(group.name, std::string(e.key)), false, false}, words)];
      }
      return true;
    });
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_expensive) throw;
    // What was seen by then is what there is to say.
  }
  for (const auto& [text, count] : counts)
    if (fits(text, folded)) found.words.push_back({text, count});
  order(found);
  return found;
}

KnownWords KnownKeys::keys(const Principal& who, const Filter& tasks, const std::string& name,
                           const std::string& prefix) const {
  const Path group =
      is_series(parts_.words->of("tasks"), name) ? series(name, "") : entry(name, "");
  return values(who, tasks, group, prefix);
}

KnownWords KnownKeys::values(const Principal& who, const Filter& tasks, const Path& group,
                             const std::string& prefix) const {
  try {
    return counted(who, tasks, group, prefix);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::too_expensive) throw;
    return of_newest(who, tasks, group, prefix);
  }
}

}  // namespace podium::host::commands
