// Which files are loaded at all: gates 1 and 2, directories, ids, settings.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
namespace fs = std::filesystem;

TEST_CASE("a file of another ABI is refused before it is loaded, with both tags") {
  Fixture f;
  f.add("other_abi", "test.manifest");
  f.load();
  CHECK(f.state("test.manifest") ==
        "incompatible: built for ABI podium0-old-gcc4, this host is " PODIUM_ABI_TAG
        "; rebuild it with this host's SDK");
}

TEST_CASE("files that are no plugins are listed with the reason, and others load") {
  Fixture f;
  f.add("good", "test.good");
  f.add("no_note");
  write_file(f.plugins() / "text.so", "no library");
  write_file(f.plugins() / "cut.so", bytes_of(module("good")).substr(0, 9000));
  write_file(f.plugins() / "README.txt", "not looked at");
  write_file(f.plugins() / ".half-copied.so", "not looked at");
  f.load();
  CHECK(f.state("test.good") == "active");
  CHECK(f.state_of_file("text") == "incompatible: not a 64-bit ELF shared object");
  CHECK(contains(f.state_of_file("cut"), "incompatible: the file is incomplete"));
  CHECK(contains(f.state_of_file("no_note"), "incompatible: not a podium plugin"));
  CHECK(f.manager->list().size() == 4);
}

TEST_CASE("a stripped plugin loads") {
  Fixture f;
  f.options.first_party.insert("test.good");
  const auto file = f.plugins() / "stripped.so";
  REQUIRE(std::system(
              ("strip -o '" + file.string() + "' '" + module("good").string() + "'").c_str()) == 0);
  f.load();
  CHECK(f.state("test.good") == "active");
}

TEST_CASE("gate 2: the descriptor must be the one of the manifest") {
  Fixture f;
  std::string expected;
  std::string file;
  SECTION("none") { file = "no_descriptor", expected = "exports no symbol podium_plugin"; }
  SECTION("another size") {
    file = "wrong_size", expected = "descriptor is damaged or of another contract";
  }
  SECTION("another manifest") {
    file = "other_manifest", expected = "differs from the one read from the file";
  }
  f.add(file, "test.manifest");
  f.load();
  CHECK(contains(f.state("test.manifest"), "failed: "));
  CHECK(contains(f.state("test.manifest"), expected));
}

TEST_CASE("a missing symbol is named when the plugin is loaded, not when it is called") {
  Fixture f;
  f.add("undefined_symbol", "test.undefined");
  f.load();
  CHECK(contains(f.state("test.undefined"), "failed: cannot be loaded: "));
  CHECK(contains(f.state("test.undefined"), "missing_function"));
  CHECK_FALSE(contains(f.state("test.undefined"), "Bad file descriptor"));
}

TEST_CASE("a file that fell into a directory does not run until it is enabled") {
  Fixture f;
  f.add("good");
  f.load();
  CHECK(contains(
      f.state("test.good"),
      "disabled: not enabled; to enable it, write enabled = true under [plugins.\"test.good\"]"));
  CHECK(f.trace.empty());

  f.options.settings["test.good"].enabled = true;
  f.load();
  CHECK(f.state("test.good") == "active");
}

TEST_CASE("an id of podium's own counts in podium's own directory only") {
  Fixture f;
  const auto other = f.folder() / "other";
  fs::create_directory(other);
  fs::copy_file(module("good"), other / "good.so");
  f.options.first_party.insert("test.good");
  f.options.directories.push_back(other);
  f.load();
  CHECK(contains(f.state("test.good"), "disabled: not enabled"));
  CHECK_FALSE(f.info("test.good").first_party);
}

TEST_CASE("podium's own can be switched off") {
  Fixture f;
  f.add("good", "test.good");
  f.options.settings["test.good"].enabled = false;
  f.load();
  CHECK(f.state("test.good") == "disabled: disabled in podium.toml");
  CHECK(f.info("test.good").first_party);
}

