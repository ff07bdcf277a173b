// A draft that is to do the same again.
#include <algorithm>
#include <array>
#include <deque>

#include "podium/storage_kit/text.hpp"
#include "podium/storage_kit/values.hpp"
#include "services/tasks/body.hpp"
#include "services/tasks/tasks.hpp"
#include "services/tasks/words.hpp"

namespace podium::host {
namespace {

constexpr std::string_view copied_fields[] = {
    "description",       "source_name", "source_type", "repository",  "branch",
    "source_tag",        "commit",      "entry_point", "working_dir", "binary",
    "output_destination"};
constexpr std::string_view copied_maps[] = {"params", "tags", "properties", "configuration",
                                            "container"};
constexpr std::size_t longest_name = 500;

/// "Clone of " and the name, cut at a character where it would be too long.
std::string clone_name(std::string_view name) {
  std::string out = "Clone of " + std::string(name);
  while (kit::count_code_points(out) > longest_name) {
    while ((static_cast<unsigned char>(out.back()) & 0xc0) == 0x80) out.pop_back();
    out.pop_back();
  }
  return out;
}

/// What is taken over from the source, with the texts it views.
struct Copy {
  Patch patch;
  std::deque<std::string> texts;
  std::string name, type, body, id;
  Ordinal project = 0, parent = 0;

  std::string_view keep(std::string_view text) { return texts.emplace_back(text); }
};

Copy read_source(Transaction& t, CollectionId tasks, Ordinal source, const Patch& overrides) {
  std::vector<Column> columns;
  for (const auto name : copied_fields) columns.push_back(value_of(field(std::string(name))));
  for (const auto name : copied_maps) columns.push_back(whole_map(std::string(name)));
  for (const auto name : {"name", "type", "project", "parent"})
    columns.push_back(value_of(field(name)));
  columns.push_back(value_of(record_body()));
  const auto overridden = [&](std::string_view map, std::string_view key) {
    const auto same = [&](const auto& e) { return e.map == map && e.key == key; };
    return std::any_of(overrides.entries.begin(), overrides.entries.end(), same) ||
           std::any_of(overrides.removed.begin(), overrides.removed.end(), same) ||
           std::find(overrides.cleared.begin(), overrides.cleared.end(), map) !=
               overrides.cleared.end();
  };
  Copy copy;
  const bool there = t.get(tasks, source, columns, [&](const Row& row) {
    std::size_t i = 0;
    for (const auto name : copied_fields)
      if (const Cell cell = row.cell(i++); !cell::missing(cell)) copy.patch.set(name, owned(cell));
    for (const auto map : copied_maps)
      for (const MapEntry& e : row.map(i++))
        if (!overridden(map, e.key)) copy.patch.put(map, copy.keep(e.key), copy.keep(e.text));
    copy.name = cell::text(row.cell(i++));
    copy.type = cell::text(row.cell(i++));
    copy.project = cell::integer(row.cell(i++));
    copy.parent = cell::integer(row.cell(i++));
    copy.body = cell::text(row.cell(i++));
    copy.id = row.id();
  });
  if (!there) throw Error(ErrorCode::not_found, "the task to clone does not exist");
  return copy;
}

}  // namespace

Tasks::Head TaskService::clone(Transaction& t, const Principal& who, Ordinal source,
                               const CloneOptions& options) {
  core_.check_visible(t, who, "tasks", core_.in.tasks, source, "task to clone", "");
  const Patch& over = options.content;
  Copy copy = read_source(t, core_.in.tasks, source, over);
  Patch& patch = copy.patch;
  std::string type = copy.type;
  for (const auto& set : over.fields) {
    if (set.field == "type") {
      check_task_value("type", set.value);
      type = std::get<std::string>(set.value);
      continue;
    }
    std::erase_if(patch.fields, [&](const auto& s) { return s.field == set.field; });
    if (!std::holds_alternative<std::monostate>(set.value)) patch.set(set.field, set.value);
  }
  for (const auto& e : over.entries) patch.put(e.map, e.key, e.text);
  // Tasks made before the list of types was kept may have any.
  if (std::find(std::begin(task_types), std::end(task_types), type) == std::end(task_types))
    type = "custom";
  std::string body = copy.body;
  if (over.body) body = merge_task_body(body, *over.body);
  if (!body.empty() && body != "{}") patch.body = body;
  const Ordinal parent = options.parent ? *options.parent : copy.parent != 0 ? copy.parent : source;
  if (parent != 0) patch.set("parent", parent);
  patch.set("derived_from", source);

  std::vector<std::string> models;
  static const std::array link_columns = {value_of(field("direction")), value_of(field("model"))};
  t.query(core_.in.model_links, KeyRange{"edge", {source}, {}, {}, false}, 1'000'000, link_columns,
          [&](const Row& row) {
            if (cell::text(row.cell(0)) == "in") models.push_back(cell::text(row.cell(1)));
            return true;
          });

  NewTask task;
  task.project = options.project != 0 ? options.project : copy.project;
  task.id = options.id;
  const std::string name = options.name.empty() ? clone_name(copy.name) : std::string(options.name);
  task.name = name;
  task.type = type;
  task.content = patch;
  ChangeSet changes;
  changes.add("state", Cell{}, podium::name(TaskState::draft));
  changes.add("derived_from", Cell{}, std::string_view(copy.id));
  const Ordinal made = insert(t, who, task, false, changes, options.why);
  for (const std::string& model : models) {
    NewRecord edge;
    edge.content.set("task", made)
        .set("model", model)
        .set("direction", std::string("in"))
        .set("step", std::int64_t{0});
    t.insert(core_.in.model_links, edge);
  }
  Head head;
  read_head(t, made, head);
  return head;
}

}  // namespace podium::host
