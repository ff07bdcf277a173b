#pragma once
// Names of the query language: made of keys, and read as metrics.
#include <string>
#include <string_view>
#include <vector>

#include "series.hpp"

namespace podium::comparison {

/// "params.lr"; a key that is more than letters, digits and a few signs stands in back-ticks.
std::string spelled(std::string_view map, std::string_view key);
/// "metrics.acc@val".
std::string spelled_metric(const std::string& key, const std::string& scope);
/// The metric that a name says, or the key as it is: "metrics.loss", "metrics.loss@val", "loss".
MetricName metric_of(PluginContext&, const std::string& name, const std::string& member);
/// Parameters that are not the same in all tasks, by name; at most `most`.
std::vector<std::string> differing_parameters(PluginContext&, const Reader&, const Principal&,
                                              const Selected&, std::size_t most);

}  // namespace podium::comparison
