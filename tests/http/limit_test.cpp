// Those who dribble, stall and crowd. Deadlines are small here, and what they bring about is
// awaited.
#include <thread>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using namespace std::chrono_literals;

TEST_CASE("a header that does not come is answered 408", "[http]") {
  TestServer t;
  t.options.limits.header_deadline = 100ms;
  t.start();
  auto client = t.client();
  client.send("GET /healthz HTTP/1.1\r\nHost: loc");
  const auto answer = client.receive();
  CHECK(answer.status == 408);
  CHECK(client.closed());
  // A byte now and then does not move the deadline.
  auto dribble = t.client();
  std::thread slow([&] {
    for (const char c : std::string(100'000, 'G'))
      if (!dribble.send(std::string(1, c)))
        return;
      else
        std::this_thread::sleep_for(5ms);
  });
  CHECK(dribble.receive().status == 408);
  CHECK(dribble.closed());
  slow.join();
}

TEST_CASE("a body that comes too slowly is answered 408, a slow one that is fast enough is not",
          "[http]") {
  TestServer t;
  t.options.limits.body_window = 200ms;
  t.options.limits.body_rate = 100;  // 20 bytes a window
  t.routes.add("POST", "/echo",
               Handler([](Request& r) { return TestRoutes::make(std::string(r.body())); }));
  t.start();
  auto stalled = t.client();
  stalled.send("POST /t/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n" +
               std::string(3000, 'x'));
  CHECK(stalled.receive().status == 408);
  CHECK(stalled.closed());
  auto chunked = t.client();
  chunked.send(
      "POST /t/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  CHECK(chunked.receive().status == 408);
  // A second and a half, many windows, each with enough: what counts is the rate, not the whole
  // time.
  auto slow = t.client();
  slow.send("POST /t/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000\r\n\r\n");
  for (int i = 0; i < 30; ++i) {
    slow.send(std::string(1000, 'y'));
    std::this_thread::sleep_for(20ms);
  }
  CHECK(slow.receive().body == std::string(30'000, 'y'));
}

TEST_CASE("idle connections are closed", "[http]") {
  TestServer t;
  t.options.limits.idle = 50ms;
  t.start();
  auto silent = t.client();
  CHECK(silent.closed());
  auto used = t.client();
  CHECK(used.get("/healthz").status == 200);
  CHECK(used.closed());
}

TEST_CASE("a client that takes nothing is cut off", "[http]") {
  TestServer t;
  t.options.limits.write_stall = 100ms;
  t.routes.add("GET", "/large",
               Handler([](Request&) { return TestRoutes::make(std::string(64 << 20, 'x')); }));
  t.start();
  Client client(t.port(), 4096);
  client.send("GET /t/large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  eventually([&] {
    return t.client().get("/metrics").body.find("podium_http_connections 1\n") != std::string::npos;
  });
  CHECK_FALSE(client.receive().complete);
}

TEST_CASE("connections are counted, all together and by address", "[http]") {
  TestServer t;
  SECTION("all together") { t.options.limits.connections = 5; }
  SECTION("by address") { t.options.limits.connections_per_loopback = 5; }
  t.start();
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(t.client());
    CHECK(clients.back().get("/healthz").status == 200);
  }
  auto sixth = t.client();
  const auto refused = sixth.receive();
  CHECK(refused.status == 503);
  CHECK(sixth.closed());
  clients.pop_back();
  eventually([&] { return t.client().get("/healthz").status == 200; });
}

TEST_CASE("five hundred who dribble do not keep others from being answered", "[http]") {
  TestServer t;
  t.options.limits.header_deadline = 60s;
  t.start();
  std::vector<Client> crowd;
  for (int i = 0; i < 500; ++i) {
    crowd.push_back(t.client());
    REQUIRE(crowd.back().send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Dribble: "));
  }
  auto client = t.client();
  for (int i = 0; i < 200; ++i) {
    for (std::size_t k = 0; k < crowd.size(); k += 50) REQUIRE(crowd[k].send("x"));
    REQUIRE(client.get("/healthz").status == 200);
  }
  REQUIRE(crowd.back().send("\r\n\r\n"));
  CHECK(crowd.back().receive().status == 200);
}
