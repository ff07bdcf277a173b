// cmake/podium_plugin_test.sh, what podium_add_plugin_test runs, with a podium of shell.
#include <sys/wait.h>

#include <cstdlib>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
namespace fs = std::filesystem;

namespace {

struct Outcome {
  int code;
  std::string output;
};

/// Runs the script with `podium` as the body of the fake podium and `command` as the test.
Outcome run(const std::string& podium, const std::string& command,
            const std::string& options = {}) {
  const TemporaryFolder folder;
  const auto fake = folder.path() / "podium", test = folder.path() / "test",
             output = folder.path() / "output";
  write_file(fake, "#!/bin/sh\n" + podium + "\n");
  write_file(test, command + "\n");
  write_file(folder.path() / "my.toml", "");
  fs::permissions(fake, fs::perms::owner_exec, fs::perm_options::add);
  const auto line = "cd '" + folder.path().string() +
                    "' && PODIUM_PORT=1 sh '" PODIUM_SOURCE_DIR "/cmake/podium_plugin_test.sh' " +
                    options + " '" + fake.string() + "' /x/plugin.so sh test >output 2>&1";
  const int status = std::system(line.c_str());
  return {WEXITSTATUS(status), bytes_of(output)};
}

/// Serves until SIGTERM, then ends with `code`.
std::string serving(int code = 0) {
  return "trap 'exit " + std::to_string(code) +
         "' TERM\n"
         "echo \"arguments: $*\" >&2\n"
         "echo starting\n"
         "echo 'listening on http://127.0.0.1:4711 (state in /x)'\n"
         "while :; do sleep 0.02; done";
}

}  // namespace

TEST_CASE("the command gets the address and its outcome counts") {
  const auto good = run(
      serving(), "echo \"at $PODIUM_URL\"; test -n \"$PODIUM_DATA\" && test -z \"$PODIUM_PORT\"");
  CHECK(good.code == 0);
  CHECK(good.output == "at http://127.0.0.1:4711\n");
  const auto bad = run(serving(), "exit 3");
  CHECK(bad.code == 3);
  CHECK(contains(bad.output,
                 "--- log of podium\narguments: serve --host 127.0.0.1 --port 0 --data /"));
  CHECK(contains(bad.output, "--plugin /x/plugin.so\n"));
}

TEST_CASE("a config file is taken from where the test is") {
  const auto bad = run(serving(), "exit 1", "--config my.toml");
  CHECK(contains(bad.output, "/my.toml\n"));
}

TEST_CASE("a podium that does not start, or does not end well, fails the test") {
  const auto refused = run("echo 'plugin is required but failed: why' >&2; exit 1", "true");
  CHECK(refused.code == 1);
  CHECK(refused.output == "podium did not start (exit 1):\nplugin is required but failed: why\n");
  const auto crashed = run(serving(134), "true");
  CHECK(crashed.code == 1);
  CHECK(contains(crashed.output, "podium ended with 134"));
}

TEST_CASE("a command without a plugin tells the usage") {
  const auto line = "sh '" PODIUM_SOURCE_DIR "/cmake/podium_plugin_test.sh' a b >/dev/null 2>&1";
  CHECK(WEXITSTATUS(std::system(line)) == 2);
}
