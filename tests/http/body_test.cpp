// Request bodies: chunked, expected, limited, spooled; and answers that are made piece by piece.
#include <atomic>
#include <thread>

#include "blob/local_blob_store.hpp"
#include "fixture.hpp"
#include "log/log.hpp"

using namespace podium;
using namespace podium::test;

namespace {

const bool quiet = (host::start_log(LogLevel::error, host::LogFormat::text), true);

std::string post(std::string_view path, std::string_view body, std::string_view headers = {}) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// Counts to `blocks` in pieces; tells when it is destroyed.
class Counting final : public Generator {
 public:
  Counting(int blocks, std::size_t size, std::atomic<int>* made, Event* gone)
      : blocks_(blocks), size_(size), made_(made), gone_(gone) {}
  ~Counting() override {
    if (gone_) gone_->set();
  }
  bool next(std::string& block) override {
    if (made_) ++*made_;
    block.append(size_, static_cast<char>('a' + at_ % 26));
    return ++at_ < blocks_;
  }

 private:
  int blocks_, at_ = 0;
  std::size_t size_;
  std::atomic<int>* made_;
  Event* gone_;
};

std::string counted(int blocks, std::size_t size) {
  std::string out;
  for (int i = 0; i < blocks; ++i) out.append(size, static_cast<char>('a' + i % 26));
  return out;
}

}  // namespace

