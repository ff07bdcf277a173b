#include "services/api/input.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "podium/storage_kit/text.hpp"

namespace podium::host {
namespace {

constexpr int max_depth = 32;

Error wrong(const std::string& path, const std::string& what) {
  return Error(ErrorCode::invalid, "'" + path + "' " + what).in(path);
}

}  // namespace

Members Members::of_body(const Request& request) {
  const std::string_view body = request.body();
  bool deep = false;
  auto json = std::make_shared<Json>();
  // The parser takes a NUL for the end and would leave what is behind it unread.
  if (const auto nul = body.find('\0'); nul != body.npos)
    throw Error(ErrorCode::invalid, "the body is not JSON").at(static_cast<std::int64_t>(nul));
  try {
    *json = body.empty()
                ? Json::object()
                : Json::parse(body.begin(), body.end(), [&](int depth, Json::parse_event_t, Json&) {
                    if (depth > max_depth)
                      throw Error(ErrorCode::invalid, "the body is nested too deeply");
                    return !deep;
                  });
  } catch (const Json::parse_error& e) {
    throw Error(ErrorCode::invalid, "the body is not JSON").at(static_cast<std::int64_t>(e.byte));
  }
  if (!json->is_object()) throw Error(ErrorCode::invalid, "the body must be a JSON object");
  Members members(*json, {});
  members.owned_ = std::move(json);
  return members;
}

Members::Members(const Json& object, std::string path) : object_(&object), path_(std::move(path)) {
  if (!object.is_object()) throw wrong(path_, "must be an object");
}

std::string Members::path(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

const Json* Members::any(std::string_view name) {
  known_.emplace_back(name);
  const auto at = object_->find(std::string(name));
  return at == object_->end() ? nullptr : &*at;
}

bool Members::has(std::string_view name) const { return object_->contains(std::string(name)); }
bool Members::is_null(std::string_view name) const {
  const auto at = object_->find(std::string(name));
  return at != object_->end() && at->is_null();
}

std::optional<std::string> Members::text(std::string_view name, std::size_t max_code_points) {
  const Json* value = any(name);
  if (!value || value->is_null()) return std::nullopt;
  return text_of(*value, path(name), max_code_points);
}

std::optional<std::int64_t> Members::integer(std::string_view name, std::int64_t least,
                                             std::int64_t most) {
  const Json* value = any(name);
  if (!value || value->is_null()) return std::nullopt;
  const std::int64_t number = integer_of(*value, path(name));
  if (number < least || number > most)
    throw wrong(path(name),
                "must be from " + std::to_string(least) + " to " + std::to_string(most));
  return number;
}

std::optional<bool> Members::boolean(std::string_view name) {
  const Json* value = any(name);
  if (!value || value->is_null()) return std::nullopt;
  if (!value->is_boolean()) throw wrong(path(name), "must be true or false");
  return value->get<bool>();
}

const Json* Members::array(std::string_view name, std::size_t most) {
  const Json* value = any(name);
  if (!value || value->is_null()) return nullptr;
  if (!value->is_array()) throw wrong(path(name), "must be an array");
  if (value->size() > most)
    throw wrong(path(name),
                "has " + std::to_string(value->size()) + " items; at most " + std::to_string(most));
  return value;
}

void Members::finish() const {
  for (const auto& [name, value] : object_->items())
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      std::string names;
      for (const auto& k : known_) names += (names.empty() ? "" : ", ") + k;
      throw wrong(path(name), "is not known here; there are: " + names);
    }
}

double real_of(const Json& value, const std::string& path) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  }
  throw wrong(path, "must be a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
}

std::int64_t integer_of(const Json& value, const std::string& path) {
  if (value.is_number_unsigned()) {
    if (const auto number = value.get<std::uint64_t>();
        number <= std::numeric_limits<std::int64_t>::max())
      return static_cast<std::int64_t>(number);
  } else if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  throw wrong(path, "must be a whole number of 64 bits");
}

std::int64_t integer_of(std::string_view text, const std::string& name, std::int64_t least,
                        std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
    throw wrong(name, "must be a whole number from " + std::to_string(least) + " to " +
                          std::to_string(most));
  return number;
}

