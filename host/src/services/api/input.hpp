#pragma once
// Reading what a request brings: bodies, query parameters, preconditions. Everything throws Error
// `invalid` that names the field.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/http/message.hpp"
#include "podium/json.hpp"
#include "podium/store/store.hpp"

namespace podium::host {

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

/// A double: a number, or one of the texts "NaN", "Infinity", "-Infinity".
double real_of(const Json&, const std::string& path);
std::int64_t integer_of(const Json&, const std::string& path);
/// Of a query or a header.
std::int64_t integer_of(std::string_view text, const std::string& name, std::int64_t least,
                        std::int64_t most);
/// A text without U+0000.
std::string text_of(const Json&, const std::string& path, std::size_t max_code_points = 65'536);

/// Entries of a map as a body gives them: {"key": "text" | number | bool | null}. null, where
/// allowed, removes. Owns its texts.
struct Entries {
  std::vector<std::pair<std::string, std::optional<std::string>>> items;
  std::vector<MapEntry> views() const;              ///< without the removals
  void add_to(Patch&, std::string_view map) const;  ///< views into this
};
Entries entries_of(Members&, std::string_view name, bool removals);

/// Query parameters. That no others are there than the route declares is the server's to see to.
class Parameters {
 public:
  explicit Parameters(const Request& request) : request_(request) {}
  std::optional<std::string> text(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least,
                                      std::int64_t most) const;
  std::uint64_t limit(std::int64_t usual, std::int64_t most) const;
  std::string cursor() const;

 private:
  const Request& request_;
};

std::string etag(std::int64_t version);
/// Throws `conflict` when the request has an If-Match that names another version.
void check_if_match(const Request&, std::int64_t version);

}  // namespace podium::host
