#include "services/derived/derive_job.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace podium::host {
namespace {

constexpr std::size_t slice = 100;

}  // namespace

void start_deriving(Transaction& t, Jobs& jobs, const Principal& who,
                    std::optional<Ordinal> project) {
  Jobs::Options options;
  options.queue = project ? "derive/" + std::to_string(*project) : "derive";
  jobs.start(t, who, DeriveHandler::kind,
             project ? Json{{"project", *project}}.dump() : std::string("{}"), options);
}

std::string DeriveHandler::run(JobRun& run) {
  const Json arguments = Json::parse(run.arguments());
  Filter filter;
  if (arguments.contains("project"))
    filter = eq(field("project"), arguments["project"].get<Ordinal>());
  std::uint64_t done = 0;
  if (!run.state().empty()) {
    const Json state = Json::parse(run.state());
    done = state.at("done").get<std::uint64_t>();
    filter = all_of({compare(record_ordinal(), Compare::gt, state.at("after").get<Ordinal>()),
                     std::move(filter)});
  }
  std::vector<Ordinal> tasks = core_.store.ids(core_.in.tasks, filter, {}, {});
  std::sort(tasks.begin(), tasks.end());
  const std::uint64_t total = done + tasks.size();
  std::uint64_t corrected = 0;
  for (std::size_t at = 0; at < tasks.size(); at += slice) {
    if (run.cancel().cancelled()) throw Error(ErrorCode::cancelled, "the job was asked to stop");
    const auto some = std::span(tasks).subspan(at, std::min(slice, tasks.size() - at));
    const auto corrections = derive_(some, nullptr);
    corrected += corrections.size();
    done += some.size();
    run.advance([&](Transaction& t) { derive_.write(t, corrections); },
                Json{{"after", some.back()}, {"done", done}}.dump(), done, total);
  }
  return Json{{"looked_at", done}, {"corrected", corrected}}.dump();
}

}  // namespace podium::host
