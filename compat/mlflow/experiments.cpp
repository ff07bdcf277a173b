#include "experiments.hpp"

#include <fmt/format.h>

#include <array>
#include <unordered_set>

#include "log_requests.hpp"
#include "page_token.hpp"
#include "podium/http/json_writer.hpp"
#include "python_text.hpp"
#include "validation.hpp"
#include "vocabulary.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

constexpr std::string_view note_tag = "mlflow.note.content";  // the project's description
constexpr std::string_view view_tag_prefix = "mlflow.customView.view";
constexpr std::size_t max_views = 50;

bool is_view_tag(std::string_view key) {
  return key.substr(0, view_tag_prefix.size()) == view_tag_prefix;
}

Error too_many_views(std::string_view experiment) {
  return invalid(fmt::format(
      "Unable to create another custom view{}; the maximum number of custom views per experiment "
      "is {}. Delete an existing custom view before creating a new one.",
      experiment.empty() ? std::string() : fmt::format(" for experiment {}", experiment),
      max_views));
}

std::span<const Column> experiment_columns() {
  static const std::array columns = {value_of(field("name")),
                                     value_of(field("artifact_location")),
                                     value_of(field("archived")),
                                     value_of(field("updated")),
                                     value_of(field("created")),
                                     value_of(field("description")),
                                     whole_map("tags")};
  return columns;
}

void write_experiment(JsonWriter& w, const Row& row) {
  w.object().key("experiment_id").value(row.id()).key("name").value(cell::view(row.cell(0)));
  w.key("artifact_location").value(cell::view(row.cell(1)));
  w.key("lifecycle_stage").value(cell::flag(row.cell(2)) ? "deleted" : "active");
  if (const std::int64_t updated = cell::integer(row.cell(3)); updated != 0)
    w.key("last_update_time").value(updated);
  if (const std::int64_t created = cell::integer(row.cell(4)); created != 0)
    w.key("creation_time").value(created);
  const Cell note = row.cell(5);
  const auto tags = row.map(6);
  if (!tags.empty() || !cell::missing(note)) {
    w.key("tags").array();
    const auto pair = [&](std::string_view key, std::string_view value) {
      w.object().key("key").value(key).key("value").value(value).end_object();
    };
    for (const MapEntry& tag : tags) pair(tag.key, tag.text);
    if (!cell::missing(note)) pair(note_tag, cell::view(note));
    w.end_array();
  }
  w.key("workspace").value("default").end_object();
}

/// What an endpoint must know of an experiment before it writes.
struct Experiment {
  Ordinal ordinal = 0;
  std::string id;
  bool archived = false;
};

Experiment require(const Api& api, Transaction& t, const Principal& who, std::string_view id) {
  Experiment e;
  e.ordinal = api.require_experiment(t, who, id);
  const Column archived = value_of(field("archived"));
  t.get(api.project_records, e.ordinal, std::span(&archived, 1), [&](const Row& row) {
    e.id = row.id();
    e.archived = cell::flag(row.cell(0));
  });
  return e;
}

Experiment require_active(const Api& api, Transaction& t, const Principal& who,
                          std::string_view id) {
  Experiment e = require(api, t, who, id);
  if (e.archived) throw not_active("experiment", e.id);
  return e;
}

Response create(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string name(fields.required_text("name"));
  std::string location(fields.text("artifact_location").value_or(""));
  std::vector<Pair> tags;
  std::unordered_set<std::string> seen;
  std::size_t views = 0;
  for (const Fields& item : fields.messages("tags")) {
    tags.push_back(
        {std::string(item.text("key").value_or("")), std::string(item.text("value").value_or(""))});
    views += is_view_tag(tags.back().key) ? 1 : 0;
  }
  if (views > max_views) throw too_many_views("");
  if (!location.empty())
    location = checked_artifact_location(location, api.context.host().default_artifact_root);
  check_experiment_name(name);
  std::vector<MapEntry> entries;
  NewProject project;
  project.name = name;
  project.artifact_location = location;
  for (const Pair& tag : tags) {
    check_experiment_tag(tag.key, tag.value);
    if (!seen.insert(tag.key).second)
      throw error(Code::bad_request, fmt::format("The tag '{}' is given twice.", tag.key));
    if (tag.key == note_tag && !tag.value.empty())
      project.description = tag.value;
    else
      entries.push_back({tag.key, tag.value});
  }
  project.tags = entries;
  const std::string id = api.store.write([&](Transaction& t) {
    try {
      return api.project_id(t, api.projects.create(t, request.who(), project));
    } catch (const Error& e) {
      if (e.code() != ErrorCode::exists) throw;
      throw error(Code::resource_already_exists,
                  fmt::format("Experiment(name={}) already exists.", name));
    }
  });
  std::string body;
  JsonWriter(body).object().key("experiment_id").value(id).end_object();
  return json_response(std::move(body));
}

