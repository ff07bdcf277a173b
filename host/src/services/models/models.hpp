#pragma once
// The models service.
#include "podium/service/models.hpp"
#include "services/records.hpp"

namespace podium::host {

class ModelService final : public Readable<Models> {
 public:
  explicit ModelService(const Core& core) : Readable(core, core.in.models, "models") {}
  CollectionId links() const override { return core_.in.model_links; }
  Ordinal create(Transaction&, const Principal&, const NewModel&) override;
  Ordinal require(Transaction&, const Principal&, std::string_view id) override;
  void finalize(Transaction&, const Principal&, Ordinal, ModelStatus) override;
  void edit(Transaction&, const Principal&, Ordinal, const Patch&) override;
  void log(Transaction&, const Principal&, Ordinal, std::span<const SeriesPoints>) override;
  void remove(Transaction&, const Principal&, Ordinal) override;
  void publish(Transaction&, const Principal&, Ordinal) override;
  void link(Transaction&, const Principal&, const Tasks::Head&, std::string_view model_id, bool out,
            std::int64_t step) override;

 private:
  void change(Transaction&, Ordinal, Patch);
};

}  // namespace podium::host
