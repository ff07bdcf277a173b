#include "logged.hpp"

#include <algorithm>

namespace podium::leaderboard {
namespace {

bool same(const kit::SortKey& a, const kit::SortKey& b) {
  return a.rank == b.rank && a.text == b.text && kit::compare(a, b, false) == 0;
}

bool same(const std::vector<Number>& a, const std::vector<Number>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Number& x, const Number& y) { return x.same(y); });
}

}  // namespace

WantedNames names_of(const Engine& engine) {
  const Wanted& w = engine.wanted();
  const auto all = [&](const std::vector<DatasetIndex>& indices) {
    std::vector<DatasetName> out;
    for (const DatasetIndex i : indices) out.push_back(engine.dataset(i));
    return out;
  };
  const auto sorted = [&](const std::vector<DatasetIndex>& indices) {
    auto out = all(indices);
    std::sort(out.begin(), out.end());
    return out;
  };
  WantedNames out{all(w.listed), w.weights, {}, sorted(w.effective)};
  for (const Wanted::Rule& r : w.rules) out.rules.push_back({r.label, r.last, sorted(r.datasets)});
  return out;
}

LoggedTask logged(const Engine& engine, const Entry& e) {
  LoggedTask out;
  out.entry = e;
  out.entry.datasets.clear();
  out.entry.updated = 0;
  for (const DatasetIndex i : e.datasets) out.datasets.push_back(engine.dataset(i));
  std::sort(out.datasets.begin(), out.datasets.end());
  return out;
}

bool same(const LoggedTask& a, const LoggedTask& b) {
  const Entry &x = a.entry, &y = b.entry;
  if (x.id != y.id || x.open != y.open) return false;
  // While a task runs its values pass; what stays is kept when it has ended.
  if (x.open) return true;
  return x.name == y.name && x.started == y.started && x.ended == y.ended && x.key == y.key &&
         same(x.values, y.values) && same(x.columns, y.columns) && a.datasets == b.datasets &&
         std::equal(x.order.begin(), x.order.end(), y.order.begin(), y.order.end(),
                    [](const auto& p, const auto& q) { return same(p, q); });
}

Wanted wanted_of(Engine& engine, const WantedNames& names) {
  const auto all = [&](const std::vector<DatasetName>& some, bool sorted) {
    std::vector<DatasetIndex> out;
    for (const DatasetName& n : some) out.push_back(engine.dataset(n));
    if (sorted) std::sort(out.begin(), out.end());
    return out;
  };
  Wanted out;
  out.listed = all(names.listed, false);
  out.weights = names.weights;
  for (const WantedNames::Rule& r : names.rules)
    out.rules.push_back({r.label, r.last, all(r.datasets, true)});
  out.effective = all(names.effective, true);
  return out;
}

Entry entry_of(Engine& engine, const LoggedTask& t) {
  Entry e = t.entry;
  for (const DatasetName& n : t.datasets) e.datasets.push_back(engine.dataset(n));
  std::sort(e.datasets.begin(), e.datasets.end());
  return e;
}

}  // namespace podium::leaderboard
