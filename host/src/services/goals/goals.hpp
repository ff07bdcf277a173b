#pragma once
// The goals service.
#include "podium/service/goals.hpp"
#include "podium/service/jobs.hpp"
#include "services/records.hpp"

namespace podium::host {

class GoalService final : public Readable<Goals> {
 public:
  GoalService(const Core& core, Jobs& jobs) : Readable(core, core.in.goals, "goals"), jobs_(jobs) {}

  Ordinal add(Transaction&, const Principal&, Ordinal project, const NewGoal&) override;
  Head require(Transaction&, const Principal&, Ordinal project, std::string_view id) override;
  void edit(Transaction&, const Principal&, const Head&, const GoalEdit&) override;
  void remove(Transaction&, const Principal&, const Head&) override;

 private:
  Jobs& jobs_;
};

}  // namespace podium::host
