#include "services/actions/targets.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "podium/storage_kit/declaration.hpp"

namespace podium::host {
namespace {

std::vector<Ordinal> sorted(std::vector<Ordinal> ordinals) {
  std::sort(ordinals.begin(), ordinals.end());
  ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
  return ordinals;
}

void leave_out(std::vector<Ordinal>& ordinals, const std::vector<Ordinal>& except) {
  if (except.empty()) return;
  std::vector<Ordinal> rest;
  rest.reserve(ordinals.size());
  std::set_difference(ordinals.begin(), ordinals.end(), except.begin(), except.end(),
                      std::back_inserter(rest));
  ordinals = std::move(rest);
}

std::uint64_t count(const Core& core, const Reader& reader, Filter filter) {
  Aggregate a;
  a.collection = core.in.tasks;
  a.filter = std::move(filter);
  a.folds = {{Aggregate::Fold::Kind::count, {}}};
  std::uint64_t n = 0;
  reader.aggregate(a, [&](std::span<const Cell>, std::span<const Cell> folds) {
    n += static_cast<std::uint64_t>(std::get<std::int64_t>(folds[0]));
    return true;
  });
  return n;
}

}  // namespace

std::string to_json(const ActionSelection& s) {
  Json json;
  if (!s.ids.empty())
    json["ids"] = s.ids;
  else
    json["filter"] = Json::parse(kit::to_json(s.filter));
  if (!s.except.empty()) json["except"] = s.except;
  return json.dump();
}

ActionSelection selection_from_json(const Json& json) {
  ActionSelection s;
  if (json.contains("ids")) s.ids = json.at("ids").get<std::vector<std::string>>();
  if (json.contains("filter")) s.filter = kit::filter_from_json(json.at("filter").dump());
  if (json.contains("except")) s.except = json.at("except").get<std::vector<Ordinal>>();
  return s;
}

std::uint64_t count_of(const Core& core, const Reader& reader, const Principal& who,
                       const ActionSelection& s, const Filter& more) {
  const Filter all = all_of({core.access.visible(who, "tasks"), s.filter, more});
  std::uint64_t n = count(core, reader, all);
  const auto except = sorted(s.except);
  if (n != 0 && !except.empty())
    n -= reader
             .ids(core.in.tasks,
                  all_of({in(record_ordinal(), {except.begin(), except.end()}), all}), {})
             .size();
  return n;
}

Targets take(const Core& core, const Reader& reader, const Principal& who, const ActionSelection& s,
             const Filter& when, const Range* range) {
  Targets out;
  if (!s.ids.empty()) {
    out.named = true;
    std::unordered_set<std::string_view> seen;
    for (const auto& id : s.ids)
      if (seen.insert(id).second) out.ids.push_back(id);
    out.ordinals = reader.find(core.in.tasks, out.ids);
    const auto except = sorted(s.except);
    for (std::size_t i = 0; i < out.ids.size() && !except.empty();) {
      if (!std::binary_search(except.begin(), except.end(), out.ordinals[i])) {
        ++i;
        continue;
      }
      const auto at = static_cast<std::ptrdiff_t>(i);
      out.ids.erase(out.ids.begin() + at);
      out.ordinals.erase(out.ordinals.begin() + at);
    }
    out.matched = out.ids.size();
    return out;
  }
  std::vector<Filter> arms;
  if (range)
    arms = {compare(record_ordinal(), Compare::gt, range->after),
            compare(record_ordinal(), Compare::le, range->upto)};
  arms.push_back(core.access.visible(who, "tasks"));
  arms.push_back(s.filter);
  arms.push_back(when);
  out.ordinals = sorted(reader.ids(core.in.tasks, all_of(std::move(arms)), {}));
  leave_out(out.ordinals, sorted(s.except));
  if (!range)
    out.matched =
        when.op == Filter::Op::all ? out.ordinals.size() : count_of(core, reader, who, s, {});
  return out;
}

}  // namespace podium::host
