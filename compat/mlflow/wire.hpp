#pragma once
// Reads a request's fields as MLflow does: proto2 names with the leniency of its JSON mapping.
//
// A request is its query string (GET with one) or its JSON body. Absent and null are the same. A
// field is found by its proto name or its camelCase name; in a query string, and for a required
// field, by its proto name only. Integers may be numeric texts; doubles may be texts, also "NaN",
// "Infinity", "-Infinity"; an enum is a name or a number. A body that is no JSON reads as {}; JSON
// in a JSON string is read again. The depth of a body is at most 64. What is refused is refused in
// MLflow's words.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/http/message.hpp"

namespace podium::mlflow {

struct EnumName {
  std::string_view name;
  int number;
};

/// The fields of one message. Views it returns are valid while its Input lives.
class Fields {
 public:
  struct Source;  ///< what the fields are read from; private to wire.cpp
  Fields(std::shared_ptr<const Source> source, std::string path);

  /// Whether the field is there and not null.
  bool has(std::string_view name) const;
  std::optional<std::string_view> text(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  std::optional<std::int32_t> integer32(std::string_view name) const;
  std::optional<double> real(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::optional<int> enumeration(std::string_view name, std::span<const EnumName> names) const;
  /// Empty when absent.
  std::vector<std::string_view> texts(std::string_view name) const;
  std::vector<Fields> messages(std::string_view name) const;
  /// One message, or nothing.
  std::optional<Fields> message(std::string_view name) const;

  /// Throws the refusal for a required field that is absent, null or "".
  void require(std::string_view name) const;
  std::string_view required_text(std::string_view name) const {
    require(name);
    return text(name).value_or(std::string_view());
  }
  /// `run_id`, or `run_uuid` in its place; required.
  std::string_view run_id() const;
  /// Refuses the value of a field: "Invalid value ... supplied: {why} See the API docs ...".
  [[noreturn]] void refuse(std::string_view name, std::string_view why = {}) const;

 private:
  std::string path_of(std::string_view name) const;

  std::shared_ptr<const Source> source_;
  std::string path_;  ///< "metrics[0]", or "" for the request
};

/// Parses a request's fields; throws for a POST or PUT that is not application/json.
Fields read_fields(const Request&);

/// Throws for a POST or PUT whose Content-Type is not application/json.
void check_content_type(const Request&);
/// Compares a query parameter, which occurs once or not at all.
inline std::optional<std::string> argument(const Request& request, std::string_view name) {
  if (const auto value = request.query(name)) return std::string(*value);
  return std::nullopt;
}

extern const std::span<const EnumName> run_statuses;
extern const std::span<const EnumName> view_types;
extern const std::span<const EnumName> model_statuses;

/// "Missing value for required parameter 'x'. See the API docs ..."
Error missing_value(std::string_view path);

}  // namespace podium::mlflow
