#pragma once
// A plugin's shared library. The only folder's file that knows Boost.DLL is library.cpp.
#include <filesystem>
#include <memory>

#include "podium/abi.hpp"

namespace podium::host {

/// An opened library: every symbol bound, none of its symbols visible to others, never unmapped (so
/// that code which objects of the plugin refer to is there until the process ends).
class Library {
 public:
  /// Opens the file and runs its static initialisers; if one of them throws, the process ends.
  /// `file` is absolute and canonical. Throws Error `invalid` with the dynamic linker's reason.
  explicit Library(const std::filesystem::path& file);
  ~Library();
  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;

  /// Gate 2: the exported descriptor, for as long as the process runs. Throws `invalid` when there
  /// is none, or one of another size, or when its manifest is not `expected`, byte for byte (the
  /// file was replaced).
  const podium_descriptor& descriptor(const podium_manifest& expected) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::host
