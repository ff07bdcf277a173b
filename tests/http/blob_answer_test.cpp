// Blobs as answers: ranges, conditions, and by both ways of sending.
#include "blob/local_blob_store.hpp"
#include "fixture.hpp"
#include "http/answer.hpp"

using namespace podium;
using namespace podium::test;

namespace {

/// A reader that has no file behind it.
class Memory final : public BlobReader {
 public:
  explicit Memory(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  std::int64_t modified() const override { return 784111777'123; }
  std::size_t read(std::uint64_t offset, std::span<char> buffer) override {
    const auto n = std::min<std::size_t>(
        buffer.size(), text_.size() - std::min<std::size_t>(offset, text_.size()));
    std::memcpy(buffer.data(), text_.data() + offset, n);
    return n;
  }

 private:
  std::string text_;
};

std::string bytes_of(std::size_t size) {
  std::string out(size, '\0');
  std::uint32_t x = 1;
  for (auto& c : out) c = static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  return out;
}

struct BlobServer : TestServer {
  BlobServer() : store(folder.path()) {
    const auto put = [&](std::string_view name, std::string_view text) {
      auto writer = store.create();
      writer->write({text.data(), text.size()});
      store.commit(std::move(writer), name);
    };
    put("ten", "0123456789");
    put("empty", "");
    put("big", big);
    routes.add("GET", "/file/{name}", Handler([this](Request& r) {
                 Response response;
                 response.content_type = "application/octet-stream";
                 response.blob = store.open(r.segment("name"));
                 return response;
               }));
    routes.add("GET", "/memory/{name}", Handler([this](Request& r) {
                 Response response;
                 response.blob =
                     std::make_shared<Memory>(r.segment("name") == "big"   ? big
                                              : r.segment("name") == "ten" ? "0123456789"
                                                                           : "");
                 return response;
               }));
    routes.add("GET", "/tagged", Handler([](Request&) {
                 auto response = TestRoutes::make("text");
                 response.headers.emplace_back("ETag", "\"v7\"");
                 return response;
               }));
    start();
  }
  const std::string big = bytes_of(20'000'000);
  TemporaryFolder folder;
  host::LocalBlobStore store;
};

}  // namespace

TEST_CASE("a blob is sent whole or in part", "[http]") {
  BlobServer t;
  auto client = t.client();
  struct Row {
    const char* range;
    int status;
    const char* body;
    const char* content_range;
  };
  for (const std::string base : {"/t/file/", "/t/memory/"}) {
    for (const Row& row : std::vector<Row>{{"", 200, "0123456789", nullptr},
                                           {"bytes=0-4", 206, "01234", "bytes 0-4/10"},
                                           {"bytes=5-", 206, "56789", "bytes 5-9/10"},
                                           {"bytes=-3", 206, "789", "bytes 7-9/10"},
                                           {"bytes=0-99", 206, "0123456789", "bytes 0-9/10"},
                                           {"bytes=10-", 416, nullptr, "bytes */10"},
                                           {"bytes=-0", 416, nullptr, "bytes */10"},
                                           {"bytes=0-1,4-5", 200, "0123456789", nullptr},
                                           {"bytes=4-1", 200, "0123456789", nullptr},
                                           {"lines=1-2", 200, "0123456789", nullptr}}) {
      INFO(base << " " << row.range);
      const auto answer =
          client.get(base + "ten", *row.range ? "Range: " + std::string(row.range) + "\r\n" : "");
      CHECK(answer.status == row.status);
      CHECK(answer.complete);
      if (row.body) CHECK(answer.body == row.body);
      CHECK(answer.headers.count("content-range") == (row.content_range ? 1 : 0));
      if (row.content_range) CHECK(answer.headers.at("content-range") == row.content_range);
    }
    const auto whole = client.get(base + "big");
    CHECK(whole.headers.at("accept-ranges") == "bytes");
    CHECK(whole.headers.at("content-length") == "20000000");
    CHECK(whole.body == t.big);
    const auto part = client.get(base + "big", "Range: bytes=1234567-18999999\r\n");
    CHECK(part.body == t.big.substr(1234567, 18999999 - 1234567 + 1));
    CHECK(client.get(base + "empty").body.empty());
    CHECK(client.get(base + "empty", "Range: bytes=0-\r\n").status == 416);
    const auto head = client.ask(
        "HEAD " + base + "big HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\n\r\n", true);
    CHECK(head.status == 200);
    CHECK(head.headers.at("content-length") == "20000000");
  }
}

TEST_CASE("what the caller has already is not sent", "[http]") {
  BlobServer t;
  auto client = t.client();
  const auto first = client.get("/t/file/ten");
  const auto tag = first.headers.at("etag"), date = first.headers.at("last-modified");
  for (const auto& condition : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    const auto answer = client.get("/t/file/ten", "If-None-Match: " + condition + "\r\n");
    CHECK(answer.status == 304);
    CHECK(answer.headers.at("etag") == tag);
    CHECK(answer.headers.count("content-length") == 0);
  }
  CHECK(client.get("/t/file/ten", "If-None-Match: \"other\"\r\n").status == 200);
  CHECK(client.get("/t/tagged", "If-None-Match: \"v7\"\r\n").status == 304);
  CHECK(client.get("/t/tagged").body == "text");
  for (const auto& [condition, status] :
       std::vector<std::pair<std::string, int>>{{tag, 206},
                                                {date, 206},
                                                {"\"other\"", 200},
                                                {"W/" + tag, 200},
                                                {host::http_date(0), 200}})
    CHECK(client.get("/t/file/ten", "Range: bytes=0-1\r\nIf-Range: " + condition + "\r\n").status ==
          status);
}

TEST_CASE("a file that shrinks while it is sent ends the connection", "[http]") {
  BlobServer t;
  Client client(t.port(), 4096);
  client.send("GET /t/file/big HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.take(100'000).size() == 100'000);
  std::filesystem::resize_file(t.folder.path() / "big", 1000);
  client.take(t.big.size());
  CHECK(client.closed());
}
