#pragma once
// Saved views of task tables, and the addresses that are too long to be one.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/http/message.hpp"
#include "services/core.hpp"
#include "services/views/state.hpp"

namespace podium::host {

/// A saved view. A private one is seen by its owner only (and by whoever has its link); a shared
/// one by all who may read the project's tasks.
struct View {
  std::string id;
  std::string project;                     ///< text id, or "" for the table of all projects
  TableScope scope = TableScope::project;  ///< `all` exactly where there is no project
  std::string name, owner, link;
  bool shared = false;
  bool is_default = false;  ///< of its owner, or of everybody when shared
  std::int64_t created = 0, updated = 0, version = 0;
  ViewState state;
};

/// Keeps views and long addresses. Thread-safe. Writes run inside a given Transaction and throw
/// `not_found`, `exists`, `invalid` or `denied` before they write.
class Views {
 public:
  Views(const Core& core, const Table& table) : core_(core), table_(table) {}

  /// Fills in id, owner, link and times, and returns the id. A default takes the place of the one
  /// before.
  std::string create(Transaction&, const Principal&, View);
  struct Change {
    std::optional<std::string> name;
    std::optional<bool> shared, is_default;
    std::optional<ViewState> state;
  };
  /// `precondition`: whose If-Match must name the version (`conflict`).
  void change(Transaction&, const Principal&, std::string_view id, const Change&,
              const Request* precondition);
  void erase(Transaction&, const Principal&, std::string_view id, const Request* precondition);

  /// The view, if it is there and the caller may see it.
  std::optional<View> find(const Reader&, const Principal&, std::string_view id) const;
  std::optional<View> by_link(const Reader&, const Principal&, std::string_view link) const;
  /// Those of one table that the caller may see, by name.
  std::vector<View> list(const Reader&, const Principal&, const std::string& project,
                         TableScope) const;
  /// The one to begin with: the caller's own default, or else everybody's.
  static const View* first(const std::vector<View>&, const Principal&);

  /// Keeps a query string; returns its short name. The same text gives the same name.
  std::string keep_query(Transaction&, const Principal&, const std::string& query);
  std::optional<std::string> kept_query(const Reader&, const Principal&,
                                        std::string_view name) const;

 private:
  struct Locked {
    Ordinal ordinal = 0;
    std::int64_t version = 0;
    std::string place, scope, owner;
    bool shared = false, is_default = false;
  };
  Locked require(Transaction&, const Principal&, std::string_view id, const Request*);
  void clear_default(Transaction&, const Principal&, std::string_view place, std::string_view scope,
                     bool shared, Ordinal but);
  std::vector<View> read(const Reader&, const Principal&, const Filter&) const;

  const Core& core_;
  const Table& table_;
};

}  // namespace podium::host
