#pragma once
// What MLflow's three searches may say, on top of the host's one parser, refused in MLflow's words.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/query.hpp"

namespace podium::mlflow {

/// Filters and orders of runs. `resolve` finds the tasks behind text ids; orders need none.
class RunVocabulary final : public Vocabulary {
 public:
  struct Resolve {
    std::function<Ordinal(std::string_view id)> task;  ///< 0 when there is none
    std::function<std::vector<Value>(const Filter& ids)>
        matching;  ///< ordinals of tasks that match
  };
  explicit RunVocabulary(Resolve resolve) : resolve_(std::move(resolve)) {}
  QueryFeatures features() const override { return QueryFeatures::conjunction(); }
  Filter comparison(const Comparison&) const override;
  OrderKey order(const Identifier&, bool descending) const override;
  std::vector<std::string> names() const override { return {}; }
  Error refuse(const Refusal&) const override;

 private:
  Filter tag(const std::string& key, Operator, std::span<const Literal>) const;

  Resolve resolve_;
};

/// Filters and orders of experiments.
class ExperimentVocabulary final : public Vocabulary {
 public:
  QueryFeatures features() const override { return QueryFeatures::conjunction(); }
  Filter comparison(const Comparison&) const override;
  OrderKey order(const Identifier&, bool descending) const override;
  std::vector<std::string> names() const override { return {}; }
  Error refuse(const Refusal&) const override;
};

/// A clause on a metric of a logged model: some point of it, on any of the asked data sets,
/// compares so.
struct ModelMetricClause {
  std::string key;
  Compare compare = Compare::eq;
  double value = 0;
};

/// Filters of logged models. Clauses on metrics are put aside in `metrics`, and read as `all`.
/// `project` finds the ordinal behind an experiment's id, 0 when there is none.
class ModelVocabulary final : public Vocabulary {
 public:
  ModelVocabulary(std::function<Ordinal(std::string_view)> project,
                  std::vector<ModelMetricClause>& metrics)
      : project_(std::move(project)), metrics_(metrics) {}
  QueryFeatures features() const override { return QueryFeatures::conjunction(); }
  Filter comparison(const Comparison&) const override;
  OrderKey order(const Identifier&, bool descending) const override;
  std::vector<std::string> names() const override { return {}; }
  Error refuse(const Refusal&) const override;

  /// The path of an attribute as an order names it, or nothing.
  static std::optional<Path> attribute(std::string_view name);

 private:
  std::function<Ordinal(std::string_view)> project_;
  std::vector<ModelMetricClause>& metrics_;
};

/// A comparison of a text: = != LIKE ILIKE IN NOT IN IS NULL IS NOT NULL, of values that were
/// checked.
Filter text_comparison(Path, Operator, std::span<const Literal>);
/// A comparison with a number by one of the six.
Filter number_comparison(Path, Compare, const Literal&);
/// The six; nothing for others.
std::optional<Compare> compare_of(Operator);
/// = != LIKE ILIKE
bool is_text_operator(Operator);
bool is_list(Operator);
bool is_null_test(Operator);
/// An operator as MLflow tells it.
std::string comparator(const Comparison&);
/// Whether there is one value and it is a number.
bool has_number(const Comparison&);
/// Refuses a value that is not a quoted text, or a list of them; `expected` leads the sentence that
/// ends with the value.
void check_texts(const Comparison&, std::string_view expected);
/// LIKE, exact or folding ASCII.
bool matches_pattern(std::string_view text, std::string_view pattern, bool fold);
/// Refuses a filter of nothing but blanks, which the parser would read as no filter.
void refuse_blank(std::string_view filter);
/// The refusal of an order item, or nothing when it is not of an order.
std::optional<Error> order_refusal(const Refusal&);
/// The refusal of a value's shape or of a second statement, or nothing.
std::optional<Error> filter_refusal(const Refusal&);

}  // namespace podium::mlflow
