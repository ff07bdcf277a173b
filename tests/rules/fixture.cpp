#include "fixture.hpp"

#include <algorithm>

namespace podium::test {
namespace {

Collection runs_collection() {
  Collection c;
  c.name = "test/runs";
  c.sequence = true;
  for (const char* name : {"who", "action", "task", "parameters"}) {
    Field f;
    f.name = name;
    c.fields.push_back(f);
  }
  return c;
}

}  // namespace

void NotedActions::check(const Principal& who, std::string_view action, const Json& given) const {
  if (gone || (action != "tell" && action != "one"))
    throw Error(ErrorCode::not_found, "there is no action '" + std::string(action) + "'");
  if (!who.may("task.write")) throw Error(ErrorCode::denied, "you may not do that");
  for (const auto& [name, value] : given.items())
    if (name != "to" || !value.is_string())
      throw Error(ErrorCode::invalid, "'" + name + "' does not fit").in(name);
}

std::string NotedActions::start(Transaction& t, const Principal& who, std::string_view action,
                                const ActionSelection& selection, const Json& parameters,
                                const ActionOptions&) {
  check(who, action, parameters);
  if (action == "one" && selection.ids.size() > 1)
    throw Error(ErrorCode::invalid, "'one' takes one task at most");
  const auto runs = host_.store->collection("test/runs");
  const std::string text = parameters.dump();
  Ordinal run = 0;
  for (const std::string& task : selection.ids) {
    NewRecord record;
    record.content.set("who", who.id)
        .set("action", std::string(action))
        .set("task", task)
        .set("parameters", text);
    run = t.insert(runs, record);
    if (effect) effect(t, who, task);
  }
  return "run-" + std::to_string(run);
}

RulesHost::RulesHost(Host::Derive derive) : world(derive) {
  owner_.id = "rules";
  listen();
}

RulesHost::~RulesHost() { down(); }

void RulesHost::down() {
  world.shut();
  ticker.reset();
  watcher.reset();
}

void RulesHost::up() { world.open(); }

void RulesHost::listen() {
  auto declarations = rules::collections();
  declarations.push_back(runs_collection());
  world.store->declare(declarations);
  const rules::Clock now = [clock = world.clock] { return clock->fetch_add(1); };
  watcher = std::make_unique<rules::Watcher>(*this, now);
  ticker = std::make_unique<rules::Ticker>(*this, now);
  routes = std::make_unique<rules::RuleRoutes>(*this, now);
  verb = std::make_unique<rules::RulesVerb>(*this, now);
  world.services->add(*watcher, owner_);
  world.services->start();
  settle();
}

RulesHost::Answer RulesHost::call(const std::string& method, const std::string& target,
                                  const Json& body, const std::string& if_match) {
  FakeRequest request(method, body.is_null() ? "" : body.dump());
  const auto question = target.find('?');
  const std::string path = target.substr(0, question);
  if (question != std::string::npos) {
    std::string rest = target.substr(question + 1);
    while (!rest.empty()) {
      const auto end = std::min(rest.find('&'), rest.size());
      const std::string pair = rest.substr(0, end);
      const auto equals = pair.find('=');
      request.parameters.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
      rest.erase(0, end + 1);
    }
  }
  if (!if_match.empty()) request.headers["If-Match"] = if_match;
  const auto checked = std::make_shared<std::atomic<bool>>(false);
  request.principal.watch_checks(checked);
  for (const Route& route : routes->routes()) {
    if (route.method != method) continue;
    std::string pattern = route.path;
    if (const auto at = pattern.find("{id}"); at != std::string::npos && path != pattern) {
      if (path.compare(0, at, pattern, 0, at) != 0) continue;
      const auto end = std::min(path.find('/', at), path.size());
      if (path.substr(end) != pattern.substr(at + 4) || end == at) continue;
      if (path.substr(at, end - at) == "try") continue;
      request.segment_is("id", path.substr(at, end - at));
    } else if (path != pattern) {
      continue;
    }
    Response response = std::get<Handler>(route.handler)(request);
    if (!*checked) FAIL(method + " " + path + " replied without asking Access");
    Answer answer{Json::parse(response.body), {}};
    for (const auto& [name, value] : response.headers)
      if (name == "ETag") answer.etag = value;
    return answer;
  }
  FAIL("no route " + method + " " + path);
  throw 0;
}

Json RulesHost::make(Json rule) {
  if (!rule.contains("name")) rule["name"] = "a rule";
  if (!rule.contains("action")) rule["action"] = "tell";
  const Json made = call("POST", "/api/v1/rules", rule).json;
  if (made["enabled"] == true) REQUIRE(made["armed"] == true);
  return made;
}

std::vector<std::string> RulesHost::runs() {
  std::vector<std::string> out;
  Query query;
  query.collection = world.store->collection("test/runs");
  query.columns = {value_of(field("who")), value_of(field("action")), value_of(field("task"))};
  world.store->query(query, [&](const Row& row) {
    out.push_back(cell::text(row.cell(0)) + " " + cell::text(row.cell(1)) + " " +
                  cell::text(row.cell(2)));
    return true;
  });
  return out;
}

void RulesHost::await_runs(std::size_t n) {
  await(*world.store, [&] { return runs().size() >= n; });
}

void RulesHost::settle() {
  // A listener hears in order: once its cursor is at what is newest now, it has heard of that. A
  // cursor moves with what is heard, so something is changed that it hears of.
  static int number = 0;
  const Ordinal made = world.project("settle " + std::to_string(++number));
  (void)made;
  const Revision newest = world.store->revision();
  const auto listeners = world.store->collection("listeners");
  await(*world.store, [&] {
    const Ordinal listener = world.store->find(listeners, "rules");
    if (listener == 0) return false;
    const Value cursor = world.cell(listeners, listener, field("cursor"));
    const auto* at = std::get_if<std::int64_t>(&cursor);
    return at != nullptr && *at >= newest;
  });
}

void RulesHost::log(const std::string& task, const std::string& key, std::int64_t step,
                    double value, std::int64_t time) {
  const Point point{step, time != 0 ? time : world.clock->fetch_add(1), value};
  const SeriesPoints points{key, "", std::span<const Point>(&point, 1)};
  world.with(task, [&](Transaction& t, const Tasks::Head& head) {
    TaskLog log;
    log.metrics = std::span<const SeriesPoints>(&points, 1);
    tasks().log(t, world.me, head, log);
  });
}

void RulesHost::tag(const std::string& task, const std::string& key, const std::string& text) {
  world.with(task, [&](Transaction& t, const Tasks::Head& head) {
    Patch patch;
    if (text.empty())
      patch.remove("tags", key);
    else
      patch.put("tags", key, text);
    tasks().edit(t, world.me, head, patch);
  });
}

void RulesHost::go(const std::string& task, TaskState state, Transition how) {
  world.with(task, [&](Transaction& t, const Tasks::Head& head) {
    tasks().transition(t, world.me, head, state, how);
  });
}

}  // namespace podium::test
