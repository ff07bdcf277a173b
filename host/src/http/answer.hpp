#pragma once
// An answer as it goes over the wire: its first lines, conditions and ranges. No sockets.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.hpp"

namespace podium::host {

/// What the server adds to every answer.
struct AnswerFrame {
  std::string_view x_frame_options;  ///< "" sends none
  std::string_view date;             ///< "Sun, 06 Nov 1994 08:49:37 GMT"
  std::string_view allow_origin;     ///< of CORS; "" sends none
  bool credentials = false;          ///< of CORS
  bool keep_alive = true;
  bool http11 = true;
};

/// The part of a blob that goes out.
struct BlobPart {
  std::uint64_t offset = 0, size = 0;
};

/// Turns an answer into what goes out: 304 when the caller has it already (ETag, If-None-Match),
/// the part of the blob that Range and If-Range ask for (206, or 416 with an empty body). Sets
/// status and headers of `response`; for a blob returns the part to send.
BlobPart apply_conditions(Response& response, const Exchange&);

/// Appends the status line and all headers, with the empty line behind them. `length` is
/// Content-Length, nothing for a chunked answer.
void append_head(std::string& out, const Response&, std::optional<std::uint64_t> length,
                 const AnswerFrame&);

/// Seconds since the epoch as a date of HTTP.
std::string http_date(std::int64_t seconds);

struct ByteRange {
  enum class Kind { none, part, unsatisfiable } kind = Kind::none;
  std::uint64_t offset = 0, size = 0;
};
/// What a Range header asks of `size` bytes. A malformed one, another unit and several ranges are
/// `none`: the whole is the answer then.
ByteRange parse_range(std::string_view header, std::uint64_t size) noexcept;

}  // namespace podium::host
