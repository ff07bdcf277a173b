#pragma once
// The word `compare`.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/extension/verb.hpp"
#include "series.hpp"

namespace podium::comparison {

class CompareVerb final : public Verb {
 public:
  explicit CompareVerb(PluginContext& context) : Verb("compare"), context_(context) {}
  Usage usage() const override;
  Answer run(const VerbCall&) override;

 private:
  /// What was named, looked up before a state of the store is held.
  struct Named {
    std::vector<Ordinal> tasks;
    std::optional<Ordinal> baseline;
    std::uint64_t limit = 0;
  };
  Named named(const VerbCall&) const;
  Selected selected(const VerbCall&, const Reader&, const Named&) const;
  std::vector<MetricName> metrics(const VerbCall&) const;
  AnswerChart curves(const VerbCall&, const Reader&, const Selected&) const;
  AnswerFigure figure(const VerbCall&, const Reader&, const Selected&) const;
  Answer answer(const VerbCall&, const Reader&, const Named&, const std::string& what) const;

  PluginContext& context_;
};

}  // namespace podium::comparison
