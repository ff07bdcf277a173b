#pragma once
// What the tasks of a candidate have in common, as bytes that are equal exactly when it is the
// same: numbers by their value, texts by their bytes. Readable again: labels and ids come from them
// alone.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/store/filter.hpp"

namespace podium::leaderboard {

struct KeyPart {
  enum class Kind : char { tag = 't', param = 'p', team = 'u', task = 'o' };
  Kind kind = Kind::tag;
  std::string name;                      ///< of a tag or parameter
  std::optional<std::string> text = {};  ///< missing when the task has none
  std::optional<double> number = {};  ///< when the text spells one; then the text is its shortest

  bool operator==(const KeyPart&) const = default;
};

/// The part of a value as the store has it; null text: missing.
KeyPart key_part(KeyPart::Kind, std::string name, std::optional<std::string_view> text);

void append(std::string& key, const KeyPart&);
/// The same of a value as the store has it.
void append(std::string& key, KeyPart::Kind, std::string_view name,
            std::optional<std::string_view> text);

/// Bytes that many tasks may share.
class Key {
 public:
  Key() = default;
  Key(std::string bytes)  // NOLINT: implicit, it is these bytes
      : bytes_(std::make_shared<const std::string>(std::move(bytes))) {}
  const std::string& bytes() const noexcept {
    static const std::string none;
    return bytes_ ? *bytes_ : none;
  }
  operator std::string_view() const noexcept { return bytes(); }  // NOLINT
  bool empty() const noexcept { return bytes().empty(); }
  bool shared() const noexcept { return bytes_.use_count() > 1; }
  bool operator==(const Key& o) const noexcept {
    return bytes_ == o.bytes_ || bytes() == o.bytes();
  }

 private:
  std::shared_ptr<const std::string> bytes_;
};

std::vector<KeyPart> parts_of(std::string_view key);
/// "cv" of a team, "depth=8, lr=0.1" of a group, "" of a task.
std::string label_of(std::string_view key);
/// 24 hex digits, the same on every host.
std::string id_of_key(std::string_view key);
/// A number as it is told: "0.1", "8".
std::string spelled(double);

}  // namespace podium::leaderboard
