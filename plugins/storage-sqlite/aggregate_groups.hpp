#pragma once
// The groups of an aggregate while they are counted and folded.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "podium/storage_kit/values.hpp"
#include "podium/store/reader.hpp"

namespace podium::sqlite {

using Fold = Aggregate::Fold;

struct Folded {
  bool any = false;
  double value = 0;

  void add(Fold::Kind kind, double v) {
    if (!any)
      value = v;
    else if (kind == Fold::Kind::min)
      value = std::min(value, v);
    else if (kind == Fold::Kind::max)
      value = std::max(value, v);
    else
      value += v;
    any = true;
  }
};

struct Group {
  std::vector<Value> values;
  std::vector<kit::SortKey> keys;
  std::int64_t count = 0;
  std::vector<Folded> folds;
};

/// Bytes that are equal for values that are one group: NaN is one, and so are 0 and -0.
inline void append_key(std::string& key, const Cell& cell) {
  key.push_back(static_cast<char>(cell.index()));
  const auto raw = [&](const auto& v) {
    char bytes[sizeof v];
    std::memcpy(bytes, &v, sizeof v);
    key.append(bytes, sizeof v);
  };
  if (const auto* text = std::get_if<std::string_view>(&cell)) {
    raw(text->size());
    key.append(*text);
  } else if (const auto* real = std::get_if<double>(&cell)) {
    raw(std::isnan(*real) ? std::numeric_limits<double>::quiet_NaN() : *real == 0 ? 0.0 : *real);
  } else if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    raw(*integer);
  } else if (const auto* flag = std::get_if<bool>(&cell)) {
    key.push_back(*flag ? 1 : 0);
  }
}

class Groups {
 public:
  explicit Groups(const Aggregate& question) : question_(question) {}

  Group& at(std::span<const kit::Seen> seen) { return groups_[place(seen)]; }
  Group& at(std::size_t place) { return groups_[place]; }
  std::size_t place(std::span<const kit::Seen> seen) {
    key_.clear();
    for (const kit::Seen& s : seen) append_key(key_, s.cell);
    const auto [found, added] = index_.try_emplace(key_, groups_.size());
    if (added) {
      Group group;
      for (const kit::Seen& s : seen) {
        group.values.push_back(owned(s.cell));
        group.keys.push_back(kit::sort_key(s, false));
      }
      group.folds.resize(question_.folds.size());
      groups_.push_back(std::move(group));
    }
    return found->second;
  }

  /// Those that nothing is left in are none.
  void give(GroupSink sink) {
    std::erase_if(groups_, [](const Group& g) { return g.count == 0; });
    const std::uint64_t wanted = std::min<std::uint64_t>(question_.limit, groups_.size());
    std::sort(groups_.begin(), groups_.end(),
              [this](const Group& a, const Group& b) { return before(a, b); });
    std::vector<Cell> values, folds;
    for (std::uint64_t i = 0; i < wanted; ++i) {
      const Group& group = groups_[static_cast<std::size_t>(i)];
      values.clear();
      folds.clear();
      for (const Value& v : group.values) values.push_back(kit::cell_of(v));
      for (std::size_t f = 0; f < question_.folds.size(); ++f) folds.push_back(folded(group, f));
      if (!sink(values, folds)) return;
    }
  }

 private:
  Cell folded(const Group& group, std::size_t f) const {
    if (question_.folds[f].kind == Fold::Kind::count) return group.count;
    return group.folds[f].any ? Cell{group.folds[f].value} : Cell{};
  }

  bool before(const Group& a, const Group& b) const {
    if (question_.order_by_fold >= 0) {
      const auto f = static_cast<std::size_t>(question_.order_by_fold);
      const int c = kit::compare(kit::sort_key({folded(a, f), std::nullopt, false}, false),
                                 kit::sort_key({folded(b, f), std::nullopt, false}, false),
                                 question_.descending);
      if (c != 0) return c < 0;
    }
    const bool down = question_.order_by_fold < 0 && question_.descending;
    for (std::size_t i = 0; i < a.keys.size(); ++i)
      if (const int c = kit::compare(a.keys[i], b.keys[i], down); c != 0) return c < 0;
    // The same number spelled in two ways.
    return down ? b.values < a.values : a.values < b.values;
  }

  const Aggregate& question_;
  std::string key_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<Group> groups_;
};

}  // namespace podium::sqlite
