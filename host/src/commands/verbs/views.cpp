// view
#include "services/views/views.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands/call.hpp"
#include "commands/task_rows.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "commands/verbs/views.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::host::commands {
namespace {

/// The views of the table that the clause `in` names.
std::vector<View> views_of(const Parts& parts, const VerbCall& call) {
  std::string project;
  TableScope scope = TableScope::all;
  if (const auto projects = call.projects()) {
    scope = call.text("in").ends_with('/') ? TableScope::subprojects : TableScope::project;
    parts.projects->get(parts.core->store, call.who(), projects->front(), {},
                        [&](const Row& row) { project = row.id(); });
  }
  std::vector<View> all;
  const Views views(*parts.core, *parts.table);
  parts.core->store.read(
      [&](const Reader& reader) { all = views.list(reader, call.who(), project, scope); });
  return all;
}

bool is_called(const View& view, const CommandWord& wanted) {
  return view.name == wanted.text || view.id == wanted.text;
}

class ViewVerb final : public Verb {
 public:
  explicit ViewVerb(const Parts& parts) : Verb("view"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "A saved view of a task table, as rows; without a name, which views there are";
    u.arguments = "NAME";
    u.most = 1;
    u.clauses = {clauses::in(), clauses::limit()};
    u.examples = {{"view in vision", "the views of a project"},
                  {"view 'best of the week' in vision", "the rows of one"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    const std::vector<View> all = views_of(parts_, call);
    if (call.arguments().empty()) return list(all);
    const CommandWord& wanted = call.arguments().front();
    std::vector<std::string> names;
    for (const View& v : all) {
      if (is_called(v, wanted)) return rows(call, v);
      names.push_back(v.name);
    }
    const std::string near = kit::nearest(wanted.text, names);
    const Error wrong = call.wrong(
        wanted, fmt::format("this table has no view '{}'{}", wanted.text,
                            near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    Error error(ErrorCode::not_found, wrong.what());
    error.at(wrong.position()).in("view").with(wrong.detail());
    throw error;
  }

 private:
  static Answer list(const std::vector<View>& views) {
    AnswerTable table;
    table.entity = "view";
    table.column("id", CellType::id).column("name").column("owner");
    table.column("shared", CellType::boolean).column("default", CellType::boolean);
    table.column("updated", CellType::time);
    for (const View& v : views)
      table.row({v.id, v.name, v.owner, v.shared, v.is_default, v.updated});
    table.of = static_cast<std::int64_t>(views.size());
    return table;
  }

  Answer rows(const VerbCall& call, const View& view) const {
    TableQuestion question;
    if (!view.project.empty()) question.project = view.project;
    question.scope = view.scope;
    question.archived = view.state.archived;
    question.filter = view.state.filter;
    question.filters = view.state.filters;
    question.search = view.state.search;
    question.order = view.state.order;
    for (const ViewColumn& c : view.state.columns)
      if (!c.hidden) question.columns.push_back(c.name);
    PreparedTable prepared;
    parts_.core->store.read([&](const Reader& reader) {
      prepared = parts_.table->prepare(reader, call.who(), question);
    });
    Answer answer(read_task_table(parts_, call.who(), prepared, limit_of(call), {}, call.budget()));
    std::get<AnswerTable>(answer.content).cursor.clear();
    for (const std::string& n : notices_of(view.state, *parts_.table)) answer.notice(n);
    return answer;
  }

  const Parts& parts_;
};

}  // namespace

void write_view_question(JsonWriter& w, const Parts& parts, const VerbCall& call) {
  for (const View& view : views_of(parts, call)) {
    if (!is_called(view, call.arguments().front())) continue;
    Json question = json_of(view.state);
    // Of its columns those that are shown, by their names.
    Json columns = Json::array();
    for (const ViewColumn& c : view.state.columns)
      if (!c.hidden) columns.push_back(c.name);
    question["columns"] = std::move(columns);
    question.erase("digits");
    for (const char* member : {"filter", "search"})
      if (question.value(member, "").empty()) question.erase(member);
    if (!view.project.empty()) {
      question["project"] = view.project;
      question["scope"] = view.scope == TableScope::subprojects ? "subprojects" : "project";
    }
    if (const auto limit = call.number("limit")) question["limit"] = *limit;
    w.key("question").raw(question.dump());
    return;
  }
}

std::unique_ptr<Verb> make_view_verb(const Parts& parts) {
  return std::make_unique<ViewVerb>(parts);
}

}  // namespace podium::host::commands
