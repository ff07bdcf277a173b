#pragma once
// Writing rules: made, changed, switched, erased. The routes and the verb stand on it.
#include <optional>
#include <string>
#include <string_view>

#include "input.hpp"
#include "podium/plugin.hpp"
#include "rule.hpp"

namespace podium::rules {

/// Thread-safe.
class Desk {
 public:
  Desk(PluginContext& context, Clock now) : context_(context), now_(std::move(now)) {}

  /// The rule; throws `not_found`. `id` in decimal.
  Rule require(const Principal&, std::string_view id) const;
  std::optional<Rule> named(const Principal&, std::string_view name) const;
  Ordinal add(const Principal&, const Draft&) const;
  /// Throws `conflict` unless the version is this one, if one is given.
  void edit(const Principal&, const Rule&, const Draft&, std::optional<std::int64_t> version) const;
  void remove(const Principal&, const Rule&, std::optional<std::int64_t> version) const;
  /// Waits (for up to five seconds) until a rule that is switched on has looked at the tasks that
  /// are there: from then on nothing that begins is missed.
  void settle(Ordinal rule) const;

 private:
  Patch content(const Rule&, const std::string& body) const;

  PluginContext& context_;
  Clock now_;
};

}  // namespace podium::rules
