// Routes of parameters, artifacts, models, data sets and source.
#include "outputs.hpp"
#include "parameters.hpp"
#include "podium/http/input.hpp"
#include "podium/plugin.hpp"
#include "route_parts.hpp"
#include "routes.hpp"
#include "schemas.hpp"
#include "source.hpp"

namespace podium::comparison {
namespace {

constexpr const char* maps[] = {"params", "tags", "properties", "container", "configuration"};

void write_baseline(JsonWriter& w, const std::optional<std::size_t>& baseline) {
  w.key("baseline");
  if (baseline)
    w.value(static_cast<std::int64_t>(*baseline));
  else
    w.null();
}

void write_texts(JsonWriter& w, const char* name,
                 const std::vector<std::optional<std::string>>& texts) {
  w.key(name).array();
  for (const auto& text : texts) {
    if (text)
      w.value(*text);
    else
      w.null();
  }
  w.end_array();
}

void write_lists(JsonWriter& w, const char* name,
                 const std::vector<std::vector<std::string>>& lists) {
  w.key(name).array();
  for (const auto& list : lists) {
    w.array();
    for (const std::string& text : list) w.value(text);
    w.end_array();
  }
  w.end_array();
}

void write_flags(JsonWriter& w, const char* name, const std::vector<bool>& flags) {
  w.key(name).array();
  for (const bool flag : flags) w.value(flag);
  w.end_array();
}

void write_diffs(JsonWriter& w, const ComparedText& text) {
  write_flags(w, "has", text.has);
  w.key("diffs").array();
  for (const auto& diff : text.diffs) {
    if (diff)
      write(w, *diff);
    else
      w.null();
  }
  w.end_array();
}

void write_facts(JsonWriter& w, const char* name, const std::vector<ComparedFact>& facts) {
  w.key(name).array();
  for (const ComparedFact& f : facts) {
    w.object();
    if (!f.kind.empty()) w.key("kind").value(f.kind);
    w.key("name").value(f.name);
    write_texts(w, "values", f.values);
    w.key("equal").value(f.equal).end_object();
  }
  w.end_array();
}

std::vector<std::string> read_maps(Members& body) {
  std::vector<std::string> out;
  const Json* given = body.array("maps", std::size(maps));
  if (given == nullptr) return ParametersQuestion().maps;
  for (std::size_t i = 0; i < given->size(); ++i) {
    const std::string path = body.path("maps") + "[" + std::to_string(i) + "]";
    const std::string map = input::text_of((*given)[i], path, 64);
    if (std::find(std::begin(maps), std::end(maps), map) == std::end(maps))
      throw input::wrong(path, "must be params, tags, properties, container or configuration");
    if (std::find(out.begin(), out.end(), map) == out.end()) out.push_back(map);
  }
  return out;
}

}  // namespace

Response ComparisonRoutes::parameters(Request& request) const {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body);
  ParametersQuestion asked;
  asked.maps = read_maps(body);
  const auto baseline = body.text("baseline", 256);
  asked.differing = body.boolean("differing").value_or(false);
  body.finish();
  return side_by_side(context_, request, selection,
                      [&](const Reader& reader, const Selected& selected, JsonWriter& w) {
                        asked.baseline = baseline_of(selected, baseline);
                        const auto found =
                            read_parameters(context_, reader, request.who(), selected, asked);
                        write_baseline(w, asked.baseline);
                        w.key("entries").array();
                        for (const ComparedEntry& e : found.entries) {
                          w.object().key("map").value(e.map).key("key").value(e.key);
                          write_texts(w, "values", e.values);
                          w.key("equal").value(e.equal);
                          write_flags(w, "differs", e.differs);
                          w.end_object();
                        }
                        w.end_array().key("texts").array();
                        for (const ComparedText& t : found.texts) {
                          w.object().key("map").value(t.map).key("key").value(t.key);
                          w.key("equal").value(t.equal);
                          write_flags(w, "differs", t.differs);
                          write_diffs(w, t);
                          w.end_object();
                        }
                        w.end_array();
                      });
}

