#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "errors.hpp"
#include "python_text.hpp"
#include "reserved_tags.hpp"
#include "run_json.hpp"
#include "vocabulary.hpp"

namespace podium::mlflow {
namespace {

enum class Entity { metric, parameter, tag, attribute, dataset };

struct Prefix {
  std::string_view name;
  Entity entity;
};
constexpr Prefix prefixes[] = {{"metric", Entity::metric},
                               {"metrics", Entity::metric},
                               {"param", Entity::parameter},
                               {"params", Entity::parameter},
                               {"parameter", Entity::parameter},
                               {"parameters", Entity::parameter},
                               {"tag", Entity::tag},
                               {"tags", Entity::tag},
                               {"attribute", Entity::attribute},
                               {"attributes", Entity::attribute},
                               {"attr", Entity::attribute},
                               {"run", Entity::attribute},
                               {"", Entity::attribute},
                               {"dataset", Entity::dataset},
                               {"datasets", Entity::dataset}};

Entity entity_of(const Identifier& id) {
  std::string_view prefix = id.prefix;
  if (prefix.size() >= 2 && prefix.front() == '`' && prefix.back() == '`')
    prefix = prefix.substr(1, prefix.size() - 2);
  for (const Prefix& known : prefixes)
    if (known.name == prefix) return known.entity;
  throw invalid(
      fmt::format("Invalid entity type '{}'. Valid values are ['metric', 'parameter', 'tag', "
                  "'attribute', 'dataset']",
                  prefix));
}

std::string_view entity_name(Entity entity) {
  constexpr std::string_view names[] = {"metric", "parameter", "tag", "attribute", "dataset"};
  return names[static_cast<std::size_t>(entity)];
}

struct Attribute {
  std::string_view name, canonical, field;  ///< `field` "" is the id
  bool numeric, filters, orders;
};
constexpr Attribute attributes[] = {
    {"artifact_uri", "artifact_uri", "artifact_uri", false, true, true},
    {"end_time", "end_time", "completed", true, true, true},
    {"run_id", "run_id", "", false, true, true},
    {"run_name", "run_name", "name", false, true, true},
    {"start_time", "start_time", "started", true, true, true},
    {"status", "status", "state", false, true, true},
    {"user_id", "user_id", "user", false, true, true},
    {"created", "start_time", "started", true, true, true},
    {"Created", "start_time", "started", true, true, true},
    {"run name", "run_name", "name", false, true, false},
    {"Run name", "run_name", "name", false, true, false},
    {"Run Name", "run_name", "name", false, true, false},
};

const Attribute& attribute_of(std::string_view name, bool for_order) {
  std::string valid;
  for (const Attribute& a : attributes) {
    if (!(for_order ? a.orders : a.filters)) continue;
    if (a.name == name) return a;
    valid += fmt::format("{}'{}'", valid.empty() ? "" : ", ", a.name);
  }
  throw invalid(
      fmt::format("Invalid attribute key '{}' specified. Valid keys are '{{{}}}'", name, valid));
}

Path attribute_path(const Attribute& a) {
  return a.field.empty() ? record_id() : field(std::string(a.field));
}

constexpr std::string_view six = "{'>', '>=', '!=', '=', '<', '<='}";

constexpr std::string_view text_and_null = "{'!=', '=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'}";
constexpr std::string_view text_and_list = "{'!=', '=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'}";

/// MLflow closes the quote behind the set of some entities only.
Error bad_comparator(const Comparison& c, Entity entity, bool numeric, std::string_view valid) {
  const bool closed = entity == Entity::parameter || (entity == Entity::attribute && !numeric);
  return invalid(fmt::format("Invalid comparator '{}' not one of '{}{}", comparator(c), valid,
                             closed ? "'" : ""));
}

/// The states whose MLflow status satisfies the comparison.
Filter status_comparison(Operator op, std::span<const Literal> literals) {
  const std::string word = literals.front().text.value_or("");
  std::vector<Value> states;
  for (int i = 1; i <= 7; ++i) {
    const auto state = static_cast<TaskState>(i);
    const std::string_view status = run_status(state);
    bool holds = false;
    switch (op) {
      case Operator::eq:
        holds = status == word;
        break;
      case Operator::ne:
        holds = status != word;
        break;
      case Operator::like:
        holds = matches_pattern(status, word, false);
        break;
      case Operator::ilike:
        holds = matches_pattern(status, word, true);
        break;
      default:
        break;
    }
    if (holds) states.emplace_back(std::string(name(state)));
  }
  if (states.empty()) return none();
  return in(field("state"), std::move(states));
}

}  // namespace

Filter RunVocabulary::tag(const std::string& key, Operator op,
                          std::span<const Literal> literals) const {
  const Path map_entry = entry("tags", key);
  const Filter plain = text_comparison(map_entry, op, literals);
  const ReservedTag* reserved = reserved_tag(key);
  if (!reserved) return plain;
  const Path path = field(std::string(reserved->field));
  if (key == "mlflow.user") {
    const Filter tagged = eq(field("user_tagged"), true);
    if (op == Operator::is_null) return all_of({not_(tagged), plain});
    if (op == Operator::is_not_null) return any_of({tagged, plain});
    return any_of({all_of({tagged, text_comparison(path, op, literals)}), plain});
  }
  if (key != "mlflow.parentRunId") return text_comparison(path, op, literals);

  if (op == Operator::is_null) return all_of({is_null(path), plain});
  if (op == Operator::is_not_null) return any_of({is_null(path, true), plain});
  const std::string id = literals.front().text.value_or("");
  if (op == Operator::eq || op == Operator::ne) {
    const Ordinal parent = resolve_.task(id);
    if (parent != 0)
      return any_of({compare(path, op == Operator::eq ? Compare::eq : Compare::ne, parent), plain});
    return op == Operator::eq ? plain : any_of({is_null(path, true), plain});
  }
  std::vector<Value> parents = resolve_.matching(text_comparison(record_id(), op, literals));
  if (parents.empty()) return plain;
  return any_of({in(path, std::move(parents)), plain});
}

Filter RunVocabulary::comparison(const Comparison& c) const {
  const Entity entity = entity_of(c.name);
  const std::string& key = c.name.key;
  const Attribute* attribute = entity == Entity::attribute ? &attribute_of(key, false) : nullptr;
  if (entity == Entity::dataset && key != "name" && key != "digest" && key != "context")
    throw invalid(fmt::format(
        "Invalid dataset key '{}' specified. Valid keys are '{{'name', 'digest', 'context'}}'",
        key));
  if (is_null_test(c.op)) {
    if (entity == Entity::tag) return tag(key, c.op, {});
    if (entity == Entity::parameter) return text_comparison(entry("params", key), c.op, {});
    throw invalid(fmt::format(
        "IS NULL / IS NOT NULL is only supported for tags and params, not for '{}' '{}'",
        entity_name(entity), key));
  }
  const bool numeric = entity == Entity::metric || (attribute && attribute->numeric);
  if (numeric) {
    if (!has_number(c))
      throw invalid(
          entity == Entity::metric
              ? fmt::format("Expected numeric value type for metric. Found {}", c.value_source)
              : fmt::format("Expected numeric value type for numeric attribute: {}. Found {}", key,
                            c.value_source));
    const auto how = compare_of(c.op);
    if (!how) throw bad_comparator(c, entity, true, entity == Entity::metric ? six : text_and_list);
    if (attribute) return number_comparison(attribute_path(*attribute), *how, c.values.front());
    return compare(series("metrics", key), *how, *c.values.front().number);
  }
  const bool one_text = is_text_operator(c.op);
  if (entity == Entity::parameter || entity == Entity::tag) {
    const std::string expected = fmt::format(
        "Expected a quoted string value for {} (e.g. 'my-value').", entity_name(entity));
    if (is_list(c.op)) throw invalid(fmt::format("{} Got value {}", expected, c.value_source));
    check_texts(c, expected);
    if (!one_text) throw bad_comparator(c, entity, false, text_and_null);
    return entity == Entity::tag ? tag(key, c.op, c.values)
                                 : text_comparison(entry("params", key), c.op, c.values);
  }
  if (entity == Entity::dataset) {
    check_texts(c, "Expected a quoted string value for dataset attributes.");
    if (!one_text && !is_list(c.op)) throw bad_comparator(c, entity, false, text_and_list);
    return any("inputs", "task", text_comparison(field(key), c.op, c.values));
  }
  if (is_list(c.op) && attribute->canonical != "run_id")
    throw invalid(
        "Only ['run_id'] attributes support comparison with a list of quoted string values.");
  check_texts(c, "Expected a quoted string value for attributes.");
  if (!one_text && !is_list(c.op)) throw bad_comparator(c, entity, false, text_and_list);
  if (attribute->canonical == "status") return status_comparison(c.op, c.values);
  return text_comparison(attribute_path(*attribute), c.op, c.values);
}

OrderKey RunVocabulary::order(const Identifier& id, bool descending) const {
  OrderKey key;
  key.descending = descending;
  switch (entity_of(id)) {
    case Entity::metric:
      key.path = series("metrics", id.key);
      break;
    case Entity::parameter:
      key.path = entry("params", id.key);
      key.as_text = true;
      break;
    case Entity::tag:
      if (const ReservedTag* reserved = reserved_tag(id.key)) {
        key.path = field(std::string(reserved->field));
      } else {
        key.path = entry("tags", id.key);
        key.as_text = true;
      }
      break;
    case Entity::attribute:
      key.path = attribute_path(attribute_of(id.key, true));
      break;
    case Entity::dataset:
      throw invalid("Invalid identifier type 'dataset'");
  }
  return key;
}

Error RunVocabulary::refuse(const Refusal& r) const {
  if (auto e = order_refusal(r)) return *e;
  if (auto e = filter_refusal(r)) return *e;
  std::string clauses;
  for (const std::string_view piece : r.pieces)
    clauses += fmt::format("{}'{}'", clauses.empty() ? "" : ", ", piece);
  return invalid(fmt::format("Invalid clause(s) in filter string: {}", clauses))
      .at(static_cast<std::int64_t>(r.position));
}

}  // namespace podium::mlflow
