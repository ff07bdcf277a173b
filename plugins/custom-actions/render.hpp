#pragma once
// From a definition and facts to a request; every substitution escaped for where it stands.
#include <optional>
#include <string>
#include <vector>

#include "definition.hpp"
#include "facts.hpp"
#include "podium/http/client.hpp"

namespace podium::custom {

/// What a request is made from. Valid during `render`.
struct Scene {
  const Facts* task = nullptr;  ///< of `each`
  const Json& parameters;
  const std::vector<std::string>& ids;
  const std::string& who;
  std::string_view why;
};

struct Rendered {
  OutgoingRequest request;
  std::vector<std::string> secrets;  ///< values that it holds
};

/// Throws `invalid` (a value is missing that its place needs, or does not fit there) and
/// `unavailable` (a secret). With `hide` secrets are *** and not read.
Rendered render(const Definition&, const Secrets&, const Scene&, bool hide = false);

}  // namespace podium::custom