Response ComparisonRoutes::artifacts(Request& request) const {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body);
  std::string folder = body.text("path", 4096).value_or("");
  body.finish();
  while (folder.ends_with('/')) folder.pop_back();
  return side_by_side(context_, request, selection,
                      [&](const Reader& reader, const Selected& selected, JsonWriter& w) {
                        const auto found = read_artifacts(context_, reader, request.who(), selected,
                                                          folder, request.cancel());
                        w.key("artifacts").array();
                        for (const ComparedArtifact& a : found.artifacts) {
                          w.object().key("path").value(a.path).key("sizes").array();
                          for (const auto& size : a.sizes) {
                            if (size)
                              w.value(*size);
                            else
                              w.null();
                          }
                          w.end_array().key("equal");
                          if (a.equal)
                            w.value(*a.equal);
                          else
                            w.null();
                          w.end_object();
                        }
                        w.end_array().key("unread").array();
                        for (const std::size_t t : found.unread)
                          w.value(static_cast<std::int64_t>(t));
                        w.end_array().key("truncated").value(found.truncated);
                      });
}

Response ComparisonRoutes::models(Request& request) const {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body);
  body.finish();
  return side_by_side(
      context_, request, selection,
      [&](const Reader& reader, const Selected& selected, JsonWriter& w) {
        w.key("models").array();
        for (const ComparedModel& m : read_models(context_, reader, request.who(), selected)) {
          w.object().key("direction").value(m.direction);
          w.key("name").value(m.name).key("type").value(m.type);
          write_lists(w, "models", m.models);
          w.end_object();
        }
        w.end_array();
      });
}

Response ComparisonRoutes::datasets(Request& request) const {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body);
  body.finish();
  return side_by_side(
      context_, request, selection,
      [&](const Reader& reader, const Selected& selected, JsonWriter& w) {
        w.key("datasets").array();
        for (const ComparedDataset& d : read_datasets(context_, reader, request.who(), selected)) {
          w.object().key("name").value(d.name).key("context").value(d.context);
          write_lists(w, "digests", d.digests);
          w.key("equal").value(d.equal).end_object();
        }
        w.end_array();
      });
}

Response ComparisonRoutes::source(Request& request) const {
  Members body = Members::of_body(request);
  const Selection selection = read_selection(body);
  const auto id = body.text("baseline", 256);
  body.finish();
  return side_by_side(context_, request, selection,
                      [&](const Reader& reader, const Selected& selected, JsonWriter& w) {
                        const auto baseline = baseline_of(selected, id);
                        const auto found =
                            read_source(context_, reader, request.who(), selected, baseline);
                        write_baseline(w, baseline);
                        write_facts(w, "fields", found.fields);
                        write_facts(w, "packages", found.packages);
                        write_diffs(w, found.diff);
                      });
}

void ComparisonRoutes::add_outputs(std::vector<Route>& table) {
  const auto add = [&](const char* path, const char* summary,
                       Response (ComparisonRoutes::*handler)(Request&) const,
                       std::string request_schema, std::string answer_schema) {
    Route& route = table.emplace_back();
    route.method = "POST";
    route.path = std::string("/api/v1/comparisons/") + path;
    route.permission = "task.read";
    route.summary = summary;
    route.handler = Handler([this, handler](Request& r) { return (this->*handler)(r); });
    route.request_schema = std::move(request_schema);
    route.answer_schema = std::move(answer_schema);
  };
  add("parameters", "Parameters side by side, and configuration objects as differences of texts",
      &ComparisonRoutes::parameters, schemas::parameters_request(), schemas::parameters());
  add("artifacts", "Which artifacts tasks have, and whether they are the same",
      &ComparisonRoutes::artifacts, schemas::artifacts_request(), schemas::artifacts());
  add("models", "Models that tasks made and read", &ComparisonRoutes::models,
      schemas::plain_request(), schemas::models());
  add("datasets", "Data sets that tasks read, by digest", &ComparisonRoutes::datasets,
      schemas::plain_request(), schemas::datasets());
  add("source", "Repository and commit, uncommitted changes and packages of tasks",
      &ComparisonRoutes::source, schemas::source_request(), schemas::source());
}

}  // namespace podium::comparison
