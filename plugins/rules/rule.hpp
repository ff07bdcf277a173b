#pragma once
// A rule as it is kept, and the collections of this plugin.
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/principal.hpp"
#include "podium/storage_kit/rows.hpp"
#include "podium/store/store.hpp"

namespace podium::rules {

/// "rules/rules", "rules/pairs" (which rule holds for which task), "rules/firings".
std::vector<Collection> collections();

struct Ids {
  CollectionId rules{}, pairs{}, firings{}, tasks{}, projects{}, queues{}, history{};
  explicit Ids(const Store&);
};

using Clock = std::function<std::int64_t()>;  ///< milliseconds UTC
std::int64_t system_now();

/// How far a rule that is switched on has looked at the tasks that were there. While it goes over
/// them, `at` is the ordinal up to which it came.
enum class Phase : std::uint8_t {
  on = 1,       ///< it looks at what changes only
  arming,       ///< what holds already is noted and not acted on
  catching_up,  ///< what holds and is not noted yet is acted on
};
std::string_view name(Phase) noexcept;

struct Rule {
  Ordinal ordinal = 0;
  std::string id;
  std::int64_t version = 0;

  std::string name, when, action;
  std::optional<Ordinal> project;  ///< of one project
  std::string below;               ///< or, without a record, what is below this name
  bool subprojects = false;        ///< with what is below `project`
  std::int64_t quiet = 0;          ///< milliseconds, 0: none
  bool enabled = false;
  std::string disabled_reason;
  std::int64_t created = 0, updated = 0;
  std::string user;                      ///< who wrote it
  std::vector<std::string> permissions;  ///< of who wrote it: what its runs may do
  Json parameters = Json::object();

  std::int64_t watch = 0;  ///< another number when something else is watched than before
  Phase phase = Phase::on;
  Ordinal at = 0;
  std::int64_t fired = 0;
  std::optional<std::int64_t> last_fired;
  std::string last_error;

  /// Who acts when it fires.
  Principal who() const;
  /// What holds changes as time passes: it names an age ("-7d") or now.
  bool moves() const;
};

/// The columns that `rule_of` reads.
const std::vector<Column>& rule_columns();
Rule rule_of(const Row&);

}  // namespace podium::rules
