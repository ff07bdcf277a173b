#pragma once
// Reading what a request brings: bodies, query parameters, preconditions; and writing what goes
// with it: ETag, cursor. Everything throws Error `invalid` that names the member. Includes
// nlohmann/json: for the .cpp of routes.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/http/json_writer.hpp"
#include "podium/http/message.hpp"
#include "podium/json.hpp"
#include "podium/query.hpp"
#include "podium/store/store.hpp"

namespace podium {

namespace input {
inline constexpr int max_depth = 32;
inline Error wrong(const std::string& path, const std::string& what) {
  return Error(ErrorCode::invalid, "'" + path + "' " + what).in(path);
}
/// Of valid UTF-8.
inline std::size_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}
}  // namespace input

/// One JSON object of a body, read member by member. `finish` refuses members that nobody asked
/// for.
class Members {
 public:
  /// Parses a body: one object, nested no deeper than 32.
  static Members of_body(const Request&);
  Members(const Json& object, std::string path);

  std::optional<std::string> text(std::string_view name, std::size_t max_code_points = 65'536);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<bool> boolean(std::string_view name);
  /// The member, or null when it is absent.
  const Json* any(std::string_view name);
  /// An array of at most `most` items, or null when it is absent.
  const Json* array(std::string_view name, std::size_t most);
  bool has(std::string_view name) const;
  /// True when the member is there and null.
  bool is_null(std::string_view name) const;
  void finish() const;
  /// "metrics[0].key" for the member "key" of this object.
  std::string path(std::string_view name) const;

 private:
  std::shared_ptr<const Json> owned_;
  const Json* object_;
  std::string path_;
  std::vector<std::string> known_;
};

namespace input {
/// A double: a number, or one of the texts "NaN", "Infinity", "-Infinity".
inline double real_of(const Json&, const std::string& path);
inline std::int64_t integer_of(const Json&, const std::string& path);
/// Of a query or a header.
inline std::int64_t integer_of(std::string_view text, const std::string& name, std::int64_t least,
                               std::int64_t most);
/// A text without U+0000.
inline std::string text_of(const Json&, const std::string& path,
                           std::size_t max_code_points = 65'536);

}  // namespace input

/// Entries of a map as a body gives them: {"key": "text" | number | bool | null}. null, where
/// allowed, removes. Owns its texts.
struct Entries {
  std::vector<std::pair<std::string, std::optional<std::string>>> items;
  std::vector<MapEntry> views() const;              ///< without the removals
  void add_to(Patch&, std::string_view map) const;  ///< views into this
};
inline Entries entries_of(Members&, std::string_view name, bool removals);

/// The member `bind`: values of :name in a filter, {"name": text | number | bool | null}.
inline std::vector<QueryLanguage::Binding> bindings_of(Members&);

/// Query parameters. That no others are there than the route declares is the server's to see to.
class Parameters {
 public:
  explicit Parameters(const Request& request) : request_(request) {}
  std::optional<std::string> text(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least,
                                      std::int64_t most) const;
  std::optional<bool> boolean(std::string_view name) const;  ///< "true" or "false"
  std::uint64_t limit(std::int64_t usual, std::int64_t most) const;
  std::string cursor() const;

 private:
  const Request& request_;
};

inline std::string etag(std::int64_t version);
/// Throws `conflict` when the request has an If-Match that names another version.
inline void check_if_match(const Request&, std::int64_t version);
inline void check_if_match(std::string_view if_match, std::int64_t version);

/// The member "cursor": null when nothing follows.
inline void write_cursor(JsonWriter& w, std::string_view cursor) {
  w.key("cursor");
  if (cursor.empty())
    w.null();
  else
    w.value(cursor);
}

inline Members Members::of_body(const Request& request) {
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
                    if (depth > input::max_depth)
                      throw Error(ErrorCode::invalid, "the body is nested too deeply");
                    return !deep;
                  });
  } catch (const Json::parse_error& e) {
    throw Error(ErrorCode::invalid, "the body is not JSON").at(static_cast<std::int64_t>(e.byte));
  } catch (const Json::out_of_range&) {
    throw Error(ErrorCode::invalid,
                "the body has a number that is too large; numbers are up to 1.79e308");
  }
  if (!json->is_object()) throw Error(ErrorCode::invalid, "the body must be a JSON object");
  Members members(*json, {});
  members.owned_ = std::move(json);
  return members;
}

