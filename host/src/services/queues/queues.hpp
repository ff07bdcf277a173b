#pragma once
// The queues service.
#include "podium/service/queues.hpp"
#include "services/records.hpp"

namespace podium::host {

class QueueService final : public Readable<Queues> {
 public:
  QueueService(const Core& core, Tasks& tasks)
      : Readable(core, core.in.queues, "queues"), tasks_(tasks) {}

  /// Makes the queue "default" when there is no queue at all.
  void ensure_default();

  CollectionId entries() const override { return core_.in.queue_entries; }
  Ordinal create(Transaction&, const Principal&, const NewQueue&) override;
  Ordinal require(Transaction&, const Principal&, std::string_view id_or_name) override;
  void edit(Transaction&, const Principal&, Ordinal, const Patch&) override;
  void remove(Transaction&, const Principal&, Ordinal) override;
  std::uint64_t clear(Transaction&, const Principal&, Ordinal queue, std::uint64_t limit,
                      std::string_view why) override;
  void reorder(Transaction&, const Principal&, const Tasks::Head&, const QueueMove&) override;

 private:
  Ordinal named(Transaction&, std::string_view name);
  void clear_default(Transaction&, Ordinal except);

  Tasks& tasks_;
};

}  // namespace podium::host
