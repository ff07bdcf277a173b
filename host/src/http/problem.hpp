#pragma once
// The one place where an Error becomes an HTTP answer.
#include "podium/error.hpp"
#include "podium/http/message.hpp"

namespace podium::host {

/// The HTTP status of a code.
int http_status(ErrorCode) noexcept;
/// The reason phrase of a status; "Unknown" for one that has no name.
std::string_view status_text(int status) noexcept;

/// Problem details (RFC 9457): `type`, `title`, `status`, `code`, `detail` (the sentence), and when
/// set `field`, `position`, `facts` (the Error's detail object) and `conflicts` of a ConflictError.
Response problem(const Error&, int status);

}  // namespace podium::host
