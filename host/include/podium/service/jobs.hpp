#pragma once
// Long work of the host or of a plugin, with progress, that survives a restart.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "podium/extension.hpp"
#include "podium/http/message.hpp"
#include "podium/service/records.hpp"
#include "podium/store/store.hpp"

namespace podium {

/// One run of a job's handler, on a thread of the jobs' own. The lease is renewed by the calls.
class JobRun {
 public:
  virtual ~JobRun() = default;
  virtual std::string_view id() const = 0;
  virtual std::string_view arguments() const = 0;  ///< the JSON text given to `start`
  virtual std::string_view state() const = 0;  ///< what `advance` kept last, "" on the first run
  virtual const Principal& who() const = 0;
  virtual const Cancel& cancel() const = 0;  ///< asked to stop, or the host is stopping
  /// Writes one slice of work together with the job's progress: all or nothing, so a restart goes
  /// on behind it. `state` is the handler's own text. Throws `cancelled` when the lease was lost.
  virtual void advance(FunctionRef<void(Transaction&)> slice, std::string_view state,
                       std::uint64_t done, std::uint64_t of) = 0;
};

/// What a plugin adds to be able to run jobs of a kind (its id, e.g. "acme.notify/resend").
class JobHandler : public Extension {
 public:
  using Extension::Extension;
  /// Returns a JSON text that is kept as the result. Returning early because of `cancel` while the
  /// host is stopping leaves the job to be resumed. A throw of `cancelled` ends it as cancelled,
  /// anything else as failed.
  virtual std::string run(JobRun&) = 0;
};

/// Changes all that match, in slices of about 2 ms between the writes of others, resumable. Who
/// starts one answers for the filter: nothing of `Access` is added. What comes after it first runs
/// is left alone.
struct Sweep {
  std::string collection;
  Filter filter;       ///< which records; taken once, when it first runs
  Filter still;        ///< tested again on each record as it is changed
  bool erase = false;  ///< erase them; else set `fields`
  std::vector<std::pair<std::string, Value>> fields;
  std::string history;  ///< kind of a history entry to write for each task ("archive"), or ""
};

/// Collection "jobs": kind, state ("waiting", "running", "done", "failed", "cancelled"), principal,
/// created, started, ended, not_before (times), done, total (integers), error, queue (sweeps over
/// one project queue: same text, one at a time), stop_asked (boolean), lease_owner, lease_until;
/// body {who, arguments, state, result}.
class Jobs : public Records {
 public:
  virtual ~Jobs() = default;
  struct Options {
    std::int64_t not_before = 0;       ///< milliseconds UTC
    std::string queue = {};            ///< jobs of one queue run one after the other, in order
    std::string idempotency_key = {};  ///< the same key again returns the first job
  };
  /// Queues a job inside a given transaction, so that it starts if and only if that commits.
  /// Returns its id.
  virtual std::string start(Transaction&, const Principal&, std::string_view kind,
                            std::string_view arguments_json, const Options&) = 0;
  virtual std::string start(Transaction&, const Principal&, const Sweep&, const Options&) = 0;
  /// Asks a job to stop; false when it had ended.
  virtual bool cancel(const Principal&, std::string_view id) = 0;
  /// Blocks until the job has ended or `milliseconds` have passed; returns its state.
  virtual std::string wait(const Principal&, std::string_view id, std::int64_t milliseconds) = 0;
};

}  // namespace podium
