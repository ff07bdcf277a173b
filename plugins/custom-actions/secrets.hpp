#pragma once
// Secrets by reference: the configuration says where each is, and its value is read for each use,
// so that it is never stored and may be changed while podium runs.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "podium/json.hpp"

namespace podium::custom {

class Secrets {
 public:
  Secrets() = default;
  /// {"NAME": {"env": "VARIABLE"} or {"file": "/path"}, "origins"?: ["https://..."]}; null is none.
  /// Throws `invalid` with the path.
  explicit Secrets(const Json& config);

  bool has(const std::string& name) const { return places_.contains(name); }
  /// Whether the secret may be sent to a URL that begins so.
  bool may_go_to(const std::string& name, std::string_view url) const;
  /// The value; throws `unavailable` when it is not there now, or is no text for a header.
  std::string value(const std::string& name) const;

 private:
  struct Place {
    std::string env, file;
    std::vector<std::string> origins;
  };
  std::map<std::string, Place> places_;
};

/// `text` with every one of the values replaced by ***.
std::string redacted(std::string text, const std::vector<std::string>& values);

}  // namespace podium::custom
