#include "validation.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <vector>

#include "errors.hpp"
#include "python_text.hpp"
#include "uri.hpp"

namespace podium::mlflow {
namespace {

std::string joined(std::string_view prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : fmt::format("{}.{}", prefix, name);
}

/// A letter or a digit of any script.
bool is_word_character(char32_t c) {
  const int category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

bool plain_name(std::string_view name) {
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.' || c == ' ' || c == ':' || c == '/';
    if (!plain) return false;
  }
  return true;
}

/// Letters, digits and underscores of every script, and / . - space and colon.
bool allowed_name(std::string_view name) {
  if (plain_name(name)) return true;
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t at = i;
    const char32_t c = next_code_point(name, i);
    if (c < 0x80) {
      if (plain_name(name.substr(at, 1))) continue;
      return c == '\n' && i == name.size();  // the pattern's end matches before a last line break
    }
    if (!is_word_character(c)) return false;
  }
  return true;
}

bool is_normal_relative(std::string_view name) {
  return normal_path(name) == name && name != "." && name.substr(0, 2) != ".." &&
         name.substr(0, 1) != "/";
}

std::string invalid_value(std::string_view name, std::string_view path, std::string_view why) {
  return fmt::format("Invalid value {} for parameter '{}' supplied: {}", json_text(name), path,
                     why);
}

}  // namespace

