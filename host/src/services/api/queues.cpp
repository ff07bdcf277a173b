// /api/v1/queues
#include <algorithm>
#include <array>

#include "podium/http/input.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/task_handlers.hpp"
#include "services/api/task_schemas.hpp"
#include "services/records.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {"name",   "description", "is_default",
                                       "paused", "created",     "updated"};
constexpr std::uint64_t slice = 50;  ///< entries that are dequeued in one transaction

class QueueRoutes final : public Routes {
 public:
  QueueRoutes(const Core& core, ApiServices services)
      : Routes("api.queues"),
        core_(core),
        services_(services),
        entries_(core, core.in.queue_entries, "queue_entries"),
        columns_(field_columns(fields)) {
    columns_.push_back(value_of(field("watched_until")));
    columns_.push_back(whole_map("tags"));
  }
  std::vector<std::string> prefixes() const override { return {"/api/v1/queues"}; }
  std::vector<Route> routes() override;

 private:
  /// A queue as it is answered, with what must be looked up beside it.
  struct Item {
    Ordinal ordinal = 0;
    std::string id, json;
    std::int64_t version = 0;
  };
  Item item(const Row&) const;
  void finish(JsonWriter&, const Reader&, const Principal&, const Item&) const;
  Ordinal find(const Reader& reader, const Request& request) const {
    return find_visible(services_.queues, reader, request.who(), "queue", request.segment("id"));
  }
  Response one(const Principal&, std::string_view id) const;
  std::int64_t clear_all(const Request&, std::string_view why) const;

  Response list(Request&) const;
  Response create(Request&) const;
  Response show(Request&) const;
  Response edit(Request&) const;
  Response remove(Request&) const;
  Response clear(Request&) const;
  Response entries(Request&) const;
  Response move(Request&) const;
  Response drop(Request&) const;
  Tasks::Head require_entry(Transaction&, const Request&) const;

  const Core& core_;
  ApiServices services_;
  VisibleRecords entries_;
  std::vector<Column> columns_;
};

QueueRoutes::Item QueueRoutes::item(const Row& row) const {
  Item out{row.ordinal(), std::string(row.id()), {}, row.version()};
  JsonWriter w(out.json);
  w.key("id").value(row.id());
  write_fields(w, row, fields);
  w.key("watched").value(cell::integer(row.cell(std::size(fields))) > core_.now());
  w.key("tags");
  write_map(w, row.map(std::size(fields) + 1));
  w.key("version").value(row.version());
  return out;
}

void QueueRoutes::finish(JsonWriter& w, const Reader& reader, const Principal& who,
                         const Item& queue) const {
  Aggregate count;
  count.filter = eq(field("queue"), queue.ordinal);
  count.folds = {{}};
  std::int64_t entries = 0;
  entries_.aggregate(reader, who, count, [&](std::span<const Cell>, std::span<const Cell> folds) {
    entries = cell::integer(folds[0]);
    return true;
  });
  w.object().raw(queue.json).key("entries").value(entries);
  if (entries != 0) {
    Query first;
    first.filter = eq(field("queue"), queue.ordinal);
    first.order = {{field("position"), false, false}};
    first.limit = 1;
    first.columns = {value_of(field("task"))};
    Ordinal task = 0;
    entries_.query(reader, who, first, [&](const Row& row) {
      task = cell::integer(row.cell(0));
      return false;
    });
    static const std::array name = {value_of(field("name"))};
    services_.tasks.get(reader, who, task, name, [&](const Row& row) {
      w.key("next").object().key("id").value(row.id());
      w.key("name").value(cell::text(row.cell(0))).end_object();
    });
  }
  w.end_object();
}

Response QueueRoutes::one(const Principal& who, std::string_view id) const {
  std::string body;
  std::int64_t version = 0;
  core_.store.read([&](const Reader& reader) {
    body.clear();
    JsonWriter w(body);
    Item queue;
    const Ordinal o = find_visible(services_.queues, reader, who, "queue", id);
    services_.queues.get(reader, who, o, columns_, [&](const Row& row) { queue = item(row); });
    version = queue.version;
    finish(w, reader, who, queue);
  });
  return json_response(std::move(body), version);
}

