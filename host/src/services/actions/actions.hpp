#pragma once
// Actions on selections of tasks.
#include "podium/service/actions.hpp"
#include "services/actions/catalogue.hpp"
#include "services/core.hpp"

namespace podium::host {

class ActionService final : public Actions {
 public:
  ActionService(const Core& core, const Vocabulary& tasks)
      : core_(core), catalogue_(core.language, tasks) {}
  ActionCatalogue& catalogue() noexcept { return catalogue_; }

  ActionRun run(const Principal&, std::string_view action, const ActionSelection&,
                const Json& parameters, const ActionOptions&) override;
  std::string start(Transaction&, const Principal&, std::string_view action, const ActionSelection&,
                    const Json& parameters, const ActionOptions&) override;
  void check(const Principal&, std::string_view action, const Json& parameters) const override;

 private:
  const Core& core_;
  ActionCatalogue catalogue_;
};

}  // namespace podium::host
