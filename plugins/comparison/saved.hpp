#pragma once
// Saved comparisons: which tasks, and how a page lays them out.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/principal.hpp"
#include "podium/store/store.hpp"

namespace podium {
class PluginContext;
}

namespace podium::comparison {

struct Comparison {
  Ordinal ordinal = 0;
  std::int64_t version = 0;
  std::string id, name, owner, link;
  Ordinal project = 0;           ///< 0: of none
  std::string project_id;        ///< in decimal; "" of none
  std::string selection = "{}";  ///< JSON: the members that say which tasks
  std::string layout = "{}";     ///< JSON: the page's own
  std::int64_t created = 0, updated = 0;
};

/// "comparison/comparisons"
Collection comparisons_collection();

/// Keeps them. Thread-safe.
class Comparisons {
 public:
  explicit Comparisons(PluginContext& context) : context_(context) {}

  struct Change {
    std::optional<std::string> name, selection, layout;
    std::optional<Ordinal> project;  ///< 0 takes it out of its project
  };
  /// Returns the id.
  std::string create(const Principal&, const Change&) const;
  /// Asks `check` about the version that is there, which throws when it is another than was read.
  using CheckVersion = FunctionRef<void(std::int64_t)>;
  void change(const Principal&, std::string_view id, const Change&, CheckVersion check) const;
  void erase(const Principal&, std::string_view id, CheckVersion check) const;

  std::optional<Comparison> find(const Principal&, std::string_view id) const;
  std::optional<Comparison> by_link(const Principal&, std::string_view link) const;
  /// Throws `not_found`.
  Comparison require(const Principal&, std::string_view id) const;
  struct Listed {
    std::vector<Comparison> comparisons;
    std::string cursor;
  };
  /// Newest first.
  Listed list(const Principal&, std::optional<Ordinal> project, std::uint64_t limit,
              const std::string& cursor) const;
  /// The project of an id or else a name. Throws `not_found`.
  Ordinal project(const Principal&, const std::string& id_or_name) const;

 private:
  std::vector<Comparison> read(const Principal&, Filter, std::uint64_t limit,
                               const std::string& cursor, std::string& next) const;
  PluginContext& context_;
};

}  // namespace podium::comparison
