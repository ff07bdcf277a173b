#pragma once
// What commands stand on.
#include "podium/query.hpp"
#include "podium/service/actions.hpp"
#include "podium/service/datasets.hpp"
#include "podium/service/jobs.hpp"
#include "podium/service/models.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"
#include "services/core.hpp"

namespace podium::host {
class ActionCatalogue;
class ActionService;
class Table;
class Vocabularies;
}  // namespace podium::host

namespace podium::host::commands {

class Waits;

/// Borrowed from the host. The verbs are made before the store is open (so that no plugin takes
/// their words): this is filled in before the first command, and outlives the last.
struct Parts {
  const Core* core = nullptr;
  Projects* projects = nullptr;
  Tasks* tasks = nullptr;
  Datasets* datasets = nullptr;
  Models* models = nullptr;
  Jobs* jobs = nullptr;
  const Vocabularies* words = nullptr;
  const Table* table = nullptr;
  Waits* waits = nullptr;
  Actions* actions = nullptr;
  ActionService* runs = nullptr;  ///< the same in a host: what it tells of its runs
  const ActionCatalogue* catalogue = nullptr;
};

}  // namespace podium::host::commands
