#pragma once
// Gate 1: what a plugin file says of itself, read from its ELF note before anything of it runs.
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/abi.hpp"
#include "podium/function.hpp"

namespace podium::host {

struct Manifest {
  podium_manifest raw;  ///< as in the file; gate 2 compares it with what was loaded
  std::string abi_tag, id, version, summary;
  std::vector<std::string> depends_on;
};

/// Fills the whole buffer from an offset of the file; false when the file ends before.
using ReadAt = FunctionRef<bool(std::uint64_t offset, std::span<char> buffer)>;

/// Reads the manifest out of a file of `size` bytes. Throws Error `invalid` with one sentence that
/// tells why it is no plugin, or no whole one: every segment that the loader would map and the
/// section table must lie inside the file, because the loader dies by SIGBUS when they do not.
/// Throws `unsupported` when the manifest was made for another contract. Trusts no byte.
Manifest read_manifest(std::uint64_t size, ReadAt read);

/// The same for a regular file, which is opened, not loaded.
Manifest read_manifest(const std::filesystem::path& file);

/// Throws `unsupported`, "built for ABI X, this host is Y", unless the tags are equal.
void check_abi(std::string_view plugin_tag, std::string_view host_tag);

/// Whether a text may be the id of a plugin: [a-z][a-z0-9_.-]*, up to 63 characters.
bool valid_plugin_id(std::string_view) noexcept;

}  // namespace podium::host
