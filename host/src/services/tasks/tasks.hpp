#pragma once
// The tasks service.
#include <string>

#include "podium/service/jobs.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"
#include "services/records.hpp"

namespace podium::host {

class TaskService final : public Readable<Tasks> {
 public:
  TaskService(const Core& core, Projects& projects, Jobs& jobs)
      : Readable(core, core.in.tasks, "tasks"), projects_(projects), jobs_(jobs) {}

  Ordinal create(Transaction&, const Principal&, const NewTask&) override;
  Head require(Transaction&, const Principal&, std::string_view id) override;
  void log(Transaction&, const Principal&, const Head&, const TaskLog&) override;
  void remove_tag(Transaction&, const Principal&, const Head&, std::string_view key) override;
  void describe(Transaction&, const Principal&, const Head&, const Patch&) override;
  void edit(Transaction&, const Principal&, const Head&, const Patch&,
            std::string_view why) override;
  void transition(Transaction&, const Principal&, const Head&, TaskState to, Transition,
                  std::string_view reason, std::int64_t at) override;
  void archive(Transaction&, const Principal&, const Head&, bool archived) override;
  std::string archive_all(Transaction&, const Principal&, Ordinal project, bool archived) override;

 private:
  void change(Transaction&, const Head&, Patch);
  void drop_results(Transaction&, Ordinal task);

  Projects& projects_;
  Jobs& jobs_;
};

/// Throws `conflict` when a run may not write to the task any more: published or archived.
void require_open(const Tasks::Head&);

}  // namespace podium::host
