// Which names are refused: the traversals that others fell for, as data.
#include "blob/blob_name.hpp"
#include "blob/local_blob_store.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::host;

TEST_CASE("names that lead elsewhere are refused", "[blob]") {
  const std::vector<std::string> bad = {"",
                                        "/",
                                        "/etc/passwd",
                                        "//etc/passwd",
                                        "..",
                                        ".",
                                        "../x",
                                        "a/..",
                                        "a/../b",
                                        "a/./b",
                                        "./a",
                                        "a//b",
                                        "a/",
                                        "/a/",
                                        "..\\x",
                                        "\\..\\file",
                                        "a\\b",
                                        "a/..\\..\\b",
                                        "C:\\x",
                                        std::string("a\0b", 3),
                                        "a\nb",
                                        "a\x7f",
                                        "a\tb",
                                        std::string(4097, 'a'),
                                        std::string(256, 'a'),
                                        "a/" + std::string(256, 'b'),
                                        "\xc0\xae\xc0\xae/x",
                                        "a\xff",
                                        "\xed\xa0\x80",
                                        "a\xe2\x82"};
  for (const auto& name : bad) {
    INFO("name: " << name.substr(0, 80));
    const auto error = test::error_of([&] { check_blob_name(name); });
    CHECK(error.code() == ErrorCode::invalid);
    CHECK(std::string(error.what()).find("Invalid path") == 0);
  }
}

TEST_CASE("plain names are taken as they are", "[blob]") {
  for (const std::string name :
       {"a", "a/b/c.txt", "a dir/\xc3\xa9 +=&;#'(1).txt", "...", "..a", "a..", "%2e%2e%2f", "%252e",
        "a;b", "file:x", "~", "-rf", "a/.tmp/b", "\xf0\x9f\x98\x80"}) {
    INFO(name);
    CHECK_NOTHROW(check_blob_name(name));
  }
}

TEST_CASE("every call of the store checks its names", "[blob]") {
  const test::TemporaryFolder folder;
  const auto root = folder.path() / "root";
  LocalBlobStore store(root);
  for (const std::string name :
       {"../secret", "/etc/passwd", "a/../../x", "..", ".tmp", ".tmp/x", "a\\b"}) {
    INFO(name);
    const auto is_invalid = [&](auto&& call) {
      CHECK(test::error_of(call).code() == ErrorCode::invalid);
    };
    is_invalid([&] { store.open(name); });
    is_invalid([&] { store.stat(name); });
    is_invalid([&] { store.list(name); });
    is_invalid([&] { store.erase(name); });
    is_invalid([&] { store.commit(store.create(), name); });
  }
  CHECK_FALSE(std::filesystem::exists(folder.path() / "secret"));
}
