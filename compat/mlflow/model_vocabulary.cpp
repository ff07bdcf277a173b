#include <fmt/format.h>

#include <algorithm>

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

/// A status is spelled as in answers or as its short name.
Filter status_comparison(Operator op, std::span<const Literal> literals) {
  const auto word_matches = [&](std::string_view word, const Literal& l) {
    const std::string text = l.text.value_or("");
    if (op == Operator::like) return matches_pattern(word, text, false);
    if (op == Operator::ilike) return matches_pattern(word, text, true);
    return word == text;
  };
  struct Spelling {
    ModelStatus status;
    std::string_view words[3];
  };
  constexpr Spelling spellings[] = {
      {ModelStatus::pending, {"PENDING", "LOGGED_MODEL_PENDING", "1"}},
      {ModelStatus::ready, {"READY", "LOGGED_MODEL_READY", "2"}},
      {ModelStatus::published, {"READY", "LOGGED_MODEL_READY", "2"}},
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

Filter ModelVocabulary::comparison(const Comparison& c) const {
  const std::string& key = c.name.key;
  const std::string_view prefix = c.name.prefix;
  const bool metric = prefix == "metrics", param = prefix == "params", tag = prefix == "tags";
  if (!metric && !param && !tag && !prefix.empty() && prefix != "attributes")
    throw invalid(fmt::format(
        "Invalid entity type: {}. Expected one of ['attributes', 'metrics', 'params', 'tags'].",
        repr(prefix)));
  const Attribute* attribute = metric || param || tag ? nullptr : find_attribute(key);
  if (!metric && !param && !tag && !attribute)
    throw error(Code::invalid_parameter_value,
                fmt::format("Invalid attribute key '{}' specified.", key), "ATTRIBUTE_NOT_FOUND");
  const std::string shown = fmt::format("{}.{}", attribute ? "attributes" : prefix, key);
  const bool numeric = metric || (attribute && attribute->numeric);
  if (is_null_test(c.op))
    throw invalid(fmt::format("Invalid comparison: {}{}. Expected a comparison with 3 tokens.",
                              c.name.source, comparator(c)));
  const auto how = compare_of(c.op);
  if (numeric ? !how : !is_text_operator(c.op) && !is_list(c.op))
    throw invalid(fmt::format("Invalid comparison operator for {}: {}. Expected one of {}.", shown,
                              repr(std::string_view(comparator(c))),
                              numeric ? numeric_operators : text_operators));
  if (numeric) {
    if (!has_number(c))
      throw invalid(
          fmt::format("Expected numeric value type for {}. Found {}", shown, c.value_source));
    if (!metric)
      return number_comparison(field(std::string(attribute->field)), *how, c.values.front());
    metrics_.push_back({key, *how, *c.values.front().number});
    return {};
  }
  check_texts(c, fmt::format("Expected a quoted string value for {}.", shown));
  if (param || tag) return text_comparison(entry(param ? "params" : "tags", key), c.op, c.values);
  if (attribute->name == "status") return status_comparison(c.op, c.values);
  if (attribute->name == "experiment_id") {
    if (c.op == Operator::like || c.op == Operator::ilike)
      throw invalid("experiment_id is compared with =, !=, IN and NOT IN.");
    std::vector<Value> projects;
    for (const Literal& l : c.values)
      if (const Ordinal project = project_(parse_experiment_id(*l.text)))
        projects.emplace_back(project);
    return in(field("project"), std::move(projects),
              c.op == Operator::ne || c.op == Operator::not_in);
  }
  return text_comparison(*ModelVocabulary::attribute(key), c.op, c.values);
}

OrderKey ModelVocabulary::order(const Identifier& id, bool) const {
  throw invalid(fmt::format("Invalid order by field name: {}", id.key));
}

Error ModelVocabulary::refuse(const Refusal& r) const {
  if (r.flaw == Refusal::Flaw::several)
    return invalid(
        fmt::format("Invalid filter string: {}. Expected a single SQL expression.", repr(r.text)));
  return invalid(fmt::format("Invalid filter string: {}. Expected a list of comparisons separated "
                             "by 'AND' (e.g. "
                             "'metrics.loss > 0.1 AND params.lr = 0.01').",
                             repr(r.text)))
      .at(static_cast<std::int64_t>(r.position));
}

}  // namespace podium::mlflow
