// The local store: what is written is there, what is not committed is not, and nothing leads out.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include "blob/local_blob_store.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::host;
namespace fs = std::filesystem;

namespace {

void put(BlobStore& store, std::string_view name, std::string_view text) {
  auto writer = store.create();
  writer->write({text.data(), text.size()});
  store.commit(std::move(writer), name);
}

std::string read_all(BlobReader& reader) {
  std::string out;
  char buffer[1000];
  for (;;) {
    const auto n = reader.read(out.size(), buffer);
    if (n == 0) return out;
    out.append(buffer, n);
  }
}

std::vector<std::string> names(const std::vector<BlobInfo>& blobs) {
  std::vector<std::string> out;
  for (const auto& blob : blobs) out.push_back(blob.name + (blob.directory ? "/" : ""));
  return out;
}

std::size_t temporaries(const fs::path& root) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root / ".tmp"))
    if (entry.is_regular_file()) ++count;
  return count;
}

}  // namespace

TEST_CASE("blobs are kept by name", "[blob]") {
  const auto how = GENERATE(LocalBlobStore::Resolve::kernel, LocalBlobStore::Resolve::walk);
  const test::TemporaryFolder folder;
  LocalBlobStore store(folder.path(), how);
  put(store, "1/run/artifacts/model.txt", "one");
  put(store, "1/run/artifacts/empty", "");
  put(store, "b", "bee");
  auto reader = store.open("1/run/artifacts/model.txt");
  REQUIRE(reader);
  CHECK(read_all(*reader) == "one");
  CHECK(reader->size() == 3);
  CHECK(reader->modified() > 1'600'000'000'000);
  CHECK(reader->native_handle() >= 0);
  CHECK(store.open("1/run/artifacts/empty")->size() == 0);
  CHECK_FALSE(store.open("1/run/none"));
  CHECK_FALSE(store.open("b/c"));
  CHECK(test::error_of([&] { store.open("1/run"); }).code() == ErrorCode::invalid);

  CHECK(store.stat("b")->size == 3);
  CHECK(store.stat("1/run")->directory);
  CHECK_FALSE(store.stat("nothing"));
  CHECK(names(store.list("")) == std::vector<std::string>{"1/", "b"});
  CHECK(names(store.list("1/run/artifacts")) == std::vector<std::string>{"empty", "model.txt"});
  CHECK(store.list("b").empty());
  CHECK(store.list("nothing").empty());

  SECTION("a list is ordered by bytes") {
    for (const auto* name : {"z/b", "z/B", "z/\xc3\xa9", "z/a/x", "z/a.b"}) put(store, name, "");
    CHECK(names(store.list("z")) == std::vector<std::string>{"B", "a/", "a.b", "b", "\xc3\xa9"});
  }
  SECTION("a folder cannot become a blob, nor a blob a folder") {
    CHECK(test::error_of([&] { put(store, "1/run", "x"); }).code() == ErrorCode::conflict);
    CHECK(test::error_of([&] { put(store, "b/c", "x"); }).code() == ErrorCode::conflict);
    CHECK(test::error_of([&] { put(store, "b/c/d", "x"); }).code() == ErrorCode::conflict);
    CHECK(temporaries(folder.path()) == 0);
  }
  SECTION("erasing takes a blob or a tree") {
    CHECK(store.erase("b"));
    CHECK_FALSE(store.erase("b"));
    CHECK_FALSE(store.erase("b/x"));
    CHECK(read_all(*reader) == "one");
    CHECK(store.erase("1"));
    CHECK(read_all(*reader) == "one");
    CHECK(store.list("").empty());
    CHECK(temporaries(folder.path()) == 0);
  }
}

TEST_CASE("an upload without a commit leaves nothing", "[blob]") {
  const test::TemporaryFolder folder;
  LocalBlobStore store(folder.path());
  {
    auto writer = store.create();
    writer->write(std::span<const char>("half", 4));
    CHECK(writer->size() == 4);
    CHECK(temporaries(folder.path()) == 1);
    CHECK(store.list("").empty());
  }
  CHECK(temporaries(folder.path()) == 0);
  LocalBlobStore other(folder.path() / "other");
  CHECK(test::error_of([&] { other.commit(store.create(), "x"); }).code() == ErrorCode::misuse);
  CHECK(test::error_of([&] { other.commit(nullptr, "x"); }).code() == ErrorCode::misuse);
}

TEST_CASE("symbolic links are not followed", "[blob]") {
  const auto how = GENERATE(LocalBlobStore::Resolve::kernel, LocalBlobStore::Resolve::walk);
  const test::TemporaryFolder folder;
  const auto root = folder.path() / "root", outside = folder.path() / "outside";
  fs::create_directories(outside);
  std::ofstream(outside / "secret") << "secret";
  LocalBlobStore store(root, how);
  put(store, "real/x", "x");
  fs::create_symlink(outside, root / "out");
  fs::create_symlink(outside / "secret", root / "file");
  fs::create_directory_symlink("real", root / "inside");
  fs::create_symlink("/proc/self/root", root / "magic");
  const auto refused = [](auto&& call) {
    CHECK(test::error_of(call).code() == ErrorCode::invalid);
  };
  for (const std::string name : {"out/secret", "file", "inside/x", "magic/etc/passwd"}) {
    INFO(name);
    refused([&] { store.open(name); });
    refused([&] { store.stat(name); });
  }
  refused([&] { put(store, "out/new", "x"); });
  refused([&] { put(store, "inside/new", "x"); });
  refused([&] { store.erase("out/secret"); });
  refused([&] { store.erase("out"); });
  refused([&] { store.list("magic/etc"); });
  CHECK(names(store.list("")) == std::vector<std::string>{"real/"});
  CHECK(fs::exists(outside / "secret"));
  CHECK_FALSE(fs::exists(outside / "new"));
  // Naming an upload like a link replaces the link, not what it points to.
  put(store, "file", "mine");
  CHECK(read_all(*store.open("file")) == "mine");
  std::string text;
  std::ifstream(outside / "secret") >> text;
  CHECK(text == "secret");
}

