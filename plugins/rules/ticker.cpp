#include "ticker.hpp"

#include <chrono>

#include "podium/service/jobs.hpp"

namespace podium::rules {
namespace {

constexpr std::chrono::seconds every{1};
/// A filter that names an age is asked of all tasks this often.
constexpr std::int64_t sweep_every = 10'000;
constexpr std::int64_t prune_every = 86'400'000, kept = 30 * prune_every;

}  // namespace

void Ticker::start() {
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void Ticker::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Ticker::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, every, [&] { return stopping_; })) {
    lock.unlock();
    try {
      tick();
    } catch (const std::exception& e) {
      context_.log(LogLevel::error,
                   std::string("rules are not told that time passes: ") + e.what());
    }
    lock.lock();
  }
}

void Ticker::tick() {
  Store& store = context_.store();
  const Ids ids(store);
  const std::int64_t now = now_();
  std::vector<Ordinal> poke, sweep;
  static const std::vector<Column> columns = [] {
    auto all = rule_columns();
    all.push_back(value_of(field("poked")));
    return all;
  }();
  store.read([&](const Reader& reader) {
    poke.clear();
    sweep.clear();
    std::vector<Ordinal> quiet;
    Query query;
    query.collection = ids.rules;
    query.filter = eq(field("enabled"), true);
    query.columns = columns;
    reader.query(query, [&](const Row& row) {
      const Rule rule = rule_of(row);
      const std::int64_t poked = cell::integer(row.cell(columns.size() - 1));
      if (rule.quiet != 0) quiet.push_back(rule.ordinal);
      if (rule.moves() && rule.phase == Phase::on && now - poked >= sweep_every)
        sweep.push_back(rule.ordinal);
      return true;
    });
    for (const Ordinal rule : quiet) {
      Query due;
      due.collection = ids.pairs;
      due.filter = all_of({eq(field("rule"), rule), compare(field("due"), Compare::le, now)});
      due.limit = 1;
      bool any = false;
      reader.query(due, [&](const Row&) { return !(any = true); });
      if (any) poke.push_back(rule);
    }
  });
  if (!poke.empty() || !sweep.empty())
    store.write([&](Transaction& t) {
      Patch said;
      said.set("poked", now);
      if (!poke.empty()) t.update(ids.rules, poke, eq(field("enabled"), true), said);
      said.set("phase", std::string(name(Phase::catching_up))).set("at", std::int64_t{0});
      if (!sweep.empty())
        t.update(
            ids.rules, sweep,
            all_of({eq(field("enabled"), true), eq(field("phase"), std::string(name(Phase::on)))}),
            said);
    });
  if (now - pruned_ < prune_every) return;
  pruned_ = now;
  Principal host;
  host.id = "rules";
  host.kind = PrincipalKind::host;
  Sweep old;
  old.collection = "rules/firings";
  old.filter = old.still = compare(field("at"), Compare::lt, now - kept);
  old.erase = true;
  Query query;
  query.collection = ids.firings;
  query.filter = old.filter;
  query.limit = 1;
  bool any = false;
  store.query(query, [&](const Row&) { return !(any = true); });
  if (!any) return;
  store.write([&](Transaction& t) { context_.jobs().start(t, host, old, {}); });
}

}  // namespace podium::rules