inline Members::Members(const Json& object, std::string path)
    : object_(&object), path_(std::move(path)) {
  if (!object.is_object()) throw input::wrong(path_, "must be an object");
}

inline std::string Members::path(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

inline const Json* Members::any(std::string_view name) {
  known_.emplace_back(name);
  const auto at = object_->find(std::string(name));
  return at == object_->end() ? nullptr : &*at;
}

inline bool Members::has(std::string_view name) const {
  return object_->contains(std::string(name));
}
inline bool Members::is_null(std::string_view name) const {
  const auto at = object_->find(std::string(name));
  return at != object_->end() && at->is_null();
}

inline std::optional<std::string> Members::text(std::string_view name,
                                                std::size_t max_code_points) {
  const Json* value = any(name);
  if (!value || value->is_null()) return std::nullopt;
  return input::text_of(*value, path(name), max_code_points);
}

inline std::optional<std::int64_t> Members::integer(std::string_view name, std::int64_t least,
                                                    std::int64_t most) {
  const Json* value = any(name);
  if (!value || value->is_null()) return std::nullopt;
  const std::int64_t number = input::integer_of(*value, path(name));
  if (number < least || number > most)
    throw input::wrong(path(name),
                       "must be from " + std::to_string(least) + " to " + std::to_string(most));
  return number;
}

inline std::optional<bool> Members::boolean(std::string_view name) {
  const Json* value = any(name);
  if (!value || value->is_null()) return std::nullopt;
  if (!value->is_boolean()) throw input::wrong(path(name), "must be true or false");
  return value->get<bool>();
}

inline const Json* Members::array(std::string_view name, std::size_t most) {
  const Json* value = any(name);
  if (!value || value->is_null()) return nullptr;
  if (!value->is_array()) throw input::wrong(path(name), "must be an array");
  if (value->size() > most)
    throw input::wrong(path(name), "has " + std::to_string(value->size()) + " items; at most " +
                                       std::to_string(most));
  return value;
}

inline void Members::finish() const {
  for (const auto& [name, value] : object_->items())
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      std::string names;
      for (const auto& k : known_) names += (names.empty() ? "" : ", ") + k;
      throw input::wrong(path(name), "is not known here; there are: " + names);
    }
}

inline double input::real_of(const Json& value, const std::string& path) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  }
  throw input::wrong(path, "must be a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
}

inline std::int64_t input::integer_of(const Json& value, const std::string& path) {
  if (value.is_number_unsigned()) {
    if (const auto number = value.get<std::uint64_t>();
        number <= std::numeric_limits<std::int64_t>::max())
      return static_cast<std::int64_t>(number);
  } else if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  throw input::wrong(path, "must be a whole number of 64 bits");
}

inline std::int64_t input::integer_of(std::string_view text, const std::string& name,
                                      std::int64_t least, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
    throw input::wrong(name, "must be a whole number from " + std::to_string(least) + " to " +
                                 std::to_string(most));
  return number;
}

inline std::string input::text_of(const Json& value, const std::string& path,
                                  std::size_t max_code_points) {
  if (!value.is_string()) throw input::wrong(path, "must be a text");
  auto text = value.get<std::string>();
  if (text.find('\0') != std::string::npos) throw input::wrong(path, "must not contain U+0000");
  if (input::count_code_points(text) > max_code_points)
    throw input::wrong(path, "is longer than " + std::to_string(max_code_points) + " characters");
  return text;
}

