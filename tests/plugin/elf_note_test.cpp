// Gate 1: the manifest out of the file, and every way a file can be none.
#include "plugin/elf_note.hpp"

#include <elf.h>
#include <sys/stat.h>

#include <array>
#include <cstring>
#include <random>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using host::read_manifest;

namespace {

std::string refusal(const std::filesystem::path& file) {
  return error_of([&] { read_manifest(file); }).what();
}

host::Manifest read_bytes(const std::string& bytes) {
  return read_manifest(bytes.size(), [&](std::uint64_t offset, std::span<char> buffer) {
    if (offset > bytes.size() || buffer.size() > bytes.size() - offset) return false;
    std::memcpy(buffer.data(), bytes.data() + offset, buffer.size());
    return true;
  });
}

std::string refusal_of_bytes(const std::string& bytes) {
  return error_of([&] { read_bytes(bytes); }).what();
}

}  // namespace

TEST_CASE("the manifest is read from the file alone") {
  const auto manifest = read_manifest(module("good"));
  CHECK(manifest.abi_tag == PODIUM_ABI_TAG);
  CHECK(manifest.id == "test.good");
  CHECK(manifest.version == "1.2.3");
  CHECK(manifest.summary == "Greets, in größter Form");
  CHECK(manifest.depends_on.empty());
  CHECK(read_manifest(module("chain_g")).depends_on ==
        std::vector<std::string>{"chain.f", "chain.e"});
}

TEST_CASE("the tag names what plugins and host must share") {
  const std::string tag = PODIUM_ABI_TAG;
  CHECK(tag.starts_with("podium1-"));
  CHECK(contains(tag, PODIUM_SDK_FINGERPRINT));
  CHECK(std::string(PODIUM_SDK_FINGERPRINT).size() == 12);
  CHECK(contains(tag, PODIUM_ABI_ARCH));
  CHECK(contains(tag, "-json3."));
  CHECK(tag.size() < sizeof(podium_manifest::abi_tag));
}

TEST_CASE("what is no ELF shared object of this machine is refused") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.so";
  for (const std::string bytes :
       {"", "x", "\177ELF", "#!/bin/sh\necho a longer text, of no ELF file\n"}) {
    write_file(file, bytes);
    CHECK(refusal(file) == "not a 64-bit ELF shared object");
  }
  auto good = bytes_of(module("good"));
  SECTION("32 bits") {
    good[EI_CLASS] = ELFCLASS32;
    CHECK(refusal_of_bytes(good) == "not a 64-bit ELF shared object");
  }
  SECTION("an object file") {
    const Elf64_Half type = ET_REL;
    std::memcpy(good.data() + offsetof(Elf64_Ehdr, e_type), &type, sizeof type);
    CHECK(contains(refusal_of_bytes(good), "not a shared object"));
  }
  SECTION("another processor") {
    const Elf64_Half machine = EM_S390;
    std::memcpy(good.data() + offsetof(Elf64_Ehdr, e_machine), &machine, sizeof machine);
    CHECK(contains(refusal_of_bytes(good), "another processor"));
  }
}

TEST_CASE("what is no regular file is refused without waiting for it") {
  const TemporaryFolder folder;
  CHECK(contains(refusal(folder.path() / "absent.so"), "cannot be read: No such file"));
  CHECK(refusal(folder.path()) == "not a regular file");
  const auto pipe = folder.path() / "pipe.so";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(refusal(pipe) == "not a regular file");
}

TEST_CASE("a library without the note is no plugin") {
  CHECK(refusal(module("no_note")) == "not a podium plugin (no podium note in the file)");
}

TEST_CASE("a file cut short anywhere is refused, also behind its note") {
  const auto whole = bytes_of(module("good"));
  for (std::size_t length = 0; length < whole.size();
       length += length < 4096 ? 64 : whole.size() / 97) {
    INFO("cut to " << length << " of " << whole.size());
    const auto why = refusal_of_bytes(whole.substr(0, length));
    if (length >= sizeof(Elf64_Ehdr))
      CHECK(contains(why, "the file is incomplete"));
    else
      CHECK_FALSE(why.empty());
  }
  CHECK(contains(refusal_of_bytes(whole.substr(0, whole.size() - 1)), "the file is incomplete"));
  CHECK(read_bytes(whole).id == "test.good");
}

