#pragma once
// A verb of its own: `podium notified` lists what was told to whom.
#include "podium/extension/verb.hpp"
#include "podium/plugin.hpp"

namespace acme {

class NotifiedVerb final : public podium::Verb {
 public:
  explicit NotifiedVerb(podium::PluginContext& context) : Verb("notified"), context_(context) {}

  Usage usage() const override;
  podium::Answer run(const podium::VerbCall& call) override;
  std::vector<Suggestion> complete(const podium::Principal&,
                                   const podium::TypedWord&) const override;

 private:
  podium::PluginContext& context_;
};

}  // namespace acme
