#pragma once
// Everything that plugins (and the host itself) added: who, what kind, which id.
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/contained.hpp"
#include "podium/extension.hpp"
#include "podium/function.hpp"

namespace podium::host {

/// The name of an extension's kind: "routes", "listener", "job handler", "store", "verb", or
/// "extension" for a kind that plugins agreed on among themselves.
std::string_view kind_of(const Extension&) noexcept;

/// Owns the extensions. Ids are unique within a kind. Thread-safe; callbacks run without its lock.
class ExtensionRegistry {
 public:
  struct Added {
    PluginOwner* owner;
    Extension* extension;  ///< alive until its owner's extensions are removed
  };

  /// Throws `exists`, naming both plugins, when the id is taken by another of its kind; `invalid`
  /// for a null or nameless one. `owner` outlives the registry's use of it.
  void add(PluginOwner& owner, std::unique_ptr<Extension>);
  /// Destroys what an owner added, last first.
  void remove(const PluginOwner& owner);
  /// From now on nobody finds what an owner added, but who found it may go on using it until
  /// `remove`.
  void hide(const PluginOwner& owner);

  Extension* find(bool (*is)(Extension&), std::string_view id) const;
  /// All visible ones in the order of addition.
  std::vector<Added> all() const;
  std::vector<Added> of(const PluginOwner& owner) const;

  template <class T>
  T* find(std::string_view id) const {
    return dynamic_cast<T*>(find([](Extension& e) { return dynamic_cast<T*>(&e) != nullptr; }, id));
  }
  /// Calls `fn(owner, extension)` for all of a kind, in the order of addition. What `fn` calls of
  /// the extension it calls through `contained(owner, ...)`.
  template <class T>
  void each(FunctionRef<void(PluginOwner&, T&)> fn) const {
    for (const auto& added : all())
      if (auto* wanted = dynamic_cast<T*>(added.extension)) fn(*added.owner, *wanted);
  }

 private:
  struct Item {
    PluginOwner* owner;
    std::unique_ptr<Extension> extension;
    std::string id;  ///< a copy: an id is text of the plugin's
    std::string_view kind;
    bool hidden = false;
  };
  mutable std::shared_mutex mutex_;
  std::vector<Item> items_;
};

}  // namespace podium::host
