#include "conformance.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace podium::conformance {

std::vector<Collection> tracking() {
  Collection projects;
  projects.name = "projects";
  projects.sequence = true;
  projects.first = 0;
  projects.fields = {{"name", Type::text}, {"archived", Type::boolean}};
  projects.keys = {{"by_name", {"name"}, true}};
  projects.maps = {{"tags"}};

  Collection tasks;
  tasks.name = "tasks";
  tasks.fields = {{"project", Type::reference, "projects", OnErase::cascade},
                  {"parent", Type::reference, "tasks", OnErase::clear},
                  {"name", Type::text},
                  {"state", Type::text},
                  {"archived", Type::boolean},
                  {"start", Type::time},
                  {"steps", Type::integer},
                  {"score", Type::real},
                  {"label", Type::scalar}};
  tasks.keys = {{"by_start", {"project", "archived", "start"}, false},
                {"by_state", {"state", "steps"}, false},
                {"by_score", {"score"}, false}};
  tasks.partition = "project";
  tasks.maps = {{"params"}, {"tags"}, {"notes", false}};
  tasks.series = {{"metrics", LastRule::step_time_value}, {"system", LastRule::time_step}};
  tasks.body = true;

  Collection inputs;
  inputs.name = "inputs";
  inputs.fields = {{"task", Type::reference, "tasks", OnErase::cascade},
                   {"name", Type::text},
                   {"digest", Type::text},
                   {"context", Type::text}};
  inputs.keys = {{"by_dataset", {"task", "name", "digest"}, true}};
  inputs.maps = {{"tags"}};

  Collection models;
  models.name = "models";
  models.fields = {{"name", Type::text}, {"task", Type::reference, "tasks", OnErase::clear}};
  models.keys = {{"by_name", {"name"}, true}};
  models.maps = {{"params"}};
  models.series = {{"metrics", LastRule::step_time_value}};

  Collection versions;
  versions.name = "versions";
  versions.fields = {{"model", Type::reference, "models", OnErase::cascade},
                     {"version", Type::integer}};
  versions.keys = {{"by_version", {"model", "version"}, true}};
  versions.maps = {{"tags"}};

  Collection aliases;
  aliases.name = "aliases";
  aliases.fields = {{"model", Type::reference, "models", OnErase::cascade},
                    {"alias", Type::text},
                    {"version", Type::reference, "versions", OnErase::cascade}};
  aliases.keys = {{"by_alias", {"model", "alias"}, true}};

  Collection traces;
  traces.name = "traces";
  traces.fields = {{"project", Type::reference, "projects", OnErase::cascade},
                   {"time", Type::time}};
  traces.keys = {{"by_time", {"project", "time"}, false}};
  traces.partition = "project";

  Collection spans;
  spans.name = "spans";
  spans.fields = {{"trace", Type::reference, "traces", OnErase::cascade},
                  {"name", Type::text},
                  {"content", Type::text}};

  return {projects, tasks, inputs, models, versions, aliases, traces, spans};
}

Opened::Opened(std::vector<Collection> declared, bool run_twice, double feed_days)
    : declared_(std::move(declared)), run_twice_(run_twice), feed_days_(feed_days) {
  open();
}

Opened::~Opened() = default;

void Opened::open() {
  StoreOptions options;
  options.directory = folder_.path();
  options.run_twice = run_twice_;
  const Json settings = {{"feed_days", feed_days_}};
  options.settings = &settings;
  options.log = [](int, std::string_view) {};
  store_ = store_under_test()(options);
  store_->declare(declared_);
}

void Opened::reopen() {
  store_.reset();
  open();
}

void Opened::reopen(std::vector<Collection> declared) {
  declared_ = std::move(declared);
  reopen();
}

void Opened::maintain() {
  for (int slices = 0; store_->maintain(); ++slices) REQUIRE(slices < 100000);
}

void Opened::check_sound() {
  for (const Store::Finding& finding : store_->check([](double) { return true; })) {
    INFO(finding.what);
    CHECK_FALSE(finding.fault);
  }
}

