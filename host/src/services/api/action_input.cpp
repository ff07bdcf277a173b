#include "services/api/action_input.hpp"

#include <nlohmann/json.hpp>

#include "services/api/table_input.hpp"
#include "services/table/table.hpp"

namespace podium::host {
namespace {

constexpr std::size_t most_ids = 10'000;

std::vector<std::string> ids_of(Members& m, std::string_view name) {
  std::vector<std::string> out;
  if (const Json* given = m.array(name, most_ids))
    for (std::size_t i = 0; i < given->size(); ++i)
      out.push_back(input::text_of((*given)[i], m.path(name) + "[" + std::to_string(i) + "]", 256));
  return out;
}

}  // namespace

ActionSelection read_selection(Members& body, const Core& core, const ApiServices& services,
                               const Principal& who) {
  const Json* given = body.any("selection");
  const auto refuse = [](const std::string& what) {
    return Error(ErrorCode::invalid, what).in("selection");
  };
  if (!given || given->is_null())
    throw refuse(R"(which tasks? give a 'selection': {"ids": [...]}, a filter, or {"all": true})");
  Members m(*given, "selection");
  ActionSelection out;
  out.ids = ids_of(m, "ids");
  const bool all = m.boolean("all").value_or(false);
  const TableQuestion question = [&] {
    try {
      return read_table_question(m);
    } catch (Error& e) {
      if (!e.field().starts_with("selection")) e.in("selection." + e.field());
      throw;
    }
  }();
  const auto except = ids_of(m, "except");
  m.finish();
  const bool asks = question.project || !question.filter.empty() || !question.filters.empty() ||
                    !question.search.empty();
  const bool narrows = asks || question.scope || question.archived != TableArchived::by_filter;
  if (m.has("ids") && !given->at("ids").is_null()) {
    if (out.ids.empty()) throw refuse("'ids' names 1 to 10000 tasks");
    if (narrows || all || !except.empty())
      throw refuse("'ids' says which tasks; nothing else can stand beside it");
    return out;
  }
  if (!all && !asks)
    throw refuse(R"(this would be every task: say {"all": true} if it is meant so)");
  if (all && asks) throw refuse("'all' and a filter exclude each other; leave 'all' out");
  core.store.read([&](const Reader& reader) {
    TableQuestion q = question;
    if (q.archived == TableArchived::by_filter) q.archived = TableArchived::both;
    try {
      out.filter = services.table.prepare(reader, who, q).filter();
    } catch (Error& e) {
      if (!e.field().starts_with("selection")) e.in("selection." + e.field());
      throw;
    }
    for (const Ordinal o : reader.find(core.in.tasks, except))
      if (o != 0) out.except.push_back(o);
  });
  return out;
}

std::string selection_schema() {
  return R"({"title":"Selection","type":"object","minProperties":1,"additionalProperties":false,)"
         R"("description":"ids; or a question of the table, with except; or all","properties":{)"
         R"("ids":{"type":["array","null"],"minItems":1,"maxItems":10000,"items":{"type":"string"}},)"
         R"("all":{"type":["boolean","null"]},"except":{"type":["array","null"],"maxItems":10000,)"
         R"("items":{"type":"string"},"description":"ids: not these"},)" +
         table_question_members() + "}}";
}

}  // namespace podium::host
