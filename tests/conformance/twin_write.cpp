// The random writes of a Twin.
#include <algorithm>
#include <limits>

#include "twin.hpp"

namespace podium::conformance {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Sets or removes a field of a record of the reference.
void set(reference::Record& record, const std::string& name, const Value& value) {
  if (std::holds_alternative<std::monostate>(value))
    record.fields.erase(name);
  else
    record.fields[name] = value;
}

}  // namespace

Twin::Twin(std::uint64_t seed) : random_(seed) {
  for (const Collection& c : tracking()) world_[c.name].declaration = c;
}

std::string Twin::text() {
  static const std::string texts[] = {"0.1",
                                      "1e-1",
                                      "10",
                                      "9",
                                      "-3",
                                      "+9",
                                      "1e400",
                                      "nan",
                                      "adam",
                                      "Adam",
                                      "",
                                      "Über",
                                      "über",
                                      "Straße",
                                      "strasse",
                                      "a%b",
                                      "a_b",
                                      std::string(70, 'x') + "1",
                                      std::string(70, 'x') + "2",
                                      "10"};
  return texts[roll(std::size(texts))];
}

std::string Twin::key() {
  static const char* const keys[] = {"lr", "opt", "a.b/c", "ü"};
  return keys[roll(4)];
}

double Twin::real() {
  static const double reals[] = {0,
                                 -0.0,
                                 0.1,
                                 10,
                                 9,
                                 -3,
                                 0.5,
                                 1e300,
                                 not_a_number,
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity()};
  return reals[roll(std::size(reals))];
}

Value Twin::value_for(const Field& field) {
  if (chance(15)) return {};
  switch (field.type) {
    case Type::text: {
      static const char* const states[] = {"pending", "running", "failed"};
      return field.name == "state" ? std::string(states[roll(3)]) : text();
    }
    case Type::scalar:
      return text();
    case Type::integer:
    case Type::time:
      return static_cast<std::int64_t>(roll(12)) - 3;
    case Type::real:
      return real();
    case Type::boolean:
      return chance(50);
    case Type::reference: {
      const Ordinal target = any_of(field.target);
      return target == 0 ? Value{} : Value{target};
    }
  }
  return {};
}

Ordinal Twin::any_of(const std::string& collection) {
  const auto& records = world_.at(collection).records;
  if (records.empty()) return 0;
  return std::next(records.begin(), static_cast<std::ptrdiff_t>(roll(records.size())))->first;
}

std::vector<Ordinal> Twin::some_of(const std::string& collection, std::size_t most) {
  std::vector<Ordinal> ordinals;
  for (std::size_t n = 1 + roll(most); n > 0; --n)
    if (const Ordinal o = any_of(collection); o != 0) ordinals.push_back(o);
  std::sort(ordinals.begin(), ordinals.end());
  ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
  return ordinals;
}

Twin::Change Twin::insert_project() {
  const std::string name = "project " + std::to_string(made_++);
  auto made = std::make_shared<Ordinal>(0);
  auto id = std::make_shared<std::string>();
  const CollectionId c = store_.id("projects");
  return {[=](Transaction& t) {
            *made = insert(t, c, "", {{"name", name}});
            t.get(c, *made, {}, [&](const Row& row) { *id = row.id(); });
          },
          [=, this] {
            reference::Record record;
            record.ordinal = *made;
            record.id = *id;
            record.fields["name"] = name;
            world_.at("projects").records[*made] = record;
          }};
}

Twin::Change Twin::insert_task() {
  const CollectionId c = store_.id("tasks");
  auto made = std::make_shared<Ordinal>(0);
  reference::Record record;
  record.id = "t" + std::to_string(made_++);
  for (const Field& field : world_.at("tasks").declaration.fields)
    set(record, field.name, value_for(field));
  for (const char* map : {"params", "notes"})
    for (auto n = roll(3); n > 0; --n) record.maps[map][key()] = text();
  return {[=](Transaction& t) {
            NewRecord content;
            content.id = record.id;
            for (const auto& [name, value] : record.fields) content.content.set(name, value);
            for (const auto& [map, entries] : record.maps)
              for (const auto& [k, v] : entries) content.content.put(map, k, v);
            *made = t.insert(c, content);
          },
          [=, this]() mutable {
            record.ordinal = *made;
            world_.at("tasks").records[*made] = record;
          }};
}

