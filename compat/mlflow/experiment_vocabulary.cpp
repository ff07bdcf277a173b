#include <algorithm>

#include <fmt/format.h>

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
  throw invalid(fmt::format("Invalid attribute key '{}' specified. Valid keys are '{{'creation_time', 'experiment_id', "
                            "'last_update_time', 'name'}}'",
                            name));
}

/// Whether it is a tag; else an attribute.
bool is_tag(const Identifier& id) {
  if (id.prefix == "tag" || id.prefix == "tags") return true;
  if (id.prefix.empty() || id.prefix == "attribute") return false;
  throw invalid(fmt::format("Invalid entity type '{}'. Valid entity types are ('attribute', 'tag', 'tags')", id.prefix));
}

bool is_list(Operator op) { return op == Operator::in || op == Operator::not_in; }

/// A project's id is its number.
Filter id_comparison(Operator op, std::span<const Literal> literals) {
  if (op != Operator::eq && op != Operator::ne && !is_list(op))
    throw invalid(fmt::format("Invalid comparator for experiment_id: {}", spelling(op)));
  std::vector<Value> ids;
  for (const Literal& l : literals) ids.emplace_back(parse_experiment_id(l.text.value_or("")));
  if (is_list(op)) return in(record_id(), std::move(ids), op == Operator::not_in);
  return compare(record_id(), op == Operator::eq ? Compare::eq : Compare::ne, ids.front());
}

}  // namespace

Filter ExperimentVocabulary::comparison(const Identifier& id, Operator op, std::span<const Literal> literals) const {
  const bool tag = is_tag(id);
  const std::string key(id.key);
  const Attribute* attribute = tag ? nullptr : &attribute_of(key);
  const bool null_test = op == Operator::is_null || op == Operator::is_not_null;
  const bool one_text = op == Operator::eq || op == Operator::ne || op == Operator::like || op == Operator::ilike;
  if (null_test && !tag)
    throw invalid(fmt::format("IS NULL / IS NOT NULL is only supported for tags, not for attribute '{}'", key));
  const bool texts = std::all_of(literals.begin(), literals.end(), [](const Literal& l) { return l.text.has_value(); });
  if (tag) {
    if (!null_test && (!texts || is_list(op)))
      throw invalid(fmt::format("Expected a quoted string value for tag (e.g. 'my-value'). Got value {}",
                                as_written(literals, op)));
    if (!null_test && !one_text) throw invalid(fmt::format("Invalid comparator for tag: {}", spelling(op)));
    Filter plain = text_comparison(entry("tags", key), op, literals);
    if (key != note_tag) return plain;
    Filter described = text_comparison(field("description"), op, literals);
    return op == Operator::is_null ? all_of({std::move(plain), std::move(described)})
                                   : any_of({std::move(plain), std::move(described)});
  }
  if (attribute->numeric) {
    if (literals.size() != 1 || !literals.front().number || is_list(op))
      throw invalid(fmt::format("Expected numeric value type for numeric attribute: {}. Found {}", key,
                                as_written(literals, op)));
    if (!compare_of(op)) throw invalid(fmt::format("Invalid comparator for numeric attribute: {}", spelling(op)));
    if (!literals.front().integer)
      throw invalid(fmt::format("Invalid value for numeric attribute '{}': {}", key,
                                repr(std::string_view(repr(*literals.front().number)))));
    return number_comparison(field(std::string(attribute->field)), op, literals.front());
  }
  if (is_list(op) && key != "experiment_id")
    throw invalid("Only ['experiment_id'] attributes support comparison with a list of quoted string values.");
  if (!texts)
    throw invalid(fmt::format("Expected a quoted string value for attributes. Got value {}", as_written(literals, op)));
  if (key == "experiment_id") return id_comparison(op, literals);
  if (!one_text) throw invalid(fmt::format("Invalid comparator '{}' not one of '{{'!=', '=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'}}'", spelling(op)));
  return text_comparison(field("name"), op, literals);
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

Error ExperimentVocabulary::refuse(const std::string&, std::string_view clause, std::size_t position) const {
  if (part_ == Part::order) return bad_order(text_).at(static_cast<std::int64_t>(position));
  return invalid(fmt::format("Invalid clause(s) in filter string: {}", clause)).at(static_cast<std::int64_t>(position));
}

}  // namespace podium::mlflow
