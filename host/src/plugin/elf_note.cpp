#include "plugin/elf_note.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <type_traits>

#include "podium/error.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::host {
namespace {

constexpr char section_name[] = ".note.podium";
constexpr std::uint64_t most_headers = 4096;  // a plugin has some thirty sections and ten segments

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid, why); }
[[noreturn]] void incomplete() {
  refuse(
      "the file is incomplete (cut short, or still being copied); install it again, by "
      "writing it under another name and renaming it");
}

struct File {
  std::uint64_t size;
  ReadAt read;

  bool holds(std::uint64_t offset, std::uint64_t length) const {
    return offset <= size && length <= size - offset;
  }
  template <class T>
  T at(std::uint64_t offset) const {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    if (!holds(offset, sizeof value) ||
        !read(offset, std::span<char>(reinterpret_cast<char*>(&value), sizeof value)))
      incomplete();
    return value;
  }
};

#if defined(__x86_64__)
constexpr unsigned host_machine = EM_X86_64;
#else
constexpr unsigned host_machine = EM_AARCH64;
#endif

Elf64_Ehdr read_header(const File& file) {
  std::array<char, EI_NIDENT> ident{};
  if (!file.holds(0, ident.size()) || !file.read(0, ident) ||
      std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0 || ident[EI_CLASS] != ELFCLASS64 ||
      ident[EI_DATA] != ELFDATA2LSB)
    refuse("not a 64-bit ELF shared object");
  const auto header = file.at<Elf64_Ehdr>(0);
  if (header.e_type != ET_DYN)
    refuse("not a shared object (a plugin is built as a MODULE library)");
  if (header.e_machine != host_machine)
    refuse("built for another processor than this host (" PODIUM_ABI_ARCH ")");
  return header;
}

/// The loader maps what the PT_LOAD segments say and touches it.
void check_segments(const File& file, const Elf64_Ehdr& header) {
  if (header.e_phnum == 0 || header.e_phnum > most_headers ||
      header.e_phentsize != sizeof(Elf64_Phdr))
    refuse("its ELF program headers are damaged");
  if (!file.holds(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr))) incomplete();
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.at<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == PT_LOAD && !file.holds(segment.p_offset, segment.p_filesz)) incomplete();
  }
}

/// The section that holds the note. Found by name: `strip` keeps it.
Elf64_Shdr find_note(const File& file, const Elf64_Ehdr& header) {
  if (header.e_shnum == 0) refuse("not a podium plugin (the file has no section table)");
  if (header.e_shnum > most_headers || header.e_shentsize != sizeof(Elf64_Shdr) ||
      header.e_shstrndx >= header.e_shnum)
    refuse("its ELF section table is damaged");
  if (!file.holds(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr))) incomplete();
  const auto section = [&](std::uint64_t i) {
    return file.at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr));
  };
  const auto names = section(header.e_shstrndx);
  if (!file.holds(names.sh_offset, names.sh_size)) incomplete();
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto candidate = section(i);
    if (candidate.sh_name > names.sh_size ||
        names.sh_size - candidate.sh_name < sizeof section_name)
      continue;
    const auto found =
        file.at<std::array<char, sizeof section_name>>(names.sh_offset + candidate.sh_name);
    if (std::memcmp(found.data(), section_name, sizeof section_name) == 0) return candidate;
  }
  refuse("not a podium plugin (no podium note in the file)");
}

/// A field of fixed size as a text. Nothing of it is trusted: it comes to logs, JSON and terminals.
template <std::size_t N>
std::string text_of(const char (&field)[N], const char* name) {
  const auto* end = static_cast<const char*>(std::memchr(field, 0, N));
  const std::string_view text(field, end ? static_cast<std::size_t>(end - field) : N);
  const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (!end || !kit::valid_text(text) || std::any_of(text.begin(), text.end(), control))
    refuse(std::string("its manifest is damaged: ") + name + " is not a text of one line");
  return std::string(text);
}

bool digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// MAJOR.MINOR.PATCH, then what follows '-' or '+' of letters, digits, '.', '-' and '+'.
bool valid_version(std::string_view version) {
  const auto tail = version.find_first_of("-+");
  auto core = version.substr(0, tail);
  if (tail != version.npos && tail + 1 == version.size()) return false;
  if (tail != version.npos &&
      version.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-+",
                                tail) != version.npos)
    return false;
  for (int part = 0; part < 3; ++part) {
    const auto dot = part < 2 ? core.find('.') : core.size();
    if (dot == core.npos || !digits(core.substr(0, dot))) return false;
    core.remove_prefix(std::min(dot + 1, core.size()));
  }
  return true;
}

