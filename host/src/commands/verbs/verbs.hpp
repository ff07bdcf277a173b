#pragma once
// The host's own verbs, each made by a function.
#include <memory>

#include "commands/commands.hpp"
#include "podium/extension/verb.hpp"

namespace podium::host::commands {

// What is looked at.
std::unique_ptr<Verb> make_projects_verb(const Parts&);
std::unique_ptr<Verb> make_tasks_verb(const Parts&);
std::unique_ptr<Verb> make_models_verb(const Parts&);
std::unique_ptr<Verb> make_datasets_verb(const Parts&);
std::unique_ptr<Verb> make_show_verb(const Parts&);
std::unique_ptr<Verb> make_diff_verb(const Parts&);
std::unique_ptr<Verb> make_best_verb(const Parts&);
std::unique_ptr<Verb> make_series_verb(const Parts&);
std::unique_ptr<Verb> make_chart_verb(const Parts&);
std::unique_ptr<Verb> make_artifacts_verb(const Parts&);
std::unique_ptr<Verb> make_view_verb(const Parts&);
std::unique_ptr<Verb> make_export_verb(const Parts&);
std::unique_ptr<Verb> make_wait_verb(const Parts&);
std::unique_ptr<Verb> make_actions_verb(const Parts&);
std::unique_ptr<Verb> make_jobs_verb(const Parts&);
std::unique_ptr<Verb> make_job_verb(const Parts&);
std::unique_ptr<Verb> make_help_verb(const Commands&);

// What is changed.
std::unique_ptr<Verb> make_note_verb(const Parts&);
std::unique_ptr<Verb> make_undo_verb(const Parts&);
std::unique_ptr<Verb> make_cancel_verb(const Parts&);

}  // namespace podium::host::commands
