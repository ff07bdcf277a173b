#include "podium/storage_kit/evaluate.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

#include "podium/error.hpp"

namespace podium::kit {
namespace {

bool is_pattern(Filter::Op op) {
  return op == Filter::Op::like || op == Filter::Op::ilike || op == Filter::Op::matches;
}

/// Compiles the patterns that are asked of the record itself; those inside `any` are asked of
/// children.
void compile(const Filter& filter, std::unordered_map<const Filter*, Pattern>& patterns) {
  if (is_pattern(filter.op)) {
    const auto* text =
        filter.values.size() == 1 ? std::get_if<std::string>(&filter.values.front()) : nullptr;
    if (text == nullptr) throw Error(ErrorCode::invalid, "a pattern must be one text");
    patterns.emplace(&filter, Pattern(filter.op, *text));
    return;
  }
  if (filter.op == Filter::Op::any) return;
  for (const Filter& child : filter.children) compile(child, patterns);
}

}  // namespace

Evaluator::Evaluator(const Filter& filter) : filter_(filter) { compile(filter, patterns_); }

bool Evaluator::operator()(RecordAccess& record) const { return evaluate(filter_, record); }

bool Evaluator::evaluate(const Filter& filter, RecordAccess& record) const {
  switch (filter.op) {
    case Filter::Op::all:
      return true;
    case Filter::Op::none:
      return false;
    case Filter::Op::and_:
      return std::all_of(filter.children.begin(), filter.children.end(),
                         [&](const Filter& child) { return evaluate(child, record); });
    case Filter::Op::or_:
      return std::any_of(filter.children.begin(), filter.children.end(),
                         [&](const Filter& child) { return evaluate(child, record); });
    case Filter::Op::not_:
      return !evaluate(filter.children.at(0), record);
    case Filter::Op::compare:
      return compare(record.value(filter.path), filter.cmp, filter.values.at(0));
    case Filter::Op::in: {
      const Seen seen = record.value(filter.path);
      // NOT IN says that the value is there and differs from each.
      if (filter.negated)
        return !std::holds_alternative<std::monostate>(seen.cell) &&
               std::all_of(filter.values.begin(), filter.values.end(),
                           [&](const Value& value) { return compare(seen, Compare::ne, value); });
      return std::any_of(filter.values.begin(), filter.values.end(),
                         [&](const Value& value) { return compare(seen, Compare::eq, value); });
    }
    case Filter::Op::is_null:
      return std::holds_alternative<std::monostate>(record.value(filter.path).cell) !=
             filter.negated;
    case Filter::Op::like:
    case Filter::Op::ilike:
    case Filter::Op::matches: {
      const Seen seen = record.value(filter.path);
      const auto* text = std::get_if<std::string_view>(&seen.cell);
      return text != nullptr && patterns_.at(&filter).matches(*text) != filter.negated;
    }
    case Filter::Op::any:
      return record.any(filter.child, filter.path.name, filter.children.at(0));
  }
  return false;
}

}  // namespace podium::kit
