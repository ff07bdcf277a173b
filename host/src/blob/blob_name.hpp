#pragma once
// Which names a blob may have, whatever keeps it.
#include <string_view>

namespace podium::host {

/// Throws `invalid` ("Invalid path ...") unless `name` is a relative path of plain segments divided
/// by
/// '/': not empty, at most 4,096 bytes, segments of 1 to 255 bytes that are neither "." nor "..",
/// valid UTF-8 without backslashes and control characters. The name is taken as it is: nothing is
/// decoded.
void check_blob_name(std::string_view name);

}  // namespace podium::host
