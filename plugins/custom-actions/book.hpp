#pragma once
// The custom actions that there are: those of the configuration, and those kept in the collection
// "custom-actions/actions".
#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "definition.hpp"
#include "podium/extension/action.hpp"
#include "podium/plugin.hpp"
#include "secrets.hpp"

namespace podium::custom {

constexpr const char* actions_name = "custom-actions/actions";
/// Text ids. Fields created, updated (times), who (text, of the last change); body the definition.
Collection actions_collection();

/// Thread-safe.
class Book {
 public:
  /// Reads the configuration; throws `invalid` with the path of what is wrong.
  explicit Book(PluginContext&);
  /// Reads what is stored. What no longer fits is left out, with a line in the log.
  void open();

  const Secrets& secrets() const { return secrets_; }
  const std::vector<DefinitionPtr>& configured() const { return configured_; }
  std::uint64_t revision() const noexcept { return revision_; }
  std::vector<DefinitionPtr> all() const;
  /// Null when there is none.
  DefinitionPtr find(std::string_view id) const;
  bool is_configured(std::string_view id) const;

  /// A definition that fits, and whose URL may be called; throws `invalid` with the path.
  DefinitionPtr read(const Json&) const;
  /// Inserts (throws `exists`), or replaces the version of a tag that was given (throws
  /// `not_found`, `conflict`).
  void add(const Principal&, const Definition&);
  void replace(const Principal&, const Definition&, std::string_view if_match);
  void remove(std::string_view id, std::string_view if_match);

 private:
  void require_stored(std::string_view id) const;
  void reload();

  PluginContext& context_;
  Secrets secrets_;
  std::vector<DefinitionPtr> configured_;
  mutable std::mutex mutex_;
  std::vector<DefinitionPtr> stored_;
  std::atomic<std::uint64_t> revision_{1};
};

/// Offers them to the host. `book` is borrowed.
class CustomActions final : public ActionSource {
 public:
  CustomActions(PluginContext& context, Book& book)
      : ActionSource("custom-actions"), context_(context), book_(book) {}
  std::uint64_t revision() const noexcept override { return book_.revision(); }
  std::vector<std::shared_ptr<Action>> actions() const override;

 private:
  PluginContext& context_;
  Book& book_;
};

}  // namespace podium::custom
