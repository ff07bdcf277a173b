#pragma once
// What the built-in actions share: reading parameters, finding what they name, saying what came of
// it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/extension/action.hpp"
#include "podium/plugin.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/queues.hpp"
#include "podium/service/tasks.hpp"

namespace podium::actions {

/// The parameters of a call, which the host has checked against the schema. The call outlives it.
class Parameters {
 public:
  explicit Parameters(const ActionCall& call) : json_(call.parameters) {}
  std::string text(const char* name) const;  ///< "" when it is not there
  bool flag(const char* name, bool otherwise = false) const;
  std::int64_t integer(const char* name, std::int64_t otherwise) const;
  std::vector<std::string> texts(const char* name) const;
  /// Of an object of texts.
  std::vector<std::pair<std::string, std::string>> entries(const char* name) const;

 private:
  const Json& json_;
};

/// A StoreAction on the host's services that acts on one task at a time.
class TaskAction : public StoreAction {
 public:
  TaskAction(std::string id, PluginContext& context)
      : StoreAction(std::move(id)), context_(context) {}

 protected:
  PluginContext& context() const { return context_; }
  Tasks& tasks() const { return context_.tasks(); }
  Tasks::Head head(Transaction& t, const ActionTarget& target, const ActionCall& call) const {
    return tasks().require(t, call.who, target.ordinal);
  }

 private:
  PluginContext& context_;
};

inline ActionOutcome done(const ActionTarget& target, std::string message = {}) {
  ActionOutcome out;
  out.id = target.id;
  out.message = std::move(message);
  return out;
}

/// A field that is a text, "" when it is missing; of a task, project or queue in a transaction.
std::string text_of(Transaction&, CollectionId, Ordinal, const char* field);
/// A reference, 0 when it is missing.
Ordinal reference_of(Transaction&, CollectionId, Ordinal, const char* field);
std::string id_of(Transaction&, CollectionId, Ordinal);

/// A project by its id or else by its name; 0 when there is none. The Tasks service checks whether
/// the caller may see it.
Ordinal find_project(Transaction&, const Projects&, std::string_view id_or_name);
Error no_project(std::string_view id_or_name);

/// "1 model", "3 models".
std::string count_of(std::int64_t n, std::string_view one);
/// "a, b and c".
std::string listed(const std::vector<std::string>& parts);
/// Cut at a character to at most `most` code points.
std::string cut(std::string text, std::size_t most);
std::size_t code_points(std::string_view text) noexcept;
/// Everything but letters, digits, '_', '-' and '.' as %XX: a part of an address.
std::string percent_encoded(std::string_view text);
/// {"name": value}
std::string json_of(std::string_view name, std::string_view text);

inline constexpr std::size_t longest_name = 500;

}  // namespace podium::actions
