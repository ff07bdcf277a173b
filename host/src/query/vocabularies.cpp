#include "query/vocabularies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "podium/service/models.hpp"
#include "podium/service/tasks.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::host {
namespace {

/// How many names are looked at for "did you mean".
constexpr std::uint64_t enough_names = 1000;

EntityOptions own_words(const Collection& c) {
  EntityOptions options;
  if (c.name == "tasks") {
    options.aliases = {{"param", "params"},   {"parameter", "params"}, {"parameters", "params"},
                       {"metric", "metrics"}, {"tag", "tags"},         {"dataset", "inputs"},
                       {"datasets", "inputs"}};
    std::vector<std::string> states;
    for (int i = 1; i <= static_cast<int>(TaskState::published); ++i)
      states.emplace_back(name(static_cast<TaskState>(i)));
    options.words = {{"state", std::move(states)}};
  } else if (c.name == "models") {
    options.aliases = {{"param", "params"}, {"metric", "metrics"}, {"tag", "tags"}};
    std::vector<std::string> states;
    for (int i = 1; i <= static_cast<int>(ModelStatus::upload_failed); ++i)
      states.emplace_back(name(static_cast<ModelStatus>(i)));
    options.words = {{"status", std::move(states)}};
  } else if (c.name == "projects") {
    options.aliases = {{"tag", "tags"}};
  } else if (c.name == "datasets") {
    options.aliases = {{"label", "labels"}};
  } else if (c.name == "jobs") {
    options.words = {{"state", {"waiting", "running", "done", "failed", "cancelled"}}};
  }
  return options;
}

/// Records of `c` are known by name: it has a unique key of that field alone.
bool has_unique_names(const Collection& c) {
  return std::any_of(c.keys.begin(), c.keys.end(), [](const Key& k) {
    return k.unique && k.fields == std::vector<std::string>{"name"};
  });
}

}  // namespace

const Store& StoreReferences::store() const {
  if (store_ == nullptr)
    throw Error(ErrorCode::unavailable, "the store is not open yet; try again");
  return *store_;
}

std::vector<Ordinal> StoreReferences::find(const Field& f, std::string_view text,
                                           bool by_id) const {
  const CollectionId c = store().collection(f.target);
  if (!by_id && has_unique_names(store().declaration(c))) {
    auto found = store().ids(c, eq(field("name"), std::string(text)), {});
    if (!found.empty()) return found;
    if (text.size() > 1 && text.back() == '/') {
      // Below "vision/" are the names from it up to where its '/' is the next character, '0'.
      const std::string base(text.substr(0, text.size() - 1));
      return store().ids(c,
                         any_of({eq(field("name"), base),
                                 all_of({compare(field("name"), Compare::gt, std::string(text)),
                                         compare(field("name"), Compare::lt, base + '0')})}),
                         {});
    }
  }
  const Ordinal one = store().find(c, text);
  return one == 0 ? std::vector<Ordinal>{} : std::vector<Ordinal>{one};
}

std::vector<std::string> StoreReferences::names(const Field& f) const {
  const CollectionId c = store().collection(f.target);
  std::vector<std::string> names;
  if (!has_unique_names(store().declaration(c))) return names;
  Query query;
  query.collection = c;
  query.limit = enough_names;
  query.columns = {value_of(field("name"))};
  store().query(query, [&](const Row& row) {
    const Cell cell = row.cell(0);
    if (const auto* name = std::get_if<std::string_view>(&cell)) names.emplace_back(*name);
    return true;
  });
  return names;
}

Vocabularies::Vocabularies(std::span<const Collection> declarations,
                           std::function<std::int64_t()> now) {
  const auto make = [&](const Collection& c, std::vector<EntityOptions::Child> children) {
    EntityOptions options = own_words(c);
    options.children = std::move(children);
    options.references = &references_;
    options.now = now;
    return std::make_unique<EntityVocabulary>(c, std::move(options));
  };
  for (const Collection& c : declarations) leaves_.emplace(c.name, make(c, {}));
  for (const Collection& c : declarations) {
    std::vector<EntityOptions::Child> children;
    for (const Collection& other : declarations) {
      if (other.readers != "all") continue;
      const auto refers = [&](const Field& f) {
        return f.type == Type::reference && f.target == c.name;
      };
      // Of several references the first one is that to the parent; other collections with several
      // are ambiguous.
      if (other.name != c.name &&
          std::count_if(other.fields.begin(), other.fields.end(), refers) != 1)
        continue;
      const auto reference = std::find_if(other.fields.begin(), other.fields.end(), refers);
      if (reference == other.fields.end()) continue;
      children.push_back({other.name == c.name ? "children" : other.name,
                          leaves_.find(other.name)->second.get(), reference->name});
    }
    entities_.emplace(c.name, make(c, std::move(children)));
  }
}

const EntityVocabulary& Vocabularies::of(std::string_view collection) const {
  const auto it = entities_.find(collection);
  if (it != entities_.end()) return *it->second;
  std::vector<std::string> names;
  for (const auto& [name, vocabulary] : entities_) names.push_back(name);
  const std::string near = kit::nearest(collection, names);
  throw Error(ErrorCode::not_found,
              fmt::format("there is no entity '{}' to query{}", collection,
                          near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

}  // namespace podium::host
