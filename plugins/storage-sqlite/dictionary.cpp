#include "dictionary.hpp"

#include <fmt/format.h>

#include <mutex>

namespace podium::sqlite {

std::optional<std::int64_t> Dictionary::cached(std::string_view text) const {
  if (text.empty()) return 0;
  const std::shared_lock lock(mutex_);
  const auto found = ids_.find(text);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::int64_t> Dictionary::id(Connection& connection, std::string_view text) {
  if (const auto known = cached(text)) return known;
  Statement statement = connection.prepare("SELECT id FROM dict WHERE text = ?");
  if (!statement.bind(text).step()) return std::nullopt;
  const std::int64_t found = statement.integer(0);
  keep(found, text);
  return found;
}

Dictionary::Text Dictionary::text(Connection& connection, std::int64_t id) {
  {
    const std::shared_lock lock(mutex_);
    const auto found = texts_.find(id);
    if (found != texts_.end()) return found->second;
  }
  Statement statement = connection.prepare("SELECT text FROM dict WHERE id = ?");
  if (!statement.bind(id).step())
    throw damaged(connection.file(), fmt::format("its dictionary has no entry {}", id));
  auto text = std::make_shared<const std::string>(statement.text(0));
  keep(id, *text);
  return text;
}

void Dictionary::keep(std::int64_t id, std::string_view text) {
  constexpr std::size_t overhead = 160;  // of two nodes, a string and its counter
  const std::unique_lock lock(mutex_);
  if (texts_.count(id) != 0) return;
  if (bytes_ + text.size() + overhead > most_bytes) {
    ids_.clear();
    texts_.clear();
    bytes_ = 0;
  }
  auto held = std::make_shared<const std::string>(text);
  ids_.emplace(*held, id);
  texts_.emplace(id, std::move(held));
  bytes_ += text.size() + overhead;
}

}  // namespace podium::sqlite
