#pragma once
// The projects service.
#include "podium/service/projects.hpp"
#include "services/records.hpp"

namespace podium::host {

class ProjectService final : public Readable<Projects> {
 public:
  explicit ProjectService(const Core& core) : Readable(core, core.in.projects, "projects") {}

  /// Makes project 0, "Default", unless it is there.
  void ensure_default();

  Ordinal create(Transaction&, const Principal&, const NewProject&) override;
  Ordinal require(Transaction&, const Principal&, std::string_view id) override;
  void edit(Transaction&, const Principal&, Ordinal, const Patch&) override;
  void archive(Transaction&, const Principal&, Ordinal, bool archived) override;

 private:
  std::string id_of(Transaction&, Ordinal);
};

}  // namespace podium::host
