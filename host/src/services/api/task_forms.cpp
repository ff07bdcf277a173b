// POST /api/v1/tasks/{id}/...: what is done to one task.
#include <array>
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/api/task_handlers.hpp"
#include "services/idempotency/idempotency.hpp"

namespace podium::host {
namespace {

constexpr std::size_t longest_why = 10'000;

std::string why_of(Members& body) { return body.text("why", longest_why).value_or(""); }

/// Calls `change` with the task's head, when it is the version asked for.
template <class F>
void change_task(const Core& core, const ApiServices& services, const Request& request,
                 F&& change) {
  core.store.write([&](Transaction& t) {
    const auto head = services.tasks.require(t, request.who(), request.segment("id"));
    check_if_match(request, head.version);
    change(t, head);
  });
}

struct EnqueueBody {
  std::optional<std::string> queue;
  bool front = false;
  std::string why;

  explicit EnqueueBody(Members& body)
      : queue(body.text("queue", 256)),
        front(body.boolean("front").value_or(false)),
        why(why_of(body)) {}
  EnqueueOptions resolve(Transaction& t, const ApiServices& services, const Principal& who) const {
    EnqueueOptions options;
    if (queue) options.queue = services.queues.require(t, who, *queue);
    options.front = front;
    options.why = why;
    return options;
  }
};

}  // namespace

std::string queue_place(const Core& core, const Principal& who, std::string_view task,
                        Ordinal queue) {
  const VisibleRecords entries(core, core.in.queue_entries, "queue_entries");
  const VisibleRecords queues(core, core.in.queues, "queues");
  std::string id, name;
  bool watched = false;
  std::optional<std::int64_t> place;
  core.store.read([&](const Reader& reader) {
    static const std::array columns = {value_of(field("name")), value_of(field("watched_until"))};
    queues.get(reader, who, queue, columns, [&](const Row& row) {
      id = row.id();
      name = cell::text(row.cell(0));
      watched = cell::integer(row.cell(1)) > core.now();
    });
    Query own;
    own.filter =
        all_of({eq(field("task"), reader.find(core.in.tasks, task)), eq(field("queue"), queue)});
    own.columns = {value_of(field("position"))};
    std::optional<double> position;
    Ordinal entry = 0;
    entries.query(reader, who, own, [&](const Row& row) {
      const Cell cell = row.cell(0);
      if (const auto* real = std::get_if<double>(&cell)) position = *real;
      entry = row.ordinal();
      return false;
    });
    if (!position) return;
    Aggregate before;
    before.filter = all_of({eq(field("queue"), queue),
                            any_of({compare(field("position"), Compare::lt, *position),
                                    all_of({eq(field("position"), *position),
                                            compare(record_ordinal(), Compare::lt, entry)})})});
    before.folds = {{}};
    place = 0;
    entries.aggregate(reader, who, before, [&](std::span<const Cell>, std::span<const Cell> folds) {
      place = cell::integer(folds[0]);
      return true;
    });
  });
  std::string out;
  JsonWriter w(out);
  if (!id.empty()) w.key("queue").object().key("id").value(id).key("name").value(name).end_object();
  if (place) w.key("position").value(*place);
  w.key("watched").value(watched);
  if (!watched)
    w.key("warning").value("nobody takes tasks from this queue at present; start an agent for it");
  return out;
}

void write_error(JsonWriter& w, const Error& e) {
  w.object().key("code").value(name(e.code())).key("message").value(std::string_view(e.what()));
  if (!e.field().empty()) w.key("field").value(e.field());
  if (!e.detail().empty()) w.key("detail").raw(e.detail());
  w.end_object();
}

Response enqueue_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const EnqueueBody wanted(body);
  const Once once(core, request, "enqueue " + std::string(request.segment("id")),
                  body.text("idempotency_key", 255));
  body.finish();
  const Principal& who = request.who();
  Tasks::Enqueued out;
  std::optional<std::string> queue;
  core.store.write([&](Transaction& t) {
    queue = once.before(t);
    const auto head = services.tasks.require(t, who, request.segment("id"));
    if (queue) {
      out.queue = t.find(core.in.queues, *queue);
      return;
    }
    check_if_match(request, head.version);
    out = services.tasks.enqueue(t, who, head, wanted.resolve(t, services, who));
    std::string id;
    t.get(core.in.queues, out.queue, {}, [&](const Row& row) { id = row.id(); });
    once.remember(t, id);
  });
  return task_answer_with(core, services, who, request.segment("id"),
                          queue_place(core, who, request.segment("id"), out.queue));
}

Response retry_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const EnqueueBody wanted(body);
  const std::string outputs = body.text("outputs", 32).value_or("continue");
  body.finish();
  RetryOptions options;
  if (outputs == "keep")
    options.outputs = Outputs::keep;
  else if (outputs == "discard")
    options.outputs = Outputs::discard;
  else if (outputs != "continue")
    throw Error(ErrorCode::invalid, "'outputs' must be continue, keep or discard").in("outputs");
  Tasks::Enqueued out;
  change_task(core, services, request, [&](Transaction& t, const Tasks::Head& head) {
    options.enqueue = wanted.resolve(t, services, request.who());
    out = services.tasks.retry(t, request.who(), head, options);
  });
  return task_answer_with(core, services, request.who(), request.segment("id"),
                          queue_place(core, request.who(), request.segment("id"), out.queue));
}