Twin::Change Twin::insert_input() {
  const CollectionId c = store_.id("inputs");
  auto made = std::make_shared<Ordinal>(0);
  reference::Record record;
  record.id = "i" + std::to_string(made_++);
  for (const Field& field : world_.at("inputs").declaration.fields)
    set(record, field.name, value_for(field));
  record.fields["digest"] = record.id;  // (task, name, digest) is unique
  if (chance(50)) record.maps["tags"][key()] = text();
  return {[=](Transaction& t) {
            NewRecord content;
            content.id = record.id;
            for (const auto& [name, value] : record.fields) content.content.set(name, value);
            for (const auto& [map, entries] : record.maps)
              for (const auto& [k, v] : entries) content.content.put(map, k, v);
            *made = t.insert(c, content);
          },
          [=, this]() mutable {
            record.ordinal = *made;
            world_.at("inputs").records[*made] = record;
          }};
}

Twin::Change Twin::update_tasks() {
  const CollectionId c = store_.id("tasks");
  const std::vector<Ordinal> ordinals = some_of("tasks", 6);
  const Collection& declaration = world_.at("tasks").declaration;
  const Filter still = chance(50) ? Filter{} : filter(declaration, 1, false);
  std::map<std::string, Value> fields;
  for (auto n = roll(4); n > 0; --n) {
    const Field& field = declaration.fields[roll(declaration.fields.size())];
    fields[field.name] = value_for(field);
  }
  std::map<std::string, std::string> entries;
  for (auto n = roll(3); n > 0; --n) entries[key()] = text();
  const std::string removed = chance(40) ? key() : "", cleared = chance(10)  ? "params"
                                                                 : chance(5) ? "metrics"
                                                                             : "";
  if (!removed.empty()) entries.erase(removed);
  return {[=](Transaction& t) {
            Patch patch;
            for (const auto& [name, value] : fields) patch.set(name, value);
            for (const auto& [k, v] : entries) patch.put("params", k, v);
            if (!removed.empty()) patch.remove("params", removed);
            if (!cleared.empty()) patch.clear(cleared);
            t.update(c, ordinals, still, patch);
          },
          [=, this] {
            reference::Table& table = world_.at("tasks");
            std::vector<Ordinal> fitting;
            for (const Ordinal o : ordinals)
              if (table.records.count(o) != 0 &&
                  reference::holds(world_, table, table.records[o], still))
                fitting.push_back(o);
            for (const Ordinal o : fitting) {
              reference::Record& record = table.records[o];
              record.maps.erase(cleared);
              record.series.erase(cleared);
              for (const auto& [name, value] : fields) set(record, name, value);
              for (const auto& [k, v] : entries) record.maps["params"][k] = v;
              record.maps["params"].erase(removed);
            }
          }};
}

Twin::Change Twin::put_entries() {
  const CollectionId c = store_.id("tasks");
  const Ordinal o = any_of("tasks");
  const bool keep = chance(40);
  const std::string map = chance(50) ? "params" : "notes";
  std::vector<std::pair<std::string, std::string>> entries;
  for (auto n = 1 + roll(4); n > 0; --n) entries.emplace_back(key(), text());
  return {[=](Transaction& t) {
            if (o == 0) return;
            std::vector<MapEntry> views;
            for (const auto& [k, v] : entries) views.push_back({k, v});
            t.put(c, o, map, views, keep ? PutMode::keep : PutMode::overwrite);
          },
          [=, this] {
            const auto record = world_.at("tasks").records.find(o);
            if (record == world_.at("tasks").records.end()) return;
            for (const auto& [k, v] : entries) {
              auto& stored = record->second.maps[map];
              if (keep)
                stored.emplace(k, v);
              else
                stored[k] = v;
            }
          }};
}

