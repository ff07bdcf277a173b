#include "services/views/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "podium/storage_kit/text.hpp"
#include "services/records.hpp"

namespace podium::host {
namespace {

constexpr std::size_t longest_name = 200;
constexpr std::int64_t day = 86'400'000;
/// A long address that nobody opened for so long is forgotten.
constexpr std::int64_t keep_links = 366 * day;

constexpr std::string_view everywhere = "all";  ///< the place of views without a project

std::string_view name_of_scope(TableScope s) {
  return s == TableScope::all ? "all" : s == TableScope::subprojects ? "subprojects" : "project";
}
TableScope scope_of(std::string_view name) {
  return name == "all"           ? TableScope::all
         : name == "subprojects" ? TableScope::subprojects
                                 : TableScope::project;
}

void check_name(const std::string& name) {
  if (name.empty() || kit::count_code_points(name) > longest_name)
    throw Error(ErrorCode::invalid,
                fmt::format("a view needs a name of 1 to {} characters", longest_name))
        .in("name");
}

/// Two runs of FNV-1a with different beginnings: short, and the same for the same text.
std::string digest(std::string_view text) {
  std::uint64_t hash[2] = {0xcbf29ce484222325u, 0x84222325cbf29ce4u};
  for (const char c : text)
    for (std::uint64_t& h : hash) {
      h ^= static_cast<unsigned char>(c);
      h *= 0x100000001b3u;
      h ^= h >> 29;
    }
  return fmt::format("{:016x}{:08x}", hash[0], hash[1] >> 32);
}

}  // namespace

std::string Views::create(Transaction& t, const Principal& who, View view) {
  check_name(view.name);
  Ordinal project = 0;
  std::string place(everywhere);
  if (!view.project.empty()) {
    project = t.find(core_.in.projects, view.project);
    core_.check_visible(t, who, "projects", core_.in.projects, project, "project", view.project);
    place = view.project;
  }
  if ((view.scope == TableScope::all) != view.project.empty())
    throw Error(ErrorCode::invalid, "the scope of a view is 'all' exactly where it has no project")
        .in("scope");
  if (view.project.empty()) core_.access.require(who, "view.write");
  const std::string id = core_.ids.id(), body = json_of(view.state).dump();
  // The end of the id is random; its beginning is the time.
  const std::string link = id.substr(id.size() - 12);
  NewRecord record;
  record.id = id;
  record.content.set("place", place)
      .set("scope", std::string(name_of_scope(view.scope)))
      .set("owner", who.id)
      .set("name", view.name)
      .set("shared", view.shared)
      .set("is_default", view.is_default)
      .set("link", link)
      .set("created", core_.now())
      .set("updated", core_.now());
  if (project != 0) record.content.set("project", project);
  record.content.body = body;
  Ordinal made = 0;
  try {
    made = t.insert(core_.in.views, record);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::exists) throw;
    throw Error(ErrorCode::exists, fmt::format("you have a view '{}' there already", view.name))
        .in("name");
  }
  if (view.is_default) clear_default(t, who, place, name_of_scope(view.scope), view.shared, made);
  return id;
}

Views::Locked Views::require(Transaction& t, const Principal& who, std::string_view id,
                             const Request* precondition) {
  const Ordinal o = t.find(core_.in.views, id);
  core_.check_visible(t, who, "views", core_.in.views, o, "view", id);
  const std::vector<Column> columns = {value_of(field("place")), value_of(field("scope")),
                                       value_of(field("owner")), value_of(field("shared")),
                                       value_of(field("is_default"))};
  Locked view;
  const bool found = t.get(core_.in.views, o, columns, [&](const Row& row) {
    view = {o,
            row.version(),
            cell::text(row.cell(0)),
            cell::text(row.cell(1)),
            cell::text(row.cell(2)),
            cell::flag(row.cell(3)),
            cell::flag(row.cell(4))};
  });
  if (!found || (!view.shared && view.owner != who.id)) throw no_such("view", id);
  if (precondition != nullptr) check_if_match(*precondition, view.version);
  return view;
}

void Views::clear_default(Transaction& t, const Principal& who, std::string_view place,
                          std::string_view scope, bool shared, Ordinal but) {
  std::vector<Ordinal> others;
  KeyRange range{"name", {std::string(place), std::string(scope)}};
  const std::vector<Column> columns = {value_of(field("is_default")), value_of(field("shared")),
                                       value_of(field("owner"))};
  t.query(core_.in.views, range, std::numeric_limits<std::uint64_t>::max(), columns,
          [&](const Row& row) {
            if (row.ordinal() != but && cell::flag(row.cell(0)) &&
                cell::flag(row.cell(1)) == shared && (shared || cell::text(row.cell(2)) == who.id))
              others.push_back(row.ordinal());
            return true;
          });
  if (!others.empty()) t.update(core_.in.views, others, {}, Patch().set("is_default", false));
}

