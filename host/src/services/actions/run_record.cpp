#include "services/actions/run_record.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "services/actions/targets.hpp"
#include "services/only.hpp"

namespace podium::host {
namespace {

constexpr std::int64_t kept_for = 30 * 86'400'000LL;

std::int64_t whole(std::uint64_t n) { return static_cast<std::int64_t>(n); }

void set_counts(Patch& patch, const RunTally& tally) {
  patch.set("matched", whole(tally.matched))
      .set("succeeded", whole(tally.succeeded))
      .set("failed", whole(tally.failed))
      .set("skipped", whole(tally.skipped));
}

std::string body_json(const RunOrder& order, const RunTally& tally) {
  std::string out;
  JsonWriter w(out);
  w.object().key("parameters").raw(order.parameters);
  if (order.undo_of.empty())
    w.key("selection").raw(to_json(order.selection));
  else
    w.key("undo_of").value(order.undo_of);
  if (!tally.message.empty()) w.key("message").value(tally.message);
  if (!tally.open_url.empty()) w.key("open_url").value(tally.open_url);
  w.end_object();
  return out;
}

void erase_old(Transaction& t, const Core& core) {
  static const std::array columns = {value_of(field("state"))};
  std::vector<Ordinal> old;
  t.query(core.in.action_runs,
          KeyRange{"created", {}, Value{std::int64_t{0}}, Value{core.now() - kept_for}, false}, 16,
          columns, [&](const Row& row) {
            if (cell::text(row.cell(0)) != "running") old.push_back(row.ordinal());
            return true;
          });
  if (!old.empty()) t.erase(core.in.action_runs, old);
}

}  // namespace

std::optional<FirstRun> find_first(Transaction& t, const Core& core, const Principal& who,
                                   const std::string& key) {
  static const std::array columns = {value_of(field("request"))};
  std::optional<FirstRun> found;
  if (key.empty()) return found;
  t.query(core.in.action_runs, KeyRange{"idempotency", {who.id, key}, {}, {}, false}, 1, columns,
          [&](const Row& row) {
            found = FirstRun{std::string(row.id()), cell::text(row.cell(0))};
            return false;
          });
  return found;
}

Ordinal insert_run(Transaction& t, const Core& core, const Principal& who, const RunOrder& order,
                   const NewRun& run) {
  erase_old(t, core);
  const std::int64_t now = core.now();
  const std::string body = body_json(order, run.tally);
  NewRecord record{run.id, {}};
  Patch& content = record.content;
  content.set("action", order.action)
      .set("who", who.id)
      .set("state", run.state)
      .set("created", now);
  set_counts(content, run.tally);
  if (run.state != "running") content.set("ended", now);
  if (!run.undo.empty()) content.set("undo", run.undo);
  if (run.job != 0) content.set("job", run.job);
  if (!order.why.empty()) content.set("why", order.why);
  if (!run.key.empty()) content.set("idempotency_key", run.key).set("request", run.request);
  content.body = body;
  return t.insert(core.in.action_runs, record);
}

void keep_block(Transaction& t, const Core& core, Ordinal run, std::int64_t number,
                const BlockResult& block) {
  if (block.items.empty()) return;
  const std::string body = block_json(block);
  NewRecord record;
  record.content.set("run", run)
      .set("number", number)
      .set("failed", whole(block.failed))
      .set("undoable", whole(block.undoable()));
  record.content.body = body;
  t.insert(core.in.action_blocks, record);
}

void keep_tally(Transaction& t, const Core& core, Ordinal run, const RunTally& tally,
                const std::string& undo) {
  Patch patch;
  set_counts(patch, tally);
  if (!undo.empty()) patch.set("undo", undo);
  t.update(core.in.action_runs, only(run), {}, patch);
}

void keep_words(Transaction& t, const Core& core, Ordinal run, const RunTally& tally) {
  if (tally.message.empty() && tally.open_url.empty()) return;
  static const std::array columns = {value_of(record_body())};
  std::string body;
  t.get(core.in.action_runs, run, columns, [&](const Row& row) { body = cell::text(row.cell(0)); });
  Json json = Json::parse(body);
  if (!tally.message.empty()) json["message"] = tally.message;
  if (!tally.open_url.empty()) json["open_url"] = tally.open_url;
  body = json.dump();
  Patch patch;
  patch.body = body;
  t.update(core.in.action_runs, only(run), {}, patch);
}

RunRecord read_run(const Core& core, const Records& records, const Reader& reader,
                   const Principal& who, std::string_view id) {
  static constexpr std::array names = {"action", "who",     "state",     "created", "ended",
                                       "job",    "matched", "succeeded", "failed",  "skipped",
                                       "undo",   "undone",  "why"};
  static const std::vector<Column> columns = [] {
    std::vector<Column> out;
    for (const char* name : names) out.push_back(value_of(field(name)));
    out.push_back(value_of(record_body()));
    return out;
  }();
  RunRecord run;
  run.ordinal = records.find(reader, who, id);
  Ordinal job = 0;
  std::string body;
  const auto count = [](const Cell& cell) {
    return static_cast<std::uint64_t>(cell::integer(cell));
  };
  if (run.ordinal == 0 || !records.get(reader, who, run.ordinal, columns, [&](const Row& row) {
        run.id = row.id();
        run.order.action = cell::text(row.cell(0));
        run.who = cell::text(row.cell(1));
        run.state = cell::text(row.cell(2));
        run.created = cell::integer(row.cell(3));
        run.ended = cell::integer(row.cell(4));
        job = cell::integer(row.cell(5));
        run.tally.matched = count(row.cell(6));
        run.tally.succeeded = count(row.cell(7));
        run.tally.failed = count(row.cell(8));
        run.tally.skipped = count(row.cell(9));
        run.undo = cell::text(row.cell(10));
        run.undone = cell::integer(row.cell(11));
        run.order.why = cell::text(row.cell(12));
        body = cell::text(row.cell(13));
      }))
    throw no_such("run", id);
  if (job != 0) reader.get(core.in.jobs, job, {}, [&](const Row& row) { run.job = row.id(); });
  try {
    const Json json = Json::parse(body);
    run.order.parameters = json.at("parameters").dump();
    run.order.undo_of = json.value("undo_of", std::string());
    if (json.contains("selection")) run.order.selection = selection_from_json(json.at("selection"));
    run.tally.message = json.value("message", std::string());
    run.tally.open_url = json.value("open_url", std::string());
  } catch (const Json::exception& e) {
    throw Error(ErrorCode::corrupt, std::string("the record of a run is damaged: ") + e.what());
  }
  return run;
}

void each_block(const Core& core, const Reader& reader, Ordinal run, std::int64_t number,
                bool failed_only,
                FunctionRef<bool(std::int64_t, std::vector<ActionOutcome>&)> sink) {
  Query query;
  query.collection = core.in.action_blocks;
  std::vector<Filter> arms = {eq(field("run"), run)};
  if (number > 0) arms.push_back(compare(field("number"), Compare::ge, number));
  if (failed_only) arms.push_back(compare(field("failed"), Compare::gt, std::int64_t{0}));
  query.filter = all_of(std::move(arms));
  query.order = {{field("number"), false, false}};
  query.columns = {value_of(field("number")), value_of(record_body())};
  reader.query(query, [&](const Row& row) {
    auto items = outcomes_of(Json::parse(cell::text(row.cell(1))));
    return sink(cell::integer(row.cell(0)), items);
  });
}

}  // namespace podium::host