TEST_CASE("a file of the command line is enabled, and goes before an installed one") {
  Fixture f;
  const auto installed = f.add("good", "test.good");
  const auto mine = f.folder() / "mine.so";
  fs::copy_file(module("good"), mine);
  f.options.files.push_back(mine);
  f.load();
  const auto list = f.manager->list();
  REQUIRE(list.size() == 2);
  const auto& active = list[0].file == fs::canonical(mine) ? list[0] : list[1];
  const auto& refused = &active == &list[0] ? list[1] : list[0];
  CHECK(active.state == host::PluginState::active);
  CHECK(refused.state == host::PluginState::failed);
  CHECK(contains(refused.reason, "the id 'test.good' is taken by " + fs::canonical(mine).string()));
  CHECK(contains(refused.reason, installed.string()));
}

TEST_CASE("a file of the command line that does not load ends the start") {
  Fixture f;
  f.options.files.push_back(f.folder() / "absent.so");
  const auto error = error_of([&] { f.load(); });
  CHECK(contains(error.what(),
                 "absent.so' is required but incompatible: cannot be read: No such file"));
}

TEST_CASE("the same file twice is one plugin") {
  Fixture f;
  f.options.files.push_back(f.add("good", "test.good"));
  f.options.directories.push_back(f.plugins());
  f.load();
  CHECK(f.manager->list().size() == 1);
  CHECK(f.state("test.good") == "active");
}

TEST_CASE("the same id twice: the second is refused, both are named") {
  Fixture f;
  const auto first = f.add("good", "test.good");
  const auto other = f.folder() / "other";
  fs::create_directory(other);
  fs::copy_file(module("good"), other / "copy.so");
  f.options.directories.push_back(other);
  f.load();
  CHECK(f.state_of_file("good") == "active");
  CHECK(f.state_of_file("copy") ==
        "failed: the id 'test.good' is taken by " + fs::canonical(first).string() + ", so " +
            fs::canonical(other / "copy.so").string() + " is not loaded; remove one of them");
}

TEST_CASE("what everybody may write is not loaded") {
  Fixture f;
  const auto file = f.add("good", "test.good");
  SECTION("the directory") {
    fs::permissions(f.plugins(), fs::perms::others_write, fs::perm_options::add);
    f.load();
    CHECK(f.manager->list().empty());
    REQUIRE(f.manager->problems().size() == 1);
    CHECK(contains(f.manager->problems()[0],
                   "may be written by everybody, so nothing in it is loaded; run: chmod o-w"));
  }
  SECTION("the file") {
    fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
    f.load();
    CHECK(contains(f.state("test.good"),
                   "failed: its file may be written by everybody; run: chmod o-w"));
  }
  CHECK(f.trace.empty());
}

TEST_CASE("a directory that is not there is told, podium's own one is not missed") {
  Fixture f;
  f.options.own_directory = f.folder() / "none";
  f.options.directories.push_back(f.folder() / "absent");
  f.load();
  REQUIRE(f.manager->problems().size() == 1);
  CHECK(contains(f.manager->problems()[0], "absent' does not exist"));
}

TEST_CASE("what the configuration asks for and no file has is listed") {
  Fixture f;
  f.options.settings["acme.absent"].enabled = true;
  f.options.settings["acme.off"].enabled = false;
  f.load();
  CHECK(f.manager->list().size() == 1);
  CHECK(contains(f.state("acme.absent"), "failed: podium.toml names it, but no plugin file in"));
}

TEST_CASE("a required plugin that is not active ends the start with its reason") {
  Fixture f;
  SECTION("absent") { f.options.settings["test.good"].required = true; }
  SECTION("disabled") {
    f.add("good", "test.good");
    f.options.settings["test.good"].required = true;
    f.options.settings["test.good"].enabled = false;
  }
  const auto error = error_of([&] { f.load(); });
  CHECK(error.code() == ErrorCode::unavailable);
  CHECK(contains(error.what(), "plugin 'test.good' is required but"));
}

TEST_CASE("required enables") {
  Fixture f;
  f.add("good");
  f.options.settings["test.good"].required = true;
  f.load();
  CHECK(f.state("test.good") == "active");
}
