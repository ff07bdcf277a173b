#include "reserved_tags.hpp"

#include <fmt/format.h>

#include <array>

namespace podium::mlflow {
namespace {

constexpr std::string_view user_tag = "mlflow.user";
constexpr std::string_view name_tag = "mlflow.runName";
constexpr std::string_view parent_tag = "mlflow.parentRunId";

/// What is stored of the two tags that have two places.
struct Stored {
  std::string user;
  bool user_entry = false, parent_entry = false;
};

Stored read_stored(const Api& api, Transaction& t, Ordinal task) {
  static const std::array columns = {value_of(field("user")),
                                     value_of(entry("tags", std::string(user_tag))),
                                     value_of(entry("tags", std::string(parent_tag)))};
  Stored stored;
  t.get(api.task_records, task, columns, [&](const Row& row) {
    stored.user = cell::view(row.cell(0));
    stored.user_entry = !cell::missing(row.cell(1));
    stored.parent_entry = !cell::missing(row.cell(2));
  });
  return stored;
}

void forget(std::vector<MapEntry>& plain, std::string_view key) {
  std::erase_if(plain, [&](const MapEntry& e) { return e.key == key; });
}

TagPlan plan(const Api& api, Transaction& t, const Stored& stored, Ordinal task,
             std::span<const Pair> tags) {
  TagPlan out;
  bool user_in_field = false, parent_in_field = false;
  for (const Pair& tag : tags) {
    const ReservedTag* reserved = reserved_tag(tag.key);
    if (!reserved) {
      out.plain.push_back({tag.key, tag.value});
    } else if (tag.key == user_tag) {
      user_in_field = tag.value == stored.user;
      set_field(out.fields, "user_tagged", user_in_field);
      forget(out.plain, user_tag);
      if (!user_in_field) out.plain.push_back({tag.key, tag.value});
    } else if (tag.key == parent_tag) {
      const Ordinal parent = t.find(api.task_records, tag.value);
      parent_in_field = parent != 0 && parent != task;
      set_field(out.fields, "parent", parent_in_field ? Value(parent) : Value());
      forget(out.plain, parent_tag);
      if (!parent_in_field) out.plain.push_back({tag.key, tag.value});
    } else if (tag.key != name_tag ||
               !tag.value.empty()) {  // a run keeps its name rather than lose it
      set_field(out.fields, reserved->field, tag.value);
    }
  }
  if (user_in_field && stored.user_entry) out.stale.push_back(user_tag);
  if (parent_in_field && stored.parent_entry) out.stale.push_back(parent_tag);
  return out;
}

}  // namespace

const ReservedTag* reserved_tag(std::string_view key) {
  if (key.substr(0, 7) != "mlflow.") return nullptr;
  for (const ReservedTag& reserved : reserved_tags)
    if (reserved.tag == key) return &reserved;
  return nullptr;
}

void set_field(std::vector<Patch::Set>& fields, std::string_view name, Value value) {
  for (auto& set : fields)
    if (set.field == name) {
      set.value = std::move(value);
      return;
    }
  fields.push_back({name, std::move(value)});
}

TagPlan plan_tags(const Api& api, Transaction& t, Ordinal task, std::span<const Pair> tags) {
  bool two_places = false;
  for (const Pair& tag : tags) two_places |= tag.key == user_tag || tag.key == parent_tag;
  return plan(api, t, two_places ? read_stored(api, t, task) : Stored{}, task, tags);
}

TagPlan plan_new_tags(const Api& api, Transaction& t, std::string_view user,
                      std::span<const Pair> tags) {
  Stored stored;
  stored.user = user;
  return plan(api, t, stored, 0, tags);
}

void delete_tag(const Api& api, Transaction& t, const Principal& who, std::string_view run_id,
                std::string_view key) {
  const Tasks::Head head = api.require_active_run(t, who, run_id);
  const auto absent = [&] {
    return missing(fmt::format("No tag with name: {} in run with id {}", key, run_id));
  };
  const ReservedTag* reserved = reserved_tag(key);
  bool in_field = false;
  if (reserved) {
    const std::array columns = {value_of(field(std::string(reserved->field))),
                                value_of(field("user_tagged"))};
    t.get(api.task_records, head.ordinal, columns, [&](const Row& row) {
      in_field = key == user_tag ? cell::flag(row.cell(1)) : !cell::missing(row.cell(0));
    });
  }
  if (in_field) {
    Patch patch;
    if (key == user_tag)
      patch.set("user_tagged", false);
    else
      patch.set(reserved->field, Value{});
    api.tasks.describe(t, who, head, patch);
    return;
  }
  try {
    api.tasks.remove_tag(t, who, head, key);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::not_found) throw absent();
    throw;
  }
}

}  // namespace podium::mlflow
