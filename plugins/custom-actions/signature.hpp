#pragma once
// How a receiver knows that a request is podium's, and whether it saw it already.
#include <cstdint>
#include <string>
#include <string_view>

namespace podium::custom {

/// "v1=" and HMAC-SHA256 over "<timestamp>.<body>" in hexadecimal digits.
std::string signature(std::string_view secret, std::int64_t timestamp, std::string_view body);

/// 32 hexadecimal digits, the same for the same call of a run and the same task.
std::string idempotency_key(std::string_view call, std::string_view task);

}  // namespace podium::custom
