#pragma once
// A board as it is kept, and the collections of this plugin.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition.hpp"
#include "podium/storage_kit/rows.hpp"
#include "podium/store/store.hpp"

namespace podium::leaderboard {

/// "leaderboard/boards", "leaderboard/templates", "leaderboard/events".
std::vector<Collection> collections();

struct Ids {
  CollectionId boards{}, templates{}, events{}, tasks{}, projects{}, datasets{}, inputs{}, views{};
  explicit Ids(const Store&);
};

using Clock = std::function<std::int64_t()>;  ///< milliseconds UTC
std::int64_t system_now();

using DefinitionPtr = std::shared_ptr<const Definition>;

struct Board {
  Ordinal ordinal = 0;  ///< 0: it is not saved
  std::string id;
  std::int64_t version = 0;

  std::string name, description, user, link;
  Ordinal project = 0;
  std::int64_t created = 0, updated = 0;
  std::int64_t revision = 0;  ///< of the definition, from 1
  std::optional<std::int64_t> template_revision = {};
  DefinitionPtr definition;

  std::int64_t events = 0;                   ///< how many records of events there are
  std::optional<std::int64_t> changed = {};  ///< when the last of them was written
};

const std::vector<Column>& board_columns();
Board board_of(const Row&);
/// What `board_of` reads of a body.
std::string body_of(const std::string& description, const Definition&);

}  // namespace podium::leaderboard
