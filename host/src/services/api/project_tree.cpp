// GET /api/v1/projects/tree
#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/api/project_handlers.hpp"
#include "services/projects/tree.hpp"

namespace podium::host {
namespace {

void write_counts(JsonWriter& w, const TaskCounts& counts) {
  w.object().key("total").value(counts.total);
  for (int i = 1; i <= static_cast<int>(TaskState::published); ++i)
    w.key(name(static_cast<TaskState>(i))).value(counts.of_state[static_cast<std::size_t>(i)]);
  w.key("archived").value(counts.archived).key("active");
  if (counts.active)
    w.value(*counts.active);
  else
    w.null();
  w.end_object();
}

void text_or_null(JsonWriter& w, const char* name, const std::string& text) {
  w.key(name);
  if (text.empty())
    w.null();
  else
    w.value(text);
}

}  // namespace

std::string project_tree_schema() {
  std::string counts =
      R"({"type":"object","required":["total","archived","active"],"properties":{)"
      R"("total":{"type":"integer","description":"without archived tasks"},)"
      R"("active":{"type":["integer","null"],"description":"when a task last changed or lived"})";
  for (int i = 1; i <= static_cast<int>(TaskState::published); ++i)
    counts += ",\"" + std::string(name(static_cast<TaskState>(i))) + R"(":{"type":"integer"})";
  counts += R"(,"archived":{"type":"integer"}}})";
  return R"({"title":"ProjectTree","type":"object","required":["projects","truncated","of"],)"
         R"("properties":{"projects":{"type":"array","items":{"type":"object","required":["name",)"
         R"("id","parent","level","archived","tasks","with_subprojects"],"properties":{)"
         R"("name":{"type":"string"},"id":{"type":["string","null"],)"
         R"("description":"null: a parent without a record of its own"},)"
         R"("parent":{"type":["string","null"]},"level":{"type":"integer"},)"
         R"("archived":{"type":"boolean"},"description":{"type":"string"},"tasks":)" +
         counts + R"(,"with_subprojects":)" + counts +
         R"(}}},"truncated":{"type":"boolean"},"of":{"type":"integer"}}})";
}

Response show_project_tree(const Core& core, const ApiServices& services, Request& request) {
  const Parameters p(request);
  TreeQuestion question;
  question.root = p.text("below").value_or("");
  question.archived = archived_of(p);
  const auto depth = p.integer("depth", 1, 1000);
  const auto limit = p.limit(1000, 10'000);
  std::vector<ProjectNode> nodes;
  core.store.read([&](const Reader& reader) {
    nodes = project_tree(services.projects, services.tasks, reader, request.who(), question);
  });
  std::string body;
  JsonWriter w(body);
  w.object().key("projects").array();
  std::uint64_t of = 0;
  for (const ProjectNode& node : nodes) {
    if ((depth && node.level >= *depth) || ++of > limit) continue;
    w.object().key("name").value(node.name);
    text_or_null(w, "id", node.id);
    text_or_null(w, "parent", node.parent);
    w.key("level").value(static_cast<std::int64_t>(node.level));
    w.key("archived").value(node.archived);
    if (!node.description.empty()) w.key("description").value(node.description);
    w.key("tasks");
    write_counts(w, node.own);
    w.key("with_subprojects");
    write_counts(w, node.all);
    w.end_object();
  }
  w.end_array().key("truncated").value(of > limit);
  w.key("of").value(static_cast<std::int64_t>(of)).end_object();
  return json_response(std::move(body));
}

}  // namespace podium::host
