#include "plugin/extensions.hpp"

#include <algorithm>
#include <mutex>

#include "podium/error.hpp"
#include "podium/extension/action.hpp"
#include "podium/extension/listener.hpp"
#include "podium/extension/verb.hpp"
#include "podium/http/routes.hpp"
#include "podium/service/jobs.hpp"
#include "podium/store/store.hpp"

namespace podium::host {

std::string_view kind_of(const Extension& extension) noexcept {
  if (dynamic_cast<const Routes*>(&extension)) return "routes";
  if (dynamic_cast<const Listener*>(&extension)) return "listener";
  if (dynamic_cast<const JobHandler*>(&extension)) return "job handler";
  if (dynamic_cast<const Verb*>(&extension)) return "verb";
  if (dynamic_cast<const Action*>(&extension)) return "action";
  if (dynamic_cast<const ActionSource*>(&extension)) return "action source";
  if (dynamic_cast<const StoreFactory*>(&extension)) return "store";
  return "extension";
}

void ExtensionRegistry::add(PluginOwner& owner, std::unique_ptr<Extension> extension) {
  if (!extension) throw Error(ErrorCode::invalid, "a null extension was added");
  Item item{&owner, std::move(extension), {}, {}, false};
  item.id = item.extension->id();
  item.kind = kind_of(*item.extension);
  const std::string kind(item.kind);
  if (item.id.empty())
    throw Error(ErrorCode::invalid, "an extension of kind '" + kind + "' has no id");
  const std::unique_lock lock(mutex_);
  for (const auto& other : items_) {
    if (other.kind != item.kind || other.id != item.id || other.hidden) continue;
    const auto name = [](const PluginOwner& o) {
      return o.id.empty() ? std::string("podium itself") : "plugin '" + o.id + "'";
    };
    throw Error(ErrorCode::exists, name(owner) + " adds " + kind + " '" + item.id +
                                       "', but that id is taken by " + name(*other.owner));
  }
  items_.push_back(std::move(item));
}

void ExtensionRegistry::remove(const PluginOwner& owner) {
  std::vector<Item> removed;
  {
    const std::unique_lock lock(mutex_);
    const auto mine = std::stable_partition(items_.begin(), items_.end(),
                                            [&](const Item& i) { return i.owner != &owner; });
    removed.assign(std::make_move_iterator(mine), std::make_move_iterator(items_.end()));
    items_.erase(mine, items_.end());
  }
  while (!removed.empty()) removed.pop_back();
}

void ExtensionRegistry::hide(const PluginOwner& owner) {
  const std::unique_lock lock(mutex_);
  for (auto& item : items_)
    if (item.owner == &owner) item.hidden = true;
}

Extension* ExtensionRegistry::find(bool (*is)(Extension&), std::string_view id) const {
  const std::shared_lock lock(mutex_);
  for (const auto& item : items_)
    if (!item.hidden && item.id == id && is(*item.extension)) return item.extension.get();
  return nullptr;
}

std::vector<ExtensionRegistry::Added> ExtensionRegistry::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<Added> added;
  for (const auto& item : items_)
    if (!item.hidden) added.push_back({item.owner, item.extension.get()});
  return added;
}

std::vector<ExtensionRegistry::Added> ExtensionRegistry::of(const PluginOwner& owner) const {
  auto added = all();
  std::erase_if(added, [&](const Added& a) { return a.owner != &owner; });
  return added;
}

}  // namespace podium::host
