// BOOST_DLL_USE_STD_FS is defined by this target.
#include "plugin/library.hpp"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "podium/error.hpp"

namespace podium::host {
namespace {

/// Boost's error code is always "Bad file descriptor"; the reason is in the middle of the text.
std::string reason(const std::exception& e) {
  std::string_view text = e.what();
  constexpr std::string_view before = "(dlerror system message: ", after = "): Bad file descriptor";
  if (const auto begin = text.find(before); begin != text.npos) {
    text.remove_prefix(begin + before.size());
    text = text.substr(0, text.rfind(after));
  }
  return std::string(text);
}

}  // namespace

struct Library::Impl {
  boost::dll::shared_library library;
};

Library::Library(const std::filesystem::path& file) : impl_(std::make_unique<Impl>()) {
  namespace dll = boost::dll;
  if (!file.is_absolute())
    throw Error(ErrorCode::misuse,
                "a library is opened by its absolute path, not '" + file.string() + "'");
  // Boost has no name for RTLD_NODELETE. Lazy binding would surface a missing symbol in a request.
  const auto mode = static_cast<dll::load_mode::type>(
      static_cast<unsigned>(dll::load_mode::rtld_now) |
      static_cast<unsigned>(dll::load_mode::rtld_local) | static_cast<unsigned>(RTLD_NODELETE));
  try {
    impl_->library.load(file, mode);
  } catch (const std::exception& e) {
    throw Error(ErrorCode::invalid, "cannot be loaded: " + reason(e));
  }
}

Library::~Library() = default;
Library::Library(Library&&) noexcept = default;
Library& Library::operator=(Library&&) noexcept = default;

const podium_descriptor& Library::descriptor(const podium_manifest& expected) const {
  if (!impl_->library.has("podium_plugin"))
    throw Error(ErrorCode::invalid,
                "exports no symbol podium_plugin; use PODIUM_PLUGIN once in one of its sources");
  const auto& descriptor = impl_->library.get<const podium_descriptor>("podium_plugin");
  if (descriptor.size != sizeof(podium_descriptor) || !descriptor.manifest || !descriptor.create)
    throw Error(ErrorCode::invalid, "its descriptor is damaged or of another contract");
  if (std::memcmp(descriptor.manifest, &expected, sizeof expected) != 0)
    throw Error(ErrorCode::invalid,
                "its manifest differs from the one read from the file; was it replaced meanwhile? "
                "Start again");
  return descriptor;
}

}  // namespace podium::host
