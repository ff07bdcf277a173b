#pragma once
// One request of a custom action, with its retries, and what its answer means.
#include <cstdint>
#include <optional>
#include <string>

#include "definition.hpp"
#include "podium/http/client.hpp"
#include "render.hpp"

namespace podium::custom {

struct Called {
  std::optional<ErrorCode> error;  ///< none: it went well
  std::string message;             ///< the toast, or why not; no secret is in it
  std::string open_url;
  int status = 0;  ///< of the last answer; 0: there was none
  int attempts = 0;
  std::int64_t milliseconds = 0;  ///< over all attempts
};

/// Sends the request, again where that is safe: after a failed connection, a 429 or a 5xx, with the
/// same idempotency key. Throws nothing but what runs out of memory.
Called call(HttpClient&, const Definition&, const Secrets&, const Scene&,
            const std::string& idempotency_key, const Cancel&);

/// Headers that podium adds to every request of its own; `time` in seconds.
void sign(OutgoingRequest&, const Definition&, const std::string& secret,
          const std::string& idempotency_key, std::int64_t time);

/// From one attempt to the next, at most.
constexpr std::chrono::milliseconds longest_pause{5'000};

}  // namespace podium::custom
