#pragma once
// Podium's own words for an entity, made from the declaration of its collection.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/query.hpp"
#include "podium/store/schema.hpp"

namespace podium::host {

/// Finds what a reference is compared with. Thread-safe.
class References {
 public:
  virtual ~References() = default;
  /// The records of `field.target` that `text` names: by name where names are unique, else by id; a
  /// number is an id (`by_id`). Where the hierarchy is read from '/', "vision/" names vision and
  /// all below it. Empty when there is none.
  virtual std::vector<Ordinal> find(const Field& field, std::string_view text,
                                    bool by_id) const = 0;
  /// Some names that `find` knows, for "did you mean".
  virtual std::vector<std::string> names(const Field& field) const = 0;
  /// Whether the records of `field.target` have a field `name`.
  virtual bool has_name(const Field& field) const {
    (void)field;
    return false;
  }
  /// The records of `field.target` that a filter on them finds; asked only where `has_name`.
  virtual std::vector<Ordinal> select(const Field& field, const Filter& filter) const {
    (void)field, (void)filter;
    return {};
  }
};

struct EntityOptions {
  /// Records of another collection that refer to these: `inputs.name = 'mnist'`, `any inputs
  /// (...)`.
  struct Child {
    std::string name;
    const class EntityVocabulary* vocabulary = nullptr;  ///< lives as long as this one
    std::string reference;                               ///< its field that refers to these
  };
  /// Other words for fields, maps, series and children: {"param", "params"}.
  std::vector<std::pair<std::string, std::string>> aliases = {};
  /// Fields that hold one of a few words.
  std::vector<std::pair<std::string, std::vector<std::string>>> words = {};
  /// Integer fields that count milliseconds: compared with '2h' too.
  std::vector<std::string> durations = {};
  std::vector<Child> children = {};
  const References* references =
      nullptr;  ///< lives as long; without it references compare as ordinals only
  std::function<std::int64_t()> now = {};  ///< milliseconds UTC, for '-7d'
};

/// What queries about the records of one collection may say: `field`, `map.key`,
/// `series.key[.statistic][@scope]`, `reference.ordinal`, `reference.name` (compared only), `id`,
/// `ordinal`, `version`, `child.name`.
/// Immutable, thread-safe as far as `References` and `now` are.
class EntityVocabulary final : public Vocabulary {
 public:
  EntityVocabulary(Collection, EntityOptions);

  Filter comparison(const Comparison&) const override;
  OrderKey order(const Identifier&, bool descending) const override;
  std::vector<std::string> names() const override;
  const Vocabulary& child(const Identifier& name) const override;
  Filter any_of_child(const Identifier& name, Filter inner) const override;

  /// Where a name leads, e.g. for the columns of a table. Throws Error `invalid` with the nearest
  /// name.
  Path path(const Identifier&) const;
  /// The reference field `f` of a name `f.name`, whose target has names; else null.
  const Field* reference_of_name(const Identifier&) const;
  bool is_duration(std::string_view field) const;
  const Collection& collection() const noexcept { return collection_; }
  const EntityOptions& options() const noexcept { return options_; }

 private:
  enum class Kind : std::uint8_t { text, integer, real, boolean, time, duration, dual, reference };
  struct Target {
    Path path;
    Kind kind = Kind::text;
    const Field* field = nullptr;
  };

  Target resolve(const Identifier&) const;
  Target resolve_series(const Series&, const Identifier&) const;
  Filter compare_target(const Target&, const Comparison&) const;
  Filter compare_reference(const Target&, const Comparison&) const;
  Filter compare_name(const Field& reference, const Comparison&) const;
  Filter tag_set(const Comparison&) const;
  Value value_of(const Target&, const Identifier&, const Literal&) const;
  void check_word(const Target&, const Literal&) const;
  const EntityOptions::Child* find_child(std::string_view name) const;
  std::string_view unaliased(std::string_view name) const;
  [[noreturn]] void unknown(const Identifier&) const;

  Collection collection_;
  EntityOptions options_;
};

/// Writes a filter in podium's language: what the language parses to gives itself back. References
/// are written by ordinal, moments as dates. Throws `misuse` for what the language cannot say.
std::string print(const Filter&, const EntityVocabulary&);
std::string print(const OrderKey&, const EntityVocabulary&);

}  // namespace podium::host
