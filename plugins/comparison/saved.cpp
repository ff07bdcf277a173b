#include "saved.hpp"

#include <chrono>
#include <map>
#include <random>

#include "podium/plugin.hpp"
#include "podium/service/projects.hpp"
#include "selection.hpp"

namespace podium::comparison {
namespace {

constexpr const char* collection_name = "comparison/comparisons";

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Ten letters and digits that are not mistaken for each other.
std::string new_link() {
  static constexpr char letters[] = "23456789abcdefghjkmnpqrstuvwxyz";
  std::random_device random;
  std::uniform_int_distribution<std::size_t> pick(0, sizeof letters - 2);
  std::string out;
  for (int i = 0; i < 10; ++i) out += letters[pick(random)];
  return out;
}

const std::vector<Column>& columns() {
  static const std::vector<Column> all = {value_of(field("name")),      value_of(field("owner")),
                                          value_of(field("link")),      value_of(field("project")),
                                          value_of(field("selection")), value_of(field("created")),
                                          value_of(field("updated")),   value_of(record_body())};
  return all;
}

Error not_there(std::string_view id) {
  return Error(ErrorCode::not_found, "there is no comparison '" + std::string(id) + "'").in("id");
}

}  // namespace

Collection comparisons_collection() {
  Collection c;
  c.name = collection_name;
  c.sequence = true;
  const auto add = [&](const char* name, Type type) -> Field& {
    Field& f = c.fields.emplace_back();
    f.name = name;
    f.type = type;
    return f;
  };
  add("name", Type::text);
  add("owner", Type::text);
  add("link", Type::text);
  Field& project = add("project", Type::reference);
  project.target = "projects";
  project.on_erase = OnErase::cascade;
  add("selection", Type::text);
  add("created", Type::time);
  add("updated", Type::time);
  c.keys = {{"link", {"link"}, true}};
  c.body = true;  // the layout
  c.readers = "all";
  return c;
}

std::string Comparisons::create(const Principal& who, const Change& given) const {
  Store& store = context_.store();
  const CollectionId c = store.collection(collection_name);
  const std::string link = new_link();
  const std::int64_t at = now();
  const Ordinal made = store.write([&store, c, link, at, given, owner = who.id](Transaction& t) {
    NewRecord record;
    record.content.set("name", *given.name).set("owner", owner).set("link", link);
    if (given.project && *given.project != 0) record.content.set("project", *given.project);
    record.content.set("selection", given.selection.value_or("{}"));
    record.content.set("created", at).set("updated", at);
    const std::string layout = given.layout.value_or("{}");
    record.content.body = layout;
    return t.insert(c, record);
  });
  std::string id;
  store.get(c, made, {}, [&](const Row& row) { id = row.id(); });
  return id;
}

void Comparisons::change(const Principal& who, std::string_view id, const Change& given,
                         CheckVersion check) const {
  Store& store = context_.store();
  const CollectionId c = store.collection(collection_name);
  const Ordinal ordinal = require(who, id).ordinal;
  const std::int64_t at = now();
  store.write([&](Transaction& t) {
    std::int64_t version = 0;
    if (!t.get(c, ordinal, {}, [&](const Row& row) { version = row.version(); }))
      throw not_there(id);
    check(version);
    Patch patch;
    if (given.name) patch.set("name", *given.name);
    if (given.selection) patch.set("selection", *given.selection);
    if (given.project) patch.set("project", *given.project != 0 ? Value{*given.project} : Value{});
    if (given.layout) patch.body = *given.layout;
    if (patch.empty()) return;
    patch.set("updated", at);
    t.update(c, std::span<const Ordinal>(&ordinal, 1), {}, patch);
  });
}

void Comparisons::erase(const Principal& who, std::string_view id, CheckVersion check) const {
  Store& store = context_.store();
  const CollectionId c = store.collection(collection_name);
  const Ordinal ordinal = require(who, id).ordinal;
  store.write([&](Transaction& t) {
    std::int64_t version = 0;
    if (!t.get(c, ordinal, {}, [&](const Row& row) { version = row.version(); }))
      throw not_there(id);
    check(version);
    t.erase(c, std::span<const Ordinal>(&ordinal, 1));
  });
}

std::vector<Comparison> Comparisons::read(const Principal& who, Filter filter, std::uint64_t limit,
                                          const std::string& cursor, std::string& next) const {
  Store& store = context_.store();
  std::vector<Comparison> out;
  store.read([&](const Reader& reader) {
    out.clear();
    Query query;
    query.collection = store.collection(collection_name);
    query.filter = all_of({context_.access().visible(who, collection_name), filter});
    query.order = {{record_ordinal(), true, false}};
    query.limit = limit;
    query.cursor = cursor;
    query.columns = columns();
    next = reader
               .query(query,
                      [&](const Row& row) {
                        Comparison& c = out.emplace_back();
                        c.ordinal = row.ordinal();
                        c.version = row.version();
                        c.id = row.id();
                        const auto text = [&](std::size_t i) { return cell::text(row.cell(i)); };
                        const auto number = [&](std::size_t i) {
                          const Cell cell = row.cell(i);
                          const auto* n = std::get_if<std::int64_t>(&cell);
                          return n != nullptr ? *n : 0;
                        };
                        c.name = text(0);
                        c.owner = text(1);
                        c.link = text(2);
                        c.project = number(3);
                        c.selection = text(4);
                        c.created = number(5);
                        c.updated = number(6);
                        c.layout = text(7);
                        return true;
                      })
               .cursor;
    for (Comparison& c : out)
      if (c.project != 0)
        context_.projects().get(reader, who, c.project, {},
                                [&](const Row& row) { c.project_id = row.id(); });
  });
  return out;
}

std::optional<Comparison> Comparisons::find(const Principal& who, std::string_view id) const {
  std::string next;
  auto found = read(who, eq(record_id(), std::string(id)), 1, "", next);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::optional<Comparison> Comparisons::by_link(const Principal& who, std::string_view link) const {
  std::string next;
  auto found = read(who, eq(field("link"), std::string(link)), 1, "", next);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Comparison Comparisons::require(const Principal& who, std::string_view id) const {
  auto found = find(who, id);
  if (!found) throw not_there(id);
  return *std::move(found);
}

Comparisons::Listed Comparisons::list(const Principal& who, std::optional<Ordinal> project,
                                      std::uint64_t limit, const std::string& cursor) const {
  Listed out;
  out.comparisons =
      read(who, project ? eq(field("project"), *project) : Filter{}, limit, cursor, out.cursor);
  return out;
}

Ordinal Comparisons::project(const Principal& who, const std::string& id_or_name) const {
  const Store& store = context_.store();
  if (const Ordinal o = context_.projects().find(store, who, id_or_name); o != 0) return o;
  const auto found = context_.projects().ids(store, who, eq(field("name"), id_or_name), {});
  if (found.empty())
    throw Error(ErrorCode::not_found, "there is no project '" + id_or_name + "'").in("project");
  return found.front();
}

}  // namespace podium::comparison
