#pragma once
// The services' routes under /api/v1.
#include <memory>
#include <vector>

#include "podium/http/routes.hpp"
#include "podium/service/datasets.hpp"
#include "podium/service/goals.hpp"
#include "podium/service/jobs.hpp"
#include "podium/service/models.hpp"
#include "podium/service/notes.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/queues.hpp"
#include "podium/service/tasks.hpp"
#include "services/core.hpp"

namespace podium::host {

class Listings;
class Table;
class Views;
class EventHub;
class ActionService;
class Vocabularies;

/// What the routes call. Borrowed; alive as long as the routes.
struct ApiServices {
  Projects& projects;
  Tasks& tasks;
  Queues& queues;
  Datasets& datasets;
  Models& models;
  Notes& notes;
  Goals& goals;
  Jobs& jobs;
  const Table& table;
  Listings& listings;
  Views& views;
  EventHub& events;
  const Vocabularies& vocabularies;
  ActionService& actions;
};

std::unique_ptr<Routes> make_project_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_task_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_queue_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_file_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_dataset_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_goal_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_model_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_note_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_action_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_job_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_view_routes(const Core&, ApiServices);
std::unique_ptr<Routes> make_event_routes(const Core&, ApiServices);
std::vector<std::unique_ptr<Routes>> make_api_routes(const Core&, ApiServices);

}  // namespace podium::host
