#include "services/derived/derived_listener.hpp"

#include "services/derived/derive_job.hpp"

namespace podium::host {
namespace {

/// Forgetting a trace costs a running task no more than that its next sign of life is dated by its
/// points.
constexpr std::size_t most_traces = 20'000;

}  // namespace

Listener::Work DerivedListener::handle(std::span<const Change> changes, const Reader&) {
  std::vector<Ordinal> tasks;
  for (const Change& change : changes) {
    if (change.kind == Change::Kind::erased)
      traces_.erase(change.ordinal);
    else
      tasks.push_back(change.ordinal);
  }
  if (traces_.size() > most_traces) traces_.clear();
  auto corrections = derive_(tasks, &traces_);
  if (corrections.empty()) return {};
  return [this, corrections = std::move(corrections)](Transaction& t) {
    derive_.write(t, corrections);
  };
}

Listener::Work DerivedListener::resync(Revision, const Reader& reader) {
  traces_.clear();
  bool any = false;
  Query query;
  query.collection = core_.in.tasks;
  query.limit = 1;
  reader.query(query, [&](const Row&) { return !(any = true); });
  if (!any) return {};
  return [this](Transaction& t) {
    Principal host;
    host.id = "podium";
    host.kind = PrincipalKind::host;
    start_deriving(t, jobs_, host, std::nullopt);
  };
}

}  // namespace podium::host
