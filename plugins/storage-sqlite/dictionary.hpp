#pragma once
// Texts of keys and scopes and their numbers. An entry of `dict` never changes and is never
// removed, so what a committed snapshot showed may be kept; both ways are cached, bounded.
// Thread-safe.
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sqlite.hpp"

namespace podium::sqlite {

class Dictionary {
 public:
  /// Stays valid for as long as it is held.
  using Text = std::shared_ptr<const std::string>;

  /// The number of a text, or nothing when the connection's snapshot has none.
  std::optional<std::int64_t> id(Connection&, std::string_view text);
  /// The text of a number; throws `corrupt` when there is none.
  Text text(Connection&, std::int64_t id);
  /// The number as far as it is cached: for the writer, which must not cache what is not committed.
  std::optional<std::int64_t> cached(std::string_view text) const;
  /// Keeps a committed entry.
  void keep(std::int64_t id, std::string_view text);

 private:
  static constexpr std::size_t most_bytes = 8u << 20;
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string_view, std::int64_t> ids_;  ///< views into texts_
  std::unordered_map<std::int64_t, Text> texts_;
  std::size_t bytes_ = 0;
};

}  // namespace podium::sqlite
