#include "services/api/task_fields.hpp"

#include <nlohmann/json.hpp>

namespace podium::host {
namespace {

/// Fields that a body sets as texts; null clears them.
constexpr std::string_view texts[] = {
    "description", "user",        "artifact_uri", "output_destination", "source_name",
    "source_type", "repository",  "branch",       "source_tag",         "commit",
    "entry_point", "working_dir", "binary"};
constexpr std::string_view maps[] = {"params", "tags", "properties", "configuration", "container"};
constexpr std::string_view references[] = {"parent", "derived_from"};

}  // namespace

TaskFields::TaskFields(Members& body, bool removals) {
  for (const auto name : texts) {
    if (const auto text = body.text(name))
      fields_.set(name, *text);
    else if (body.is_null(name) && removals)
      fields_.set(name, Value{});
  }
  type = body.text("type", 64);
  if (body.is_null("type")) throw Error(ErrorCode::invalid, "a task needs a type").in("type");
  if (const Json* progress = body.any("progress"); progress && !progress->is_null())
    fields_.set("progress", input::real_of(*progress, body.path("progress")));
  if (const auto iteration = body.integer("iteration", 0, std::numeric_limits<std::int64_t>::max()))
    fields_.set("iteration", *iteration);
  for (const auto name : maps) maps_.emplace_back(name, entries_of(body, name, removals));
  for (const auto name : references)
    references_.push_back({name, body.text(name, 256), removals && body.is_null(name)});
  Json members = Json::object();
  for (const char* name : {"diff", "requirements"})
    if (const Json* member = body.any(name); member && (removals || !member->is_null())) {
      if (member->is_string()) (void)input::text_of(*member, body.path(name), 16'000'000);
      members[name] = *member;
    }
  if (!members.empty()) body_ = members.dump();
}

Patch TaskFields::resolve(Transaction& t, const Core& core, const Principal& who) const {
  Patch out = fields_;
  for (const auto& [map, entries] : maps_) entries.add_to(out, map);
  for (const Reference& r : references_) {
    if (r.id) {
      const Ordinal ordinal = t.find(core.in.tasks, *r.id);
      try {
        core.check_visible(t, who, "tasks", core.in.tasks, ordinal, "task", *r.id);
      } catch (Error& e) {
        throw e.in(std::string(r.name));
      }
      out.set(r.name, ordinal);
    } else if (r.clear) {
      out.set(r.name, Value{});
    }
  }
  if (!body_.empty()) out.body = body_;
  return out;
}

}  // namespace podium::host
