#pragma once
// The verb `rules`.
#include "desk.hpp"
#include "podium/extension/verb.hpp"

namespace podium::rules {

/// `rules` lists them; `rules on NAME` and `rules off NAME` switch one.
class RulesVerb final : public Verb {
 public:
  RulesVerb(PluginContext& context, Clock now)
      : Verb("rules"), context_(context), desk_(context, std::move(now)) {}
  Usage usage() const override;
  Answer run(const VerbCall&) override;
  std::vector<Suggestion> complete(const Principal&, const TypedWord&) const override;

 private:
  Answer list(const VerbCall&) const;

  PluginContext& context_;
  Desk desk_;
};

}  // namespace podium::rules
