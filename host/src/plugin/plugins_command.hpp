#pragma once
// `podium plugins list | info ID | verify FILE`, and the answer of GET /api/v1/plugins.
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

#include "plugin/manager.hpp"
#include "plugin/verify.hpp"

namespace podium::host {

/// {"plugins": [{id, version, summary, state, reason, file, abi_tag, depends_on, first_party,
/// required, faults, extensions: [{kind, id}]}], "problems": [...]}. Without settings: they may
/// hold secrets.
std::string plugins_json(const PluginManager&);

/// A table for people, or `plugins_json`. The manager has discovered, and loaded to show what
/// loading said. Returns the exit code: 0.
int plugins_list(const PluginManager&, bool json, std::ostream& out);
/// Everything known of one id: manifest, file, state, extensions, settings. 1 when there is none.
int plugins_info(const PluginManager&, std::string_view id, std::ostream& out,
                 std::ostream& errors);
/// 0 and "FILE: loads, starts and stops", or 1 and the reason.
int plugins_verify(const std::filesystem::path& file, const VerifyOptions&, std::ostream& out,
                   std::ostream& errors);

}  // namespace podium::host
