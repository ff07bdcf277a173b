// Counts of what a key of a map holds, from its index and from the records, beside counting what
// each record shows.
#include <fmt/format.h>

#include <map>
#include <random>

#include "fixture.hpp"

using namespace podium;
using podium::sqlite::test::Opened;
using podium::test::TemporaryFolder;

namespace {

using Counts = std::map<std::string, std::int64_t>;

std::string shown(const Cell& cell) {
  const auto* text = std::get_if<std::string_view>(&cell);
  return text == nullptr ? "missing" : "=" + std::string(*text);
}

Counts one_by_one(const Reader& reader, CollectionId tasks, const Filter& filter,
                  const Path& path) {
  Counts out;
  Query query;
  query.collection = tasks;
  query.filter = filter;
  query.columns = {value_of(path)};
  reader.query(query, [&](const Row& row) {
    ++out[shown(row.cell(0))];
    return true;
  });
  return out;
}

Counts grouped(const Reader& reader, CollectionId tasks, const Filter& filter, const Path& path) {
  Counts out;
  Aggregate ask;
  ask.collection = tasks;
  ask.filter = filter;
  ask.groups = {path};
  ask.folds = {{}};
  reader.aggregate(ask, [&](std::span<const Cell> values, std::span<const Cell> folds) {
    CHECK(out.emplace(shown(values[0]), std::get<std::int64_t>(folds[0])).second);
    return true;
  });
  return out;
}

}  // namespace

TEST_CASE("a key's values are counted as they are spelled, many or few, numbers or texts") {
  // One number in several spellings, texts, and two long ones that the index cannot tell apart.
  const std::string start(64, 'x');
  const std::vector<std::string> numbers = {"0.1", "1e-1", "0.10", "5", "5.0", "-3", "1e300"},
                                 texts = {"adam", "", start, start + "a", start + "b", "5 "};
  TemporaryFolder folder;
  Opened a(folder.path());
  std::mt19937 random(7);
  const auto one_of = [&](const auto& some) { return some[random() % some.size()]; };
  const std::vector<Ordinal> projects = {a.project("p"), a.project("q"), a.project("empty")};
  a.store->write([&](Transaction& t) {
    for (int i = 0; i < 600; ++i) {
      const std::string id = fmt::format("t{}", i);
      NewRecord record{id, {}};
      if (i % 10 != 0) record.content.set("project", projects[random() % 2]);
      record.content.set("archived", random() % 20 == 0);
      const std::string a_number = one_of(numbers), a_text = one_of(texts),
                        mixed = one_of(random() % 2 != 0 ? numbers : texts), rare = one_of(numbers);
      if (random() % 10 != 0) record.content.put("params", "number", a_number);
      if (random() % 10 != 0) record.content.put("params", "text", a_text);
      if (random() % 3 != 0) record.content.put("params", "mixed", mixed);
      if (random() % 15 == 0) record.content.put("params", "rare", rare);
      if (random() % 15 == 0) record.content.put("params", "rarely mixed", mixed);
      t.insert(a.tasks, record);
    }
  });
  const Filter live = eq(field("archived"), false);
  const std::vector<Filter> filters = {
      {},
      live,
      eq(field("project"), projects[0]),
      all_of({eq(field("project"), projects[0]), live}),
      all_of({in(field("project"), {projects[0], projects[1]}), live}),
      eq(field("project"), projects[2]),
      all_of({eq(field("project"), projects[1]),
              compare(entry("params", "number"), Compare::gt, 0.1)})};
  for (const char* key : {"number", "text", "mixed", "rare", "rarely mixed", "nobody's"})
    for (std::size_t i = 0; i < filters.size(); ++i) {
      INFO(key << " of filter " << i);
      const Path path = entry("params", key);
      CHECK(grouped(*a.store, a.tasks, filters[i], path) ==
            one_by_one(*a.store, a.tasks, filters[i], path));
    }
}

TEST_CASE("counting a key's values keeps to its budget") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const Ordinal project = a.project("p");
  a.store->write([&](Transaction& t) {
    for (int i = 0; i < 5000; ++i) {
      const std::string id = fmt::format("t{}", i);
      NewRecord record{id, {}};
      record.content.set("project", project).put("params", "lr", "0.1");
      t.insert(a.tasks, record);
    }
  });
  Aggregate ask;
  ask.collection = a.tasks;
  ask.filter = eq(field("project"), project);
  ask.groups = {entry("params", "lr")};
  ask.folds = {{}};
  const auto counted = [&] {
    std::int64_t n = 0;
    a.store->aggregate(ask, [&](std::span<const Cell>, std::span<const Cell> folds) {
      n += std::get<std::int64_t>(folds[0]);
      return true;
    });
    return n;
  };
  CHECK(counted() == 5000);
  ask.budget.records = 1000;
  CHECK(podium::test::error_of(counted).code() == ErrorCode::too_expensive);
}
