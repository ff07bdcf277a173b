#include "services/jobs/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/values.hpp"
#include "services/history/history.hpp"
#include "services/jobs/slice_pace.hpp"

namespace podium::host {
namespace {

/// Values keep their kind in a filter's JSON, so that is how they are written.
Filter assignments(const Sweep& sweep) {
  Filter all;
  all.op = Filter::Op::and_;
  for (const auto& [name, value] : sweep.fields)
    all.children.push_back(std::holds_alternative<std::monostate>(value) ? is_null(field(name))
                                                                         : eq(field(name), value));
  return all;
}

/// How far a sweep came: {"after","upto","done","total"}.
struct Progress {
  Ordinal after = 0, upto = 0;
  std::uint64_t done = 0, total = 0;

  std::string json() const {
    return Json{{"after", after}, {"upto", upto}, {"done", done}, {"total", total}}.dump();
  }
  static Progress parse(std::string_view text) {
    const Json json = Json::parse(text);
    return {json.at("after").get<Ordinal>(), json.at("upto").get<Ordinal>(),
            json.at("done").get<std::uint64_t>(), json.at("total").get<std::uint64_t>()};
  }
};

/// One sweep at work.
class Slicer {
 public:
  Slicer(const Core& core, const Sweep& sweep, const Principal& who)
      : core_(core),
        sweep_(sweep),
        who_(who),
        collection_(core.store.collection(sweep.collection)) {
    for (const auto& [name, value] : sweep.fields) {
      patch_.set(name, value);
      columns_.push_back(value_of(field(name)));
    }
    if (sweep.history.empty()) return;
    if (collection_ == core.in.tasks)
      kind_ = Subject::Kind::task;
    else if (collection_ == core.in.projects)
      kind_ = Subject::Kind::project;
    else
      throw Error(ErrorCode::invalid,
                  "history is kept of tasks and projects, not of " + sweep.collection);
  }
  CollectionId collection() const { return collection_; }

  void operator()(Transaction& t, std::span<const Ordinal> slice) const {
    if (sweep_.erase) {
      t.erase(collection_, slice, sweep_.still);
    } else if (sweep_.history.empty()) {
      t.update(collection_, slice, sweep_.still, patch_);
    } else {
      for (const Ordinal o : slice) change_with_history(t, o);
    }
  }

 private:
  void change_with_history(Transaction& t, Ordinal o) const {
    ChangeSet changes;
    t.get(collection_, o, columns_, [&](const Row& row) {
      for (std::size_t i = 0; i < sweep_.fields.size(); ++i) {
        const auto& [name, value] = sweep_.fields[i];
        if (name != "updated" && name != "archived_at")
          changes.add(name, row.cell(i), kit::cell_of(value));
      }
    });
    if (t.update(collection_, std::span<const Ordinal>(&o, 1), sweep_.still, patch_) == 0) return;
    write_history(t, core_, who_, {kind_, o}, sweep_.history, {}, changes.json());
  }

  const Core& core_;
  const Sweep& sweep_;
  const Principal& who_;
  CollectionId collection_;
  Subject::Kind kind_ = Subject::Kind::task;
  Patch patch_;
  std::vector<Column> columns_;
};

}  // namespace

std::string sweep_to_json(const Sweep& sweep) {
  if (sweep.erase && (!sweep.fields.empty() || !sweep.history.empty()))
    throw Error(ErrorCode::invalid,
                "a sweep erases records or sets fields with a history, not both");
  if (!sweep.erase && sweep.fields.empty())
    throw Error(ErrorCode::invalid, "a sweep that does not erase sets at least one field");
  Json json = {{"collection", sweep.collection},
               {"filter", Json::parse(kit::to_json(sweep.filter))},
               {"still", Json::parse(kit::to_json(sweep.still))}};
  if (sweep.erase)
    json["erase"] = true;
  else
    json["set"] = Json::parse(kit::to_json(assignments(sweep)));
  if (!sweep.history.empty()) json["history"] = sweep.history;
  return json.dump();
}

Sweep sweep_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    Sweep sweep;
    sweep.collection = json.at("collection").get<std::string>();
    sweep.filter = kit::filter_from_json(json.at("filter").dump());
    sweep.still = kit::filter_from_json(json.at("still").dump());
    sweep.erase = json.value("erase", false);
    sweep.history = json.value("history", std::string());
    if (!sweep.erase)
      for (const Filter& set : kit::filter_from_json(json.at("set").dump()).children)
        sweep.fields.emplace_back(set.path.name,
                                  set.op == Filter::Op::is_null ? Value{} : set.values.at(0));
    return sweep;
  } catch (const Json::exception& e) {
    throw Error(ErrorCode::corrupt,
                std::string("the arguments of a sweep are damaged: ") + e.what());
  }
}

std::string SweepHandler::run(JobRun& run) {
  using Clock = std::chrono::steady_clock;
  const Sweep sweep = sweep_from_json(run.arguments());
  const Slicer change(core_, sweep, run.who());
  Progress progress;
  Filter filter = sweep.filter;
  const bool resumed = !run.state().empty();
  if (resumed) {
    progress = Progress::parse(run.state());
    filter = all_of({compare(record_ordinal(), Compare::gt, progress.after),
                     compare(record_ordinal(), Compare::le, progress.upto), std::move(filter)});
  }
  std::vector<Ordinal> ordinals = core_.store.ids(change.collection(), filter, {}, {});
  std::sort(ordinals.begin(), ordinals.end());
  if (!resumed) progress.upto = ordinals.empty() ? 0 : ordinals.back();
  progress.total = progress.done + ordinals.size();
  run.advance([](Transaction&) {}, progress.json(), progress.done, progress.total);

  SlicePace pace;
  for (std::size_t at = 0; at < ordinals.size();) {
    if (run.cancel().cancelled()) throw Error(ErrorCode::cancelled, "the sweep was asked to stop");
    const auto slice = std::span(ordinals).subspan(at, std::min(pace.size(), ordinals.size() - at));
    progress.after = slice.back();
    progress.done += slice.size();
    auto taken = Clock::duration::zero(), waited = taken;
    const auto handed_in = Clock::now();
    run.advance(
        [&](Transaction& t) {
          const auto begin = Clock::now();
          waited = begin - handed_in;
          change(t, slice);
          taken = Clock::now() - begin;
        },
        progress.json(), progress.done, progress.total);
    at += slice.size();
    pace.took(slice.size(), taken, waited);
  }
  return Json{{"changed_at_most", progress.done}}.dump();
}

}  // namespace podium::host
