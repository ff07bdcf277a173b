#include "search_runs.hpp"

#include <fmt/format.h>

#include <charconv>

#include "page_token.hpp"
#include "python_text.hpp"
#include "run_json.hpp"
#include "validation.hpp"
#include "vocabulary.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

constexpr std::int64_t most_results = 50'000;

bool is_field(const OrderKey& key, std::string_view name) {
  return key.path.kind == Path::Kind::field && key.path.name == name;
}

Order read_order(const Api& api, const std::vector<std::string_view>& items) {
  Order order;
  for (const std::string_view item : items) {
    OrderKey key = api.language.parse_order(item, RunVocabulary({}));
    for (const OrderKey& before : order)
      if (before.path == key.path) {
        std::vector<std::string> all(items.begin(), items.end());
        throw error(Code::internal_error,
                    fmt::format("`order_by` contains duplicate fields: {}", repr(all)));
      }
    order.push_back(std::move(key));
  }
  bool by_start = false, by_id = false;
  for (const OrderKey& key : order) {
    by_start |= is_field(key, "started");
    by_id |= key.path.kind == Path::Kind::id;
  }
  if (!by_start) order.push_back({field("started"), true, false});
  if (!by_id) order.push_back({record_id(), false, false});
  return order;
}

// MLflow orders statuses by their names, podium's states by theirs. An order that begins with the
// status is therefore answered group by group: a cursor is "s<group>:<cursor within the group>".
struct StatusGroup {
  std::vector<Value> states;
};

std::vector<StatusGroup> status_groups(bool descending) {
  std::vector<std::pair<std::string_view, StatusGroup>> named;
  for (const std::string_view status : {"FAILED", "FINISHED", "KILLED", "RUNNING", "SCHEDULED"}) {
    StatusGroup group;
    for (int i = 1; i <= 7; ++i)
      if (run_status(static_cast<TaskState>(i)) == status)
        group.states.emplace_back(std::string(name(static_cast<TaskState>(i))));
    named.emplace_back(status, std::move(group));
  }
  std::vector<StatusGroup> out;
  for (auto& [status, group] : named) out.push_back(std::move(group));
  if (descending) std::reverse(out.begin(), out.end());
  return out;
}

/// Adds rows of `query` to the writer; returns the cursor behind them, "" at the end.
std::string run_query(const Api& api, const Reader& reader, const Principal& who, Query query,
                      RunsWriter& writer) {
  return api.tasks
      .query(reader, who, std::move(query),
             [&](const Row& row) {
               writer.add(row);
               return true;
             })
      .cursor;
}

std::string query_by_status(const Api& api, const Reader& reader, const Principal& who,
                            const Query& query, RunsWriter& writer) {
  const auto groups = status_groups(query.order.front().descending);
  std::size_t first = 0;
  std::string inner;
  if (!query.cursor.empty()) {
    const auto colon = query.cursor.find(':');
    if (query.cursor[0] != 's' || colon == std::string::npos ||
        std::from_chars(query.cursor.data() + 1, query.cursor.data() + colon, first).ptr !=
            query.cursor.data() + colon ||
        first >= groups.size())
      refuse_token(query.cursor);
    inner = query.cursor.substr(colon + 1);
  }
  std::uint64_t left = query.limit;
  for (std::size_t i = first; i < groups.size(); ++i) {
    Query part = query;
    part.order.erase(part.order.begin());
    part.filter = all_of({query.filter, in(field("state"), groups[i].states)});
    part.cursor = i == first ? inner : std::string();
    part.limit = left;
    if (left == 0) {  // the page is full: is there anything behind it?
      part.limit = 1;
      part.columns.clear();
      bool more = false;
      api.tasks.query(reader, who, std::move(part), [&](const Row&) { return more = true; });
      if (more) return fmt::format("s{}:", i);
      continue;
    }
    const std::size_t before = writer.size();
    const std::string cursor = run_query(api, reader, who, std::move(part), writer);
    if (!cursor.empty()) return fmt::format("s{}:{}", i, cursor);
    left -= writer.size() - before;
  }
  return {};
}

Response search(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const auto experiment_ids = fields.texts("experiment_ids");
  const std::string filter(fields.text("filter").value_or(""));
  const int view = fields.enumeration("run_view_type", view_types).value_or(1);
  const std::int64_t max_results = fields.integer32("max_results").value_or(1000);
  if (max_results > most_results) fields.refuse("max_results");
  const auto order_by = fields.texts("order_by");
  const std::string token(fields.text("page_token").value_or(""));
  check_max_results(max_results);
  refuse_blank(filter);
  api.access.visible(request.who(), "tasks");  // also when there is nothing to ask of

  std::string body;
  api.store.read([&](const Reader& reader) {
    const Principal& who = request.who();
    RunVocabulary::Resolve resolve;
    resolve.task = [&](std::string_view id) { return api.tasks.find(reader, who, id); };
    resolve.matching = [&](const Filter& ids) {
      std::vector<Value> out;
      for (const Ordinal task : api.tasks.ids(reader, who, ids, {})) out.emplace_back(task);
      return out;
    };
    const Filter asked = api.language.parse(filter, RunVocabulary(std::move(resolve)));
    Query query;
    query.order = read_order(api, order_by);
    query.cursor = cursor_of(token);
    query.limit = static_cast<std::uint64_t>(max_results);
    query.columns.assign(run_columns().begin(), run_columns().end());
    std::vector<Value> projects;
    for (const std::string_view id : experiment_ids)
      if (const Ordinal project = api.projects.find(reader, who, parse_experiment_id(id)))
        projects.emplace_back(project);
    if (projects.empty()) return;
    query.filter = all_of({projects.size() == 1 ? eq(field("project"), projects.front())
                                                : in(field("project"), std::move(projects)),
                           view == 3 ? Filter{} : eq(field("archived"), view == 2), asked});
    RunsWriter writer(api);
    const std::string cursor = is_field(query.order.front(), "state")
                                   ? query_by_status(api, reader, who, query, writer)
                                   : run_query(api, reader, who, std::move(query), writer);
    if (writer.size() == 0) return;
    body = "{\"runs\":[";
    bool first = true;
    for (const std::string& run : writer.finish(reader, who, false)) {
      if (!first) body += ',';
      first = false;
      body += run;
    }
    body += ']';
    if (!cursor.empty()) {
      body += ",\"next_page_token\":";
      append_json_string(body, page_token(cursor));
    }
    body += '}';
  });
  return json_response(body.empty() ? "{}" : std::move(body));
}

}  // namespace

void add_search_routes(const Api& api, RouteTable& routes) {
  routes.rpc("POST", 2, "/runs/search", "task.read", [&](Request& q) { return search(api, q); });
}

}  // namespace podium::mlflow
