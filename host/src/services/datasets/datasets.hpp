#pragma once
// The data sets service.
#include "podium/service/datasets.hpp"
#include "services/records.hpp"

namespace podium::host {

class DatasetService final : public Readable<Datasets> {
 public:
  explicit DatasetService(const Core& core) : Readable(core, core.in.datasets, "datasets") {}
  CollectionId inputs() const override { return core_.in.inputs; }
  void log_inputs(Transaction&, const Principal&, const Tasks::Head&,
                  std::span<const NewInput>) override;
  void label(Transaction&, const Principal&, Ordinal dataset, const Patch&) override;
};

}  // namespace podium::host
