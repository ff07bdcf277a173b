#include "services/actions/catalogue.hpp"

#include <algorithm>
#include <tuple>

#include "log/log.hpp"

namespace podium::host {
namespace {

std::string name_of(const PluginOwner& owner) {
  return owner.id.empty() ? "podium itself" : "plugin '" + owner.id + "'";
}

}  // namespace

KnownActionPtr ActionCatalogue::known(std::shared_ptr<Action> action, PluginOwner& owner) const {
  auto read =
      contained(owner, "spec", [&] { return read_action(owner.id, *action, language_, tasks_); });
  auto out = std::make_shared<KnownAction>();
  out->id = action->id();
  out->word = std::move(read.word);
  out->spec = std::move(read.spec);
  out->when = std::move(read.when);
  out->owner = &owner;
  out->store = dynamic_cast<StoreAction*>(action.get());
  out->action = std::move(action);
  return out;
}

void ActionCatalogue::require_free(const std::vector<KnownActionPtr>& actions,
                                   const KnownAction& added) {
  for (const auto& other : actions)
    if (other->id == added.id || other->word == added.word)
      throw Error(ErrorCode::exists, name_of(*added.owner) + " adds the action '" + added.id +
                                         "', but '" + added.word + "' is an action of " +
                                         name_of(*other->owner));
}

void ActionCatalogue::add(Action& action, PluginOwner& owner) {
  auto added = known(std::shared_ptr<Action>(std::shared_ptr<void>(), &action), owner);
  const std::unique_lock lock(mutex_);
  require_free(fixed_, *added);
  if (reserved_.contains(added->word))
    throw Error(ErrorCode::exists, name_of(owner) + " adds the action '" + added->id + "', but '" +
                                       added->word + "' is a verb already");
  fixed_.push_back(std::move(added));
  stale_ = true;
}

void ActionCatalogue::add(ActionSource& source, PluginOwner& owner) {
  const std::unique_lock lock(mutex_);
  sources_.push_back({&source, &owner, 0, false, {}});
  stale_ = true;
}

void ActionCatalogue::reserve(std::set<std::string> words) {
  const std::unique_lock lock(mutex_);
  reserved_ = std::move(words);
  stale_ = true;
}

void ActionCatalogue::clear() {
  const std::unique_lock lock(mutex_);
  fixed_.clear();
  sources_.clear();
  all_.clear();
  stale_ = true;
}

/// Sources are asked without the lock: they are plugins' code.
const std::vector<KnownActionPtr>& ActionCatalogue::fresh(
    std::unique_lock<std::mutex>& lock) const {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    ActionSource* const source = sources_[i].source;
    PluginOwner& owner = *sources_[i].owner;
    const bool read = sources_[i].read;
    const std::uint64_t before = sources_[i].revision;
    lock.unlock();
    const std::uint64_t revision = source->revision();
    std::vector<KnownActionPtr> actions;
    const bool changed = !read || revision != before;
    if (changed) {
      std::vector<std::shared_ptr<Action>> offered;
      try {
        offered = contained(owner, "actions", [&] { return source->actions(); });
      } catch (const Error&) {
        // It was reported; what the source offers is nothing until it changes.
      }
      for (auto& action : offered) {
        if (!action) continue;
        const std::string id = action->id();
        try {
          actions.push_back(known(std::move(action), owner));
        } catch (const Error& e) {
          log(LogLevel::warning, owner.id, "the action '" + id + "' is left out: " + e.what());
        }
      }
    }
    lock.lock();
    if (!changed || i >= sources_.size() || sources_[i].source != source) continue;
    sources_[i].revision = revision;
    sources_[i].read = true;
    sources_[i].actions = std::move(actions);
    stale_ = true;
  }
  if (!stale_) return all_;
  all_ = fixed_;
  for (const Source& source : sources_)
    for (const auto& action : source.actions) {
      try {
        require_free(all_, *action);
        if (reserved_.contains(action->word))
          throw Error(ErrorCode::exists, "'" + action->word + "' is a verb already");
        all_.push_back(action);
      } catch (const Error& e) {
        log(LogLevel::warning, source.owner->id, std::string("an action is left out: ") + e.what());
      }
    }
  std::sort(all_.begin(), all_.end(), [](const KnownActionPtr& a, const KnownActionPtr& b) {
    return std::tie(a->spec.group, a->spec.order, a->id) <
           std::tie(b->spec.group, b->spec.order, b->id);
  });
  stale_ = false;
  return all_;
}

KnownActionPtr ActionCatalogue::find(std::string_view id_or_word) const {
  std::unique_lock lock(mutex_);
  const auto& actions = fresh(lock);
  for (const auto& action : actions)
    if (action->id == id_or_word) return action;
  for (const auto& action : actions)
    if (action->word == id_or_word) return action;
  return nullptr;
}

std::vector<KnownActionPtr> ActionCatalogue::all() const {
  std::unique_lock lock(mutex_);
  return fresh(lock);
}

}  // namespace podium::host
