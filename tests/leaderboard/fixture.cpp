#include "fixture.hpp"

namespace podium::test {
namespace {

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at + 1), path.size());
    out.push_back(path.substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace

BoardsHost::BoardsHost(std::size_t large) : large_(large) {
  owner_.id = "leaderboard";
  listen();
  project = world.project("p");
}

BoardsHost::~BoardsHost() { down(); }

void BoardsHost::down() {
  if (library) library->stop();
  if (listener) listener->end();
  world.shut();
  routes.reset();
  listener.reset();
  watcher.reset();
  library.reset();
}

void BoardsHost::up() {
  world.open();
  listen();
}

void BoardsHost::listen() {
  world.store->declare(leaderboard::collections());
  access_ = std::make_unique<SomeAccess>(world.services->access());
  const leaderboard::Clock now = [clock = world.clock] { return clock->fetch_add(1); };
  library = std::make_unique<leaderboard::Library>(*this, now, large_);
  watcher = std::make_unique<leaderboard::Watcher>(*library);
  routes = std::make_unique<leaderboard::BoardRoutes>(*library);
  listener = std::make_unique<LateListener>(*watcher);
  world.services->add(*listener, owner_);
  world.services->start();
}

BoardsHost::Answer BoardsHost::call(const std::string& method, const std::string& target,
                                    const Json& body,
                                    const std::map<std::string, std::string>& headers) {
  FakeRequest request(method, body.is_null() ? "" : body.dump());
  const auto question = target.find('?');
  const auto path = parts_of(target.substr(0, question));
  for (std::string rest = question == target.npos ? "" : target.substr(question + 1);
       !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto equals = rest.find('=');
    request.parameters.emplace_back(rest.substr(0, equals),
                                    rest.substr(equals + 1, end - equals - 1));
    rest.erase(0, end + 1);
  }
  request.headers = headers;
  const auto checked = std::make_shared<std::atomic<bool>>(false);
  request.principal = caller;
  request.principal.watch_checks(checked);
  // Fixed words are tried before names, as the server does.
  auto table = routes->routes();
  std::stable_sort(table.begin(), table.end(), [](const Route& a, const Route& b) {
    return std::count(a.path.begin(), a.path.end(), '{') <
           std::count(b.path.begin(), b.path.end(), '{');
  });
  for (const Route& route : table) {
    const auto pattern = parts_of(route.path);
    if (route.method != method || pattern.size() != path.size()) continue;
    bool fits = true;
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (pattern[i].starts_with("/{"))
        request.segment_is(pattern[i].substr(2, pattern[i].size() - 3), path[i].substr(1));
      else
        fits = fits && pattern[i] == path[i];
    }
    if (!fits) continue;
    Response response = std::get<Handler>(route.handler)(request);
    if (!*checked) FAIL(method + " " + target + " replied without asking Access");
    Answer answer{Json::parse(response.body, nullptr, false), {}, response.body, response.status};
    for (const auto& [name, value] : response.headers)
      if (name == "ETag") answer.etag = value;
    return answer;
  }
  FAIL("no route " + method + " " + target);
  throw 0;
}

std::string BoardsHost::board(const Json& definition, const std::string& name) {
  return call("POST", "/api/v1/boards",
              {{"name", name}, {"project", "p"}, {"definition", definition}})
      .json["id"];
}

Json BoardsHost::short_ranking(const std::string& board) {
  Json out = Json::array();
  const Json all = ranking(board);
  for (const Json& row : all["rows"])
    out.push_back({row.value("rank", Json()), row["values"].begin().value()});
  return out;
}

std::string BoardsHost::run(const Task& task) {
  const std::string id = world.task(project, TaskState::running);
  world.with(id, [&](Transaction& t, const Tasks::Head& head) {
    std::vector<SeriesPoints> series;
    std::vector<Point> points;
    points.reserve(task.metrics.size());
    for (const auto& [key, value] : task.metrics) {
      points.push_back({0, world.clock->load(), value});
      series.push_back({key, "", std::span<const Point>(&points.back(), 1)});
    }
    std::vector<MapEntry> params, tags;
    for (const auto& [key, text] : task.params) params.push_back({key, text});
    for (const auto& [key, text] : task.tags) tags.push_back({key, text});
    tasks().log(t, world.me, head, {params, tags, series});
    if (!task.name.empty()) {
      Patch p;
      p.set("name", task.name);
      tasks().describe(t, world.me, head, p);
    }
    std::vector<NewInput> inputs;
    for (const auto& [name, digest] : task.datasets)
      inputs.push_back({name, digest, "", "", "", "", false, false, "", {}});
    if (!inputs.empty()) datasets().log_inputs(t, world.me, head, inputs);
  });
  world.with(id, [&](Transaction& t, const Tasks::Head& head) {
    tasks().transition(t, world.me, head, TaskState::completed, Transition::complete);
  });
  pass(10);
  return id;
}

void BoardsHost::archive(const std::string& task, bool archived) {
  world.with(task, [&](Transaction& t, const Tasks::Head& head) {
    tasks().archive(t, world.me, head, archived);
  });
  pass(10);
}

void BoardsHost::erase(const std::string& task) {
  archive(task);
  world.with(task, [&](Transaction& t, const Tasks::Head& head) {
    tasks().remove(t, world.me, head, {});
  });
  pass(10);
}

void BoardsHost::tag(const std::string& task, const std::string& key, const std::string& text) {
  world.with(task, [&](Transaction& t, const Tasks::Head& head) {
    Patch p;
    p.put("tags", key, text);
    tasks().edit(t, world.me, head, p);
  });
  pass(10);
}

void BoardsHost::label(const std::string& dataset, const std::string& digest,
                       const std::string& label) {
  const auto found =
      world.store->ids(world.store->collection("datasets"),
                       all_of({eq(field("name"), dataset), eq(field("digest"), digest)}), {}, {});
  world.store->write([&](Transaction& t) {
    Patch p;
    p.put("labels", label, "");
    datasets().label(t, world.me, found.at(0), p);
  });
  pass(10);
}

void BoardsHost::settle() {
  // A listener hears in order; a cursor moves with what is heard.
  static int number = 0;
  world.project("settle " + std::to_string(++number));
  const Revision newest = world.store->revision();
  const auto listeners = world.store->collection("listeners");
  await(*world.store, [&] {
    const Ordinal known = world.store->find(listeners, "leaderboard");
    if (known == 0) return false;
    const Value cursor = world.cell(listeners, known, field("cursor"));
    const auto* at = std::get_if<std::int64_t>(&cursor);
    return at != nullptr && *at >= newest;
  });
}

}  // namespace podium::test
