#include "world.hpp"

#include "actions.hpp"

namespace podium::test {

/// What the host would hand to the plugin.
class World::Context final : public PluginContext {
 public:
  explicit Context(World& world) : world_(world) {}
  void log(LogLevel, std::string_view) override {}
  const Json& config() const override { return settings_; }
  std::filesystem::path data_dir() override { return world_.folder.path(); }
  const HostInfo& host() const override { return info_; }
  void add(std::unique_ptr<Extension>) override {}
  void declare(Collection) override {}
  Store& store() override { return *world_.store; }
  BlobStore& blobs() override { return world_.blobs; }
  Projects& projects() override { return world_.services->projects(); }
  Tasks& tasks() override { return world_.services->tasks(); }
  Datasets& datasets() override { return world_.services->datasets(); }
  Models& models() override { return world_.services->models(); }
  Queues& queues() override { return world_.services->queues(); }
  Notes& notes() override { return world_.services->notes(); }
  Goals& goals() override { return world_.services->goals(); }
  Jobs& jobs() override { return world_.services->jobs(); }
  Actions& actions() override { return world_.services->actions(); }
  HttpClient& http() override { throw Error(ErrorCode::misuse, "no action calls another server"); }
  Access& access() override { return world_.services->access(); }
  const QueryLanguage& query_language() const override { return *world_.language; }
  const Vocabulary& vocabulary(std::string_view) const override {
    throw Error(ErrorCode::misuse, "no action asks for a vocabulary");
  }
  Extension* find_extension(bool (*)(Extension&), std::string_view) override { return nullptr; }

 private:
  World& world_;
  Json settings_ = Json::object();
  HostInfo info_;
};

World::World()
    : context_(std::make_unique<Context>(*this)), owner_(std::make_unique<host::PluginOwner>()) {
  owner_->id = "actions";
  shut();
  open();
  actions_ = actions::make_actions(*context_);
  for (const auto& action : actions_) services->add(*action, *owner_);
  services->start();
  api_ = std::make_unique<Api>(*this);
}

World::~World() {
  api_.reset();
  shut();
}

Json World::run(const std::string& action, const Json& selection, const Json& parameters,
                const Json& more) {
  Json body = more;
  body["action"] = action;
  body["selection"] = selection;
  if (!parameters.is_null()) body["parameters"] = parameters;
  if (!body.contains("wait")) body["wait"] = 60'000;
  Json answer = call("POST", "/api/v1/tasks/actions/run", body);
  INFO(action << ": " << answer.dump());
  REQUIRE(answer.at("state") == "done");
  return answer;
}

Json World::ok(const std::string& action, const std::string& task, const Json& parameters,
               const Json& more) {
  const Json answer = run(action, task, parameters, more);
  INFO(action << ": " << answer.dump());
  REQUIRE(answer.at("succeeded_count") == 1);
  REQUIRE(answer.at("failed_count") == 0);
  return answer.at("succeeded").at(0);
}

std::string World::refused(const std::string& action, const std::string& task,
                           const Json& parameters) {
  const Json answer = run(action, task, parameters);
  INFO(action << ": " << answer.dump());
  REQUIRE(answer.at("succeeded_count") == 0);
  REQUIRE(answer.at("failed_count") == 1);
  const Json& failed = answer.at("failed").at(0);
  CHECK(failed.at("id") == task);
  return failed.at("code").get<std::string>() + ": " + failed.at("message").get<std::string>();
}

int World::available(const std::string& action, const Json& selection) {
  const Json answer = call("POST", "/api/v1/tasks/actions/available",
                           {{"selection", selection}, {"actions", {action}}});
  INFO(answer.dump());
  REQUIRE(answer.at("actions").size() == 1);
  const Json& entry = answer.at("actions").at(0);
  REQUIRE(entry.at("id") == action);
  // Whoever is left out is told why.
  if (entry.at("count") != answer.at("of")) CHECK(!entry.at("why_not").get<std::string>().empty());
  return entry.at("count").get<int>();
}

Json World::undo(const Json& run) {
  REQUIRE(run.at("undoable") == true);
  Json answer =
      call("POST", "/api/v1/tasks/actions/runs/" + run.at("run").get<std::string>() + "/undo",
           Json::object());
  INFO(answer.dump());
  CHECK(answer.at("failed_count") == 0);
  return answer;
}

Json World::spec(const std::string& action) {
  const Json answer = call("GET", "/api/v1/tasks/actions");
  for (const Json& spec : answer.at("actions"))
    if (spec.at("id") == action) return spec;
  FAIL("no action " + action);
  throw 0;
}

bool World::archived(const std::string& id) const {
  return std::get<bool>(task_cell(id, field("archived")));
}

std::string World::text(const std::string& id, const Path& path) const {
  const Value value = task_cell(id, path);
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string();
}

std::string World::tag(const std::string& id, const std::string& key) const {
  const Value value = task_cell(id, entry("tags", key));
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : "(none)";
}

std::string World::referred(const std::string& id, const char* name, const char* collection) const {
  const Value value = task_cell(id, field(name));
  const auto* ordinal = std::get_if<std::int64_t>(&value);
  return ordinal ? id_of(collection, *ordinal) : std::string();
}

std::string World::project_of(const std::string& id) const {
  return referred(id, "project", "projects");
}

void World::flag_archived(const std::string& id) {
  with(id, [&](Transaction& t, const Tasks::Head& head) { tasks().archive(t, me, head, true); });
}

std::string World::task_as(Ordinal project, TaskState state, bool archived) {
  const std::string id = task_in(project, state);
  if (archived) flag_archived(id);
  return id;
}

void World::hold(const std::string& id, std::int64_t until) {
  const auto c = store->collection("tasks");
  const Ordinal o = store->find(c, id);
  store->write([&](Transaction& t) {
    t.update(c, {&o, 1}, {}, Patch().set("worker", std::string("w")).set("lease_until", until));
  });
}

void World::set_parent(const std::string& id, const std::string& parent) {
  const auto c = store->collection("tasks");
  const Ordinal o = store->find(c, id), above = store->find(c, parent);
  store->write([&](Transaction& t) { t.update(c, {&o, 1}, {}, Patch().set("parent", above)); });
}

std::string World::queue(const std::string& name, bool watched) {
  const Ordinal o = store->write([&](Transaction& t) {
    NewQueue q;
    q.name = name;
    return queues().create(t, me, q);
  });
  if (watched)
    store->write([&](Transaction& t) {
      t.update(queues().collection(), {&o, 1}, {},
               Patch().set("watched_until", clock->load() + 1'000'000));
    });
  return id_of("queues", o);
}

}  // namespace podium::test
