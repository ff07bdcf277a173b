#pragma once
// `podium backup`: a copy of all state, also while a server runs on it.
#include <filesystem>

#include "config/settings.hpp"
#include "upkeep/manifest.hpp"

namespace podium::host {

class Progress;

/// Copies the store of the settings' data folder, consistent, and then its artifacts, into a new
/// folder `to`. It has another name (`to` and ".partial") until it is whole and on disk; what an
/// attempt that was killed left there is cleared. Throws `exists` when `to` is there, `not_found`
/// when there is no store, `out_of_space`, `cancelled` (then nothing is left), `invalid` when one
/// of the two folders lies in the other.
BackupManifest back_up(const Settings&, const std::filesystem::path& to, Progress&);

}  // namespace podium::host
