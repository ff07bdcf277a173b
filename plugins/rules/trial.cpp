#include "trial.hpp"

#include "podium/http/json_writer.hpp"
#include "podium/service/tasks.hpp"

namespace podium::rules {

std::string try_rule(PluginContext& context, const Ids& ids, const Question& question,
                     const Principal& who, const TrialBounds& bounds, const Cancel& cancel) {
  const Store& store = context.store();
  std::vector<Ordinal> tasks;
  Query query;
  std::vector<Filter> filters{
      in(field("state"), {std::string("completed"), std::string("failed"), std::string("aborted"),
                          std::string("published")})};
  if (!question.everywhere)
    filters.push_back(in(field("project"), {question.projects.begin(), question.projects.end()}));
  query.filter = all_of(std::move(filters));
  query.order = {{record_ordinal(), true, false}};
  query.limit = bounds.tasks;
  context.tasks().query(store, who, query, [&](const Row& row) {
    tasks.push_back(row.ordinal());
    return true;
  });

  Replayer replay(context, ids, question, who);
  std::uint64_t points = bounds.points, examined = 0, would_fire = 0;
  bool truncated = false;
  std::string list;
  JsonWriter w(list);
  w.array();
  for (const Ordinal task : tasks) {
    if (cancel.cancelled()) throw Error(ErrorCode::cancelled, "the caller went away");
    std::optional<Replay> found;
    bool there = true;
    store.read([&](const Reader& reader) {
      found = replay(reader, task, points);
      if (!found) there = reader.get(ids.tasks, task, {}, [](const Row&) {});
    });
    if (!found && there) {
      truncated = true;
      break;
    }
    if (!found) continue;
    ++examined;
    if (found->times == 0) continue;
    ++would_fire;
    w.object().key("task").value(found->task).key("name").value(found->name);
    w.key("at").value(*found->at).key("times").value(found->times);
    if (found->metric) {
      w.key("metric").value(*found->metric);
      if (!found->scope->empty()) w.key("scope").value(*found->scope);
      w.key("step").value(found->point.step).key("value").value(found->point.value);
    }
    w.end_object();
  }
  w.end_array();
  std::string body;
  JsonWriter whole(body);
  whole.object().key("examined").value(static_cast<std::int64_t>(examined));
  whole.key("would_fire").value(static_cast<std::int64_t>(would_fire));
  whole.key("tasks").raw(list).key("assumed").array();
  for (const std::string& name : replay.assumed()) whole.value(name);
  whole.end_array().key("truncated").value(truncated).end_object();
  return body;
}

}  // namespace podium::rules
