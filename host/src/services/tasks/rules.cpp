#include "services/tasks/rules.hpp"

namespace podium::host {
namespace {

using enum TaskState;

// There is no `force`: what is not in this table does not happen. An aborted task may still
// complete or fail, because its process may report its end after the abort took effect.
// clang-format off
constexpr TransitionRule transitions[] = {
    // kind                   from                                          to                    dates             archived same
    {Transition::enqueue,  {draft, aborted},                             {pending},                Stamp::none,      false, false},
    {Transition::retry,    {failed},                                     {pending},                Stamp::none,      false, false},
    {Transition::dequeue,  {pending},                                    {draft, failed, aborted}, Stamp::none,      true,  false},
    {Transition::start,    {draft, pending, completed, aborted},         {running},                Stamp::started,   false, false},
    {Transition::complete, {running, aborted},                           {completed},              Stamp::completed, true,  false},
    {Transition::fail,     {running, aborted},                           {failed},                 Stamp::completed, true,  false},
    {Transition::abort,    {pending, running},                           {aborted},                Stamp::completed, true,  false},
    {Transition::publish,  {completed, failed, aborted},                 {published},              Stamp::published, false, false},
    {Transition::reset,    {completed, failed, aborted},                 {draft},                  Stamp::cleared,   false, false},
    {Transition::client,   {draft, pending, running, completed, failed, aborted},
                           {draft, running, completed, failed, aborted},                           Stamp::given,     true,  true},
};
// clang-format on

constexpr States anytime = {draft, pending, running, completed, failed, aborted, published};
constexpr States unpublished = {draft, pending, running, completed, failed, aborted};
constexpr States before_running = {draft};
constexpr States while_running = {running};

// What describes a task for people may change at any time; what says how it runs only while it is a
// draft. Fields that are not here change by their own calls only (state, dates, archived, project,
// queue) or are kept up by podium.
constexpr EditRule edits[] = {
    {"name", Place::field, anytime},
    {"description", Place::field, anytime},
    {"tags", Place::map, anytime},
    {"properties", Place::map, unpublished},
    {"user", Place::field, unpublished},
    {"derived_from", Place::field, unpublished},
    {"progress", Place::field, while_running},
    {"iteration", Place::field, while_running},
    {"type", Place::field, before_running},
    {"parent", Place::field, before_running},
    {"artifact_uri", Place::field, before_running},
    {"output_destination", Place::field, before_running},
    {"source_name", Place::field, before_running},
    {"source_type", Place::field, before_running},
    {"repository", Place::field, before_running},
    {"branch", Place::field, before_running},
    {"source_tag", Place::field, before_running},
    {"commit", Place::field, before_running},
    {"entry_point", Place::field, before_running},
    {"working_dir", Place::field, before_running},
    {"binary", Place::field, before_running},
    {"params", Place::map, before_running},
    {"configuration", Place::map, before_running},
    {"container", Place::map, before_running},
    {"diff", Place::body, before_running},
    {"requirements", Place::body, before_running},
};

}  // namespace

std::span<const TransitionRule> transition_rules() { return transitions; }

const TransitionRule* find_rule(Transition kind, TaskState from, TaskState to) {
  for (const auto& rule : transitions)
    if (rule.kind == kind && rule.from.has(from) && rule.to.has(to)) return &rule;
  return nullptr;
}

std::span<const EditRule> edit_rules() { return edits; }

const EditRule* find_edit_rule(std::string_view name, Place place) {
  for (const auto& rule : edits)
    if (rule.place == place && rule.name == name) return &rule;
  return nullptr;
}

}  // namespace podium::host
