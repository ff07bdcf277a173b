#pragma once
// The projects service.
#include "podium/service/jobs.hpp"
#include "podium/service/projects.hpp"
#include "services/records.hpp"

namespace podium::host {

class ProjectService final : public Readable<Projects> {
 public:
  ProjectService(const Core& core, Jobs& jobs)
      : Readable(core, core.in.projects, "projects"), jobs_(jobs) {}

  /// Makes project 0, "Default", unless it is there.
  void ensure_default();

  Ordinal create(Transaction&, const Principal&, const NewProject&) override;
  Ordinal require(Transaction&, const Principal&, std::string_view id) override;
  void edit(Transaction&, const Principal&, Ordinal, const Patch&) override;
  void archive(Transaction&, const Principal&, Ordinal, bool archived) override;
  std::vector<Ordinal> rename(Transaction&, const Principal&, std::string_view from,
                              std::string_view to) override;
  ProjectContents contents(const Reader&, const Principal&,
                           std::span<const Ordinal> projects) const override;
  std::string remove(Transaction&, const Principal&, std::span<const Ordinal> projects) override;

 private:
  std::string id_of(Transaction&, Ordinal);

  Jobs& jobs_;
};

}  // namespace podium::host
