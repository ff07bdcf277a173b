#pragma once
// Records of runs: what they are to do, how far they came, what became of each task.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "podium/json.hpp"
#include "podium/service/actions.hpp"
#include "podium/service/records.hpp"
#include "services/actions/outcomes.hpp"
#include "services/core.hpp"

namespace podium::host {

/// What a run is to do.
struct RunOrder {
  std::string action;
  ActionSelection selection;
  std::string undo_of;  ///< of a run that takes another back: that one, instead of a selection
  std::string parameters = "{}";  ///< JSON
  std::string why;
};

/// Counts of a run, and what it ended with.
struct RunTally {
  std::uint64_t matched = 0, succeeded = 0, failed = 0, skipped = 0;
  std::string message, open_url;
};

/// A run as it is stored.
struct RunRecord {
  Ordinal ordinal = 0;
  std::string id, who, state, job, undo;
  std::int64_t created = 0, ended = 0, undone = 0;
  RunOrder order;
  RunTally tally;
};

/// The first run of an idempotency key.
struct FirstRun {
  std::string id;
  std::string request;  ///< digest
};
std::optional<FirstRun> find_first(Transaction&, const Core&, const Principal&,
                                   const std::string& key);

struct NewRun {
  std::string id;
  std::string state = "running";
  Ordinal job = 0;
  std::string key, request;
  RunTally tally = {};
  std::string undo = {};  ///< the undoing action, when there is something to take back
};
/// Also erases a few runs that are older than 30 days.
Ordinal insert_run(Transaction&, const Core&, const Principal&, const RunOrder&, const NewRun&);
/// Keeps a block, and the counts with it.
void keep_block(Transaction&, const Core&, Ordinal run, std::int64_t number, const BlockResult&);
void keep_tally(Transaction&, const Core&, Ordinal run, const RunTally&, const std::string& undo);
/// Message and address, when there are any.
void keep_words(Transaction&, const Core&, Ordinal run, const RunTally&);

/// Throws `not_found`. `records` are the runs.
RunRecord read_run(const Core&, const Records& records, const Reader&, const Principal&,
                   std::string_view id);

/// Outcomes in blocks from `number` on, in order; the sink says whether to go on.
void each_block(const Core&, const Reader&, Ordinal run, std::int64_t number, bool failed_only,
                FunctionRef<bool(std::int64_t number, std::vector<ActionOutcome>&)>);

}  // namespace podium::host