Response QueueRoutes::list(Request& request) const {
  const Parameters p(request);
  Query query;
  if (const auto name = p.text("name")) query.filter = eq(field("name"), *name);
  query.order = {{field("name"), false, false}};
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = columns_;
  const Principal& who = request.who();
  Response answer;
  core_.store.read([&](const Reader& reader) {
    std::vector<Item> queues;
    const Page page = services_.queues.query(reader, who, query, [&](const Row& row) {
      queues.push_back(item(row));
      return true;
    });
    answer = list_response("queues", [&](JsonWriter& w) {
      for (const Item& queue : queues) finish(w, reader, who, queue);
      return page;
    });
  });
  return answer;
}

Response QueueRoutes::create(Request& request) const {
  Members body = Members::of_body(request);
  const auto name = body.text("name", 200), description = body.text("description");
  const bool is_default = body.boolean("is_default").value_or(false);
  const Entries tags = entries_of(body, "tags", false);
  body.finish();
  const auto tag_views = tags.views();
  NewQueue queue;
  if (name) queue.name = *name;
  if (description) queue.description = *description;
  queue.is_default = is_default;
  queue.tags = tag_views;
  std::string id;
  core_.store.write([&](Transaction& t) {
    const Ordinal made = services_.queues.create(t, request.who(), queue);
    t.get(core_.in.queues, made, {}, [&](const Row& row) { id = row.id(); });
  });
  return one(request.who(), id);
}

Response QueueRoutes::show(Request& request) const {
  return one(request.who(), request.segment("id"));
}

Response QueueRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  Patch patch;
  const auto name = body.text("name", 200), description = body.text("description");
  if (name) patch.set("name", *name);
  if (body.is_null("name")) throw Error(ErrorCode::invalid, "a queue needs a name").in("name");
  if (description)
    patch.set("description", *description);
  else if (body.is_null("description"))
    patch.set("description", Value{});
  for (const char* flag : {"is_default", "paused"})
    if (const auto value = body.boolean(flag)) patch.set(flag, *value);
  const Entries tags = entries_of(body, "tags", true);
  body.finish();
  tags.add_to(patch, "tags");
  core_.store.write([&](Transaction& t) {
    const Ordinal queue = t.find(core_.in.queues, request.segment("id"));
    core_.check_visible(t, request.who(), "queues", core_.in.queues, queue, "queue",
                        request.segment("id"));
    std::int64_t version = 0;
    t.get(core_.in.queues, queue, {}, [&](const Row& row) { version = row.version(); });
    check_if_match(request, version);
    services_.queues.edit(t, request.who(), queue, patch);
  });
  return one(request.who(), request.segment("id"));
}

/// In slices, so that others get their turn; what is enqueued meanwhile goes as well.
std::int64_t QueueRoutes::clear_all(const Request& request, std::string_view why) const {
  std::int64_t cleared = 0;
  for (std::uint64_t got = slice; got == slice && !request.cancel().cancelled();) {
    got = core_.store.write([&](Transaction& t) {
      const Ordinal queue = t.find(core_.in.queues, request.segment("id"));
      core_.check_visible(t, request.who(), "queues", core_.in.queues, queue, "queue",
                          request.segment("id"));
      return services_.queues.clear(t, request.who(), queue, slice, why);
    });
    cleared += static_cast<std::int64_t>(got);
  }
  return cleared;
}

Response QueueRoutes::remove(Request& request) const {
  const Parameters p(request);
  const bool force = p.boolean("force").value_or(false);
  const std::string why = p.text("why").value_or("the queue was deleted");
  std::int64_t cleared = 0;
  core_.store.write([&](Transaction& t) {
    const Ordinal queue = t.find(core_.in.queues, request.segment("id"));
    core_.check_visible(t, request.who(), "queues", core_.in.queues, queue, "queue",
                        request.segment("id"));
    std::int64_t version = 0;
    bool is_default = false;
    static const std::array columns = {value_of(field("is_default"))};
    t.get(core_.in.queues, queue, columns, [&](const Row& row) {
      version = row.version();
      is_default = cell::flag(row.cell(0));
    });
    check_if_match(request, version);
    // Its tasks are not let go for a refusal.
    if (!force || is_default) services_.queues.remove(t, request.who(), queue);
  });
  if (force) {
    cleared = clear_all(request, why);
    core_.store.write([&](Transaction& t) {
      if (const Ordinal queue = t.find(core_.in.queues, request.segment("id")); queue != 0)
        services_.queues.remove(t, request.who(), queue);
    });
  }
  return json_response("{\"deleted\":true,\"dequeued\":" + std::to_string(cleared) + "}");
}

