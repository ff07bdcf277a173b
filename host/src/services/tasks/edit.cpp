// Editing a task on a person's or a program's word.
#include <algorithm>
#include <array>

#include "podium/storage_kit/values.hpp"
#include "services/tasks/body.hpp"
#include "services/tasks/rules.hpp"
#include "services/tasks/tasks.hpp"
#include "services/tasks/words.hpp"

namespace podium::host {
namespace {

constexpr int most_ancestors = 10'000;

/// Text ids of references, for the history: an ordinal says nothing to a person.
Cell reference_cell(Transaction& t, CollectionId c, const Cell& cell, std::string& text) {
  const auto* ordinal = std::get_if<std::int64_t>(&cell);
  if (!ordinal) return cell;
  t.get(c, *ordinal, {}, [&](const Row& row) { text = row.id(); });
  return std::string_view(text);
}

bool is_reference(std::string_view field) { return field == "parent" || field == "derived_from"; }

void check_allowed(std::string_view what, Place place, TaskState state) {
  const EditRule* rule = find_edit_rule(what, place);
  if (!rule)
    throw Error(ErrorCode::invalid, in_quotes(what) + " of a task cannot be edited")
        .in(std::string(what));
  if (!rule->when.has(state))
    throw Error(ErrorCode::conflict,
                in_quotes(what) + " cannot be edited while the task is " + std::string(name(state)))
        .in(std::string(what))
        .with(state_detail(state));
}

/// What of the patch's fields and maps differs from the record.
struct Differences {
  ChangeSet changes;
  std::vector<std::pair<std::string_view, Value>> references;  ///< with what they were
  std::string body;
};

Differences compare(Transaction& t, CollectionId tasks, Ordinal task, const Patch& patch) {
  std::vector<Column> columns;
  for (const auto& set : patch.fields) columns.push_back(value_of(field(std::string(set.field))));
  for (const auto& e : patch.entries)
    columns.push_back(value_of(entry(std::string(e.map), std::string(e.key))));
  for (const auto& r : patch.removed)
    columns.push_back(value_of(entry(std::string(r.map), std::string(r.key))));
  for (const auto& map : patch.cleared) columns.push_back(whole_map(std::string(map)));
  if (patch.body) columns.push_back(value_of(record_body()));
  Differences out;
  t.get(tasks, task, columns, [&](const Row& row) {
    std::size_t i = 0;
    for (const auto& set : patch.fields) {
      const Cell before = row.cell(i++);
      if (is_reference(set.field))
        out.references.emplace_back(set.field, owned(before));
      else
        out.changes.add(set.field, before, kit::cell_of(set.value));
    }
    for (const auto& e : patch.entries) out.changes.add_entry(e.map, e.key, row.cell(i++), e.text);
    for (const auto& r : patch.removed) out.changes.add_entry(r.map, r.key, row.cell(i++), Cell{});
    for (const auto& map : patch.cleared)
      for (const MapEntry& e : row.map(i++)) {
        const bool set_again =
            std::any_of(patch.entries.begin(), patch.entries.end(),
                        [&](const auto& n) { return n.map == map && n.key == e.key; });
        if (!set_again) out.changes.add_entry(map, e.key, e.text, Cell{});
      }
    if (patch.body) out.body = cell::text(row.cell(i));
  });
  return out;
}

}  // namespace

void TaskService::check_parent(Transaction& t, Ordinal task, Ordinal parent) {
  static const std::array columns = {value_of(field("parent"))};
  Ordinal at = parent;
  for (int i = 0; at != 0; ++i) {
    if (at == task || i == most_ancestors)
      throw Error(ErrorCode::invalid, "a task cannot be below itself").in("parent");
    Ordinal above = 0;
    t.get(core_.in.tasks, at, columns, [&](const Row& row) { above = cell::integer(row.cell(0)); });
    at = above;
  }
}

Tasks::Head TaskService::edit(Transaction& t, const Principal& who, const Head& head,
                              const Patch& patch, std::string_view why) {
  core_.access.require(who, "task.write");
  for (const auto& set : patch.fields) {
    check_allowed(set.field, Place::field, head.state);
    check_task_value(set.field, set.value);
  }
  for (const auto& e : patch.entries) check_allowed(e.map, Place::map, head.state);
  for (const auto& r : patch.removed) check_allowed(r.map, Place::map, head.state);
  for (const auto& map : patch.cleared) check_allowed(map, Place::map, head.state);
  if (patch.body)
    for (const auto& member : task_body_members(*patch.body))
      check_allowed(member, Place::body, head.state);
  if (patch.empty()) return head;

  Differences different = compare(t, core_.in.tasks, head.ordinal, patch);
  for (const auto& [name, before] : different.references) {
    const auto set = std::find_if(patch.fields.begin(), patch.fields.end(),
                                  [&, n = name](const auto& s) { return s.field == n; });
    if (const auto* other = std::get_if<std::int64_t>(&set->value)) {
      if (name == "parent") check_parent(t, head.ordinal, *other);
      if (*other == head.ordinal)
        throw Error(ErrorCode::invalid, "a task is not derived from itself").in(std::string(name));
    }
    std::string old_id, new_id;
    const Cell old_cell = reference_cell(t, core_.in.tasks, kit::cell_of(before), old_id);
    different.changes.add(name, old_cell,
                          reference_cell(t, core_.in.tasks, kit::cell_of(set->value), new_id));
  }
  Patch all = patch;
  std::string body;
  if (patch.body) {
    std::vector<BodyChange> members;
    body = merge_task_body(different.body, *patch.body, &members);
    for (const auto& m : members) different.changes.add_json(m.name, m.old_json, m.new_json);
    all.body = body;
  }
  if (different.changes.empty()) return head;
  const Head after = change_at(t, head, std::move(all));
  write_history(t, core_, who, subject(head), "edit", why, different.changes.json());
  return after;
}

}  // namespace podium::host
