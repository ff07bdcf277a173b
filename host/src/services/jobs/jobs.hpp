#pragma once
// The jobs service: what is stored of jobs, and what may be done to them.
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "podium/service/jobs.hpp"
#include "services/jobs/job_record.hpp"
#include "services/records.hpp"

namespace podium::host {

class JobService final : public Readable<Jobs> {
 public:
  explicit JobService(const Core& core) : Readable(core, core.in.jobs, "jobs") {}

  using Readable::collection;
  std::string start(Transaction&, const Principal&, std::string_view kind,
                    std::string_view arguments_json, const Options&) override;
  std::string start(Transaction&, const Principal&, const Sweep&, const Options&) override;
  bool cancel(const Principal&, std::string_view id) override;
  std::string wait(const Principal&, std::string_view id, std::int64_t milliseconds) override;

  // For the runner:

  /// What a claim took.
  struct Claimed {
    Ordinal ordinal = 0;
    std::string id, kind, queue;
    JobBody body;
    bool stop_asked = false;
  };
  /// Takes one job of one of the kinds that is ready, or whose lease ran out; none when there is
  /// none.
  std::optional<Claimed> claim(const std::vector<std::string>& kinds);
  /// When the next waiting job of the kinds becomes ready, or none.
  std::optional<std::int64_t> next_ready(const std::vector<std::string>& kinds) const;
  /// Lets go of what an earlier run of this host held.
  void release_stale();

  /// Inside a write: locks the job and throws `cancelled` when this run of the host does not hold
  /// it any more. Returns whether it was asked to stop.
  bool hold(Transaction&, Ordinal);
  struct Ended {
    std::string state, error, result;
  };
  void end(Transaction&, const Claimed&, const Ended&);
  /// Back to the queue's head, to be run again at `ready`.
  void put_back(Transaction&, const Claimed&, std::int64_t ready);
  /// Extends the lease; returns whether the job was asked to stop. Throws `cancelled` when it was
  /// lost.
  bool renew(Ordinal);

  std::int64_t lease_until() const { return core_.now() + lease_ms; }
  static constexpr std::int64_t lease_ms = 30'000;

  /// Set once, before use: a job was queued (in a transaction that may yet fail); a job of this
  /// process is to stop.
  std::function<void()> on_queued;
  std::function<void(Ordinal)> on_stop_asked;
  /// In the write that ends a job: so that what follows from its end is there with it.
  std::function<void(Transaction&, Ordinal job, const Ended&)> on_ended;
  /// Wakes those that wait for a job's end.
  void announce_end();
  /// Without waiting what is known of a job is answered at once.
  void let_wait(bool) noexcept;

 private:
  void finish(Transaction&, Ordinal, const std::string& queue, const Ended&, const JobBody*);
  std::string state_of(const Principal&, std::string_view id) const;

  std::mutex mutex_;
  std::condition_variable ended_;
  std::uint64_t endings_ = 0;
  bool let_wait_ = true;
};

}  // namespace podium::host