Twin::Change Twin::append_points() {
  const CollectionId c = store_.id("tasks");
  const Ordinal o = any_of("tasks");
  const std::string name = chance(70) ? "metrics" : "system", scope = chance(70) ? "" : "ds",
                    k = key();
  std::vector<Point> points;
  const auto base = static_cast<std::int64_t>(roll(40));
  for (auto n = 1 + roll(chance(20) ? 40 : 3); n > 0; --n)
    points.push_back(
        {base + static_cast<std::int64_t>(roll(8)), static_cast<std::int64_t>(roll(50)), real()});
  return {[=](Transaction& t) {
            if (o == 0) return;
            const SeriesPoints series{k, scope, points};
            t.append(c, o, name, {&series, 1});
          },
          [=, this] {
            const auto record = world_.at("tasks").records.find(o);
            if (record == world_.at("tasks").records.end()) return;
            auto& stored = record->second.series[name][{k, scope}];
            for (const Point& p : points)
              if (std::none_of(stored.begin(), stored.end(),
                               [&](const Point& q) { return reference::same_point(p, q); }))
                stored.push_back(p);
          }};
}

void Twin::erase_from_world(const std::string& collection, Ordinal o) {
  if (world_.at(collection).records.erase(o) == 0) return;
  for (auto& [name, table] : world_)
    for (const Field& field : table.declaration.fields) {
      if (field.type != Type::reference || field.target != collection) continue;
      std::vector<Ordinal> referring;
      for (auto& [ordinal, record] : table.records)
        if (const auto it = record.fields.find(field.name);
            it != record.fields.end() && it->second == Value{o})
          referring.push_back(ordinal);
      for (const Ordinal r : referring) {
        if (field.on_erase == OnErase::cascade)
          erase_from_world(name, r);
        else
          table.records[r].fields.erase(field.name);
      }
    }
}

Twin::Change Twin::erase_something() {
  const std::string collection = chance(15) ? "projects" : chance(70) ? "tasks" : "inputs";
  const CollectionId c = store_.id(collection);
  const Ordinal o = any_of(collection);
  return {[=](Transaction& t) {
            t.erase(c, {&o, 1});
          },
          [=, this] { erase_from_world(collection, o); }};
}

void Twin::write() {
  std::vector<Change> changes;
  for (auto n = 1 + roll(4); n > 0; --n) {
    switch (roll(12)) {
      case 0:
        changes.push_back(insert_project());
        break;
      case 1:
      case 2:
      case 3:
        changes.push_back(insert_task());
        break;
      case 4:
        changes.push_back(insert_input());
        break;
      case 5:
      case 6:
        changes.push_back(update_tasks());
        break;
      case 7:
      case 8:
        changes.push_back(put_entries());
        break;
      default:
        changes.push_back(append_points());
        break;
    }
  }
  // Erasing comes last: what the others chose is still there.
  if (chance(15)) changes.push_back(erase_something());
  apply(changes, chance(10));
}

void Twin::grow(int n) {
  std::vector<Change> changes;
  for (int i = 0; i < n; ++i) changes.push_back(insert_task());
  apply(changes, false);
  changes.clear();
  for (int i = 0; i < n; ++i) changes.push_back(append_points());
  for (int i = 0; i < n / 4; ++i) changes.push_back(insert_input());
  apply(changes, false);
}

void Twin::apply(const std::vector<Change>& changes, bool throws) {
  try {
    store_->transact([&](Transaction& t) {
      for (const Change& change : changes) change.on_store(t);
      if (throws) throw Error(ErrorCode::cancelled, "thrown after it wrote");
    });
  } catch (const Error& e) {
    INFO(e.what());
    REQUIRE(throws);
    REQUIRE(e.code() == ErrorCode::cancelled);
    return;
  }
  REQUIRE_FALSE(throws);
  for (const Change& change : changes) change.on_world();
}

}  // namespace podium::conformance