void Views::change(Transaction& t, const Principal& who, std::string_view id, const Change& c,
                   const Request* precondition) {
  if (c.name) check_name(*c.name);
  const Locked view = require(t, who, id, precondition);
  if (c.shared && *c.shared != view.shared && view.owner != who.id)
    throw Error(ErrorCode::denied, "only the owner of a view shares it or takes it back")
        .in("shared");
  Patch patch;
  std::string body;
  if (c.name) patch.set("name", *c.name);
  if (c.shared) patch.set("shared", *c.shared);
  if (c.is_default) patch.set("is_default", *c.is_default);
  if (c.state) {
    body = json_of(*c.state).dump();
    patch.body = body;
  }
  if (patch.empty()) return;
  patch.set("updated", core_.now());
  try {
    t.update(core_.in.views, std::span(&view.ordinal, 1), {}, patch);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::exists) throw;
    throw Error(ErrorCode::exists, fmt::format("there is a view '{}' already", *c.name)).in("name");
  }
  const bool shared = c.shared.value_or(view.shared);
  if (c.is_default.value_or(view.is_default))
    clear_default(t, who, view.place, view.scope, shared, view.ordinal);
}

void Views::erase(Transaction& t, const Principal& who, std::string_view id,
                  const Request* precondition) {
  const Locked view = require(t, who, id, precondition);
  t.erase(core_.in.views, std::span(&view.ordinal, 1));
}

std::vector<View> Views::read(const Reader& reader, const Principal& who,
                              const Filter& filter) const {
  Query q;
  q.filter = filter;
  q.order = {{field("name"), false, false}, {record_id(), false, false}};
  for (const char* name :
       {"place", "scope", "owner", "name", "shared", "is_default", "link", "created", "updated"})
    q.columns.push_back(value_of(field(name)));
  q.columns.push_back(value_of(record_body()));
  std::vector<View> out;
  VisibleRecords(core_, core_.in.views, "views").query(reader, who, q, [&](const Row& row) {
    View v;
    v.id = row.id();
    v.version = row.version();
    v.project = cell::text(row.cell(0));
    if (v.project == everywhere) v.project.clear();
    v.scope = scope_of(cell::text(row.cell(1)));
    v.owner = cell::text(row.cell(2));
    v.name = cell::text(row.cell(3));
    v.shared = cell::flag(row.cell(4));
    v.is_default = cell::flag(row.cell(5));
    v.link = cell::text(row.cell(6));
    v.created = cell::integer(row.cell(7));
    v.updated = cell::integer(row.cell(8));
    const Json body = Json::parse(cell::text(row.cell(9)), nullptr, false);
    if (!body.is_object()) throw Error(ErrorCode::corrupt, "the view " + v.id + " is no JSON");
    Members members(body, "state");
    v.state = read_view_state(members, table_);
    out.push_back(std::move(v));
    return true;
  });
  return out;
}

namespace {
Filter seen_by(const Principal& who) {
  return any_of({eq(field("shared"), true), eq(field("owner"), who.id)});
}
}  // namespace

std::optional<View> Views::find(const Reader& reader, const Principal& who,
                                std::string_view id) const {
  auto found = read(reader, who, all_of({eq(record_id(), std::string(id)), seen_by(who)}));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::optional<View> Views::by_link(const Reader& reader, const Principal& who,
                                   std::string_view link) const {
  auto found = read(reader, who, eq(field("link"), std::string(link)));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<View> Views::list(const Reader& reader, const Principal& who,
                              const std::string& project, TableScope scope) const {
  return read(reader, who,
              all_of({eq(field("place"), project.empty() ? std::string(everywhere) : project),
                      eq(field("scope"), std::string(name_of_scope(scope))), seen_by(who)}));
}

const View* Views::first(const std::vector<View>& views, const Principal& who) {
  const View* shared = nullptr;
  for (const View& v : views) {
    if (!v.is_default) continue;
    if (!v.shared && v.owner == who.id) return &v;
    shared = &v;
  }
  return shared;
}

std::string Views::keep_query(Transaction& t, const Principal& who, const std::string& query) {
  core_.access.require(who, "task.read");
  const std::int64_t now = core_.now();
  const std::string body = Json({{"query", query}}).dump();
  const Column column = value_of(record_body());
  std::vector<Ordinal> old;
  t.query(core_.in.links, KeyRange{"used", {}, std::nullopt, Value{now - keep_links}}, 10, {},
          [&](const Row& row) {
            old.push_back(row.ordinal());
            return true;
          });
  for (int salt = 0;; ++salt) {
    const std::string id = digest(salt == 0 ? query : query + "#" + std::to_string(salt));
    const Ordinal there = t.find(core_.in.links, id);
    std::string kept;
    if (there != 0)
      t.get(core_.in.links, there, std::span(&column, 1),
            [&](const Row& row) { kept = cell::text(row.cell(0)); });
    if (there != 0 && kept != body) continue;  // another text of the same digest
    std::erase(old, there);
    if (there != 0) {
      t.update(core_.in.links, std::span(&there, 1), compare(field("used"), Compare::lt, now - day),
               Patch().set("used", now));
    } else {
      NewRecord record;
      record.id = id;
      record.content.set("created", now).set("used", now);
      record.content.body = body;
      t.insert_or_keep(core_.in.links, record, "");
    }
    if (!old.empty()) t.erase(core_.in.links, old);
    return id;
  }
}

std::optional<std::string> Views::kept_query(const Reader& reader, const Principal& who,
                                             std::string_view name) const {
  const VisibleRecords links(core_, core_.in.links, "links");
  const Ordinal o = links.find(reader, who, name);
  std::optional<std::string> query;
  const Column column = value_of(record_body());
  if (o != 0)
    links.get(reader, who, o, std::span(&column, 1), [&](const Row& row) {
      query = Json::parse(cell::text(row.cell(0))).at("query").get<std::string>();
    });
  return query;
}

}  // namespace podium::host
