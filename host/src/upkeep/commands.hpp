#pragma once
// `podium backup | restore | doctor`, for main. Results go to `out`, what is shown meanwhile to
// `errors`. Ctrl-C stops them; what they had begun is cleared. They throw Error as their parts do.
#include <filesystem>
#include <iosfwd>

#include "config/settings.hpp"

namespace podium::host {

/// 0: the backup is whole and on disk.
int backup_command(const Settings&, const std::filesystem::path& to, bool as_json,
                   std::ostream& out, std::ostream& errors);
/// 0: restored; or, with `verify`, 0: whole, 1: not.
int restore_command(const Settings&, const std::filesystem::path& from, bool verify, bool as_json,
                    std::ostream& out, std::ostream& errors);
/// 0: nothing but notes, 1: findings.
int doctor_command(const Settings&, bool as_json, std::ostream& out, std::ostream& errors);

}  // namespace podium::host
