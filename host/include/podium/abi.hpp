#pragma once
// The binary contract of a plugin file: plain data, read before anything of the file runs.
//
// Gate 1: the host reads the manifest from the ELF note `.note.podium` without loading the file.
// Gate 2: the exported data symbol `podium_plugin` of type podium_descriptor.
// Gate 3: every C++ call goes through the host's `contained()`.
//
// The ABI tag is exact: "podium<major>-<SDK fingerprint>-<arch>-<standard library and
// switches>-json<version>[+asan|+tsan]". A plugin is rebuilt with each release of the SDK (edits of
// comments do not count).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <nlohmann/detail/abi_macros.hpp>

#include "podium/abi_fingerprint.hpp"

#if !defined(__cpp_exceptions) || !defined(__cpp_rtti)
#error "podium plugins need exceptions and RTTI"
#endif

#define PODIUM_STRINGIZE_(x) #x
#define PODIUM_STRINGIZE(x) PODIUM_STRINGIZE_(x)

#if defined(__x86_64__)
#define PODIUM_ABI_ARCH "x86_64"
#elif defined(__aarch64__)
#define PODIUM_ABI_ARCH "aarch64"
#else
#error "podium is built for x86_64 and aarch64"
#endif

#include <string>  // defines the standard library's macros
#if defined(_LIBCPP_VERSION)
#define PODIUM_ABI_LIBRARY "libc++" PODIUM_STRINGIZE(_LIBCPP_ABI_VERSION)
#elif _GLIBCXX_USE_CXX11_ABI
#define PODIUM_ABI_LIBRARY "libstdc++cxx11"
#else
#define PODIUM_ABI_LIBRARY "libstdc++old"
#endif
#if defined(_GLIBCXX_DEBUG)
#define PODIUM_ABI_DEBUG "debug"
#else
#define PODIUM_ABI_DEBUG ""
#endif

#if defined(__SANITIZE_ADDRESS__)
#define PODIUM_ABI_SANITIZER "+asan"
#elif defined(__SANITIZE_THREAD__)
#define PODIUM_ABI_SANITIZER "+tsan"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PODIUM_ABI_SANITIZER "+asan"
#elif __has_feature(thread_sanitizer)
#define PODIUM_ABI_SANITIZER "+tsan"
#else
#define PODIUM_ABI_SANITIZER ""
#endif
#else
#define PODIUM_ABI_SANITIZER ""
#endif

#define PODIUM_ABI_JSON                                                      \
  "json" PODIUM_STRINGIZE(NLOHMANN_JSON_VERSION_MAJOR) "." PODIUM_STRINGIZE( \
      NLOHMANN_JSON_VERSION_MINOR) "." PODIUM_STRINGIZE(NLOHMANN_JSON_VERSION_PATCH)

/// Major version of the plugin contract.
#define PODIUM_ABI_MAJOR "1"
#define PODIUM_ABI_TAG                                                     \
  "podium" PODIUM_ABI_MAJOR "-" PODIUM_SDK_FINGERPRINT "-" PODIUM_ABI_ARCH \
  "-" PODIUM_ABI_LIBRARY PODIUM_ABI_DEBUG "-" PODIUM_ABI_JSON PODIUM_ABI_SANITIZER

namespace podium {
class Plugin;
}

/// Fixed-size text, zero-padded: the host reads it from the file. Too long a text does not compile.
struct podium_manifest {
  char abi_tag[96] = PODIUM_ABI_TAG;
  char id[64] = "";           ///< "acme.notify": [a-z0-9_.-], unique
  char version[32] = "";      ///< semver
  char summary[128] = "";     ///< one line
  char depends_on[256] = "";  ///< comma-separated ids of plugins that must be active first
};

/// What the data symbol `podium_plugin` holds.
struct podium_descriptor {
  std::uint32_t size;  ///< sizeof(podium_descriptor) in the plugin
  const podium_manifest* manifest;
  /// Makes the plugin. Never throws; on failure null and a message, cut to the size.
  podium::Plugin* (*create)(char* error, std::size_t size);
};

/// The ELF note around the manifest: name "podium", type 1.
struct podium_note {
  std::uint32_t name_size = 8;
  std::uint32_t description_size = sizeof(podium_manifest);
  std::uint32_t type = 1;
  char name[8] = "podium";
  podium_manifest manifest;
};

/// The whole ceremony of a plugin, once in one of its sources:
///   PODIUM_PLUGIN(Notify, .id = "acme.notify", .version = "2.1.0", .summary = "Posts runs to
///   chat")
#define PODIUM_PLUGIN(Class, ...)                                                                \
  namespace {                                                                                    \
  __attribute__((section(".note.podium"), used, aligned(4)))                                     \
  PODIUM_PLUGIN_NOTE_ATTR const podium_note podium_note_{.manifest = {__VA_ARGS__}};             \
  podium::Plugin* podium_create_(char* error, std::size_t size) {                                \
    try {                                                                                        \
      return new Class();                                                                        \
    } catch (const std::exception& e) {                                                          \
      std::snprintf(error, size, "constructor failed: %s", e.what());                            \
    } catch (...) {                                                                              \
      std::snprintf(error, size, "constructor failed with an exception of unknown type");        \
    }                                                                                            \
    return nullptr;                                                                              \
  }                                                                                              \
  }                                                                                              \
  extern "C" __attribute__((visibility("default"), used)) const podium_descriptor podium_plugin{ \
      sizeof(podium_descriptor), &podium_note_.manifest, &podium_create_};

#if defined(__clang__)
#define PODIUM_PLUGIN_NOTE_ATTR __attribute__((no_sanitize("address")))
#else
#define PODIUM_PLUGIN_NOTE_ATTR
#endif