std::string show(const Value& value) {
  struct Shown {
    std::string operator()(std::monostate) const { return "missing"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return fmt::format("{} (real)", v); }
    std::string operator()(const std::string& v) const { return "'" + v + "'"; }
  };
  return std::visit(Shown{}, value);
}

namespace {

void append(std::string& ids, std::string_view id) {
  if (!ids.empty()) ids += ' ';
  ids += id;
}

}  // namespace

std::string ids_of(const Reader& reader, const Query& query) {
  std::string ids;
  const Page page = reader.query(query, [&](const Row& row) {
    append(ids, row.id());
    return true;
  });
  CHECK((page.rows == 0) == ids.empty());
  return ids;
}

std::string listed(const Reader& reader, CollectionId c, const Filter& filter, const Order& order) {
  const std::vector<Ordinal> ordinals = reader.ids(c, filter, order);
  std::string ids;
  std::size_t rows = 0;
  reader.get(c, ordinals, {}, [&](const Row& row) {
    append(ids, row.id());
    ++rows;
    return true;
  });
  CHECK(rows == ordinals.size());
  return ids;
}

std::vector<Value> cells(const Reader& reader, CollectionId c, Ordinal o,
                         const std::vector<Path>& paths) {
  std::vector<Column> columns;
  for (const Path& path : paths) columns.push_back(value_of(path));
  std::vector<Value> values;
  const bool found = reader.get(c, o, columns, [&](const Row& row) {
    for (std::size_t i = 0; i < paths.size(); ++i) values.push_back(owned(row.cell(i)));
  });
  REQUIRE(found);
  return values;
}

Value cell(const Reader& reader, CollectionId c, Ordinal o, const Path& path) {
  return cells(reader, c, o, {path}).front();
}

std::int64_t version_of(const Reader& reader, CollectionId c, Ordinal o) {
  std::int64_t version = 0;
  REQUIRE(reader.get(c, o, {}, [&](const Row& row) { version = row.version(); }));
  return version;
}

bool exists(const Reader& reader, CollectionId c, Ordinal o) {
  return reader.get(c, o, {}, [](const Row&) {});
}

std::map<std::string, std::string> map_of(const Reader& reader, CollectionId c, Ordinal o,
                                          std::string_view map) {
  std::map<std::string, std::string> entries;
  const Column column = whole_map(std::string(map));
  REQUIRE(reader.get(c, o, {&column, 1}, [&](const Row& row) {
    std::string before;
    for (const MapEntry& entry : row.map(0)) {
      if (!entries.empty()) CHECK(before < entry.key);
      before = entry.key;
      entries.emplace(entry.key, entry.text);
    }
  }));
  return entries;
}

std::vector<Point> points_of(const Reader& reader, const PointsQuery& query) {
  std::vector<Point> points;
  reader.points(query, [&](std::span<const Point> block) {
    CHECK_FALSE(block.empty());
    points.insert(points.end(), block.begin(), block.end());
    return true;
  });
  return points;
}

std::uint64_t count(const Reader& reader, CollectionId c, const Filter& filter) {
  return reader.ids(c, filter, {}).size();
}

std::vector<Heard> hear(const Reader& reader, Revision since, std::span<const CollectionId> only,
                        std::uint64_t limit) {
  std::vector<Heard> heard;
  while (true) {
    const Changes page = reader.changes(since, only, limit, [&](const Change& c) {
      heard.push_back({c.revision, c.collection, c.ordinal, c.kind, std::string(c.id), c.partition,
                       c.old_partition});
    });
    REQUIRE(page.through >= since);
    if (!heard.empty()) REQUIRE(heard.back().revision <= page.through);
    if (!page.more) return heard;
    REQUIRE(page.through > since);  // it moves on
    since = page.through;
  }
}

Ordinal insert(Transaction& t, CollectionId c, std::string_view id,
               std::vector<Patch::Set> fields) {
  NewRecord record;
  record.id = id;
  record.content.fields = std::move(fields);
  return t.insert(c, record);
}

}  // namespace podium::conformance
