#pragma once
// The one error type of podium. It is thrown inside and converted in exactly two places: at the
// HTTP edge (status and the route group's error format) and at the plugin boundary (`contained`).
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podium {

/// What kind of failure it is. The names are stable: they are the `code` of problem details.
enum class ErrorCode : std::uint8_t {
  invalid = 1,      ///< the caller's input is wrong (HTTP 400)
  unauthenticated,  ///< nobody said who is calling (401)
  denied,           ///< the caller may not do this (403)
  not_found,        ///< the named thing does not exist, or is not visible (404)
  exists,           ///< the name is taken (409)
  conflict,         ///< the state, version or value is not the one expected (409)
  gone,             ///< it existed and was erased (410)
  too_large,        ///< over a limit of size (413)
  busy,             ///< over a limit of rate; try later (429)
  cancelled,        ///< the caller went away or asked to stop (499)
  internal,         ///< a defect of podium or of a plugin (500)
  misuse,           ///< an interface was used against its contract (500)
  corrupt,          ///< stored data is damaged (500)
  unsupported,      ///< this build or engine cannot do it (501)
  unavailable,      ///< temporarily not possible (503)
  out_of_space,     ///< the disk is full (507)
  timeout,          ///< the time limit passed (504)
  too_expensive,    ///< over the read's budget; narrow the question (422)
  too_old,          ///< below the change feed's horizon; start from a query (410)
};

/// The stable spelling of a code, e.g. "not_found".
constexpr std::string_view name(ErrorCode code) noexcept {
  constexpr std::string_view names[] = {"",
                                        "invalid",
                                        "unauthenticated",
                                        "denied",
                                        "not_found",
                                        "exists",
                                        "conflict",
                                        "gone",
                                        "too_large",
                                        "busy",
                                        "cancelled",
                                        "internal",
                                        "misuse",
                                        "corrupt",
                                        "unsupported",
                                        "unavailable",
                                        "out_of_space",
                                        "timeout",
                                        "too_expensive",
                                        "too_old"};
  return names[static_cast<std::size_t>(code)];
}

/// A failure with a code and one true sentence: what was wrong and what to do. `field` names the
/// input it is about (a JSON path or parameter name), or is empty; `position` is a byte offset into
/// a text (query language), or -1. `detail` is "" or a JSON object with facts for programs.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }
  const std::string& field() const noexcept { return field_; }
  std::int64_t position() const noexcept { return position_; }
  const std::string& detail() const noexcept { return detail_; }
  Error& at(std::int64_t position) {
    position_ = position;
    return *this;
  }
  Error& in(std::string field) {
    field_ = std::move(field);
    return *this;
  }
  Error& with(std::string detail_json) {
    detail_ = std::move(detail_json);
    return *this;
  }

 private:
  ErrorCode code_;
  std::int64_t position_ = -1;
  std::string field_;
  std::string detail_;
};

/// One entry that `put(..., equal_or_fail)` found with another value.
struct Conflict {
  std::string key, old_text, new_text;
};

/// Thrown by `put(..., equal_or_fail)` with every entry that differs, in the order they were given.
class ConflictError : public Error {
 public:
  ConflictError(const std::string& message, std::vector<Conflict> conflicts)
      : Error(ErrorCode::conflict, message), conflicts_(std::move(conflicts)) {}
  const std::vector<Conflict>& conflicts() const noexcept { return conflicts_; }

 private:
  std::vector<Conflict> conflicts_;
};

}  // namespace podium
