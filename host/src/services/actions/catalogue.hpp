#pragma once
// The actions that there are: those of plugins, and those that come and go.
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/action_rule.hpp"
#include "plugin/contained.hpp"
#include "podium/extension/action.hpp"
#include "podium/query.hpp"

namespace podium::host {

/// An action, understood. Immutable. Call it through `contained(*owner, ...)`.
struct KnownAction {
  std::string id;
  std::string word;  ///< its verb
  ActionSpec spec;
  Filter when;
  PluginOwner* owner = nullptr;
  std::shared_ptr<Action> action;
  StoreAction* store = nullptr;  ///< the same, if it is one
};
using KnownActionPtr = std::shared_ptr<const KnownAction>;

/// Thread-safe.
class ActionCatalogue {
 public:
  /// Both are borrowed. `tasks` is podium's own vocabulary of tasks.
  ActionCatalogue(const QueryLanguage& language, const Vocabulary& tasks)
      : language_(language), tasks_(tasks) {}

  /// Borrowed, with their owners, until `clear`. Throws `invalid` and `exists`.
  void add(Action&, PluginOwner&);
  void add(ActionSource&, PluginOwner&);
  /// Words that are verbs already: no action of a source gets one.
  void reserve(std::set<std::string> words);
  void clear();

  /// By id, or else by word; null when there is none.
  KnownActionPtr find(std::string_view id_or_word) const;
  /// By group, order and id.
  std::vector<KnownActionPtr> all() const;

 private:
  struct Source {
    ActionSource* source;
    PluginOwner* owner;
    std::uint64_t revision;
    bool read = false;
    std::vector<KnownActionPtr> actions;
  };
  KnownActionPtr known(std::shared_ptr<Action>, PluginOwner&) const;
  const std::vector<KnownActionPtr>& fresh(std::unique_lock<std::mutex>&) const;
  static void require_free(const std::vector<KnownActionPtr>&, const KnownAction&);

  const QueryLanguage& language_;
  const Vocabulary& tasks_;
  mutable std::mutex mutex_;
  std::vector<KnownActionPtr> fixed_;
  mutable std::vector<Source> sources_;
  mutable std::vector<KnownActionPtr> all_;
  mutable bool stale_ = true;
  std::set<std::string> reserved_;
};

}  // namespace podium::host
