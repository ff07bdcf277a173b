#pragma once
// The ledger of files that are to be erased, and the job that does it.
#include <span>
#include <string>
#include <string_view>

#include "podium/service/jobs.hpp"
#include "services/core.hpp"

namespace podium::host {

struct FileErasure {
  std::string owner;  ///< the id that must be a segment of the URI's path, or the files stay
  std::string uri;    ///< a folder of artifacts
};

/// Notes files in the ledger, for a task's id, and queues the job that erases them; it starts when
/// the transaction commits. What podium may not erase (another server's, or a folder that is not
/// the owner's alone) is noted as "kept", with the reason.
void erase_files(Transaction&, const Core&, Jobs&, std::string_view task,
                 std::span<const FileErasure>);

/// Tries an entry that failed once more, at once; throws `conflict` for one that did not fail.
void retry_erasure(Transaction&, const Core&, Jobs&, const Principal& who, std::string_view id);

/// Erases what is due. What cannot be erased is tried again, later each time, ten times in all;
/// then it is "failed". Collection "file_deletions": task (id), uri, state ("waiting", "done",
/// "failed", "kept"), tries, error, created, next (time of the next try), done (time).
class FileEraser final : public JobHandler {
 public:
  static constexpr const char* kind = "erase_files";
  FileEraser(const Core& core, Jobs& jobs) : JobHandler(kind), core_(core), jobs_(jobs) {}
  std::string run(JobRun&) override;

 private:
  const Core& core_;
  Jobs& jobs_;
};

}  // namespace podium::host
