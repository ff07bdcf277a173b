#pragma once
// Compression of answers.
#include <optional>
#include <string>
#include <string_view>

namespace podium::host {

/// The text as gzip, by the fastest level; nothing when memory is short.
std::optional<std::string> gzip(std::string_view text);

/// Whether Accept-Encoding lets an answer be gzip.
bool accepts_gzip(std::string_view accept_encoding) noexcept;

/// Whether compressing this type is worth it (texts, JSON).
bool compressible(std::string_view content_type) noexcept;

}  // namespace podium::host
