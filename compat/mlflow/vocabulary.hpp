#pragma once
// What MLflow's three searches may say, on top of the host's one parser, refused in MLflow's words.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/query.hpp"

namespace podium::mlflow {

/// One conjunction of comparisons, keys in back-ticks or double quotes, lists of texts, IS [NOT] NULL.
QueryFeatures mlflow_features();

/// What the text that is being parsed is.
enum class Part { filter, order };

/// Filters and orders of runs. One object for one text; `resolve` finds the tasks behind text ids.
class RunVocabulary final : public Vocabulary {
 public:
  struct Resolve {
    std::function<Ordinal(std::string_view id)> task;              ///< 0 when there is none
    std::function<std::vector<Value>(const Filter& ids)> matching;  ///< ordinals of tasks that match
  };
  RunVocabulary(Part part, std::string_view text, Resolve resolve)
      : part_(part), text_(text), resolve_(std::move(resolve)) {}
  QueryFeatures features() const override { return mlflow_features(); }
  Filter comparison(const Identifier&, Operator, std::span<const Literal>) const override;
  OrderKey order(const Identifier&, bool descending) const override;
  std::vector<std::string> names() const override { return {}; }
  Error refuse(const std::string& what, std::string_view clause, std::size_t position) const override;

 private:
  Filter tag(const std::string& key, Operator, const Literal*) const;

  Part part_;
  std::string text_;
  Resolve resolve_;
};

/// Filters and orders of experiments.
class ExperimentVocabulary final : public Vocabulary {
 public:
  ExperimentVocabulary(Part part, std::string_view text) : part_(part), text_(text) {}
  QueryFeatures features() const override { return mlflow_features(); }
  Filter comparison(const Identifier&, Operator, std::span<const Literal>) const override;
  OrderKey order(const Identifier&, bool descending) const override;
  std::vector<std::string> names() const override { return {}; }
  Error refuse(const std::string& what, std::string_view clause, std::size_t position) const override;

 private:
  Part part_;
  std::string text_;
};

/// A clause on a metric of a logged model: some point of it, on any of the asked data sets, compares so.
struct ModelMetricClause {
  std::string key;
  Compare compare = Compare::eq;
  double value = 0;
};

/// Filters of logged models. Clauses on metrics are put aside in `metrics`, and read as `all`. `project`
/// finds the ordinal behind an experiment's id, 0 when there is none.
class ModelVocabulary final : public Vocabulary {
 public:
  ModelVocabulary(std::string_view text, std::function<Ordinal(std::string_view)> project,
                  std::vector<ModelMetricClause>& metrics)
      : text_(text), project_(std::move(project)), metrics_(metrics) {}
  QueryFeatures features() const override { return mlflow_features(); }
  Filter comparison(const Identifier&, Operator, std::span<const Literal>) const override;
  OrderKey order(const Identifier&, bool descending) const override;
  std::vector<std::string> names() const override { return {}; }
  Error refuse(const std::string& what, std::string_view clause, std::size_t position) const override;

  /// The path of an attribute as an order names it, or nothing.
  static std::optional<Path> attribute(std::string_view name);

 private:
  std::string text_;
  std::function<Ordinal(std::string_view)> project_;
  std::vector<ModelMetricClause>& metrics_;
};

/// A comparison of a text: = != LIKE ILIKE IN NOT IN IS NULL IS NOT NULL.
Filter text_comparison(Path, Operator, std::span<const Literal>);
/// A comparison of a number: the six.
Filter number_comparison(Path, Operator, const Literal&);
std::optional<Compare> compare_of(Operator);
/// A literal as it was written.
std::string as_written(std::span<const Literal>, Operator);
/// The value of a number literal.
Value number_of(const Literal&);
/// LIKE, exact or without case, on an ASCII text.
bool matches_pattern(std::string_view text, std::string_view pattern, bool fold);
/// "`order_by` item" errors.
Error bad_order(std::string_view text);

}  // namespace podium::mlflow
