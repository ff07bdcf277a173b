#include "podium/storage_kit/declaration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>

#include "podium/error.hpp"

namespace podium::kit {
namespace {

[[noreturn]] void invalid(const std::string& message) { throw Error(ErrorCode::invalid, message); }

bool is_collection_name(std::string_view name) {
  const auto part = [](std::string_view s) {
    return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    });
  };
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return part(name);
  return part(name.substr(0, slash)) && part(name.substr(slash + 1));
}

bool is_member_name(std::string_view name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

template <class T>
const T* find(const std::vector<T>& items, std::string_view name) {
  const auto it =
      std::find_if(items.begin(), items.end(), [&](const T& item) { return item.name == name; });
  return it == items.end() ? nullptr : &*it;
}

template <class T>
const T& need(const Collection& c, const std::vector<T>& items, std::string_view kind,
              std::string_view name) {
  if (const T* item = find(items, name)) return *item;
  std::vector<std::string> names;
  for (const T& item : items) names.push_back(item.name);
  const std::string near = nearest(name, names);
  invalid(fmt::format("'{}' has no {} '{}'{}", c.name, kind, name,
                      near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

template <class T>
void check_names(const Collection& c, std::string_view kind, const std::vector<T>& items,
                 std::set<std::string_view>& taken) {
  for (const T& item : items) {
    if (!is_member_name(item.name))
      invalid(fmt::format("'{}' declares a {} named '{}'; names are [a-z][a-z0-9_]*", c.name, kind,
                          item.name));
    if (!taken.insert(item.name).second)
      invalid(fmt::format("'{}' declares '{}' twice", c.name, item.name));
  }
}

/// In which version each name came, for one kind of things. What no step names came with version 1.
template <class T>
std::map<std::string_view, int> arrivals(const Collection& c, std::string_view kind,
                                         const std::vector<T>& items,
                                         const std::vector<std::string> Step::*added) {
  std::map<std::string_view, int> result;
  for (const T& item : items) result[item.name] = 1;
  for (const Step& step : c.steps) {
    for (const std::string& name : step.*added) {
      const auto it = result.find(name);
      if (it == result.end())
        invalid(fmt::format("step {} of '{}' adds the {} '{}', which is not declared", step.to,
                            c.name, kind, name));
      if (it->second != 1)
        invalid(fmt::format("'{}' adds the {} '{}' in two steps", c.name, kind, name));
      it->second = step.to;
    }
  }
  return result;
}

bool same(const Field& a, const Field& b) {
  return a.type == b.type && a.target == b.target && a.derived == b.derived &&
         (a.type != Type::reference || a.on_erase == b.on_erase);
}
bool same(const Key& a, const Key& b) { return a.fields == b.fields && a.unique == b.unique; }
bool same(const Map& a, const Map& b) { return a.indexed == b.indexed; }
bool same(const Series& a, const Series& b) { return a.last == b.last; }

/// What of one kind must be added.
template <class T>
std::vector<std::string> added(const Collection& stored, const Collection& declared,
                               std::string_view kind, const std::vector<T> Collection::*items,
                               const std::vector<std::string> Step::*named) {
  const std::string how =
      fmt::format("; give '{}' a new version and a step that tells it", declared.name);
  for (const T& old : stored.*items) {
    const T* now = find(declared.*items, old.name);
    if (now == nullptr)
      invalid(
          fmt::format("the store's version {} of '{}' has the {} '{}', which is not declared; a "
                      "step can only add",
                      stored.version, declared.name, kind, old.name));
    if (!same(old, *now))
      invalid(
          fmt::format("the {} '{}' of '{}' differs from the store's version {}; what is stored "
                      "cannot change, add one of another name",
                      kind, old.name, declared.name, stored.version));
  }
  std::set<std::string_view> told;
  for (const Step& step : declared.steps) {
    if (step.to <= stored.version) continue;
    for (const std::string& name : step.*named) {
      if (find(stored.*items, name) != nullptr)
        invalid(fmt::format("step {} of '{}' adds the {} '{}', which the store's version {} has",
                            step.to, declared.name, kind, name, stored.version));
      told.insert(name);
    }
  }
  std::vector<std::string> result;
  for (const T& item : declared.*items) {
    if (find(stored.*items, item.name) != nullptr) continue;
    if (told.count(item.name) == 0)
      invalid(fmt::format("the store's version {} of '{}' has no {} '{}'{}", stored.version,
                          declared.name, kind, item.name, how));
    result.push_back(item.name);
  }
  return result;
}

}  // namespace

void check(const Collection& c) {
  if (!is_collection_name(c.name))
    invalid(fmt::format(
        "'{}' is no name of a collection; names are [a-z0-9_.-] with at most one '/'", c.name));
  if (c.version < 1) invalid(fmt::format("the version of '{}' must be 1 or more", c.name));
  std::set<std::string_view> fields, keys, contents;
  check_names(c, "field", c.fields, fields);
  check_names(c, "key", c.keys, keys);
  check_names(c, "map", c.maps, contents);
  check_names(c, "series", c.series, contents);  // a patch clears either by its name alone
  for (const Field& f : c.fields) {
    if (f.type < Type::text || f.type > Type::reference)
      invalid(fmt::format("the field '{}' of '{}' has no known type", f.name, c.name));
    if (f.on_erase < OnErase::cascade || f.on_erase > OnErase::clear)
      invalid(
          fmt::format("the field '{}' of '{}' does not say what happens on erase", f.name, c.name));
    if (f.type == Type::reference && !is_collection_name(f.target))
      invalid(fmt::format("the reference '{}' of '{}' needs a target collection", f.name, c.name));
    if (f.type != Type::reference && !f.target.empty())
      invalid(
          fmt::format("the field '{}' of '{}' has a target but is no reference", f.name, c.name));
  }
  for (const Key& key : c.keys) {
    if (key.fields.empty())
      invalid(fmt::format("the key '{}' of '{}' has no fields", key.name, c.name));
    std::set<std::string_view> seen;
    for (const std::string& name : key.fields) {
      if (find(c.fields, name) == nullptr)
        invalid(fmt::format("the key '{}' of '{}' is over '{}', which is no field", key.name,
                            c.name, name));
      if (!seen.insert(name).second)
        invalid(fmt::format("the key '{}' of '{}' names '{}' twice", key.name, c.name, name));
    }
  }
  for (const Series& s : c.series)
    if (s.last < LastRule::step_time_value || s.last > LastRule::time_step)
      invalid(fmt::format("the series '{}' of '{}' has no known rule of its last point", s.name,
                          c.name));
  if (!c.readers.empty() && c.readers != "all")
    invalid(fmt::format("the readers of '{}' must be \"\" or \"all\"", c.name));

  for (std::size_t i = 0; i < c.steps.size(); ++i)
    if (c.steps[i].to != static_cast<int>(i) + 2)
      invalid(
          fmt::format("the steps of '{}' must lead to 2, 3 and so on without a hole; number {} "
                      "leads to {}",
                      c.name, i + 1, c.steps[i].to));
  if (static_cast<std::size_t>(c.version) != c.steps.size() + 1)
    invalid(fmt::format("'{}' is at version {} but its steps lead to {}", c.name, c.version,
                        c.steps.size() + 1));
  const auto field_arrivals = arrivals(c, "field", c.fields, &Step::added_fields);
  const auto key_arrivals = arrivals(c, "key", c.keys, &Step::added_keys);
  arrivals(c, "map", c.maps, &Step::added_maps);
  arrivals(c, "series", c.series, &Step::added_series);
  for (const Key& key : c.keys)
    for (const std::string& name : key.fields)
      if (field_arrivals.at(name) > key_arrivals.at(key.name))
        invalid(
            fmt::format("the key '{}' of '{}' is older than its field '{}'; add it in the field's "
                        "step or a later one",
                        key.name, c.name, name));
  if (!c.partition.empty()) {
    const Field* field = find(c.fields, c.partition);
    if (field == nullptr || field->type != Type::reference)
      invalid(fmt::format("the partition '{}' of '{}' must be one of its references", c.partition,
                          c.name));
    if (field_arrivals.at(c.partition) != 1)
      invalid(fmt::format("the partition '{}' of '{}' must be there from version 1 on", c.partition,
                          c.name));
  }
}

Migration migration(const Collection& stored, const Collection& declared) {
  if (stored.name != declared.name)
    throw Error(ErrorCode::misuse, fmt::format("'{}' is not '{}'", stored.name, declared.name));
  if (stored.version > declared.version)
    throw Error(
        ErrorCode::unsupported,
        fmt::format("the store holds version {} of '{}', this podium knows {}; start a newer "
                    "podium",
                    stored.version, declared.name, declared.version));
  const auto fixed = [&](bool equal, std::string_view what) {
    if (!equal)
      invalid(fmt::format("{} of '{}' differs from the store's version {}; it cannot change", what,
                          declared.name, stored.version));
  };
  fixed(stored.sequence == declared.sequence, "the kind of id");
  fixed(!declared.sequence || stored.first == declared.first, "the first id");
  fixed(stored.partition == declared.partition, "the partition");
  fixed(stored.body == declared.body, "whether there is a body");
  return {added(stored, declared, "field", &Collection::fields, &Step::added_fields),
          added(stored, declared, "key", &Collection::keys, &Step::added_keys),
          added(stored, declared, "map", &Collection::maps, &Step::added_maps),
          added(stored, declared, "series", &Collection::series, &Step::added_series)};
}

const Field& field_of(const Collection& c, std::string_view name) {
  return need(c, c.fields, "field", name);
}
const Map& map_of(const Collection& c, std::string_view name) {
  return need(c, c.maps, "map", name);
}
const Series& series_of(const Collection& c, std::string_view name) {
  return need(c, c.series, "series", name);
}
const Key& key_of(const Collection& c, std::string_view name) {
  return need(c, c.keys, "key", name);
}

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
  constexpr std::size_t longest = 64;  // nobody mistypes a longer word; bounds the work
  if (word.empty() || word.size() > longest) return {};
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::vector<std::size_t> row, before, two_before;
  for (const std::string& name : names) {
    if (name.size() > longest) continue;
    // The distance counts a swap of two neighbours as one.
    row.assign(name.size() + 1, 0);
    for (std::size_t j = 0; j <= name.size(); ++j) row[j] = j;
    before.clear();
    for (std::size_t i = 1; i <= word.size(); ++i) {
      two_before = std::move(before);
      before = row;
      row[0] = i;
      for (std::size_t j = 1; j <= name.size(); ++j) {
        const bool equal = word[i - 1] == name[j - 1];
        row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + (equal ? 0 : 1)});
        if (i > 1 && j > 1 && word[i - 1] == name[j - 2] && word[i - 2] == name[j - 1])
          row[j] = std::min(row[j], two_before[j - 2] + 1);
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = &name;
    }
  }
  return best == nullptr ? std::string() : *best;
}

int merge_kinds(int earlier, int later) {
  constexpr int inserted = 1, updated = 2, erased = 3;
  if (earlier == inserted && later == erased) return 0;
  if (earlier == inserted && later == updated) return inserted;
  return later;
}

}  // namespace podium::kit
