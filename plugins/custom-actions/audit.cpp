#include "audit.hpp"

#include "podium/error.hpp"
#include "podium/http/input.hpp"

namespace podium::custom {

Collection audit_collection() {
  Collection c;
  c.name = audit_name;
  c.sequence = true;
  c.fields = {{"time", Type::time},  {"who", Type::text},        {"action", Type::text},
              {"task", Type::text},  {"status", Type::integer},  {"error", Type::text},
              {"ms", Type::integer}, {"attempts", Type::integer}};
  c.keys = {{"action", {"action"}, false}, {"task", {"task"}, false}};
  return c;
}

void add_audit(Transaction& t, CollectionId audit, std::string_view who, std::string_view action,
               std::string_view task, const Called& called, std::int64_t time) {
  NewRecord record;
  record.content.set("time", time)
      .set("who", std::string(who))
      .set("action", std::string(action))
      .set("task", std::string(task))
      .set("ms", called.milliseconds)
      .set("attempts", std::int64_t{called.attempts});
  if (called.status) record.content.set("status", std::int64_t{called.status});
  if (called.error) record.content.set("error", std::string(name(*called.error)));
  t.insert(audit, record);
}

std::string audit_page(const Store& store, const AuditQuery& asked) {
  static constexpr std::string_view names[] = {"time",   "who",   "action", "task",
                                               "status", "error", "ms",     "attempts"};
  Query query;
  query.collection = store.collection(audit_name);
  std::vector<Filter> arms;
  if (!asked.action.empty()) arms.push_back(eq(field("action"), asked.action));
  if (!asked.task.empty()) arms.push_back(eq(field("task"), asked.task));
  query.filter = all_of(std::move(arms));
  query.order = {{record_ordinal(), true}};
  query.limit = asked.limit;
  query.cursor = asked.cursor;
  for (const auto name : names) query.columns.push_back(value_of(field(std::string(name))));
  std::string body;
  JsonWriter w(body);
  w.object().key("entries").array();
  const Page page = store.query(query, [&](const Row& row) {
    w.object().key("id").value(row.id());
    for (std::size_t i = 0; i < std::size(names); ++i) {
      const Cell cell = row.cell(i);
      if (const auto* text = std::get_if<std::string_view>(&cell))
        w.key(names[i]).value(*text);
      else if (const auto* number = std::get_if<std::int64_t>(&cell))
        w.key(names[i]).value(*number);
    }
    w.end_object();
    return true;
  });
  w.end_array();
  write_cursor(w, page.cursor);
  w.end_object();
  return body;
}

}  // namespace podium::custom
