#pragma once
// Boards, as everything that shows or changes them asks: the routes and the verb stand on it.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "library.hpp"
#include "podium/http/message.hpp"

namespace podium::leaderboard {

/// What somebody says of a board; what he does not name stays.
struct Draft {
  std::optional<std::string> name, description, project;  ///< id or name of the project
  std::optional<Definition> definition;
  bool from_template = false;
  std::optional<std::string> view;  ///< id or link of a saved view
};

struct Template {
  Ordinal ordinal = 0;
  std::int64_t version = 0, revision = 0, updated = 0;
  std::string user;
  DefinitionPtr definition;
};

/// A board as it stands, during the call that gets it.
struct Ranking {
  const Engine& engine;
  bool stale = false;  ///< of the definition before: the other is being worked out
  bool rebuilt =
      false;  ///< worked out from the tasks that are there, since nothing was kept of that time
  std::optional<std::int64_t> at = {};  ///< the moment asked for
  std::int64_t revision = 0;            ///< of the definition
};

struct TemplateDifference {
  std::string member, board, here;  ///< the values of both as JSON; "null" where absent
};

/// Thread-safe. Everything is as the caller may see it, and throws `not_found` for what he may not.
class Desk {
 public:
  explicit Desk(Library& library) : library_(library) {}

  Board require(const Principal&, std::string_view id) const;
  Board by_link(const Principal&, std::string_view link) const;
  /// By its id, or its name in a project (id or name; "" any project where the name is there once).
  Board named(const Principal&, std::string_view project, std::string_view id_or_name) const;
  /// By name, of one project or (0) all.
  Page list(const Principal&, Ordinal project, std::uint64_t limit, const std::string& cursor,
            const std::function<void(const Board&)>&) const;
  Board add(const Principal&, Draft) const;
  /// Throws `conflict` unless the version is this one, if one is given.
  Board edit(const Principal&, const Board&, Draft, std::optional<std::int64_t> version) const;
  void remove(const Principal&, const Board&, std::optional<std::int64_t> version) const;
  /// A board that is not saved.
  Board unsaved(const Principal&, std::string_view project, Definition) const;

  /// The ordinal of a project by id or name; throws `not_found`.
  Ordinal project(const Principal&, std::string_view id_or_name) const;
  std::pair<std::string, std::string> project_names(const Board&) const;  ///< id, name

  std::optional<Template> project_template(const Principal&, Ordinal project) const;
  Template put_template(const Principal&, Ordinal project, Definition,
                        const std::function<void(std::int64_t version)>& precondition) const;
  /// Members of the board's definition that are not as in its project's template.
  std::vector<TemplateDifference> differences(const Principal&, const Board&) const;

  /// Shows the board as it is, or as it was at a moment.
  void look(const Principal&, const Board&, std::optional<std::int64_t> at,
            FunctionRef<void(const Ranking&)>) const;

  PluginContext& context() const noexcept { return library_.context(); }
  std::int64_t now() const { return library_.clock()(); }
  Library& library() const noexcept { return library_; }

 private:
  std::optional<Board> one(const Principal&, Filter) const;
  void settle(const Principal&, Ordinal project, Definition&) const;
  void look_at_saved(const Board&, FunctionRef<void(const Ranking&)> show) const;
  void tell_and(const Board&, FunctionRef<void(Transaction&, std::int64_t at)> change) const;

  Library& library_;
};

}  // namespace podium::leaderboard