Response one(const Api& api, Request& request, Ordinal ordinal, const Error& absent) {
  std::string body = "{\"experiment\":";
  JsonWriter w(body);
  if (ordinal == 0 || !api.projects.get(api.store, request.who(), ordinal, experiment_columns(),
                                        [&](const Row& row) { write_experiment(w, row); }))
    throw absent;
  return json_response(std::move(body += '}'));
}

Response get(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string id = parse_experiment_id(fields.required_text("experiment_id"));
  return one(api, request, api.projects.find(api.store, request.who(), id),
             missing(fmt::format("No Experiment with id={} exists", id)));
}

Response get_by_name(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string name(fields.required_text("experiment_name"));
  Query query;
  query.filter = eq(field("name"), name);
  query.limit = 1;
  Ordinal found = 0;
  api.projects.query(api.store, request.who(), std::move(query), [&](const Row& row) {
    found = row.ordinal();
    return true;
  });
  return one(api, request, found,
             missing(fmt::format("Could not find experiment with name '{}'", name)));
}

/// Sets the flag and sweeps the runs; answers when the sweep is through, so that the client sees it
/// done.
Response set_archived(const Api& api, Request& request, bool archived) {
  constexpr std::int64_t longest_wait = 9 * 60 * 1000;
  const Fields fields = read_fields(request);
  const std::string id(fields.required_text("experiment_id"));
  const std::string job = api.store.write([&](Transaction& t) {
    const Experiment e = require(api, t, request.who(), id);
    if (e.archived == archived) throw missing(fmt::format("No Experiment with id={} exists", e.id));
    return api.tasks.archive_all(t, request.who(), e.ordinal, archived);
  });
  if (!job.empty()) {
    const std::string state = api.jobs.wait(request.who(), job, longest_wait);
    if (state == "failed")
      throw error(Code::internal_error,
                  fmt::format("The runs of experiment {} were not all {}; job {} tells why.", id,
                              archived ? "deleted" : "restored", job));
  }
  return empty_answer();
}

Response update(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string id(fields.required_text("experiment_id")),
      name(fields.required_text("new_name"));
  check_experiment_name(name);
  api.store.write([&](Transaction& t) {
    const Experiment e = require(api, t, request.who(), id);
    if (e.archived) throw error(Code::invalid_state, "Cannot rename a non-active experiment.");
    Patch patch;
    patch.set("name", name);
    try {
      api.projects.edit(t, request.who(), e.ordinal, patch);
    } catch (const Error& failure) {
      if (failure.code() != ErrorCode::exists) throw;
      throw error(Code::bad_request, fmt::format("Experiment(name={}) already exists.", name));
    }
  });
  return empty_answer();
}

Response set_tag(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string id(fields.required_text("experiment_id")), key(fields.required_text("key"));
  const std::string value(fields.text("value").value_or(""));
  check_experiment_tag(key, value);
  api.store.write([&](Transaction& t) {
    const Experiment e = require_active(api, t, request.who(), id);
    Patch patch;
    if (key == note_tag)
      patch.set("description", value);
    else
      patch.put("tags", key, value);
    if (is_view_tag(key)) {
      std::size_t others = 0;
      bool there = false;
      const Column tags = whole_map("tags");
      t.get(api.project_records, e.ordinal, std::span(&tags, 1), [&](const Row& row) {
        for (const MapEntry& tag : row.map(0)) {
          there |= tag.key == key;
          others += is_view_tag(tag.key) ? 1 : 0;
        }
      });
      if (!there && others >= max_views) throw too_many_views(e.id);
    }
    api.projects.edit(t, request.who(), e.ordinal, patch);
  });
  return empty_answer();
}

