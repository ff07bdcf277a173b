// What the task table costs, in CPU time on a warm cache, beside hand-written SQL over the same
// file: 100,000 tasks (or as many as the first argument says) with 24 columns, nine tenths in one
// project, a tenth of them archived. Requests go through the routes of the API, so reading their
// JSON and writing the answer's count; the SQL writes the same answers. Prints one line a question:
// the table's time, the floor's, and how many times it is.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>

#include "../services/fixture.hpp"
#include "../storage_sqlite/filled.hpp"
#include "factory.hpp"
#include "podium/http/json_writer.hpp"
#include "services/api/table_export.hpp"

using namespace podium;

namespace {

double cpu_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

std::int64_t resident_kb() {
  long pages = 0, total = 0;
  if (FILE* f = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(f, "%ld %ld", &total, &pages) != 2) pages = 0;
    std::fclose(f);
  }
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

const char* const params[] = {"lr", "seed", "optimizer", "p0", "p1", "p2", "p3", "p4"};
const char* const tags[] = {"team", "note", "t0", "t1"};
const char* const metrics[] = {"acc", "loss", "f1", "auc", "time"};
const char* const fields[] = {"name", "type", "state", "user", "started", "updated", "iteration"};

void fill(test::Filled& filled, Ordinal tasks) {
  std::mt19937_64 random(1);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const auto& p = *filled.shared.catalog()->find("projects");
  const auto& t = *filled.shared.catalog()->find("tasks");
  filled.writer.execute("PRAGMA synchronous = OFF; BEGIN");
  const auto blank = [](const sqlite::CollectionInfo& info) {
    test::MemoryRecord r;
    for (const auto& f : info.fields) r.fields[f.name] = Value{};
    return r;
  };
  for (Ordinal o = 1; o <= 101; ++o) {
    auto r = blank(p);
    r.ordinal = o;
    r.fields["name"] = "project " + std::to_string(o);
    r.fields["archived"] = false;
    filled.insert(p, r);
  }
  const char* const states[] = {"completed", "running", "failed", "draft"};
  for (Ordinal o = 1; o <= tasks; ++o) {
    auto r = blank(t);
    r.ordinal = o;
    r.id = fmt::format("{:032x}", o * 0x9E3779B97F4A7C15u);
    r.fields["project"] = o % 10 == 0 ? Ordinal{2} + static_cast<Ordinal>(below(100)) : Ordinal{1};
    r.fields["state"] = std::string(states[below(20) < 14 ? 0 : below(4)]);
    r.fields["archived"] = below(10) == 0;
    r.fields["started"] = std::int64_t{1700000000000} + o * 1000;
    r.fields["updated"] = std::int64_t{1700000000000} + o * 2000;
    r.fields["iteration"] = static_cast<std::int64_t>(below(100'000));
    r.fields["name"] = "task " + std::to_string(o);
    r.fields["type"] = std::string("training");
    r.fields["user"] = "user" + std::to_string(below(30));
    r.entries[{"params", "lr"}] = std::vector<std::string>{"0.1", "0.01", "1e-4", "3e-4"}[below(4)];
    r.entries[{"params", "seed"}] = std::to_string(below(100000));
    r.entries[{"params", "optimizer"}] = std::vector<std::string>{"adam", "sgd", "lion"}[below(3)];
    for (int k = 0; k < 5; ++k)
      r.entries[{"params", "p" + std::to_string(k)}] = std::to_string(below(1000));
    r.entries[{"tags", "team"}] = "team" + std::to_string(below(33));
    r.entries[{"tags", "note"}] = "a note of some length, number " + std::to_string(below(1000000));
    for (int k = 0; k < 2; ++k)
      r.entries[{"tags", "t" + std::to_string(k)}] = "value " + std::to_string(below(500));
    for (const char* m : metrics)
      if (below(20) != 0) r.last[{"metrics", m, ""}] = static_cast<double>(below(1000000)) / 1e6;
    filled.insert(t, r);
  }
  filled.writer.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

double timed(const std::function<std::size_t()>& ask, std::size_t& answer) {
  answer = ask();
  ask();
  std::vector<double> times;
  const double start = cpu_ms();
  while (times.size() < 3 || (times.size() < 50 && cpu_ms() - start < 400)) {
    const double before = cpu_ms();
    ask();
    times.push_back(cpu_ms() - before);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void measure(const char* what, const std::function<std::size_t()>& table,
             const std::function<std::size_t()>& floor) {
  std::size_t ours = 0, theirs = 0;
  const double a = timed(table, ours), b = timed(floor, theirs);
  std::printf("%-52s %9.3f ms  floor %9.3f ms  %5.2fx  (%zu, %zu)\n", what, a, b, a / b, ours,
              theirs);
  std::fflush(stdout);
}

/// The same by hand: prepared once, one statement a table and row.
class Floor {
 public:
  explicit Floor(sqlite::Connection& c, const sqlite::CollectionInfo& t) : c_(c), t_(t) {
    std::string list;
    for (const char* f : fields) list += ", " + t.field(f).column;
    record_.emplace(c.prepare("SELECT id" + list + " FROM " + t.table + " WHERE rid = ?"));
    keys(params, params_), keys(tags, tags_), keys(metrics, metrics_);
    map("params", params_, param_);
    map("tags", tags_, tag_);
    metric_.emplace(c.prepare(fmt::format(
        "SELECT key, last_rank, last_value FROM {} WHERE owner = ? AND scope = 0 AND key IN ({})",
        t.one_series("metrics").summaries, list_of(metrics_))));
  }

  sqlite::Statement prepare(const std::string& sql) { return c_.prepare(sql); }
  std::int64_t key(const char* text) {
    sqlite::Statement s = c_.prepare("SELECT id FROM dict WHERE text = ?");
    s.bind(text).step();
    return s.integer(0);
  }

  template <class Sink>
  void row(Ordinal o, Sink& sink) {
    record_->reset();
    record_->bind(o);
    if (!record_->step()) return;
    sink.begin();
    sink.text(record_->text(0));
    for (int i = 1; i <= static_cast<int>(std::size(fields)); ++i) {
      if (record_->is_null(i))
        sink.null();
      else if (i <= 4)
        sink.text(record_->text(i));
      else
        sink.integer(record_->integer(i));
    }
    texts(*param_, params_, o, sink);
    texts(*tag_, tags_, o, sink);
    double values[std::size(metrics)];
    bool has[std::size(metrics)] = {};
    metric_->reset();
    metric_->bind(o);
    while (metric_->step())
      for (std::size_t i = 0; i < metrics_.size(); ++i)
        if (metrics_[i] == metric_->integer(0)) {
          has[i] = true;
          values[i] = metric_->real(2);
        }
    for (std::size_t i = 0; i < metrics_.size(); ++i) has[i] ? sink.real(values[i]) : sink.null();
    sink.end();
  }

 private:
  template <std::size_t n>
  void keys(const char* const (&names)[n], std::vector<std::int64_t>& out) {
    for (const char* name : names) out.push_back(key(name));
  }
  static std::string list_of(const std::vector<std::int64_t>& keys) {
    return fmt::format("{}", fmt::join(keys, ", "));
  }
  void map(const char* name, const std::vector<std::int64_t>& keys,
           std::optional<sqlite::Statement>& s) {
    s.emplace(c_.prepare(fmt::format("SELECT key, txt FROM {} WHERE owner = ? AND key IN ({})",
                                     t_.map(name).table, list_of(keys))));
  }
  template <class Sink>
  void texts(sqlite::Statement& s, const std::vector<std::int64_t>& keys, Ordinal o, Sink& sink) {
    std::vector<std::string> found(keys.size());
    s.reset();
    s.bind(o);
    while (s.step())
      for (std::size_t i = 0; i < keys.size(); ++i)
        if (keys[i] == s.integer(0)) found[i] = s.text(1);
    for (const std::string& text : found) sink.text(text);
  }

  sqlite::Connection& c_;
  const sqlite::CollectionInfo& t_;
  std::optional<sqlite::Statement> record_, param_, tag_, metric_;
  std::vector<std::int64_t> params_, tags_, metrics_;
};

struct JsonSink {
  std::string& out;
  JsonWriter w{out};
  void begin() { w.array(); }
  void end() { w.end_array(); }
  void text(std::string_view t) { w.value(t); }
  void integer(std::int64_t i) { w.value(i); }
  void real(double r) { w.value(r); }
  void null() { w.null(); }
};

struct CsvSink {
  std::string& out;
  bool first = true;
  void begin() { first = true; }
  void end() { out += "\r\n"; }
  void next() {
    if (!first) out += ',';
    first = false;
  }
  void text(std::string_view t) { next(), host::append_csv_text(out, t); }
  void integer(std::int64_t i) { next(), append_json_number(out, i); }
  void real(double r) { next(), append_json_number(out, r); }
  void null() { next(); }
};

}  // namespace

int main(int argc, char** argv) {
  const Ordinal tasks = argc > 1 ? std::atoll(argv[1]) : 100000;
  test::TemporaryFolder folder;
  test::Filled filled(host::Services::declarations());
  fill(filled, tasks);
  for (const auto& file : std::filesystem::directory_iterator(filled.folder.path()))
    if (file.path().extension() == ".db")
      std::filesystem::copy_file(file.path(), folder.path() / file.path().filename());

  StoreOptions options;
  options.directory = folder.path();
  const auto store = sqlite::factory()->open(options);
  store->declare(host::Services::declarations());
  const auto language = host::make_query_language();
  host::Vocabularies words(host::Services::declarations(), {});
  words.bind(*store);
  test::NoBlobs blobs;
  HostInfo info;
  info.data_dir = folder.path();
  host::Services services({*store, blobs, *language, info, {}, words.of("tasks"), 1});
  const auto groups = services.api_routes();
  std::vector<Route> routes;
  for (const auto& group : groups)
    for (auto& route : group->routes()) routes.push_back(std::move(route));
  const auto call = [&](const char* path, const Json& body) {
    for (const Route& route : routes)
      if (route.method == "POST" && route.path == path) {
        test::FakeRequest request("POST", body.dump());
        return std::get<Handler>(route.handler)(request);
      }
    throw Error(ErrorCode::not_found, path);
  };

  Json columns = {"id"};
  for (const char* f : fields) columns.push_back(f);
  for (const char* k : params) columns.push_back("params." + std::string(k));
  for (const char* k : tags) columns.push_back("tags." + std::string(k));
  for (const char* k : metrics) columns.push_back("metrics." + std::string(k));
  std::printf("%zu columns\n", columns.size());
  // Ordinal 1 is the project with id 0.
  Json question = {{"project", "0"}, {"order", {"metrics.acc desc"}}};

  sqlite::Connection connection(filled.shared.file, sqlite::Connection::Role::reader);
  const auto& t = *filled.shared.catalog()->find("tasks");
  Floor floor(connection, t);
  const std::string project = t.field("project").column, archived = t.field("archived").column;
  const std::string live = fmt::format("t.{} = 1 AND t.{} = 0", project, archived);
  const auto listing = [&](const char* metric) {
    std::vector<Ordinal> ids;
    const auto key = floor.key(metric);
    auto with = floor.prepare(
        fmt::format("SELECT y.owner FROM {} y CROSS JOIN {} t ON t.rid = y.owner WHERE y.part = 1 "
                    "AND y.key = ? "
                    "AND y.scope = 0 AND t.{} = 0 ORDER BY y.rank, y.value DESC, y.owner DESC",
                    t.one_series("metrics").last_values, t.table, archived));
    for (with.bind(key); with.step();) ids.push_back(with.integer(0));
    auto without = floor.prepare(fmt::format(
        "SELECT rid FROM {} t WHERE {} AND NOT EXISTS (SELECT 1 FROM {} WHERE owner = t.rid AND "
        "key = ? AND scope = 0) ORDER BY rid",
        t.table, live, t.one_series("metrics").summaries));
    for (without.bind(key); without.step();) ids.push_back(without.integer(0));
    return ids;
  };
  const std::vector<Ordinal> rows = listing("acc");

  Json window = question;
  window["columns"] = columns;
  window["offset"] = rows.size() / 2;
  window["limit"] = 100;
  const Json first = Json::parse(call("/api/v1/tasks/query", window).body);
  window["listing"] = first["listing"];
  std::printf("%s rows\n", first["total"].dump().c_str());
  measure(
      "window of 100 rows x 24, existing listing",
      [&] { return call("/api/v1/tasks/query", window).body.size(); },
      [&] {
        std::string out;
        JsonSink sink{out};
        for (std::size_t i = 0; i < 100; ++i) floor.row(rows[rows.size() / 2 + i], sink);
        return out.size();
      });
  int turn = 0;
  const CollectionId collection = store->collection("tasks");
  const auto fresh = [&](const char* order) {
    // A change first, on the writer's thread, so that no listing is shared.
    const Ordinal one = 1;
    store->transact([&](Transaction& tx) {
      tx.update(collection, std::span(&one, 1), {},
                Patch().set("description", std::to_string(++turn)));
    });
    Json q = question;
    q["order"] = {order};
    q["offset"] = 0;
    q["limit"] = 1;
    q["columns"] = {"id"};
    const auto answer = Json::parse(call("/api/v1/tasks/query", q).body);
    return answer["total"].get<std::size_t>();
  };
  measure(
      "new listing by metric", [&] { return fresh("metrics.acc desc"); },
      [&] { return listing("acc").size(); });
  measure(
      "new listing by start", [&] { return fresh("started desc"); },
      [&] {
        std::vector<Ordinal> ids;
        auto s =
            floor.prepare(fmt::format("SELECT rid FROM {} t WHERE {} ORDER BY {} DESC, rid DESC",
                                      t.table, live, t.field("started").column));
        while (s.step()) ids.push_back(s.integer(0));
        return ids.size();
      });
  measure(
      "new listing by name (no index)", [&] { return fresh("name"); },
      [&] {
        std::vector<Ordinal> ids;
        auto s = floor.prepare(fmt::format("SELECT rid FROM {} t WHERE {} ORDER BY {}, rid",
                                           t.table, live, t.field("name").column));
        while (s.step()) ids.push_back(s.integer(0));
        return ids.size();
      });
  measure(
      "new listing by param", [&] { return fresh("params.seed"); },
      [&] {
        std::vector<Ordinal> ids;
        auto s = floor.prepare(fmt::format(
            "SELECT x.owner FROM {} x CROSS JOIN {} t ON t.rid = x.owner WHERE x.part = 1 AND "
            "x.key = ? AND t.{} = 0 ORDER BY x.rank, x.num, x.txt64, x.owner",
            t.map("params").values, t.table, archived));
        for (s.bind(floor.key("seed")); s.step();) ids.push_back(s.integer(0));
        return ids.size();
      });
  const auto facet = [&](const char* column) {
    return Json::parse(
               call("/api/v1/tasks/facets", {{"project", "0"}, {"column", column}, {"limit", 1000}})
                   .body)["values"]
        .size();
  };
  const auto count = [&](sqlite::Statement s) {
    std::size_t n = 0;
    while (s.step()) ++n;
    return n;
  };
  const auto by_field = [&](const char* name) {
    return count(floor.prepare(fmt::format("SELECT t.{0}, count(*) FROM {1} t WHERE {2} GROUP BY 1",
                                           t.field(name).column, t.table, live)));
  };
  const auto by_entry = [&](const char* map, const char* key) {
    return count(
        std::move(floor
                      .prepare(fmt::format(
                          "SELECT m.txt, count(*) FROM {} t CROSS JOIN {} m ON m.owner = t.rid AND "
                          "m.key = ? WHERE {} GROUP BY 1",
                          t.table, t.map(map).table, live))
                      .bind(floor.key(key))));
  };
  measure(
      "facet of state", [&] { return facet("state"); }, [&] { return by_field("state"); });
  measure(
      "facet of user", [&] { return facet("user"); }, [&] { return by_field("user"); });
  measure(
      "facet of a param (numbers)", [&] { return facet("params.lr"); },
      [&] { return by_entry("params", "lr"); });
  measure(
      "facet of a param (texts)", [&] { return facet("params.optimizer"); },
      [&] { return by_entry("params", "optimizer"); });
  measure(
      "facet of a tag's values", [&] { return facet("tags.team"); },
      [&] { return by_entry("tags", "team"); });
  measure(
      "facet of the tags", [&] { return facet("tags"); },
      [&] {
        return count(floor.prepare(fmt::format(
            "SELECT m.key, count(*) FROM {} t CROSS JOIN {} m ON m.owner = t.rid WHERE {} "
            "GROUP BY 1",
            t.table, t.map("tags").table, live)));
      });
  measure(
      "range of a metric", [&] { return facet("metrics.acc"); },
      [&] {
        return count(std::move(
            floor
                .prepare(fmt::format(
                    "SELECT min(y.value), max(y.value) FROM {} y CROSS JOIN {} t ON t.rid = "
                    "y.owner "
                    "WHERE y.part = 1 AND y.key = ? AND y.scope = 0 AND y.rank = 0 AND t.{} = 0",
                    t.one_series("metrics").last_values, t.table, archived))
                .bind(floor.key("acc"))));
      });

  std::string block;
  std::int64_t most = 0;
  Json whole = question;
  whole["columns"] = columns;
  fresh("metrics.acc desc");
  const std::int64_t before = resident_kb();
  measure(
      "CSV of all x 24",
      [&] {
        auto answer = call("/api/v1/tasks/export", whole);
        std::size_t bytes = 0;
        for (bool more = true; more; bytes += block.size()) {
          block.clear();
          more = answer.stream->next(block);
          most = std::max(most, resident_kb());
        }
        return bytes;
      },
      [&] {
        std::size_t bytes = 0;
        std::string out;
        CsvSink sink{out};
        for (const Ordinal o : listing("acc")) {
          floor.row(o, sink);
          if (out.size() > 100'000) {
            bytes += out.size();
            out.clear();
          }
        }
        return bytes + out.size();
      });
  std::printf("RSS while exporting: %lld KB more\n", static_cast<long long>(most - before));
}
