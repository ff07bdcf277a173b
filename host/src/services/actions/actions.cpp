#include "services/actions/actions.hpp"

namespace podium::host {

ActionRun ActionService::run(const Principal&, std::string_view action, const ActionSelection&,
                             const Json&, const ActionOptions&) {
  throw no_such("action", action);
}

std::string ActionService::start(Transaction&, const Principal&, std::string_view action,
                                 const ActionSelection&, const Json&, const ActionOptions&) {
  throw no_such("action", action);
}

void ActionService::check(const Principal&, std::string_view action, const Json&) const {
  throw no_such("action", action);
}

}  // namespace podium::host