std::string normal_path(std::string_view path) {
  if (path.empty()) return ".";
  const std::size_t slashes = path[0] != '/'                                            ? 0
                              : path.substr(0, 2) == "//" && path.substr(0, 3) != "///" ? 2
                                                                                        : 1;
  std::vector<std::string_view> parts;
  for (std::size_t i = 0; i <= path.size();) {
    const std::size_t end = std::min(path.find('/', i), path.size());
    const std::string_view part = path.substr(i, end - i);
    i = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != ".." || (slashes == 0 && parts.empty()) ||
        (!parts.empty() && parts.back() == "..")) {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string out(slashes, '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += '/';
    out += parts[i];
  }
  return out.empty() ? "." : out;
}

void check_name(std::string_view name, std::string_view path) {
  if (!allowed_name(name))
    throw invalid(invalid_value(
        name, path,
        "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), "
        "spaces ( ), colon(:) and slashes (/)."));
  if (!is_normal_relative(name))
    throw invalid(invalid_value(name, path,
                                fmt::format("Names may be treated as files in certain cases, and "
                                            "must not resolve to other names when "
                                            "treated as such. This name would resolve to {}",
                                            repr(std::string_view(normal_path(name))))));
}

void check_length(std::string_view what, std::string_view text, std::size_t limit) {
  if (text.size() > limit && code_points(text) > limit)
    throw invalid(fmt::format("'{}' exceeds the maximum length of {} characters", what, limit));
}

void check_metric(std::string_view key, double value, std::int64_t timestamp,
                  std::string_view prefix) {
  check_name(key, prefix.empty() ? std::string("name") : joined(prefix, "name"));
  if (timestamp < 0)
    throw invalid(fmt::format(
        "Invalid value {} for parameter '{}' supplied: metric '{}' (value={}). Timestamp must "
        "be a nonnegative long (64-bit integer) ",
        timestamp, joined(prefix, "timestamp"), key, repr(value)));
  check_length("Metric name", key, max_key_length);
}

std::string_view checked_param(std::string_view key, std::string_view value,
                               std::string_view prefix) {
  check_name(key, joined(prefix, "key"));
  check_length("Param key", key, max_key_length);
  return first_code_points(value, max_param_length);
}

std::string_view checked_tag(std::string_view key, std::string_view value,
                             std::string_view prefix) {
  check_name(key, joined(prefix, "key"));
  check_length(joined(prefix, "key"), key, max_key_length);
  return first_code_points(value, max_tag_length);
}

void check_experiment_tag(std::string_view key, std::string_view value) {
  check_name(key, "key");
  check_length("key", key, max_key_length);
  check_length("value", value, max_experiment_tag_length);
}

void check_experiment_name(std::string_view name) {
  if (name.empty()) throw invalid("Invalid experiment name: ''");
  check_length("name", name, max_experiment_name_length);
}

void check_run_id(std::string_view id) {
  std::size_t length = 0;
  bool good = !id.empty();
  for (std::size_t i = 0; i < id.size() && good; ++length) {
    const char32_t c = next_code_point(id, i);
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    good = alphanumeric ||
           (length > 0 && (c == '_' || c == '-' || (c >= 0x80 && is_word_character(c))));
  }
  if (!good || length > 256)
    throw invalid(fmt::format("Invalid value {} for parameter 'run_id' supplied.", json_text(id)));
}

std::string parse_experiment_id(std::string_view id) {
  if (const auto number = whole_number(id)) return std::to_string(*number);
  throw invalid(
      fmt::format("Invalid experiment ID '{}'. Experiment ID must be a valid integer.", id));
}

void check_model_name(std::string_view name) {
  if (name.find_first_of("/:.%\"'") != std::string_view::npos)
    throw invalid(fmt::format(
        "Invalid model name ({}) provided. Model name must be a non-empty string and cannot "
        "contain the following characters: ('/', ':', '.', '%', '\"', \"'\")",
        repr(name)));
}

std::string checked_artifact_location(std::string_view uri, std::string_view default_root) {
  const Uri parsed = parse_uri(uri);
  if (!parsed.fragment.empty() || parsed.has_parameters)
    throw invalid("'artifact_location' URL can't include fragments or params.");
  if (decoded_fully(parsed.query).find("..") != std::string::npos)
    throw invalid("Invalid query string");
  // A location that names a host other than ours would make the server connect to it.
  constexpr std::string_view addressed[] = {"ftp",   "sftp", "hdfs", "viewfs", "http",
                                            "https", "r2",   "b2",   "abfss"};
  const bool names_host =
      std::find(std::begin(addressed), std::end(addressed), parsed.scheme) != std::end(addressed) ||
      (parsed.scheme == "mlflow-artifacts" && !parsed.authority.empty());
  const Uri root = parse_uri(default_root);
  if (names_host && !(root.scheme == parsed.scheme && root.authority == parsed.authority))
    throw invalid(
        fmt::format("'artifact_location' cannot use the '{0}' scheme: the '{0}' scheme addresses a "
                    "host other than the tracking "
                    "server's configured artifact storage, so the server would connect to the host "
                    "named in the URI. Set the "
                    "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES environment variable on the "
                    "server to allow it.",
                    parsed.scheme));
  if (uri.substr(0, 5) == "runs:")
    throw invalid(fmt::format("Artifact location cannot be a runs:/ URI. Given: '{}'", uri));
  if (code_points(uri) > max_artifact_location_length)
    throw invalid(fmt::format(
        "Invalid artifact path length. The length of the artifact path cannot be greater than "
        "{} characters. To configure this limit, please set the "
        "MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH environment variable.",
        max_artifact_location_length));
  const bool local = parsed.scheme.empty() || parsed.scheme == "file";
  if (!local || parsed.path.substr(0, 1) == "/") return std::string(uri);
  const std::string absolute =
      (std::filesystem::current_path() / parsed.path).lexically_normal().generic_string();
  std::string out = parsed.scheme.empty() ? absolute : "file://" + absolute;
  if (!parsed.query.empty()) out += "?" + std::string(parsed.query);
  return out;
}

void check_max_results(std::int64_t max_results) {
  if (max_results < 1)
    throw invalid(fmt::format(
        "Invalid value {} for parameter 'max_results' supplied. It must be a positive integer",
        max_results));
  if (max_results > 50000)
    throw invalid(fmt::format(
        "Invalid value {} for parameter 'max_results' supplied. It must be at most 50000",
        max_results));
}

double finite(double value) {
  if (std::isinf(value)) return std::copysign(std::numeric_limits<double>::max(), value);
  return value;
}

}  // namespace podium::mlflow
