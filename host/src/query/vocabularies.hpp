#pragma once
// Podium's own vocabularies of the entities that the host owns, by name.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/store/store.hpp"
#include "query/podium_vocabulary.hpp"

namespace podium::host {

/// Looks references up in the store. Thread-safe; refuses with `unavailable` before `bind`.
class StoreReferences final : public References {
 public:
  /// Called once, before any query; the store outlives the queries.
  void bind(const Store& store) { store_ = &store; }
  std::vector<Ordinal> find(const Field&, std::string_view text, bool by_id) const override;
  std::vector<std::string> names(const Field&) const override;
  bool has_name(const Field& f) const override { return named_.contains(f.target); }
  std::vector<Ordinal> select(const Field&, const Filter&) const override;
  /// A collection whose records have names.
  void add_named(std::string collection) { named_.insert(std::move(collection)); }

 private:
  const Store& store() const;
  const Store* store_ = nullptr;
  std::set<std::string, std::less<>> named_;
};

/// One vocabulary for each declared collection, with the aliases and allowed words of the host's
/// own. A collection that all may read and that refers to another becomes a child of it (`any
/// inputs (...)`); of a collection that refers to itself the child is named `children`. Thread-safe
/// after `bind`.
class Vocabularies {
 public:
  Vocabularies(std::span<const Collection> declarations, std::function<std::int64_t()> now);
  void bind(const Store& store) { references_.bind(store); }
  /// Throws `not_found` for a collection that was not declared.
  const EntityVocabulary& of(std::string_view collection) const;

 private:
  StoreReferences references_;
  std::map<std::string, std::unique_ptr<EntityVocabulary>, std::less<>>
      leaves_;  ///< without children
  std::map<std::string, std::unique_ptr<EntityVocabulary>, std::less<>> entities_;
};

}  // namespace podium::host