Response delete_tag(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string id(fields.required_text("experiment_id")), key(fields.required_text("key"));
  api.store.write([&](Transaction& t) {
    const Experiment e = require_active(api, t, request.who(), id);
    const std::array columns = {value_of(entry("tags", key)), value_of(field("description"))};
    bool tagged = false, described = false;
    t.get(api.project_records, e.ordinal, columns, [&](const Row& row) {
      tagged = !cell::missing(row.cell(0));
      described = key == note_tag && !cell::missing(row.cell(1));
    });
    if (!tagged && !described)
      throw missing(fmt::format("No tag with name: {} in experiment with id {}", key, id));
    Patch patch;
    if (tagged) patch.remove("tags", key);
    if (described) patch.set("description", Value{});
    api.projects.edit(t, request.who(), e.ordinal, patch);
  });
  return empty_answer();
}

Response search(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const int view = fields.enumeration("view_type", view_types).value_or(1);
  const std::int64_t max_results = fields.integer("max_results").value_or(0);
  const auto order_by = fields.texts("order_by");
  const std::string filter(fields.text("filter").value_or(""));
  const std::string token(fields.text("page_token").value_or(""));
  check_max_results(max_results);
  refuse_blank(filter);

  Query query;
  const Filter stage = view == 3 ? Filter{} : eq(field("archived"), view == 2);
  query.filter = all_of({stage, api.language.parse(filter, ExperimentVocabulary())});
  bool by_id = false;
  for (const std::string_view item : order_by) {
    query.order.push_back(api.language.parse_order(item, ExperimentVocabulary()));
    by_id |= query.order.back().path.kind == Path::Kind::ordinal;
  }
  if (order_by.empty())
    query.order = {{field("created"), true, false}, {record_ordinal(), false, false}};
  else if (!by_id)
    query.order.push_back({record_ordinal(), true, false});
  query.limit = static_cast<std::uint64_t>(max_results);
  query.cursor = cursor_of(token);
  query.columns.assign(experiment_columns().begin(), experiment_columns().end());

  std::string body;
  JsonWriter w(body);
  w.object();
  bool any = false;
  const Page page =
      api.projects.query(api.store, request.who(), std::move(query), [&](const Row& row) {
        if (!any) w.key("experiments").array();
        any = true;
        write_experiment(w, row);
        return true;
      });
  if (any) w.end_array();
  if (!page.cursor.empty()) w.key("next_page_token").value(page_token(page.cursor));
  w.end_object();
  return json_response(std::move(body));
}

}  // namespace

void add_experiment_routes(const Api& api, RouteTable& routes) {
  routes.rpc("POST", 2, "/experiments/create", "project.write",
             [&](Request& q) { return create(api, q); });
  routes.rpc("GET", 2, "/experiments/get", "project.read", [&](Request& q) { return get(api, q); });
  routes.rpc("GET", 2, "/experiments/get-by-name", "project.read",
             [&](Request& q) { return get_by_name(api, q); });
  routes.rpc("POST", 2, "/experiments/search", "project.read",
             [&](Request& q) { return search(api, q); });
  routes.rpc("GET", 2, "/experiments/search", "project.read",
             [&](Request& q) { return search(api, q); });
  routes.rpc_long("POST", 2, "/experiments/delete", "project.write",
                  [&](Request& q) { return set_archived(api, q, true); });
  routes.rpc_long("POST", 2, "/experiments/restore", "project.write",
                  [&](Request& q) { return set_archived(api, q, false); });
  routes.rpc("POST", 2, "/experiments/update", "project.write",
             [&](Request& q) { return update(api, q); });
  routes.rpc("POST", 2, "/experiments/set-experiment-tag", "project.write",
             [&](Request& q) { return set_tag(api, q); });
  routes.rpc("POST", 2, "/experiments/delete-experiment-tag", "project.write",
             [&](Request& q) { return delete_tag(api, q); });
}

}  // namespace podium::mlflow
