#include "charts/names.hpp"

#include <algorithm>

#include "parameters.hpp"
#include "podium/plugin.hpp"

namespace podium::comparison {
namespace {

std::string key_text(std::string_view key, bool metric) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '/' || c == '-' || (c == '.' && !metric);
  });
  if (plain) return std::string(key);
  std::string out = "`";
  for (const char c : key) {
    if (c == '`') out += c;
    out += c;
  }
  return out + "`";
}

}  // namespace

std::string spelled(std::string_view map, std::string_view key) {
  return std::string(map) + "." + key_text(key, false);
}

std::string spelled_metric(const std::string& key, const std::string& scope) {
  return "metrics." + key_text(key, true) + (scope.empty() ? "" : "@" + key_text(scope, true));
}

MetricName metric_of(PluginContext& context, const std::string& name, const std::string& member) {
  if (!name.starts_with("metrics.") && !name.starts_with("metric.")) return {name, {}};
  try {
    const Path path = context.query_language().parse_order(name, context.vocabulary("tasks")).path;
    if (path.kind == Path::Kind::series)
      return {path.key,
              path.scope.empty() ? std::optional<std::string>() : std::optional(path.scope)};
  } catch (Error& e) {
    if (e.field().empty()) e.in(member);
    throw;
  }
  return {name, {}};
}

std::vector<std::string> differing_parameters(PluginContext& context, const Reader& reader,
                                              const Principal& who, const Selected& selected,
                                              std::size_t most) {
  ParametersQuestion asked;
  asked.maps = {"params"};
  asked.differing = true;
  auto entries = read_parameters(context, reader, who, selected, asked).entries;
  // Those that most tasks have, when there are too many.
  const auto without = [](const ComparedEntry& e) {
    return std::count(e.values.begin(), e.values.end(), std::nullopt);
  };
  if (entries.size() > most) {
    std::stable_sort(entries.begin(), entries.end(),
                     [&](const auto& a, const auto& b) { return without(a) < without(b); });
    entries.resize(most);
  }
  std::vector<std::string> names;
  for (const ComparedEntry& e : entries) names.push_back(spelled(e.map, e.key));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace podium::comparison
