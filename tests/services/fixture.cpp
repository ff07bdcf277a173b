#include "fixture.hpp"

#include <algorithm>

#include "factory.hpp"
#include "http/parameters.hpp"

namespace podium::test {

Host::Host(Derive d)
    : clock(std::make_shared<std::atomic<std::int64_t>>(1'700'000'000'000)), derive(d) {
  open();
  services->start();
  if (derive == Derive::no) return;
  // A listener that is new starts from a query and hears of what comes after it: the test's tasks
  // are to be among these.
  const auto listeners = store->collection("listeners");
  await(*store, [&] {
    const Ordinal derived = store->find(listeners, "derived");
    return derived != 0 && cell(listeners, derived, field("cursor")) != Value{};
  });
}

Host::~Host() { shut(); }

void Host::shut() {
  services.reset();
  store.reset();
}

void Host::open() {
  StoreOptions options;
  options.directory = folder.path();
  options.run_twice = true;  // so that a write that breaks the contract shows
  store = std::make_unique<FaultyStore>(sqlite::factory()->open(options));
  store->declare(host::Services::declarations());
  HostInfo info;
  info.data_dir = folder.path();
  info.default_artifact_root = "mlflow-artifacts:";
  const auto now = [time = clock] { return time->fetch_add(1); };
  vocabularies = std::make_unique<host::Vocabularies>(host::Services::declarations(), now);
  vocabularies->bind(*store);
  services = std::make_unique<host::Services>(
      host::Services::Options{*store, blobs, *language, info, now, *vocabularies, 2,
                              std::chrono::milliseconds(derive == Derive::yes ? 5 : 0)});
}

Ordinal Host::project(const std::string& name) {
  return store->write([&](Transaction& t) {
    NewProject p;
    p.name = name;
    return projects().create(t, me, p);
  });
}

std::string Host::task(Ordinal project, TaskState state, const std::string& id) {
  Ordinal made = store->write([&](Transaction& t) {
    NewTask n;
    n.project = project;
    n.state = state;
    n.id = id;
    return tasks().create(t, me, n);
  });
  std::string text;
  store->get(store->collection("tasks"), made, {}, [&](const Row& row) { text = row.id(); });
  return text;
}

std::string Host::task_in(Ordinal project, TaskState state) {
  using enum TaskState;
  const std::string id = task(project, state == draft ? draft : running);
  const auto go = [&](TaskState to, Transition kind) {
    with(id, [&](Transaction& t, const Tasks::Head& head) {
      tasks().transition(t, me, head, to, kind);
    });
  };
  switch (state) {
    case draft:
    case running:
      break;
    case pending:
      go(aborted, Transition::abort), go(pending, Transition::enqueue);
      break;
    case completed:
      go(completed, Transition::complete);
      break;
    case failed:
      go(failed, Transition::fail);
      break;
    case aborted:
      go(aborted, Transition::abort);
      break;
    case published:
      go(completed, Transition::complete), go(published, Transition::publish);
      break;
  }
  return id;
}

std::string Host::pending_from(Ordinal project, TaskState before) {
  const std::string id = task_in(project, before);
  with(id, [&](Transaction& t, const Tasks::Head& head) {
    tasks().transition(t, me, head, TaskState::pending,
                       before == TaskState::failed ? Transition::retry : Transition::enqueue);
  });
  return id;
}

std::string Host::id_of(const char* collection, Ordinal o) const {
  std::string id;
  store->get(store->collection(collection), o, {}, [&](const Row& row) { id = row.id(); });
  return id;
}

std::string Host::model(const std::string& task, ModelStatus status) {
  const Ordinal made = with(task, [&](Transaction& t, const Tasks::Head& head) {
    NewModel m;
    m.project = head.project;
    m.source_task = task;
    const Ordinal o = models().create(t, me, m);
    if (status == ModelStatus::published) {
      models().finalize(t, me, o, ModelStatus::ready);
      models().publish(t, me, o);
    } else if (status != ModelStatus::pending) {
      models().finalize(t, me, o, status);
    }
    std::string id;
    t.get(models().collection(), o, {}, [&](const Row& row) { id = row.id(); });
    models().link(t, me, head, id, true, 0);
    return o;
  });
  return id_of("models", made);
}

void Host::reads(const std::string& task, const std::string& model) {
  with(task, [&](Transaction& t, const Tasks::Head& head) {
    models().link(t, me, head, model, false, 0);
  });
}

Value Host::cell(CollectionId c, Ordinal o, const Path& path) const {
  Value out;
  const Column column = value_of(path);
  if (!store->get(c, o, std::span<const Column>(&column, 1), [&](const Row& row) {
        std::visit(
            [&](const auto& v) {
              if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string_view>)
                out = std::string(v);
              else
                out = v;
            },
            row.cell(0));
      }))
    FAIL("no such record");
  return out;
}