TEST_CASE("a segment that leads out of the file is refused, wherever the section table is") {
  auto bytes = bytes_of(module("good"));
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  int segments = 0;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    auto changed = bytes;
    auto* place = changed.data() + header.e_phoff + i * sizeof(Elf64_Phdr);
    Elf64_Phdr segment;
    std::memcpy(&segment, place, sizeof segment);
    if (segment.p_type != PT_LOAD) continue;
    ++segments;
    for (const Elf64_Xword size : {Elf64_Xword{bytes.size()} + 1, ~Elf64_Xword{0}}) {
      segment.p_filesz = size;
      std::memcpy(place, &segment, sizeof segment);
      CHECK(contains(refusal_of_bytes(changed), "the file is incomplete"));
    }
  }
  CHECK(segments > 0);
}

TEST_CASE("a stripped plugin keeps its note") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "stripped.so";
  REQUIRE(std::system(
              ("strip -o '" + file.string() + "' '" + module("good").string() + "'").c_str()) == 0);
  REQUIRE(std::filesystem::file_size(file) < std::filesystem::file_size(module("good")));
  CHECK(read_manifest(file).id == "test.good");
}

TEST_CASE("a manifest that cannot be shown or used is refused by its field") {
  CHECK(contains(refusal(module("bad_id")), "id 'Bad Id' is not lower-case"));
  CHECK(contains(refusal(module("bad_version")), "version 'one' is not of the form 1.2.3"));
  CHECK(contains(refusal(module("bad_needs")), "depends on '', which cannot be"));
  CHECK(contains(refusal(module("control_characters")), "summary is not a text of one line"));
}

TEST_CASE("a damaged note is refused") {
  const auto good = bytes_of(module("good"));
  const auto note = good.find(std::string("podium\0\0podium1-", 16));
  REQUIRE(note != good.npos);
  const auto with = [&](std::size_t at, const std::string& bytes) {
    auto changed = good;
    changed.replace(at, bytes.size(), bytes);
    return refusal_of_bytes(changed);
  };
  CHECK(contains(with(note - 12, std::string("\x07\0\0\0", 4)), "podium note is damaged"));
  CHECK(contains(with(note - 4, std::string("\x02\0\0\0", 4)), "podium note is damaged"));
  CHECK(contains(with(note, "podiux"), "podium note is damaged"));
  CHECK(contains(with(note - 8, "\xff\xff\xff\xff"), "podium note is damaged"));
  CHECK(contains(with(note - 8, std::string("\x80\0\0\0", 4)),
                 "with a manifest of 128 bytes, this host reads 576"));
  CHECK(contains(with(note + 8 + offsetof(podium_manifest, id), std::string(64, 'a')),
                 "id is not a text"));
}

TEST_CASE("random damage is refused or harmless") {
  const auto good = bytes_of(module("chain_e"));
  std::mt19937 random(4);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    auto damaged = good;
    const auto range = round % 2 ? sizeof(Elf64_Ehdr) : damaged.size();
    for (int i = 0; i < 20; ++i) damaged[random() % range] = static_cast<char>(random());
    try {
      read_bytes(damaged);
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > 100);
}

TEST_CASE("ABI tags are compared whole, and both are named") {
  host::check_abi("a", "a");
  const auto error = error_of([] { host::check_abi("podium0-old", "podium1-new"); });
  CHECK(error.code() == ErrorCode::unsupported);
  CHECK(std::string(error.what()) ==
        "built for ABI podium0-old, this host is podium1-new; rebuild it with this host's SDK");
}

TEST_CASE("ids of plugins") {
  for (const auto* good : {"a", "acme.notify", "storage-sqlite", "a_1"})
    CHECK(host::valid_plugin_id(good));
  for (const auto* bad : {"", "A", "1a", ".a", "..", "a/b", "a b", "\xc3\xa4"})
    CHECK_FALSE(host::valid_plugin_id(bad));
  CHECK_FALSE(host::valid_plugin_id(std::string(64, 'a')));
}