TEST_CASE("bodies come whole, with readable bytes behind them", "[http]") {
  TestServer t;
  t.routes.add("POST", "/echo", InlineHandler([](std::unique_ptr<Request> request, Reply reply) {
                 const auto body = request->body();
                 bool zeros = true;
                 for (std::size_t i = 0; i < 64; ++i)
                   zeros = zeros && body.data()[body.size() + i] == '\0';
                 reply(TestRoutes::make((zeros ? "" : "no padding ") + std::string(body)));
               }));
  t.routes
      .add("POST", "/none",
           Handler([](Request& r) { return TestRoutes::make("[" + std::string(r.body()) + "]"); }))
      .body = BodyKind::none;
  t.start();
  auto client = t.client();
  for (const std::size_t size : {0, 1, 100, 17'000, 1'200'000, 8 * 1024 * 1024}) {
    const std::string body(size, 'x');
    CHECK(client.ask(post("/t/echo", body)).body == body);
    std::string chunked =
        "POST /t/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < size; at += 70'000) {
      const auto piece = std::min<std::size_t>(70'000, size - at);
      char head[32];
      std::snprintf(head, sizeof head, "%zx\r\n", piece);
      chunked += head + body.substr(at, piece) + "\r\n";
    }
    CHECK(client.ask(chunked + "0\r\n\r\n").body == body);
  }
  CHECK(client.ask(post("/t/none", "ignored")).body == "[]");
  CHECK(client.get("/healthz").status == 200);
}

TEST_CASE("a body over its limit is refused", "[http]") {
  TestServer t;
  t.options.limits.body_bytes = 1000;
  t.routes.add("POST", "/standard", Handler([](Request& r) {
                 return TestRoutes::make(std::to_string(r.body().size()));
               }));
  t.routes
      .add("POST", "/large",
           Handler([](Request& r) { return TestRoutes::make(std::to_string(r.body().size())); }))
      .body_limit = 100'000;
  t.routes.add("POST", "/none", Handler([](Request&) { return TestRoutes::make("x"); })).body =
      BodyKind::none;
  t.start();
  const auto chunks = [](std::string_view path, std::size_t size) {
    char head[32];
    std::snprintf(head, sizeof head, "%zx\r\n", size);
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + head +
           std::string(size, 'x') + "\r\n0\r\n\r\n";
  };
  CHECK(t.client().ask(post("/t/standard", std::string(1000, 'x'))).body == "1000");
  CHECK(t.client().ask(chunks("/t/standard", 1000)).body == "1000");
  CHECK(t.client().ask(post("/t/large", std::string(100'000, 'x'))).body == "100000");
  for (const auto& text : {post("/t/standard", std::string(1001, 'x')), chunks("/t/standard", 1001),
                           post("/t/none", std::string(1001, 'x')), chunks("/t/none", 100'000),
                           chunks("/t/large", 3'000'000),
                           std::string("POST /t/large HTTP/1.1\r\nHost: "
                                       "localhost\r\nContent-Length: 9999999999999\r\n\r\n")}) {
    INFO(text.substr(0, 100));
    auto client = t.client();
    client.send(text);  // the answer is there although the whole was sent
    const auto answer = client.receive();
    CHECK(answer.status == 413);
    CHECK(answer.headers.at("connection") == "close");
    CHECK(client.closed());
  }
}

TEST_CASE("the bodies in flight are bounded", "[http]") {
  TestServer t;
  t.options.limits.bodies_in_flight = 100'000;
  Event arrived, release;
  t.routes.add("POST", "/hold", Handler([&](Request&) {
                 arrived.set();
                 release.wait();
                 return TestRoutes::make("held");
               }));
  t.routes.add("POST", "/x", Handler([](Request&) { return TestRoutes::make("x"); }));
  t.start();
  auto holder = t.client();
  holder.send(post("/t/hold", std::string(60'000, 'x')));
  arrived.wait();
  const auto refused = t.client().ask(post("/t/x", std::string(60'000, 'x')));
  CHECK(refused.status == 503);
  CHECK(refused.headers.count("retry-after") == 1);
  CHECK(t.client().ask(post("/t/x", std::string(30'000, 'x'))).body == "x");
  release.set();
  CHECK(holder.receive().body == "held");
  eventually([&] { return t.client().ask(post("/t/x", std::string(60'000, 'x'))).status == 200; });
}

TEST_CASE("Expect: 100-continue", "[http]") {
  TestServer t;
  t.routes
      .add("POST", "/echo",
           Handler([](Request& r) { return TestRoutes::make(std::string(r.body())); }))
      .body_limit = 100;
  t.start();
  auto client = t.client();
  const std::string head = "POST /t/echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n";
  CHECK(client.ask(head + "Content-Length: 4\r\n\r\n").status == 100);
  CHECK(client.ask("body").body == "body");
  CHECK(client.ask(head + "Transfer-Encoding: chunked\r\n\r\n").status == 100);
  CHECK(client.ask("4\r\nbody\r\n0\r\n\r\n").body == "body");
  CHECK(client.ask(head + "Content-Length: 4\r\n\r\nbody").body == "body");  // not waited for
  CHECK(client.ask(head + "Content-Length: 101\r\n\r\n").status ==
        413);  // without being asked for it
  CHECK(t.client()
            .ask("POST /t/none HTTP/1.1\r\nHost: localhost\r\nExpect: "
                 "100-continue\r\nContent-Length: 4\r\n\r\n")
            .status == 404);
  CHECK(t.client()
            .ask("POST /t/echo HTTP/1.1\r\nHost: localhost\r\nExpect: a-miracle\r\nContent-Length: "
                 "4\r\n\r\n")
            .status == 417);
}

TEST_CASE("uploads are spooled to the blob store", "[http]") {
  const TemporaryFolder folder;
  host::LocalBlobStore store(folder.path());
  TestServer t;
  t.options.blobs = &store;
  t.options.limits.bodies_in_flight = 100'000;  // an upload is none of them
  t.routes
      .add("PUT", "/files/{name*}", Handler([&](Request& r) {
             auto upload = r.upload();
             const auto size = upload->size();
             store.commit(std::move(upload), r.segment("name"));
             return TestRoutes::make(std::to_string(size) + (r.upload() ? " twice" : ""));
           }))
      .body = BodyKind::spooled;
  t.routes.add("PUT", "/unused", Handler([&](Request&) { return TestRoutes::make("x"); })).body =
      BodyKind::spooled;
  auto& limited =
      t.routes.add("PUT", "/limited", Handler([&](Request&) { return TestRoutes::make("x"); }));
  limited.body = BodyKind::spooled;
  limited.body_limit = 1000;
  t.routes.add("PUT", "/denied", Handler([&](Request&) { return TestRoutes::make("x"); }), "nobody")
      .body = BodyKind::spooled;
  t.options.permits = [](const Principal&, std::string_view permission) {
    return permission != "nobody";
  };
  t.start();
  const auto spooled = [&] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path() / ".tmp"))
      if (entry.is_regular_file()) ++count;
    return count;
  };
  auto client = t.client();
  for (const std::size_t size : {0, 1, 256 * 1024, 256 * 1024 + 1, 3'000'000}) {
    const auto body = counted(static_cast<int>(size / 1000), 1000) + std::string(size % 1000, '!');
    const auto answer = client.ask(
        "PUT /t/files/d/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(size) +
        "\r\n\r\n" + body);
    CHECK(answer.body == std::to_string(size));
    const auto reader = store.open("d/x");
    std::string kept(size + 1, '\0');
    kept.resize(reader->read(0, kept));
    CHECK(kept == body);
  }
  CHECK(client
            .ask("PUT /t/files/c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                 "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
            .body == "5");
  CHECK(store.stat("c")->size == 5);
  CHECK(
      client
          .ask("PUT /t/files/a%2F..%2Fb HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx")
          .status == 400);
  CHECK(client.ask("PUT /t/files//etc/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx")
            .status == 400);
  CHECK(
      client.ask("PUT /t/unused HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx").body ==
      "x");
  CHECK(t.client()
            .ask("PUT /t/limited HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n")
            .status == 413);
  CHECK(t.client()
            .ask("PUT /t/limited HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                 "chunked\r\n\r\n3e9\r\n" +
                 std::string(1001, 'x') + "\r\n0\r\n\r\n")
            .status == 413);
  CHECK(t.client()
            .ask("PUT /t/denied HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc")
            .status == 403);
  {
    auto cut = t.client();
    cut.send("PUT /t/files/cut HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" +
             std::string(600'000, 'x'));
    eventually([&] { return spooled() == 1; });
    cut.reset();
  }
  eventually([&] { return spooled() == 0; });
  CHECK_FALSE(store.stat("cut"));
}

TEST_CASE("a generator's answer is chunked, and made as fast as it leaves", "[http]") {
  TestServer t;
  std::atomic<int> made{0};
  Event gone;
  t.routes.add("GET", "/stream/{blocks}", Handler([](Request& r) {
                 Response response;
                 response.stream = std::make_unique<Counting>(
                     std::stoi(std::string(r.segment("blocks"))), 1000, nullptr, nullptr);
                 return response;
               }));
  t.routes.add("GET", "/endless", InlineHandler([&](std::unique_ptr<Request>, Reply reply) {
                 Response response;
                 response.stream = std::make_unique<Counting>(1 << 30, 64 * 1024, &made, &gone);
                 reply(std::move(response));
               }));
  struct Breaking final : Generator {
    int at = 0, last;
    explicit Breaking(int l) : last(l) {}
    bool next(std::string& block) override {
      block = "piece";
      if (at++ == last) throw Error(ErrorCode::corrupt, "a chunk is damaged");
      return true;
    }
  };
  for (const int last : {0, 3})
    t.routes.add("GET", "/breaks/" + std::to_string(last), Handler([last](Request&) {
                   Response response;
                   response.stream = std::make_unique<Breaking>(last);
                   return response;
                 }));
  t.start();
  auto client = t.client();
  const auto many = client.get("/t/stream/500");
  CHECK(many.headers.at("transfer-encoding") == "chunked");
  CHECK(many.complete);
  CHECK(many.body == counted(500, 1000));
  const auto one = client.get("/t/stream/1");  // it fits one block: it has a length
  CHECK(one.headers.at("content-length") == "1000");
  CHECK(one.body == counted(1, 1000));
  CHECK(client.ask("HEAD /t/stream/500 HTTP/1.1\r\nHost: localhost\r\n\r\n", true).status == 200);
  CHECK(client.get("/t/breaks/0").status == 500);
  const auto broken = t.client().get("/t/breaks/3");
  CHECK(broken.status == 200);
  CHECK_FALSE(broken.complete);
  auto old = t.client();
  CHECK(old.ask("GET /t/stream/500 HTTP/1.0\r\nHost: localhost\r\n\r\n").body ==
        counted(500, 1000));

  Client slow(t.port(), 4096);
  slow.send("GET /t/endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(slow.take(1'000'000).size() == 1'000'000);
  // Nobody takes more: no more is made than what sockets hold (some MB), however long one looks.
  int before = -1;
  eventually([&] {
    const bool same = made.load() == before;
    before = made.load();
    if (!same) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return same;
  });
  CHECK(before < 500);
  slow.reset();
  gone.wait();
}