TEST_CASE("a tree with links is erased without what they point to", "[blob]") {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.path() / "outside");
  std::ofstream(folder.path() / "outside/keep") << "keep";
  LocalBlobStore store(folder.path() / "root");
  put(store, "tree/a/b", "x");
  fs::create_symlink(folder.path() / "outside", folder.path() / "root/tree/link");
  CHECK(store.erase("tree"));
  CHECK(fs::exists(folder.path() / "outside/keep"));
}

TEST_CASE("pipes and sockets in the folder are no blobs", "[blob]") {
  const test::TemporaryFolder folder;
  LocalBlobStore store(folder.path());
  REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  CHECK_FALSE(store.open("pipe"));  // and it does not wait for a writer
  CHECK_FALSE(store.stat("pipe"));
  CHECK(store.list("").empty());
}

TEST_CASE("a reader sees one version while the blob is replaced", "[blob]") {
  const test::TemporaryFolder folder;
  LocalBlobStore store(folder.path());
  put(store, "d/x", std::string(50'000, 'a'));
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (char c = 'b'; !stop; c = c == 'z' ? 'a' : static_cast<char>(c + 1))
      put(store, "d/x", std::string(50'000, c));
  });
  for (int i = 0; i < 200; ++i) {
    const auto reader = store.open("d/x");
    REQUIRE(reader);
    const auto text = read_all(*reader);
    REQUIRE(text == std::string(50'000, text.front()));
  }
  stop = true;
  writer.join();
  CHECK(names(store.list("d")) == std::vector<std::string>{"x"});
}

TEST_CASE("a process that dies before the commit leaves nothing visible", "[blob]") {
  const test::TemporaryFolder folder;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    LocalBlobStore store(folder.path());
    put(store, "whole", "whole");
    auto writer = store.create();
    writer->write(std::span<const char>("half", 4));
    [[maybe_unused]] const auto n = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  {
    // It lives: another store on the same folder leaves its temporaries alone.
    LocalBlobStore beside(folder.path());
    CHECK(temporaries(folder.path()) == 1);
  }
  ::kill(child, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  ::close(ready[0]);
  ::close(ready[1]);
  LocalBlobStore store(folder.path());
  CHECK(temporaries(folder.path()) == 0);
  CHECK(names(store.list("")) == std::vector<std::string>{"whole"});
  CHECK(read_all(*store.open("whole")) == "whole");
}

TEST_CASE("a full disk is told as such", "[blob]") {
  const test::TemporaryFolder folder;
  LocalBlobStore store(folder.path());
  auto writer = store.create();
  // /dev/full is what a full disk answers; the writer's file is replaced by it.
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  int file = -1;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    const auto target = fs::read_symlink(entry.path(), error);
    if (target.string().find(folder.path().string()) == 0 && fs::is_regular_file(target, error))
      file = std::stoi(entry.path().filename());
  }
  REQUIRE(file >= 0);
  REQUIRE(::dup2(full, file) == file);
  ::close(full);
  const auto error = test::error_of([&] { writer->write(std::span<const char>("x", 1)); });
  CHECK(error.code() == ErrorCode::out_of_space);
}

TEST_CASE("a folder that cannot be used is refused with the reason", "[blob]") {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  const auto error = test::error_of([&] { LocalBlobStore store(folder.path() / "file"); });
  CHECK(error.code() == ErrorCode::unavailable);
  CHECK(std::string(error.what()).find("Not a directory") != std::string::npos);
}

TEST_CASE("a big blob is streamed", "[blob]") {
  const test::TemporaryFolder folder;
  LocalBlobStore store(folder.path());
  constexpr std::size_t piece = 256 * 1024, pieces = 256;  // 64 MiB
  std::vector<char> bytes(piece);
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  auto writer = store.create();
  for (std::size_t i = 0; i < pieces; ++i) {
    std::fill(bytes.begin(), bytes.end(), static_cast<char>(i));
    writer->write(bytes);
  }
  store.commit(std::move(writer), "big");
  const auto reader = store.open("big");
  REQUIRE(reader->size() == piece * pieces);
  for (std::size_t i = 0; i < pieces; ++i) {
    REQUIRE(reader->read(i * piece, bytes) == piece);
    REQUIRE(
        std::all_of(bytes.begin(), bytes.end(), [&](char c) { return c == static_cast<char>(i); }));
  }
  CHECK(reader->read(piece * pieces, bytes) == 0);
  ::getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 8 * 1024);  // kB
}