std::string text_of(const Json& value, const std::string& path, std::size_t max_code_points) {
  if (!value.is_string()) throw wrong(path, "must be a text");
  auto text = value.get<std::string>();
  if (text.find('\0') != std::string::npos) throw wrong(path, "must not contain U+0000");
  if (kit::count_code_points(text) > max_code_points)
    throw wrong(path, "is longer than " + std::to_string(max_code_points) + " characters");
  return text;
}

std::vector<MapEntry> Entries::views() const {
  std::vector<MapEntry> out;
  for (const auto& [key, text] : items)
    if (text) out.push_back({key, *text});
  return out;
}

void Entries::add_to(Patch& patch, std::string_view map) const {
  for (const auto& [key, text] : items) {
    if (text)
      patch.put(map, key, *text);
    else
      patch.remove(map, key);
  }
}

Entries entries_of(Members& members, std::string_view name, bool removals) {
  Entries out;
  const Json* value = members.any(name);
  if (!value || value->is_null()) return out;
  const std::string path = members.path(name);
  if (!value->is_object()) throw wrong(path, "must be an object");
  if (value->size() > 10'000) throw wrong(path, "has more than 10000 entries");
  for (const auto& [key, text] : value->items()) {
    const std::string at = path + "." + key;
    if (key.empty() || key.find('\0') != std::string::npos || kit::count_code_points(key) > 1024)
      throw wrong(path, "has a key that is empty, holds U+0000 or is longer than 1024 characters");
    if (text.is_null() && removals)
      out.items.emplace_back(key, std::nullopt);
    else if (text.is_number() || text.is_boolean())
      out.items.emplace_back(key, text.dump());
    else
      out.items.emplace_back(key, text_of(text, at));
  }
  return out;
}

std::vector<QueryLanguage::Binding> bindings_of(Members& members) {
  std::vector<QueryLanguage::Binding> out;
  const Json* bind = members.any("bind");
  if (!bind || bind->is_null()) return out;
  const std::string path = members.path("bind");
  if (!bind->is_object() || bind->size() > 1000)
    throw wrong(path, "must be an object of at most 1000 values");
  for (const auto& [name, value] : bind->items()) {
    const std::string at = path + "." + name;
    Literal literal;
    if (value.is_string()) {
      literal.text = text_of(value, at);
    } else if (value.is_boolean()) {
      literal.boolean = value.get<bool>();
    } else if (value.is_number()) {
      literal.number = value.get<double>();
      if (value.is_number_integer()) literal.integer = integer_of(value, at);
    } else if (!value.is_null()) {
      throw wrong(at, "must be a text, a number, true, false or null");
    }
    out.push_back({name, std::move(literal)});
  }
  return out;
}

std::optional<std::string> Parameters::text(std::string_view name) const {
  const auto value = request_.query(name);
  if (!value) return std::nullopt;
  if (value->find('\0') != std::string_view::npos)
    throw wrong(std::string(name), "must not contain U+0000");
  return std::string(*value);
}

std::optional<std::int64_t> Parameters::integer(std::string_view name, std::int64_t least,
                                                std::int64_t most) const {
  const auto value = request_.query(name);
  if (!value) return std::nullopt;
  return integer_of(*value, std::string(name), least, most);
}

std::optional<bool> Parameters::boolean(std::string_view name) const {
  const auto value = request_.query(name);
  if (!value) return std::nullopt;
  if (*value != "true" && *value != "false")
    throw wrong(std::string(name), "must be true or false");
  return *value == "true";
}

std::uint64_t Parameters::limit(std::int64_t usual, std::int64_t most) const {
  return static_cast<std::uint64_t>(integer("limit", 1, most).value_or(usual));
}

std::string Parameters::cursor() const { return text("cursor").value_or(""); }

std::string etag(std::int64_t version) { return "\"" + std::to_string(version) + "\""; }

void check_if_match(const Request& request, std::int64_t version) {
  const std::string_view wanted = request.header("If-Match");
  if (wanted.empty() || wanted == "*" || wanted == etag(version)) return;
  throw Error(ErrorCode::conflict, "it was changed meanwhile; read it again and repeat")
      .in("If-Match")
      .with("{\"version\":" + std::to_string(version) + "}");
}

}  // namespace podium::host
