#pragma once
// Reading a JSON object member by member, with the path of what is wrong.
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "podium/error.hpp"
#include "podium/json.hpp"

namespace podium::custom {

/// Throws `invalid` with the path as the error's field and in its sentence.
[[noreturn]] inline void refuse(const std::string& path, const std::string& why) {
  throw Error(ErrorCode::invalid, (path.empty() ? "the definition" : path) + " " + why).in(path);
}

/// What is not asked for is unknown, and refused by `finish`. An absent member is a null.
class Members {
 public:
  Members(const Json& object, std::string path) : object_(object), path_(std::move(path)) {
    if (!object.is_object()) refuse(path_, "must be an object");
  }

  std::string path(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  }
  const Json& any(const std::string& name) {
    static const Json null;
    asked_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() ? null : *found;
  }
  std::string text(const std::string& name, std::string fallback = {}, std::size_t most = 4096) {
    const Json& value = any(name);
    if (value.is_null()) return fallback;
    if (!value.is_string()) refuse(path(name), "must be a text");
    auto out = value.get<std::string>();
    if (out.size() > most)
      refuse(path(name), "may have " + std::to_string(most) + " bytes at most");
    return out;
  }
  std::string required(const std::string& name) {
    auto out = text(name);
    if (out.empty()) refuse(path(name), "is missing");
    return out;
  }
  int integer(const std::string& name, int fallback, int least, int most) {
    const Json& value = any(name);
    if (value.is_null()) return fallback;
    if (value.is_number_integer() && value >= least && value <= most) return value.get<int>();
    refuse(path(name),
           "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  bool truth(const std::string& name, bool fallback) {
    const Json& value = any(name);
    if (value.is_null()) return fallback;
    if (!value.is_boolean()) refuse(path(name), "must be true or false");
    return value.get<bool>();
  }
  void finish() const {
    for (const auto& [name, value] : object_.items())
      if (!asked_.contains(name)) refuse(path(name), "is no part of it that podium knows");
  }

 private:
  const Json& object_;
  std::string path_;
  std::set<std::string> asked_;
};

}  // namespace podium::custom