std::vector<Host::Event> Host::history(const std::string& task) const {
  const auto tasks = store->collection("tasks");
  Query q;
  q.collection = store->collection("history");
  q.filter = eq(field("task"), store->find(tasks, task));
  q.columns = {value_of(field("change")), value_of(field("who")), value_of(field("why")),
               value_of(record_body())};
  std::vector<Event> out;
  store->query(q, [&](const Row& row) {
    const auto text = [&](std::size_t i) {
      const Cell cell = row.cell(i);
      return std::holds_alternative<std::monostate>(cell)
                 ? std::string()
                 : std::string(std::get<std::string_view>(cell));
    };
    out.push_back({text(0), text(1), text(2), Json::parse(text(3))});
    return true;
  });
  return out;
}

std::size_t Host::count(const char* collection, const Filter& filter) const {
  return store->ids(store->collection(collection), filter, {}, {}).size();
}

Api::Api(Host& h) : groups_(h.services->api_routes()) {
  for (const auto& group : groups_)
    for (auto& route : group->routes()) routes_.push_back(std::move(route));
}

namespace {

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == by)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

bool matches(const std::string& pattern, const std::string& path, FakeRequest& request) {
  const auto want = split(pattern, '/'), have = split(path, '/');
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (i >= have.size()) return false;
    if (want[i].size() > 2 && want[i].front() == '{') {
      std::string name = want[i].substr(1, want[i].size() - 2), value = have[i];
      if (name.back() == '*') {
        name.pop_back();
        for (std::size_t k = i + 1; k < have.size(); ++k) value += "/" + have[k];
        request.segment_is(name, value);
        return true;
      }
      request.segment_is(name, value);
    } else if (want[i] != have[i]) {
      return false;
    }
  }
  return want.size() == have.size();
}

}  // namespace

Api::Answer Api::operator()(const std::string& method, const std::string& target, const Json& body,
                            const std::string& if_match) {
  const auto question = target.find('?');
  const std::string path = target.substr(0, question);
  const Route* best = nullptr;
  for (const auto& route : routes_) {
    FakeRequest probe(method, "");
    if (route.method != method || !matches(route.path, path, probe)) continue;
    if (!best || probe.segments.size() < static_cast<std::size_t>(
                                             std::count(best->path.begin(), best->path.end(), '{')))
      best = &route;
  }
  if (!best) FAIL("no route " + method + " " + path);
  FakeRequest request(method, body.is_null()     ? ""
                              : body.is_string() ? body.get<std::string>()
                                                 : body.dump());
  matches(best->path, path, request);
  request.address = target;
  if (question != std::string::npos)
    for (const auto& pair : split(target.substr(question + 1), '&')) {
      const auto equals = pair.find('=');
      request.parameters.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
  request.headers = headers;
  host::check_query(*best, request);
  if (!if_match.empty()) request.headers["If-Match"] = if_match;
  const auto checked = std::make_shared<std::atomic<bool>>(false);
  request.principal = principal;
  request.principal.watch_checks(checked);
  Response response = std::get<Handler>(best->handler)(request);
  Answer answer;
  answer.text = response.body;
  if (response.stream)
    for (bool more = true; more; ++answer.blocks) more = response.stream->next(answer.text);
  if (!*checked) FAIL(method + " " + path + " replied without asking Access");
  answer.status = response.status;
  if (response.content_type == "application/json") answer.json = Json::parse(answer.text);
  for (const auto& [name, value] : response.headers)
    if (name == "ETag") answer.etag = value;
  return answer;
}

}  // namespace podium::test
