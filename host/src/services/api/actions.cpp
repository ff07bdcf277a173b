// /api/v1/tasks/actions
#include "services/actions/actions.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "services/api/action_schemas.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"

namespace podium::host {
namespace {

constexpr std::string_view run_fields[] = {"action",  "state",     "who",    "created",
                                           "ended",   "undone",    "why",    "matched",
                                           "skipped", "succeeded", "failed", "undo"};

class ActionRoutes final : public Routes {
 public:
  ActionRoutes(const Core& core, ApiServices services)
      : Routes("api.actions"), core_(core), services_(services), actions_(services.actions) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/tasks"}; }
  std::vector<Route> routes() override;

 private:
  Response list(Request&) const;
  Response available(Request&) const;
  Response run(Request&) const;
  Response runs(Request&) const;
  Response show(Request&) const;
  Response failed(Request&) const;
  Response undo(Request&) const;

  const Core& core_;
  ApiServices services_;
  ActionService& actions_;
  /// Who waits for a run holds a thread of the pool.
  mutable std::atomic<int> waiting_{0};
};

constexpr int most_waiting = 4;
/// Below the time limit of a request, as it usually is.
constexpr std::int64_t longest_wait = 55'000;

/// What menus and forms are drawn from; the object stays open.
void begin_action(JsonWriter& w, const KnownAction& a) {
  const ActionSpec& s = a.spec;
  w.object().key("id").value(a.id).key("verb").value(a.word).key("label").value(s.label);
  w.key("tooltip").value(s.tooltip).key("icon").value(s.icon).key("group").value(s.group);
  w.key("order").value(s.order).key("why_not").value(s.why_not);
  w.key("confirm").value(s.confirm).key("destructive").value(s.destructive);
  w.key("most").value(static_cast<std::int64_t>(s.most)).key("parameters");
  s.parameters.empty() ? w.null() : w.raw(s.parameters);
}

void write_action(JsonWriter& w, const KnownAction& a) {
  const ActionSpec& s = a.spec;
  begin_action(w, a);
  w.key("when").value(s.when).key("writes").value(s.writes).key("previews").value(s.previews);
  w.key("undo");
  s.undo.empty() ? w.null() : w.value(s.undo);
  w.key("plugin").value(a.owner->id).key("permission").value(s.permission);
  if (!s.words.empty()) w.key("words").value(s.words);
  w.end_object();
}

void write_failure(JsonWriter& w, const ActionOutcome& o) {
  w.object().key("id").value(o.id).key("code").value(code_of(o)).key("message").value(o.message);
  if (!o.detail.empty()) w.key("detail").raw(o.detail);
  w.end_object();
}

void write_success(JsonWriter& w, const ActionOutcome& o) {
  w.object().key("id").value(o.id);
  if (!o.message.empty()) w.key("message").value(o.message);
  if (!o.made.empty()) w.key("made").value(o.made);
  if (!o.detail.empty()) w.key("detail").raw(o.detail);
  w.end_object();
}

JsonWriter& number(JsonWriter& w, std::uint64_t n) { return w.value(static_cast<std::int64_t>(n)); }

/// The members of a run, without the braces.
void write_run(JsonWriter& w, const ActionRun& run, bool dry_run) {
  w.key("run");
  run.id.empty() ? w.null() : w.value(run.id);
  if (!run.job.empty()) w.key("job").value(run.job);
  w.key("state").value(run.state).key("dry_run").value(dry_run);
  number(w.key("matched"), run.matched);
  number(w.key("succeeded_count"), run.succeeded);
  number(w.key("failed_count"), run.failed);
  number(w.key("skipped"), run.skipped);
  w.key("succeeded").array();
  for (const ActionOutcome& o : run.items)
    if (!o.error) write_success(w, o);
  w.end_array().key("failed").array();
  for (const ActionOutcome& o : run.items)
    if (o.error) write_failure(w, o);
  w.end_array();
  if (!run.message.empty()) w.key("message").value(run.message);
  if (!run.open_url.empty()) w.key("open_url").value(run.open_url);
  w.key("undoable").value(run.undoable);
}

Response run_response(const ActionRun& run, bool dry_run) {
  std::string body;
  JsonWriter w(body);
  write_run(w.object(), run, dry_run);
  w.end_object();
  return json_response(std::move(body));
}

ActionOptions options_of(Members& body, const Request& request) {
  ActionOptions options;
  options.why = body.text("why", 10'000).value_or("");
  options.wait = body.integer("wait", 0, 60'000).value_or(10'000);
  const auto key = body.text("idempotency_key", 255);
  const std::string_view header = request.header("Idempotency-Key");
  if (key && key->empty())
    throw Error(ErrorCode::invalid, "an idempotency key is 1 to 255 printable ASCII characters")
        .in("idempotency_key");
  if (key && !header.empty() && *key != header)
    throw Error(ErrorCode::invalid, "the header Idempotency-Key and the body name different keys")
        .in("idempotency_key");
  options.idempotency_key = key ? *key : std::string(header);
  return options;
}

/// One of those that wait; with too many the run is answered as it is.
class Waiting {
 public:
  Waiting(std::atomic<int>& count, ActionOptions& options) : count_(count) {
    options.wait = count_.fetch_add(1) < most_waiting ? std::min(options.wait, longest_wait) : 0;
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { count_.fetch_sub(1); }

 private:
  std::atomic<int>& count_;
};

Response ActionRoutes::list(Request& request) const {
  std::string body;
  JsonWriter w(body);
  w.object().key("actions").array();
  for (const auto& action : actions_.usable(request.who())) write_action(w, *action);
  w.end_array().end_object();
  return json_response(std::move(body));
}

Response ActionRoutes::available(Request& request) const {
  Members body = Members::of_body(request);
  const ActionSelection selection = read_selection(body, core_, services_, request.who());
  std::vector<std::string> only;
  if (const Json* given = body.array("actions", 1000))
    for (std::size_t i = 0; i < given->size(); ++i)
      only.push_back(input::text_of((*given)[i], "actions[" + std::to_string(i) + "]", 256));
  body.finish();
  const Availability found = actions_.available(request.who(), selection, only);
  std::string out;
  JsonWriter w(out);
  number(w.object().key("of"), found.of).key("actions").array();
  for (const ActionCount& count : found.actions) {
    begin_action(w, *count.action);
    number(w.key("count"), count.count).key("reasons").array();
    for (const auto& reason : count.reasons) w.value(reason);
    w.end_array().end_object();
  }
  w.end_array().end_object();
  return json_response(std::move(out));
}

Response ActionRoutes::run(Request& request) const {
  Members body = Members::of_body(request);
  const auto action = body.text("action", 256);
  const Json* parameters = body.any("parameters");
  ActionOptions options = options_of(body, request);
  options.dry_run = body.boolean("dry_run").value_or(false);
  const ActionSelection selection = read_selection(body, core_, services_, request.who());
  body.finish();
  if (!action) throw Error(ErrorCode::invalid, "name the action").in("action");
  if (parameters && !parameters->is_null() && !parameters->is_object())
    throw Error(ErrorCode::invalid, "'parameters' must be an object").in("parameters");
  const Waiting waiting(waiting_, options);
  const ActionRun run = actions_.run(request.who(), *action, selection,
                                     parameters ? *parameters : Json::object(), options);
  return run_response(run, options.dry_run);
}

Response ActionRoutes::undo(Request& request) const {
  Members body = Members::of_body(request);
  ActionOptions options = options_of(body, request);
  body.finish();
  const Waiting waiting(waiting_, options);
  return run_response(actions_.undo(request.who(), request.segment("id"), options), false);
}

Response ActionRoutes::show(Request& request) const {
  const RunRecord record = actions_.read(request.who(), request.segment("id"));
  std::string body;
  JsonWriter w(body);
  w.object().key("action").value(record.order.action).key("who").value(record.who);
  w.key("created").value(record.created);
  if (record.ended != 0) w.key("ended").value(record.ended);
  if (record.undone != 0) w.key("undone").value(record.undone);
  if (!record.order.why.empty()) w.key("why").value(record.order.why);
  w.key("parameters").raw(record.order.parameters);
  write_run(w, actions_.answer(record), false);
  w.end_object();
  return json_response(std::move(body));
}

Response ActionRoutes::runs(Request& request) const {
  const Parameters p(request);
  std::vector<Filter> filters;
  for (const char* name : {"action", "state"})
    if (const auto text = p.text(name)) filters.push_back(eq(field(name), *text));
  static constexpr std::string_view states[] = {"running", "done", "cancelled", "failed"};
  if (const auto state = p.text("state");
      state && std::find(std::begin(states), std::end(states), *state) == std::end(states))
    throw Error(ErrorCode::invalid, "'state' must be running, done, cancelled or failed")
        .in("state");
  Query query;
  query.filter = all_of(std::move(filters));
  query.order = {{record_ordinal(), true, false}};
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = field_columns(run_fields);
  return list_response("runs", [&](JsonWriter& w) {
    return actions_.runs().query(core_.store, request.who(), query, [&](const Row& row) {
      w.object().key("run").value(row.id());
      write_fields(w, row, std::span(run_fields).first(9));
      w.key("succeeded_count").value(cell::integer(row.cell(9)));
      w.key("failed_count").value(cell::integer(row.cell(10)));
      w.key("undoable")
          .value(!cell::missing(row.cell(11)) && cell::missing(row.cell(5)) &&
                 row.cell(1) != Cell{std::string_view("running")});
      w.end_object();
      return true;
    });
  });
}

/// Where a list of failures goes on: behind the i-th failure of a block.
struct FailedCursor {
  std::int64_t number = 0, behind = 0;

  static FailedCursor parse(const std::string& text) {
    FailedCursor c;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, c.number);
    if (text.empty()) return c;
    if (first.ec == std::errc() && first.ptr != end && *first.ptr == '-' && c.number >= 0) {
      const auto second = std::from_chars(first.ptr + 1, end, c.behind);
      if (second.ec == std::errc() && second.ptr == end && c.behind >= 0) return c;
    }
    throw Error(ErrorCode::invalid, "the cursor is none of this list; begin without one")
        .in("cursor");
  }
  std::string text() const { return std::to_string(number) + "-" + std::to_string(behind); }
};

Response ActionRoutes::failed(Request& request) const {
  const Parameters p(request);
  const std::uint64_t limit = p.limit(100, 1000);
  const FailedCursor from = FailedCursor::parse(p.cursor());
  const RunRecord record = actions_.read(request.who(), request.segment("id"));
  return list_response("failed", [&](JsonWriter& w) {
    Page page;
    FailedCursor last = from;
    bool more = false;
    each_block(core_, core_.store, record.ordinal, from.number, true,
               [&](std::int64_t block, auto& items) {
                 std::int64_t place = 0;
                 for (const ActionOutcome& o : items) {
                   if (!o.error) continue;
                   if (++place <= from.behind && block == from.number) continue;
                   if (page.rows == limit) return !(more = true);
                   write_failure(w, o);
                   ++page.rows;
                   last = {block, place};
                 }
                 return true;
               });
    if (more) page.cursor = last.text();
    return page;
  });
}

std::vector<Route> ActionRoutes::routes() {
  RouteTable table;
  table.add(
      "GET", "/api/v1/tasks/actions", "task.read", "What can be done to tasks, with its forms",
      [this](Request& r) { return list(r); }, "",
      schemas::answer(R"("actions":{"type":"array","items":)" + schemas::action() + "}",
                      R"("actions")"));
  table.add(
      "POST", "/api/v1/tasks/actions/available", "task.read",
      "How many of the selected each action can affect, and why not the others",
      [this](Request& r) { return available(r); }, schemas::available_request(),
      schemas::available());
  table.add(
      "POST", "/api/v1/tasks/actions/run", "task.read",
      "Does something to the selected; one task's failure stops no other",
      [this](Request& r) { return run(r); }, schemas::run_request(), schemas::run());
  table
      .add(
          "GET", "/api/v1/tasks/actions/runs", "task.read", "What was done, newest first",
          [this](Request& r) { return runs(r); }, "", schemas::page("runs", schemas::listed_run()))
      .with(paged({text_parameter("action", "exactly this action's"),
                   choice_parameter("state", "exactly this state",
                                    {"running", "done", "cancelled", "failed"})}));
  table.add(
      "GET", "/api/v1/tasks/actions/runs/{id}", "task.read", "One run, as its call answered",
      [this](Request& r) { return show(r); }, "", schemas::run());
  table
      .add(
          "GET", "/api/v1/tasks/actions/runs/{id}/failed", "task.read",
          "The tasks of a run that failed, all of them", [this](Request& r) { return failed(r); },
          "", schemas::page("failed", schemas::run_failure()))
      .with(paged());
  table.add(
      "POST", "/api/v1/tasks/actions/runs/{id}/undo", "task.read",
      "Takes back what a run did, by the action that undoes it",
      [this](Request& r) { return undo(r); }, schemas::undo_request(), schemas::run());
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_action_routes(const Core& core, ApiServices services) {
  return std::make_unique<ActionRoutes>(core, services);
}

}  // namespace podium::host
