#pragma once
// MLflow's rules for names, lengths and ids. Lengths are in code points.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace podium::mlflow {

inline constexpr std::size_t max_key_length = 250;
inline constexpr std::size_t max_param_length = 6000;
inline constexpr std::size_t max_tag_length = 8000;
inline constexpr std::size_t max_experiment_tag_length = 20000;
inline constexpr std::size_t max_experiment_name_length = 500;
inline constexpr std::size_t max_artifact_location_length = 2048;
inline constexpr std::size_t max_metrics_in_batch = 1000;
inline constexpr std::size_t max_params_in_batch = 100;
inline constexpr std::size_t max_entities_in_batch = 1000;

/// A key of a metric, param or tag: its characters, and that it is a normal relative path. `path`
/// names the parameter in the refusal.
void check_name(std::string_view name, std::string_view path);
/// Throws when `text` is longer.
void check_length(std::string_view what, std::string_view text, std::size_t limit);

void check_metric(std::string_view key, double value, std::int64_t timestamp,
                  std::string_view path_prefix);
/// Checks the key and returns the value, cut to what is kept.
std::string_view checked_param(std::string_view key, std::string_view value,
                               std::string_view path_prefix);
std::string_view checked_tag(std::string_view key, std::string_view value,
                             std::string_view path_prefix);
void check_experiment_tag(std::string_view key, std::string_view value);
void check_experiment_name(std::string_view name);
void check_run_id(std::string_view id);
/// The id as a number, in decimal.
std::string parse_experiment_id(std::string_view id);
void check_model_name(std::string_view name);
/// Refuses what MLflow refuses of an experiment's location and makes a relative local path
/// absolute.
std::string checked_artifact_location(std::string_view uri, std::string_view default_root);
/// A page size of a search.
void check_max_results(std::int64_t max_results);
/// ±infinity becomes the greatest double, which is what clients are shown.
double finite(double value);

/// The path as POSIX normalises it: "a//b" is "a/b", "" is ".".
std::string normal_path(std::string_view path);

}  // namespace podium::mlflow
