#include <fmt/format.h>

#include <algorithm>

#include "errors.hpp"
#include "python_text.hpp"
#include "validation.hpp"
#include "vocabulary.hpp"

namespace podium::mlflow {
namespace {

constexpr std::string_view note_tag = "mlflow.note.content";

struct Attribute {
  std::string_view name, field;
  bool numeric;
};
constexpr Attribute attributes[] = {{"creation_time", "created", true},
                                    {"experiment_id", "", false},
                                    {"last_update_time", "updated", true},
                                    {"name", "name", false}};

const Attribute& attribute_of(std::string_view name) {
  for (const Attribute& a : attributes)
    if (a.name == name) return a;
  throw invalid(fmt::format(
      "Invalid attribute key '{}' specified. Valid keys are '{{'creation_time', 'experiment_id', "
      "'last_update_time', 'name'}}'",
      name));
}

/// Whether it is a tag; else an attribute.
bool is_tag(const Identifier& id) {
  if (id.prefix == "tag" || id.prefix == "tags") return true;
  if (id.prefix.empty() || id.prefix == "attribute") return false;
  throw invalid(fmt::format(
      "Invalid entity type '{}'. Valid entity types are ('attribute', 'tag', 'tags')", id.prefix));
}

/// A project's id is its number.
Filter id_comparison(const Comparison& c) {
  if (c.op != Operator::eq && c.op != Operator::ne && !is_list(c.op))
    throw invalid(fmt::format("Invalid comparator for experiment_id: {}", comparator(c)));
  std::vector<Value> ids;
  for (const Literal& l : c.values) ids.emplace_back(parse_experiment_id(l.text.value_or("")));
  if (is_list(c.op)) return in(record_id(), std::move(ids), c.op == Operator::not_in);
  return compare(record_id(), c.op == Operator::eq ? Compare::eq : Compare::ne, ids.front());
}

Filter tag_comparison(const Comparison& c) {
  const std::string& key = c.name.key;
  if (!is_null_test(c.op)) {
    constexpr std::string_view expected =
        "Expected a quoted string value for tag (e.g. 'my-value').";
    if (is_list(c.op)) throw invalid(fmt::format("{} Got value {}", expected, c.value_source));
    check_texts(c, expected);
    if (!is_text_operator(c.op))
      throw invalid(fmt::format("Invalid comparator for tag: {}", comparator(c)));
  }
  Filter plain = text_comparison(entry("tags", key), c.op, c.values);
  if (key != note_tag) return plain;
  Filter described = text_comparison(field("description"), c.op, c.values);
  return c.op == Operator::is_null ? all_of({std::move(plain), std::move(described)})
                                   : any_of({std::move(plain), std::move(described)});
}

}  // namespace

Filter ExperimentVocabulary::comparison(const Comparison& c) const {
  if (is_tag(c.name)) return tag_comparison(c);
  const std::string& key = c.name.key;
  const Attribute& attribute = attribute_of(key);
  if (is_null_test(c.op))
    throw invalid(fmt::format(
        "IS NULL / IS NOT NULL is only supported for tags, not for attribute '{}'", key));
  if (attribute.numeric) {
    if (!has_number(c))
      throw invalid(fmt::format("Expected numeric value type for numeric attribute: {}. Found {}",
                                key, c.value_source));
    const auto how = compare_of(c.op);
    if (!how)
      throw invalid(fmt::format("Invalid comparator for numeric attribute: {}", comparator(c)));
    const Literal& value = c.values.front();
    if (!value.integer)
      throw invalid(fmt::format("Invalid value for numeric attribute '{}': {}", key,
                                repr(std::string_view(repr(*value.number)))));
    return number_comparison(field(std::string(attribute.field)), *how, value);
  }
  if (is_list(c.op) && key != "experiment_id")
    throw invalid(
        "Only ['experiment_id'] attributes support comparison with a list of quoted string "
        "values.");
  check_texts(c, "Expected a quoted string value for attributes.");
  if (key == "experiment_id") return id_comparison(c);
  if (!is_text_operator(c.op))
    throw invalid(fmt::format(
        "Invalid comparator '{}' not one of '{{'!=', '=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'}}'",
        comparator(c)));
  return text_comparison(field("name"), c.op, c.values);
}

OrderKey ExperimentVocabulary::order(const Identifier& id, bool descending) const {
  if (is_tag(id)) throw invalid("Invalid order_by entity: tag");
  const Attribute& attribute = attribute_of(id.key);
  OrderKey key;
  // Ids ascend in the order of creation.
  key.path = attribute.field.empty() ? record_ordinal() : field(std::string(attribute.field));
  key.descending = descending;
  return key;
}

Error ExperimentVocabulary::refuse(const Refusal& r) const {
  if (auto e = order_refusal(r)) return *e;
  if (auto e = filter_refusal(r)) return *e;
  std::string clauses;
  for (const std::string_view piece : r.pieces)
    clauses += fmt::format("{}{}", clauses.empty() ? "" : ", ", piece);
  return invalid(fmt::format("Invalid clause(s) in filter string: {}", clauses))
      .at(static_cast<std::int64_t>(r.position));
}

}  // namespace podium::mlflow