std::vector<std::string> ids_of(std::string_view list) {
  std::vector<std::string> ids;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto id = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!id.empty() && id.front() == ' ') id.remove_prefix(1);
    while (!id.empty() && id.back() == ' ') id.remove_suffix(1);
    if (!valid_plugin_id(id))
      refuse("its manifest depends on '" + std::string(id) + "', which cannot be a plugin's id");
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.emplace_back(id);
  }
  return ids;
}

Manifest manifest_of(const podium_manifest& raw) {
  Manifest manifest;
  manifest.raw = raw;
  manifest.abi_tag = text_of(raw.abi_tag, "abi_tag");
  manifest.id = text_of(raw.id, "id");
  manifest.version = text_of(raw.version, "version");
  manifest.summary = text_of(raw.summary, "summary");
  if (!valid_plugin_id(manifest.id))
    refuse("its manifest's id '" + manifest.id +
           "' is not lower-case letters, digits, '.', '_' and '-', a letter first");
  if (!valid_version(manifest.version))
    refuse("its manifest's version '" + manifest.version + "' is not of the form 1.2.3");
  manifest.depends_on = ids_of(text_of(raw.depends_on, "depends_on"));
  return manifest;
}

}  // namespace

bool valid_plugin_id(std::string_view id) noexcept {
  return !id.empty() && id.size() < sizeof(podium_manifest::id) && id.front() >= 'a' &&
         id.front() <= 'z' &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == id.npos;
}

void check_abi(std::string_view plugin_tag, std::string_view host_tag) {
  if (plugin_tag == host_tag) return;
  throw Error(ErrorCode::unsupported, "built for ABI " + std::string(plugin_tag) +
                                          ", this host is " + std::string(host_tag) +
                                          "; rebuild it with this host's SDK");
}

Manifest read_manifest(std::uint64_t size, ReadAt read) {
  const File file{size, read};
  const auto header = read_header(file);
  check_segments(file, header);
  const auto section = find_note(file, header);
  if (!file.holds(section.sh_offset, section.sh_size)) incomplete();

  // A sanitizer may pad the section, so the note is read by its own sizes.
  constexpr std::uint64_t head = offsetof(podium_note, manifest);
  if (section.sh_size < head + sizeof(podium_manifest::abi_tag))
    refuse("its podium note is damaged");
  std::array<char, head> bytes = file.at<std::array<char, head>>(section.sh_offset);
  std::uint32_t name_size, description_size, type;
  std::memcpy(&name_size, bytes.data(), 4);
  std::memcpy(&description_size, bytes.data() + 4, 4);
  std::memcpy(&type, bytes.data() + 8, 4);
  if (name_size != sizeof(podium_note::name) || type != 1 ||
      std::memcmp(bytes.data() + 12, "podium\0", 8) != 0 ||
      description_size > section.sh_size - head)
    refuse("its podium note is damaged");
  if (description_size != sizeof(podium_manifest)) {
    // Of another contract; what came first in every one of them is the tag.
    podium_manifest raw;
    const auto tag = file.at<std::array<char, sizeof raw.abi_tag>>(section.sh_offset + head);
    std::memcpy(raw.abi_tag, tag.data(), tag.size());
    throw Error(ErrorCode::unsupported,
                "built for ABI " + text_of(raw.abi_tag, "abi_tag") + " with a manifest of " +
                    std::to_string(description_size) + " bytes, this host reads " +
                    std::to_string(sizeof(podium_manifest)) + "; rebuild it with this host's SDK");
  }
  return manifest_of(file.at<podium_manifest>(section.sh_offset + head));
}

Manifest read_manifest(const std::filesystem::path& path) {
  // Not blocking, so that a named pipe is refused instead of waited for.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) refuse("cannot be read: " + std::generic_category().message(errno));
  struct Closer {
    int descriptor;
    ~Closer() { ::close(descriptor); }
  } closer{descriptor};
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) refuse("not a regular file");
  return read_manifest(static_cast<std::uint64_t>(status.st_size), [&](std::uint64_t offset,
                                                                       std::span<char> buffer) {
    while (!buffer.empty()) {
      const auto n = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      offset += static_cast<std::uint64_t>(n);
      buffer = buffer.subspan(static_cast<std::size_t>(n));
    }
    return true;
  });
}

}  // namespace podium::host
