#pragma once
// Runs commands: what was typed becomes a call of a verb, and its answer.
#include <memory>
#include <string>
#include <vector>

#include "commands/call.hpp"
#include "plugin/extensions.hpp"
#include "services/actions/catalogue.hpp"

namespace podium::host::commands {

struct CommandResult {
  Answer answer;
  std::string verb, line;
  std::string members = {};  ///< of its JSON besides, see front_members.hpp
};

/// The verbs that the host and its plugins added to a registry, which outlives this, and the
/// actions of the catalogue. Thread-safe; holds no state.
class Commands final : public VerbList {
 public:
  Commands(const Parts& parts, const ExtensionRegistry& registry)
      : parts_(parts), registry_(registry) {}

  /// Throws `invalid` for a line that is none (see `parse_line`), `denied`, and what the verb
  /// throws.
  CommandResult run(const CommandRequest&, const Principal&, const Cancel&) const;
  ParsedLine parse(const CommandRequest&) const;

  std::optional<Verb::Usage> usage(std::string_view verb) const override;
  std::vector<std::string> words() const override;
  struct Described {
    std::string word, plugin;  ///< the id of the plugin; "" is podium itself
    std::string action;        ///< id, when the verb is one
    Verb::Usage usage;
  };
  std::vector<Described> all() const;  ///< ordered by word
  /// What a verb itself knows of a word in a clause, or with "" of an argument.
  std::vector<Verb::Suggestion> suggestions(std::string_view verb, const Principal&,
                                            const TypedWord&) const;
  std::optional<Answer> inspected(std::string_view verb, const Principal&, const TypedWord&) const;

 private:
  struct Found {
    PluginOwner* owner = nullptr;  ///< of a verb
    Verb* verb = nullptr;
    KnownActionPtr action = nullptr;  ///< or else
  };
  Found find(std::string_view word) const;

  const Parts& parts_;
  const ExtensionRegistry& registry_;
};

/// The host's own verbs. `parts` and `commands` are used when they are called.
std::vector<std::unique_ptr<Verb>> make_verbs(const Parts& parts, const Commands& commands);

}  // namespace podium::host::commands
