// What the build puts into a plugin: other compilers, sanitizers, the fingerprint of the SDK.
#include <cstdio>
#include <cstdlib>

#include "fixture.hpp"
#include "plugin/contained.hpp"

using namespace podium;
using namespace podium::test;
namespace fs = std::filesystem;

TEST_CASE(
    "plugins of clang load into this host, are found by kind, and their exceptions are contained") {
  if (!fs::exists(module("clang_good"))) return;  // no clang on this machine, or a sanitizer build
  Fixture f;
  f.add("clang_good", "test.good");
  f.add("dependent", "test.dependent");
  f.add("clang_foreign_exceptions", "test.foreign");
  f.start();
  CHECK(f.state("test.good") == "active");
  CHECK(f.state("test.foreign") == "active");
  CHECK(f.traced("test.dependent hello, dependent"));
  f.manager->extensions().each<Greeter>([](host::PluginOwner& owner, Greeter& greeter) {
    if (greeter.id() != "thrower") return;
    const auto call = [&](const char* whom) {
      return error_of(
          [&] { host::contained(owner, "greet", [&] { return greeter.greet(whom); }); });
    };
    CHECK(contains(call("private").what(), "a private trouble"));
    CHECK(contains(call("struct").what(), "unknown type"));
    CHECK(call("caller").code() == ErrorCode::not_found);
  });
}

TEST_CASE(
    "a plugin under AddressSanitizer is refused by a plain host, which could not even open it") {
  if (!fs::exists(module("asan"))) return;  // a sanitizer build
  Fixture f;
  f.add("asan", "test.good");
  f.load();
  CHECK(contains(f.state("test.good"), "incompatible: built for ABI " PODIUM_ABI_TAG
                                       "+asan, this host is " PODIUM_ABI_TAG));
}

namespace {

std::string fingerprint_of(const fs::path& include) {
  const auto command = "cmake -DINCLUDE='" + include.string() +
                       "' -P '" PODIUM_SOURCE_DIR "/cmake/podium_fingerprint.cmake' 2>&1";
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe);
  char buffer[256];
  while (fgets(buffer, sizeof buffer, pipe)) text += buffer;
  REQUIRE(pclose(pipe) == 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

void replace_in(const fs::path& file, const std::string& from, const std::string& to) {
  auto text = bytes_of(file);
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  write_file(file, text.replace(at, from.size(), to));
}

}  // namespace

TEST_CASE("the fingerprint follows the SDK's code and nothing else") {
  const TemporaryFolder folder;
  const auto include = folder.path() / "include";
  fs::copy(PODIUM_SOURCE_DIR "/host/include", include, fs::copy_options::recursive);
  CHECK(fingerprint_of(include) == PODIUM_SDK_FINGERPRINT);
  const auto header = include / "podium" / "extension.hpp";

  replace_in(header, "  virtual ~Extension() = default;",
             "\n  // A comment.\n  virtual  ~Extension()  = default;  // another");
  CHECK(fingerprint_of(include) == PODIUM_SDK_FINGERPRINT);

  replace_in(header, " public:", " public:\n  virtual void added() {}");
  CHECK(fingerprint_of(include) != PODIUM_SDK_FINGERPRINT);
}
