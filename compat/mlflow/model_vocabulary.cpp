#include <algorithm>

#include <fmt/format.h>

#include "errors.hpp"
#include "podium/service/models.hpp"
#include "python_text.hpp"
#include "validation.hpp"
#include "vocabulary.hpp"

namespace podium::mlflow {
namespace {

struct Attribute {
  std::string_view name, field;  ///< `field` "" is the id
  bool numeric;
};
constexpr Attribute attributes[] = {
    {"name", "name", false},
    {"model_id", "", false},
    {"model_type", "type", false},
    {"status", "status", false},
    {"source_run_id", "source_task", false},
    {"experiment_id", "project", false},
    {"artifact_location", "artifact_uri", false},
    {"creation_timestamp", "created", true},
    {"creation_time", "created", true},
    {"creation_timestamp_ms", "created", true},
    {"last_updated_timestamp", "updated", true},
    {"last_updated_timestamp_ms", "updated", true},
};

const Attribute* find_attribute(std::string_view name) {
  for (const Attribute& a : attributes)
    if (a.name == name) return &a;
  return nullptr;
}

constexpr std::string_view numeric_operators = "('<', '<=', '>', '>=', '=', '!=')";
constexpr std::string_view text_operators = "('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN')";

bool is_list(Operator op) { return op == Operator::in || op == Operator::not_in; }

/// A status is spelled as in answers or as its short name.
Filter status_comparison(Operator op, std::span<const Literal> literals) {
  const auto word_matches = [&](std::string_view word, const Literal& l) {
    const std::string text = l.text.value_or("");
    if (op == Operator::like) return matches_pattern(word, text, false);
    if (op == Operator::ilike) return matches_pattern(word, text, true);
    return word == text;
  };
  struct Spelling { ModelStatus status; std::string_view words[3]; };
  constexpr Spelling spellings[] = {
      {ModelStatus::pending, {"PENDING", "LOGGED_MODEL_PENDING", "1"}},
      {ModelStatus::ready, {"READY", "LOGGED_MODEL_READY", "2"}},
      {ModelStatus::upload_failed, {"FAILED", "LOGGED_MODEL_UPLOAD_FAILED", "3"}}};
  const bool negated = op == Operator::ne || op == Operator::not_in;
  std::vector<Value> states;
  for (const Spelling& s : spellings) {
    bool holds = false;
    for (const Literal& l : literals)
      for (const std::string_view word : s.words) holds |= word_matches(word, l);
    if (holds != negated) states.emplace_back(std::string(name(s.status)));
  }
  if (states.empty()) return none();
  return in(field("status"), std::move(states));
}

}  // namespace

std::optional<Path> ModelVocabulary::attribute(std::string_view name) {
  const Attribute* found = find_attribute(name);
  if (!found) return std::nullopt;
  return found->field.empty() ? record_id() : field(std::string(found->field));
}

Filter ModelVocabulary::comparison(const Identifier& id, Operator op, std::span<const Literal> literals) const {
  const std::string key(id.key);
  const bool metric = id.prefix == "metrics", param = id.prefix == "params", tag = id.prefix == "tags";
  if (!metric && !param && !tag && !id.prefix.empty() && id.prefix != "attributes")
    throw invalid(fmt::format("Invalid entity type: {}. Expected one of ['attributes', 'metrics', 'params', 'tags'].",
                              repr(id.prefix)));
  const Attribute* attribute = metric || param || tag ? nullptr : find_attribute(key);
  if (!metric && !param && !tag && !attribute)
    throw error(Code::invalid_parameter_value, fmt::format("Invalid attribute key '{}' specified.", key),
                "ATTRIBUTE_NOT_FOUND");
  const std::string shown = fmt::format("{}.{}", attribute ? "attributes" : id.prefix, key);
  const bool numeric = metric || (attribute && attribute->numeric);
  const bool one_text = op == Operator::eq || op == Operator::ne || op == Operator::like || op == Operator::ilike;
  if (numeric ? !compare_of(op).has_value() : !one_text && !is_list(op))
    throw invalid(fmt::format("Invalid comparison operator for {}: {}. Expected one of {}.", shown, repr(spelling(op)),
                              numeric ? numeric_operators : text_operators));
  if (numeric) {
    const Literal& l = literals.front();
    if (!l.number) throw invalid(fmt::format("Expected numeric value type for {}. Found {}", shown, as_written(literals, op)));
    if (!metric) return number_comparison(field(std::string(attribute->field)), op, l);
    metrics_.push_back({key, *compare_of(op), *l.number});
    return {};
  }
  if (std::any_of(literals.begin(), literals.end(), [](const Literal& l) { return !l.text; }))
    throw invalid(fmt::format("Expected a quoted string value for {}. Got value {}", shown, as_written(literals, op)));
  if (param || tag) return text_comparison(entry(param ? "params" : "tags", key), op, literals);
  if (attribute->name == "status") return status_comparison(op, literals);
  if (attribute->name == "experiment_id") {
    if (op == Operator::like || op == Operator::ilike)
      throw invalid("experiment_id is compared with =, !=, IN and NOT IN.");
    std::vector<Value> projects;
    for (const Literal& l : literals)
      if (const Ordinal project = project_(parse_experiment_id(*l.text))) projects.emplace_back(project);
    return in(field("project"), std::move(projects), op == Operator::ne || op == Operator::not_in);
  }
  return text_comparison(*ModelVocabulary::attribute(key), op, literals);
}

OrderKey ModelVocabulary::order(const Identifier& id, bool) const {
  throw invalid(fmt::format("Invalid order by field name: {}", id.key));
}

Error ModelVocabulary::refuse(const std::string&, std::string_view, std::size_t position) const {
  return invalid(fmt::format("Invalid filter string: {}. Expected a list of comparisons separated by 'AND' (e.g. "
                             "'metrics.loss > 0.1 AND params.lr = 0.01').",
                             repr(std::string_view(text_))))
      .at(static_cast<std::int64_t>(position));
}

}  // namespace podium::mlflow
