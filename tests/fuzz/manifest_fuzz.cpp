// The manifest reader: whatever the bytes are, it returns a manifest that may be shown or throws an
// Error.
#include <elf.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "plugin/elf_note.hpp"
#include "podium/error.hpp"
#include "podium/storage_kit/text.hpp"

namespace {

/// The smallest plugin file: a header, one segment, the note, its name, three sections.
std::string plugin_file() {
  const podium_note note{
      .manifest = {.id = "a.b", .version = "1.0.0", .summary = "s", .depends_on = "c,d"}};
  const char names[] = "\0.note.podium\0.shstrtab";
  std::string file(sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), '\0');
  const auto append = [&](const void* data, std::size_t size) {
    const auto at = file.size();
    file.append(static_cast<const char*>(data), size);
    return at;
  };
  Elf64_Shdr sections[3]{};
  sections[1].sh_name = 1, sections[1].sh_type = SHT_NOTE, sections[1].sh_size = sizeof note;
  sections[1].sh_offset = append(&note, sizeof note);
  sections[2].sh_name = 14, sections[2].sh_type = SHT_STRTAB, sections[2].sh_size = sizeof names;
  sections[2].sh_offset = append(names, sizeof names);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, "\177ELF\2\1\1", 7);
  header.e_type = ET_DYN, header.e_machine = EM_X86_64;
  header.e_phoff = sizeof header, header.e_phnum = 1, header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_shoff = append(sections, sizeof sections), header.e_shnum = 3;
  header.e_shentsize = sizeof(Elf64_Shdr), header.e_shstrndx = 2;
  Elf64_Phdr segment{};
  segment.p_type = PT_LOAD, segment.p_filesz = file.size();
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, &segment, sizeof segment);
  return file;
}

void read(const std::string& bytes) {
  try {
    const auto manifest = podium::host::read_manifest(
        bytes.size(), [&](std::uint64_t offset, std::span<char> buffer) {
          if (offset > bytes.size() || buffer.size() > bytes.size() - offset)
            std::abort();  // it must have checked
          std::memcpy(buffer.data(), bytes.data() + offset, buffer.size());
          return true;
        });
    if (!podium::host::valid_plugin_id(manifest.id) || !podium::kit::valid_text(manifest.summary))
      std::abort();
    for (const auto& id : manifest.depends_on)
      if (!podium::host::valid_plugin_id(id)) std::abort();
  } catch (const podium::Error&) {
  }
}

}  // namespace

/// Either the bytes are the file, or (first byte odd) they change a good one: pairs of place and
/// byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    read(bytes);
    return 0;
  }
  static const std::string good = plugin_file();
  auto file = good;
  for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
    const auto at =
        static_cast<unsigned char>(bytes[i]) * 256u + static_cast<unsigned char>(bytes[i + 1]);
    if (at == 0xffff) file.resize(file.size() / 2);
    if (!file.empty()) file[at % file.size()] = bytes[i + 2];
  }
  read(file);
  return 0;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
#if defined(__x86_64__)
  // The unchanged file must be a good one, or the fuzzer would only see refusals.
  const auto file = plugin_file();
  podium::host::read_manifest(file.size(), [&](std::uint64_t offset, std::span<char> buffer) {
    std::memcpy(buffer.data(), file.data() + offset, buffer.size());
    return true;
  });
#endif
  return 0;
}
