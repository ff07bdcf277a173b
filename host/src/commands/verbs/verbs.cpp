#include "commands/verbs/verbs.hpp"

namespace podium::host::commands {

std::vector<std::unique_ptr<Verb>> make_verbs(const Parts& parts, const Commands& commands) {
  std::vector<std::unique_ptr<Verb>> verbs;
  verbs.push_back(make_projects_verb(parts));
  verbs.push_back(make_tasks_verb(parts));
  verbs.push_back(make_models_verb(parts));
  verbs.push_back(make_datasets_verb(parts));
  verbs.push_back(make_show_verb(parts));
  verbs.push_back(make_diff_verb(parts));
  verbs.push_back(make_best_verb(parts));
  verbs.push_back(make_series_verb(parts));
  verbs.push_back(make_chart_verb(parts));
  verbs.push_back(make_artifacts_verb(parts));
  verbs.push_back(make_note_verb(parts));
  verbs.push_back(make_view_verb(parts));
  verbs.push_back(make_export_verb(parts));
  verbs.push_back(make_wait_verb(parts));
  verbs.push_back(make_actions_verb(parts));
  verbs.push_back(make_undo_verb(parts));
  verbs.push_back(make_jobs_verb(parts));
  verbs.push_back(make_job_verb(parts));
  verbs.push_back(make_cancel_verb(parts));
  verbs.push_back(make_help_verb(commands));
  return verbs;
}

}  // namespace podium::host::commands