inline std::vector<MapEntry> Entries::views() const {
  std::vector<MapEntry> out;
  for (const auto& [key, text] : items)
    if (text) out.push_back({key, *text});
  return out;
}

inline void Entries::add_to(Patch& patch, std::string_view map) const {
  for (const auto& [key, text] : items) {
    if (text)
      patch.put(map, key, *text);
    else
      patch.remove(map, key);
  }
}

inline Entries entries_of(Members& members, std::string_view name, bool removals) {
  Entries out;
  const Json* value = members.any(name);
  if (!value || value->is_null()) return out;
  const std::string path = members.path(name);
  if (!value->is_object()) throw input::wrong(path, "must be an object");
  if (value->size() > 10'000) throw input::wrong(path, "has more than 10000 entries");
  for (const auto& [key, text] : value->items()) {
    const std::string at = path + "." + key;
    if (key.empty() || key.find('\0') != std::string::npos || input::count_code_points(key) > 1024)
      throw input::wrong(path,
                         "has a key that is empty, holds U+0000 or is longer than 1024 characters");
    if (text.is_null() && removals)
      out.items.emplace_back(key, std::nullopt);
    else if (text.is_number() || text.is_boolean())
      out.items.emplace_back(key, text.dump());
    else
      out.items.emplace_back(key, input::text_of(text, at));
  }
  return out;
}

inline std::vector<QueryLanguage::Binding> bindings_of(Members& members) {
  std::vector<QueryLanguage::Binding> out;
  const Json* bind = members.any("bind");
  if (!bind || bind->is_null()) return out;
  const std::string path = members.path("bind");
  if (!bind->is_object() || bind->size() > 1000)
    throw input::wrong(path, "must be an object of at most 1000 values");
  for (const auto& [name, value] : bind->items()) {
    const std::string at = path + "." + name;
    Literal literal;
    if (value.is_string()) {
      literal.text = input::text_of(value, at);
    } else if (value.is_boolean()) {
      literal.boolean = value.get<bool>();
    } else if (value.is_number()) {
      literal.number = value.get<double>();
      if (value.is_number_integer()) literal.integer = input::integer_of(value, at);
    } else if (!value.is_null()) {
      throw input::wrong(at, "must be a text, a number, true, false or null");
    }
    out.push_back({name, std::move(literal)});
  }
  return out;
}

inline std::optional<std::string> Parameters::text(std::string_view name) const {
  const auto value = request_.query(name);
  if (!value) return std::nullopt;
  if (value->find('\0') != std::string_view::npos)
    throw input::wrong(std::string(name), "must not contain U+0000");
  return std::string(*value);
}

inline std::optional<std::int64_t> Parameters::integer(std::string_view name, std::int64_t least,
                                                       std::int64_t most) const {
  const auto value = request_.query(name);
  if (!value) return std::nullopt;
  return input::integer_of(*value, std::string(name), least, most);
}

inline std::optional<bool> Parameters::boolean(std::string_view name) const {
  const auto value = request_.query(name);
  if (!value) return std::nullopt;
  if (*value != "true" && *value != "false")
    throw input::wrong(std::string(name), "must be true or false");
  return *value == "true";
}

inline std::uint64_t Parameters::limit(std::int64_t usual, std::int64_t most) const {
  return static_cast<std::uint64_t>(integer("limit", 1, most).value_or(usual));
}

inline std::string Parameters::cursor() const { return text("cursor").value_or(""); }

inline std::string etag(std::int64_t version) { return "\"" + std::to_string(version) + "\""; }

inline void check_if_match(const Request& request, std::int64_t version) {
  check_if_match(request.header("If-Match"), version);
}

inline void check_if_match(std::string_view wanted, std::int64_t version) {
  if (wanted.empty() || wanted == "*" || wanted == etag(version)) return;
  throw Error(ErrorCode::conflict, "it was changed meanwhile; read it again and repeat")
      .in("If-Match")
      .with("{\"version\":" + std::to_string(version) + "}");
}

}  // namespace podium
