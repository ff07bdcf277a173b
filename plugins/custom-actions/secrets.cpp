#include "secrets.hpp"

#include <cstdlib>
#include <fstream>

#include "members.hpp"

namespace podium::custom {

Secrets::Secrets(const Json& config) {
  if (config.is_null()) return;
  if (!config.is_object()) refuse("secrets", "must be an object");
  for (const auto& [name, described] : config.items()) {
    Members members(described, "secrets." + name);
    Place place;
    place.env = members.text("env");
    place.file = members.text("file");
    if (place.env.empty() == place.file.empty())
      refuse("secrets." + name, "must say either env or file");
    if (const Json& origins = members.any("origins"); !origins.is_null()) {
      if (!origins.is_array() || origins.empty())
        refuse(members.path("origins"), "must be a list of origins");
      for (const Json& origin : origins) {
        if (!origin.is_string() || origin.get<std::string>().ends_with('/'))
          refuse(members.path("origins"), "must be a list of origins such as https://ci.example");
        place.origins.push_back(origin.get<std::string>());
      }
    }
    members.finish();
    places_.emplace(name, std::move(place));
  }
}

bool Secrets::may_go_to(const std::string& name, std::string_view url) const {
  const auto& origins = places_.at(name).origins;
  if (origins.empty()) return true;
  for (const auto& origin : origins)
    if (url.starts_with(origin) &&
        (url.size() == origin.size() || url[origin.size()] == '/' || url[origin.size()] == '?'))
      return true;
  return false;
}

std::string Secrets::value(const std::string& name) const {
  const Place& place = places_.at(name);
  std::string value;
  if (!place.env.empty()) {
    if (const char* found = std::getenv(place.env.c_str())) value = found;
  } else if (std::ifstream file(place.file, std::ios::binary); file) {
    value.resize(4097);
    file.read(value.data(), static_cast<std::streamsize>(value.size()));
    value.resize(static_cast<std::size_t>(file.gcount()));
    while (value.ends_with('\n') || value.ends_with('\r')) value.pop_back();
  }
  const std::string whence =
      place.env.empty() ? "the file " + place.file : "the environment variable " + place.env;
  if (value.empty())
    throw Error(ErrorCode::unavailable, "the secret '" + name + "' is not there: set " + whence);
  if (value.size() > 4096 || value.find_first_of(std::string_view("\0\r\n", 3)) != value.npos)
    throw Error(ErrorCode::unavailable,
                "the secret '" + name + "' in " + whence + " is no line of 4096 bytes at most");
  return value;
}

std::string redacted(std::string text, const std::vector<std::string>& values) {
  for (const auto& value : values)
    for (auto at = value.empty() ? text.npos : text.find(value); at != text.npos;
         at = text.find(value, at + 3))
      text.replace(at, value.size(), "***");
  return text;
}

}  // namespace podium::custom