Response QueueRoutes::clear(Request& request) const {
  Members body = Members::of_body(request);
  const std::string why = body.text("why", 10'000).value_or("");
  const bool dry = body.boolean("dry_run").value_or(false);
  body.finish();
  std::int64_t count = 0;
  if (dry) {
    Aggregate a;
    a.filter = eq(field("queue"), find(core_.store, request));
    a.folds = {{}};
    entries_.aggregate(core_.store, request.who(), a,
                       [&](std::span<const Cell>, std::span<const Cell> folds) {
                         count = cell::integer(folds[0]);
                         return true;
                       });
  } else {
    count = clear_all(request, why);
  }
  return json_response(std::string("{\"dry_run\":") + (dry ? "true" : "false") +
                       ",\"dequeued\":" + std::to_string(count) + "}");
}

Response QueueRoutes::entries(Request& request) const {
  const Parameters p(request);
  const Principal& who = request.who();
  Response answer;
  core_.store.read([&](const Reader& reader) {
    Query query;
    query.filter = eq(field("queue"), find(reader, request));
    query.order = {{field("position"), false, false}};
    query.limit = p.limit(100, 1000);
    query.cursor = p.cursor();
    query.columns = {value_of(field("task")), value_of(field("added")), value_of(field("who"))};
    struct Entry {
      Ordinal task;
      std::int64_t added;
      std::string who;
    };
    std::vector<Entry> rows;
    const Page page = entries_.query(reader, who, query, [&](const Row& row) {
      rows.push_back(
          {cell::integer(row.cell(0)), cell::integer(row.cell(1)), cell::text(row.cell(2))});
      return true;
    });
    static const std::array name = {value_of(field("name"))};
    answer = list_response("entries", [&](JsonWriter& w) {
      for (const Entry& e : rows)
        services_.tasks.get(reader, who, e.task, name, [&](const Row& row) {
          w.object().key("task").value(row.id()).key("name").value(cell::text(row.cell(0)));
          w.key("added").value(e.added).key("who").value(e.who).end_object();
        });
      return page;
    });
  });
  return answer;
}

/// The task of the path, which waits in the queue of the path; throws `not_found`.
Tasks::Head QueueRoutes::require_entry(Transaction& t, const Request& request) const {
  static const std::array columns = {value_of(field("queue"))};
  const Ordinal queue = t.find(core_.in.queues, request.segment("id"));
  core_.check_visible(t, request.who(), "queues", core_.in.queues, queue, "queue",
                      request.segment("id"));
  const auto head = services_.tasks.require(t, request.who(), request.segment("task"));
  Ordinal in = 0;
  t.get(core_.in.tasks, head.ordinal, columns,
        [&](const Row& row) { in = cell::integer(row.cell(0)); });
  if (in != queue)
    throw Error(ErrorCode::not_found,
                "the task '" + std::string(request.segment("task")) + "' is not in this queue");
  return head;
}

Response QueueRoutes::move(Request& request) const {
  static constexpr std::pair<std::string_view, QueueMove::To> ways[] = {
      {"front", QueueMove::To::front},
      {"back", QueueMove::To::back},
      {"forward", QueueMove::To::forward},
      {"backward", QueueMove::To::backward},
      {"position", QueueMove::To::position}};
  Members body = Members::of_body(request);
  const auto to = body.text("to", 32), other = body.text("queue", 256);
  const auto places = body.integer("places", 0, 1'000'000'000);
  const std::string why = body.text("why", 10'000).value_or("");
  body.finish();
  if (to.has_value() == other.has_value())
    throw Error(ErrorCode::invalid, "say either 'to', a place in this queue, or another 'queue'")
        .in("to");
  QueueMove move;
  if (to) {
    const auto* found = std::find_if(std::begin(ways), std::end(ways),
                                     [&](const auto& way) { return way.first == *to; });
    if (found == std::end(ways))
      throw Error(ErrorCode::invalid, "'to' must be front, back, forward, backward or position")
          .in("to");
    move.to = found->second;
    if (move.to == QueueMove::To::position && !places)
      throw Error(ErrorCode::invalid, "which position? 0 is next").in("places");
    move.places = static_cast<std::uint64_t>(places.value_or(1));
  }
  const Principal& who = request.who();
  Ordinal queue = 0;
  core_.store.write([&](Transaction& t) {
    const auto head = require_entry(t, request);
    if (to) {
      services_.queues.reorder(t, who, head, move);
      queue = t.find(core_.in.queues, request.segment("id"));
    } else {
      EnqueueOptions options;
      options.queue = services_.queues.require(t, who, *other);
      options.why = why;
      queue = services_.tasks.enqueue(t, who, head, options).queue;
    }
  });
  return json_response("{" + queue_place(core_, who, request.segment("task"), queue) + "}");
}

Response QueueRoutes::drop(Request& request) const {
  const Parameters p(request);
  const std::string why = p.text("why").value_or("");
  core_.store.write([&](Transaction& t) {
    const auto head = require_entry(t, request);
    services_.tasks.dequeue(t, request.who(), head, why);
  });
  return task_answer(core_, services_, request.who(), request.segment("task"));
}

std::vector<Route> QueueRoutes::routes() {
  const std::string one_queue(schemas::queue), why(schemas::why_member);
  const std::string edit_members =
      R"("name":{"type":"string","minLength":1,"maxLength":200},"description":{"type":["string",)"
      R"("null"]},"is_default":{"type":["boolean","null"]},)";
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/queues", "queue.read",
          "Lists queues by name, with how many tasks wait and which is next",
          [this](Request& r) { return list(r); }, "", schemas::page("queues", one_queue))
      .with(paged({text_parameter("name", "exactly this name")}));
  table.add(
      "POST", "/api/v1/queues", "queue.write", "Makes a queue",
      [this](Request& r) { return create(r); },
      schemas::object(edit_members + R"("tags":)" + std::string(schemas::map_new), R"("name")"),
      one_queue);
  table
      .add(
          "GET", "/api/v1/queues/{id}", "queue.read", "One queue",
          [this](Request& r) { return show(r); }, "", one_queue)
      .versioned();
  table
      .add(
          "PATCH", "/api/v1/queues/{id}", "queue.write",
          "Renames, describes, pauses a queue, makes it the default one",
          [this](Request& r) { return edit(r); },
          schemas::object(edit_members + R"("paused":{"type":["boolean","null"]},"tags":)" +
                          std::string(schemas::map_edit)),
          one_queue)
      .versioned();
  table
      .add(
          "DELETE", "/api/v1/queues/{id}", "queue.write",
          "Deletes an empty queue; with force its tasks are dequeued first",
          [this](Request& r) { return remove(r); }, "",
          schemas::answer(R"("deleted":{"type":"boolean"},"dequeued":{"type":"integer"})",
                          R"("deleted","dequeued")"))
      .with({boolean_parameter("force", "dequeues its tasks first"),
             text_parameter("why", "kept in the history")})
      .versioned();
  table.add(
      "POST", "/api/v1/queues/{id}/clear", "queue.write",
      "Dequeues all tasks, each back to the state before", [this](Request& r) { return clear(r); },
      schemas::object(why + "," + std::string(schemas::dry_run_member)),
      schemas::answer(R"("dry_run":{"type":"boolean"},"dequeued":{"type":"integer"})",
                      R"("dry_run","dequeued")"));
  table
      .add(
          "GET", "/api/v1/queues/{id}/entries", "queue.read", "The tasks that wait, in order",
          [this](Request& r) { return entries(r); }, "",
          schemas::page("entries", schemas::queue_entry))
      .with(paged());
  table.add(
      "POST", "/api/v1/queues/{id}/entries/{task}/move", "queue.write",
      "Moves a task within the queue, or to another one", [this](Request& r) { return move(r); },
      schemas::object(why +
                      R"(,"to":{"enum":["front","back","forward","backward","position",null]},)"
                      R"("places":{"type":["integer","null"],"minimum":0,"maximum":1000000000},)"
                      R"("queue":{"type":["string","null"]})"),
      schemas::answer(schemas::queue_place, R"("watched")"));
  table
      .add(
          "DELETE", "/api/v1/queues/{id}/entries/{task}", "queue.write",
          "Takes a task out of the queue, back to the state before",
          [this](Request& r) { return drop(r); }, "", schemas::task())
      .with({text_parameter("why", "kept in the history")})
      .versioned();
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_queue_routes(const Core& core, ApiServices services) {
  return std::make_unique<QueueRoutes>(core, services);
}

}  // namespace podium::host