Response dequeue_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const std::string why = why_of(body);
  body.finish();
  change_task(core, services, request, [&](Transaction& t, const Tasks::Head& head) {
    services.tasks.dequeue(t, request.who(), head, why);
  });
  return task_answer(core, services, request.who(), request.segment("id"));
}

Response abort_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const std::string why = why_of(body);
  const auto grace = body.integer("grace", 0, 86'400'000).value_or(30'000);
  body.finish();
  Tasks::Stop out;
  change_task(core, services, request, [&](Transaction& t, const Tasks::Head& head) {
    out = services.tasks.abort(t, request.who(), head, why, grace);
  });
  std::string members;
  JsonWriter w(members);
  w.key("asked").value(out.asked);
  if (out.asked) w.key("deadline").value(out.deadline);
  return task_answer_with(core, services, request.who(), request.segment("id"), members);
}

Response abort_children(const Core& core, const ApiServices& services, Request& request) {
  constexpr std::size_t most = 1000;
  Members body = Members::of_body(request);
  const std::string why = why_of(body);
  const auto grace = body.integer("grace", 0, 86'400'000).value_or(30'000);
  const bool recursive = body.boolean("recursive").value_or(true);
  const bool dry = body.boolean("dry_run").value_or(false);
  body.finish();
  const Principal& who = request.who();
  const Ordinal parent =
      find_visible(services.tasks, core.store, who, "task", request.segment("id"));
  core.access.require(who, "task.write");
  const auto children = services.tasks.active_children(core.store, who, parent, recursive);
  std::vector<std::string> aborted, asked;
  std::string failed;
  JsonWriter f(failed);
  f.array();
  std::size_t tried = 0;
  if (!dry)
    for (; tried < std::min(children.size(), most) && !request.cancel().cancelled(); ++tried) {
      const std::string& id = children[tried];
      try {
        const auto stop = core.store.write([&](Transaction& t) -> std::optional<Tasks::Stop> {
          const auto head = services.tasks.require(t, who, id);
          if (head.state != TaskState::pending && head.state != TaskState::running)
            return std::nullopt;  // it ended meanwhile
          return services.tasks.abort(t, who, head, why, grace);
        });
        if (stop) (stop->asked ? asked : aborted).push_back(id);
      } catch (const Error& e) {
        f.object().key("id").value(id).key("error");
        write_error(f, e);
        f.end_object();
      }
    }
  f.end_array();
  std::string out;
  JsonWriter w(out);
  const auto list = [&](const char* name, std::span<const std::string> ids) {
    w.key(name).array();
    for (const auto& id : ids) w.value(id);
    w.end_array();
  };
  w.object().key("dry_run").value(dry).key("count").value(
      static_cast<std::int64_t>(children.size()));
  if (dry) list("tasks", std::span(children).first(std::min(children.size(), most)));
  list("aborted", aborted);
  list("asked", asked);
  w.key("failed").raw(failed);
  w.key("left").value(static_cast<std::int64_t>(dry ? 0 : children.size() - tried)).end_object();
  return json_response(std::move(out));
}

Response publish_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const std::string why = why_of(body);
  const bool dry = body.boolean("dry_run").value_or(false);
  body.finish();
  Tasks::Publication out;
  change_task(core, services, request, [&](Transaction& t, const Tasks::Head& head) {
    out = services.tasks.publish(t, request.who(), head, why, dry);
  });
  std::string members;
  JsonWriter w(members);
  w.key("dry_run").value(dry).key("models").array();
  for (const auto& id : out.models) w.value(id);
  w.end_array();
  return task_answer_with(core, services, request.who(), request.segment("id"), members);
}

Response move_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const std::string why = why_of(body);
  const auto project = body.text("project", 64);
  body.finish();
  if (!project) throw Error(ErrorCode::invalid, "name the project to move to").in("project");
  change_task(core, services, request, [&](Transaction& t, const Tasks::Head& head) {
    const Ordinal to = services.projects.require(t, request.who(), *project);
    services.tasks.move(t, request.who(), head, to, why);
  });
  return task_answer(core, services, request.who(), request.segment("id"));
}

Response tag_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const std::string why = why_of(body);
  const Entries add = entries_of(body, "add", false);
  std::vector<std::string> remove;
  if (const Json* keys = body.array("remove", 10'000))
    for (std::size_t i = 0; i < keys->size(); ++i)
      remove.push_back(input::text_of((*keys)[i], "remove[" + std::to_string(i) + "]", 1024));
  body.finish();
  change_task(core, services, request, [&](Transaction& t, const Tasks::Head& head) {
    Patch patch;
    add.add_to(patch, "tags");
    for (const auto& key : remove) patch.remove("tags", key);
    services.tasks.edit(t, request.who(), head, patch, why);
  });
  return task_answer(core, services, request.who(), request.segment("id"));
}

}  // namespace podium::host
