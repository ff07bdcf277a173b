#include "services/services.hpp"

#include <unistd.h>

#include <array>
#include <chrono>

#include "query/vocabularies.hpp"
#include "services/access/access.hpp"
#include "services/actions/actions.hpp"
#include "services/actions/run_job.hpp"
#include "services/api/api.hpp"
#include "services/core.hpp"
#include "services/datasets/datasets.hpp"
#include "services/declarations.hpp"
#include "services/derived/derive_job.hpp"
#include "services/derived/derived_listener.hpp"
#include "services/events/hub.hpp"
#include "services/files/file_eraser.hpp"
#include "services/goals/goals.hpp"
#include "services/jobs/jobs.hpp"
#include "services/jobs/runner.hpp"
#include "services/jobs/sweep.hpp"
#include "services/listeners/hub.hpp"
#include "services/listings/listings.hpp"
#include "services/models/models.hpp"
#include "services/notes/notes.hpp"
#include "services/projects/project_eraser.hpp"
#include "services/projects/projects.hpp"
#include "services/queues/queues.hpp"
#include "services/table/table.hpp"
#include "services/tasks/tasks.hpp"
#include "services/views/views.hpp"

namespace podium::host {
namespace {

std::int64_t system_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string name_of_host(const HostInfo& host) {
  std::array<char, 256> machine{};
  if (gethostname(machine.data(), machine.size() - 1) != 0) machine[0] = '\0';
  std::error_code ignored;
  const auto data = std::filesystem::weakly_canonical(host.data_dir, ignored);
  return std::string(machine.data()) + ":" + data.string();
}

}  // namespace

struct Services::Impl {
  explicit Impl(Options o)
      : options(std::move(o)),
        now(options.now ? options.now : system_now),
        ids(now),
        access(options.store),
        core{options.store,
             options.blobs,
             options.language,
             access,
             options.host,
             now,
             name_of_host(options.host),
             {},
             ids,
             Collections(options.store)},
        jobs(core),
        projects(core, jobs),
        models(core),
        tasks(core, projects, models, jobs),
        queues(core, tasks),
        datasets(core),
        notes(core),
        goals(core, jobs),
        table(core, projects, tasks, options.vocabularies.of("tasks")),
        listings(core),
        views(core, table),
        actions(core, options.vocabularies.of("tasks"), jobs),
        runner(core, jobs, options.job_threads),
        hub(core),
        events(core, options.events),
        sweeps(core),
        action_job(core, actions),
        deriver(core),
        project_eraser(core, jobs),
        files(core, jobs),
        derived(core, jobs, options.derive_every) {
    core.run_name = core.host_name + "#" + ids.id();
    host_owner.id = "";
    runner.add(sweeps, host_owner);
    runner.add(action_job, host_owner, JobRunner::Lane::outside);
    runner.add(deriver, host_owner);
    runner.add(project_eraser, host_owner);
    runner.add(files, host_owner);
    if (options.derive_every.count() != 0) hub.add(derived, host_owner);
  }

  Options options;
  std::function<std::int64_t()> now;
  IdMaker ids;
  OpenAccess access;
  Core core;
  JobService jobs;
  ProjectService projects;
  ModelService models;
  TaskService tasks;
  QueueService queues;
  DatasetService datasets;
  NoteService notes;
  GoalService goals;
  Table table;
  Listings listings;
  Views views;
  ActionService actions;
  JobRunner runner;
  ListenerHub hub;
  EventHub events;
  SweepHandler sweeps;
  ActionJob action_job;
  DeriveHandler deriver;
  ProjectEraser project_eraser;
  FileEraser files;
  DerivedListener derived;
  PluginOwner host_owner;
  int watch = 0;
  bool watching = false;
};

Services::Services(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Services::~Services() { stop(); }

std::vector<Collection> Services::declarations() { return service_declarations(); }

void Services::start() {
  impl_->projects.ensure_default();
  impl_->queues.ensure_default();
  if (!impl_->watching) {
    impl_->watch = impl_->core.store.watch([impl = impl_.get()](Revision newest) {
      impl->runner.hint();
      impl->hub.hint(newest);
      impl->events.hint();
    });
    impl_->watching = true;
  }
  impl_->jobs.let_wait(true);
  impl_->actions.calls().start();
  impl_->runner.start();
  impl_->hub.start();
  impl_->events.start();
}

void Services::stop_waiting() noexcept {
  impl_->events.stop();
  impl_->jobs.let_wait(false);
  impl_->runner.stop_soon();
  impl_->actions.calls().stop();
}

void Services::stop() noexcept {
  stop_waiting();
  impl_->hub.stop();
  impl_->runner.stop();
  if (impl_->watching) impl_->core.store.unwatch(impl_->watch);
  impl_->watching = false;
}

Projects& Services::projects() { return impl_->projects; }
Tasks& Services::tasks() { return impl_->tasks; }
Queues& Services::queues() { return impl_->queues; }
Datasets& Services::datasets() { return impl_->datasets; }
const Table& Services::table() const { return impl_->table; }
Listings& Services::listings() { return impl_->listings; }
Views& Services::views() { return impl_->views; }
Models& Services::models() { return impl_->models; }
Notes& Services::notes() { return impl_->notes; }
Goals& Services::goals() { return impl_->goals; }
Jobs& Services::jobs() { return impl_->jobs; }
Actions& Services::actions() { return impl_->actions; }
ActionService& Services::action_service() { return impl_->actions; }
ActionCatalogue& Services::catalogue() { return impl_->actions.catalogue(); }
const Core& Services::core() const { return impl_->core; }
EventHub& Services::events() { return impl_->events; }
const Access& Services::access() const { return impl_->access; }
Access& Services::access() { return impl_->access; }

void Services::add(JobHandler& handler, PluginOwner& owner) { impl_->runner.add(handler, owner); }
void Services::add(Action& action, PluginOwner& owner) {
  impl_->actions.catalogue().add(action, owner);
}
void Services::add(ActionSource& source, PluginOwner& owner) {
  impl_->actions.catalogue().add(source, owner);
}
void Services::add(Listener& listener, PluginOwner& owner) { impl_->hub.add(listener, owner); }

std::vector<std::unique_ptr<Routes>> Services::api_routes() {
  return make_api_routes(
      impl_->core, {impl_->projects, impl_->tasks, impl_->queues, impl_->datasets, impl_->models,
                    impl_->notes, impl_->goals, impl_->jobs, impl_->table, impl_->listings,
                    impl_->views, impl_->events, impl_->options.vocabularies, impl_->actions});
}

}  // namespace podium::host
