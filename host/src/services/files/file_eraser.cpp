#include "services/files/file_eraser.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "services/only.hpp"
#include "services/tasks/artifact_place.hpp"

namespace podium::host {
namespace {

constexpr std::int64_t most_tries = 10;
constexpr std::int64_t first_pause = 60'000, longest_pause = 6 * 3'600'000;

Principal host_principal() {
  Principal host;
  host.id = "podium";
  host.kind = PrincipalKind::host;
  return host;
}

void start_job(Transaction& t, Jobs& jobs, std::int64_t not_before, std::string key = {}) {
  Jobs::Options options;
  options.not_before = not_before;
  options.idempotency_key = std::move(key);
  jobs.start(t, host_principal(), FileEraser::kind, "{}", options);
}

struct Due {
  Ordinal ordinal = 0;
  std::string name;  ///< in the BlobStore
  std::int64_t tries = 0;
  std::string error;  ///< of this try, or ""
};

}  // namespace

void erase_files(Transaction& t, const Core& core, Jobs& jobs, std::string_view task,
                 std::span<const FileErasure> files) {
  const std::int64_t now = core.now();
  bool waiting = false;
  for (const FileErasure& file : files) {
    const bool may = erasable_blobs(file.uri, file.owner).has_value();
    NewRecord entry;
    entry.content.set("task", std::string(task))
        .set("uri", file.uri)
        .set("state", std::string(may ? "waiting" : "kept"))
        .set("tries", std::int64_t{0})
        .set("created", now);
    if (may)
      entry.content.set("next", now);
    else
      entry.content.set("error",
                        std::string("these files are not in podium's own store, or not of this "
                                    "owner alone; erase them there, if they should go"));
    t.insert(core.in.file_deletions, entry);
    waiting = waiting || may;
  }
  if (waiting) start_job(t, jobs, now);
}

void retry_erasure(Transaction& t, const Core& core, Jobs& jobs, const Principal& who,
                   std::string_view id) {
  static const std::array columns = {value_of(field("state"))};
  core.access.require(who, "task.delete");
  const Ordinal entry = t.find(core.in.file_deletions, id);
  core.check_visible(t, who, "file_deletions", core.in.file_deletions, entry, "file deletion", id);
  std::string state;
  t.get(core.in.file_deletions, entry, columns,
        [&](const Row& row) { state = cell::text(row.cell(0)); });
  if (state != "failed" && state != "waiting")
    throw Error(ErrorCode::conflict, "the deletion is " + state +
                                         "; only one that failed or waits "
                                         "is tried again")
        .in("state");
  const std::int64_t now = core.now();
  Patch patch;
  patch.set("state", std::string("waiting")).set("tries", std::int64_t{0}).set("next", now);
  t.update(core.in.file_deletions, only(entry), {}, patch);
  start_job(t, jobs, now);
}

std::string FileEraser::run(JobRun& run) {
  constexpr std::uint64_t slice = 100;
  static const std::vector<Column> columns = {value_of(field("uri")), value_of(field("tries"))};
  std::uint64_t done = 0, failed = 0;
  while (!run.cancel().cancelled()) {
    std::vector<Due> due;
    Query q;
    q.collection = core_.in.file_deletions;
    q.filter = all_of({eq(field("state"), std::string("waiting")),
                       compare(field("next"), Compare::le, core_.now())});
    q.order = {{field("next"), false, false}};
    q.limit = slice;
    q.columns = columns;
    core_.store.query(q, [&](const Row& row) {
      // Whose it is was looked at when it was noted.
      due.push_back({row.ordinal(),
                     blob_folder(cell::text(row.cell(0))).value_or(""),
                     cell::integer(row.cell(1)),
                     {}});
      return true;
    });
    if (due.empty()) break;
    for (Due& file : due) {
      try {
        if (!file.name.empty()) core_.blobs.erase(file.name);
      } catch (const std::exception& e) {
        file.error = e.what();
      }
    }
    run.advance(
        [&](Transaction& t) {
          const std::int64_t now = core_.now();
          for (const Due& file : due) {
            Patch patch;
            patch.set("tries", file.tries + 1);
            if (file.error.empty()) {
              patch.set("state", std::string("done"))
                  .set("done", now)
                  .set("next", Value{})
                  .set("error", Value{});
            } else if (file.tries + 1 >= most_tries) {
              patch.set("state", std::string("failed"))
                  .set("error", file.error)
                  .set("next", Value{});
            } else {
              const std::int64_t next =
                  now +
                  std::min(longest_pause, first_pause << std::min<std::int64_t>(file.tries, 12));
              patch.set("error", file.error).set("next", next);
            }
            t.update(core_.in.file_deletions, only(file.ordinal),
                     eq(field("state"), std::string("waiting")), patch);
          }
        },
        "", done + due.size(), done + due.size());
    for (const Due& file : due) ++(file.error.empty() ? done : failed);
  }
  // One job for the next time, however many runs see that there is one.
  run.advance(
      [&](Transaction& t) {
        static const std::array next_column = {value_of(field("next"))};
        std::int64_t next = 0;
        t.query(core_.in.file_deletions, KeyRange{"state", {std::string("waiting")}, {}, {}, false},
                1, next_column, [&](const Row& row) {
                  next = cell::integer(row.cell(0));
                  return false;
                });
        if (next != 0) start_job(t, jobs_, next, "at " + std::to_string(next));
      },
      "", done, done);
  return Json{{"erased", done}, {"to_try_again", failed}}.dump();
}

}  // namespace podium::host
