#pragma once
// The parts of a URI, and paths of artifacts, checked.
#include <string>
#include <string_view>

namespace podium::mlflow {

/// Views into the text that was parsed, except the scheme, which is in lower case.
struct Uri {
  std::string scheme;          ///< "" for a path
  std::string_view authority;  ///< host and port
  std::string_view path, query, fragment;
  bool has_parameters = false;  ///< ";..." behind the last segment of the path
};
Uri parse_uri(std::string_view text);

/// One round of percent-decoding.
std::string percent_decoded(std::string_view text);
/// Percent-decoded until nothing changes; throws "Invalid path" when ten rounds are not enough.
std::string decoded_fully(std::string_view text);

/// An artifact's path from a client: decoded repeatedly, relative, without ".." segments,
/// backslashes and
/// '#'; throws "Invalid path". The answer may be "" and may hold "." and empty segments: see
/// normal_path.
std::string safe_path(std::string_view path);

/// "a" and "b" as "a/b"; either may be empty.
std::string joined_path(std::string_view a, std::string_view b);

}  // namespace podium::mlflow
