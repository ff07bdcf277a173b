// Lanes: who holds which thread, for how long, and what happens to those who wait.
#include <atomic>
#include <thread>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

TEST_CASE("clients that read slowly hold no pool thread", "[http]") {
  TestServer t;
  t.options.pool_threads = 4;  // one for the plugin
  struct Endless final : Generator {
    bool next(std::string& block) override {
      block.assign(64 * 1024, 'x');
      return true;
    }
  };
  std::atomic<int> started{0};
  t.routes.add("GET", "/endless", Handler([&](Request&) {
                 Response response;
                 response.stream = std::make_unique<Endless>();
                 ++started;
                 return response;
               }));
  t.routes.add("GET", "/large",
               Handler([&](Request&) { return TestRoutes::make(std::string(32 << 20, 'x')); }));
  t.routes.add("GET", "/quick", Handler([](Request&) { return TestRoutes::make("quick"); }));
  t.start();
  std::vector<Client> slow;
  for (int i = 0; i < 40; ++i) {
    slow.emplace_back(t.port(), 4096);
    slow.back().send("GET /t/endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  for (auto& client : slow) CHECK(client.take(1000).size() == 1000);
  CHECK(started == 40);
  for (int i = 0; i < 20; ++i) CHECK(t.client().get("/t/quick").body == "quick");
  slow.clear();
}

TEST_CASE("a plugin's route waits for a thousand inline requests beside it, and gets them",
          "[http]") {
  TestServer t;
  t.options.io_threads = 1;
  std::atomic<int> answered{0};
  Event enough, waiting;
  t.routes.add("GET", "/blocks", Handler([&](Request&) {
                 waiting.set();
                 enough.wait();
                 return TestRoutes::make(std::to_string(answered.load()));
               }));
  t.routes.add("GET", "/health", InlineHandler([&](std::unique_ptr<Request>, Reply reply) {
                 reply(TestRoutes::make("OK"));
                 if (++answered == 1000) enough.set();
               }));
  t.start();
  auto blocked = t.client();
  blocked.send("GET /t/blocks HTTP/1.1\r\nHost: localhost\r\n\r\n");
  waiting.wait();
  auto client = t.client();
  for (int i = 0; i < 1000; ++i) REQUIRE(client.get("/t/health").body == "OK");
  CHECK(blocked.receive().body == "1000");
}

TEST_CASE("a plugin holds a quarter of the pool, the rest waits, then is refused by name",
          "[http]") {
  TestServer t("acme.greedy");
  t.options.pool_threads = 8;
  t.options.limits.waiting_per_owner = 3;
  std::atomic<int> running{0}, most{0};
  Event release;
  t.routes.add("GET", "/hold", Handler([&](Request&) {
                 const int now = ++running;
                 if (now > most) most = now;
                 release.wait();
                 --running;
                 return TestRoutes::make("held");
               }));
  t.start();
  TestRoutes other("other", "/other"), first("first", "/first");
  other.add("GET", "/x", Handler([](Request&) { return TestRoutes::make("other"); }));
  std::atomic<int> together{0};
  Event all;
  first.add("GET", "/x", Handler([&](Request&) {
              if (++together == 6) all.set();
              all.wait();
              return TestRoutes::make("first");
            }));
  host::PluginOwner other_owner, first_owner;
  other_owner.id = "acme.other";
  first_owner.id = "podium.first";
  t.server->add(other, other_owner);
  t.server->add(first, first_owner, true);
  std::vector<Client> holders;
  const auto hold = [&] {
    holders.emplace_back(t.port());
    holders.back().send("GET /t/hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  };
  hold(), hold();
  eventually([&] { return running == 2; });
  hold(), hold(), hold();
  eventually([&] {
    return t.client().get("/metrics").body.find("podium_pool_queued 3\n") != std::string::npos;
  });
  const auto refused = t.client().get("/t/hold");
  CHECK(refused.status == 503);
  CHECK(refused.body.find("plugin 'acme.greedy' has too many calls waiting") != std::string::npos);
  CHECK(t.client().get("/other/x").body == "other");
  std::vector<Client> firsts;
  for (int i = 0; i < 6; ++i) {  // all at once, where a third party would have two
    firsts.emplace_back(t.port());
    firsts.back().send("GET /first/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  for (auto& client : firsts) CHECK(client.receive().body == "first");
  release.set();
  for (auto& holder : holders) CHECK(holder.receive().body == "held");
  CHECK(most == 2);
}

TEST_CASE("past its time limit a call is answered 504 and sees it", "[http]") {
  TestServer t("acme.slow");
  Event saw;
  t.routes
      .add("GET", "/slow", Handler([&](Request& r) {
             eventually([&] { return r.cancel().cancelled(); });
             saw.set();
             return TestRoutes::make("too late");
           }))
      .time_limit = std::chrono::milliseconds(50);
  t.routes.inline_text("/x", "x");
  t.start();
  auto client = t.client();
  const auto answer = client.get("/t/slow");
  CHECK(answer.status == 504);
  CHECK(answer.body.find("GET /t/slow took longer") != std::string::npos);
  saw.wait();
  CHECK(client.get("/t/x").body == "x");
}

TEST_CASE("a call that waited past its time limit never runs", "[http]") {
  TestServer t;
  t.options.pool_threads = 4;  // one for the plugin
  Event held, release;
  std::atomic<bool> ran{false};
  t.routes.add("GET", "/hold", Handler([&](Request&) {
                 held.set();
                 release.wait();
                 return TestRoutes::make("held");
               }));
  t.routes
      .add("GET", "/late", Handler([&](Request&) {
             ran = true;
             return TestRoutes::make("ran");
           }))
      .time_limit = std::chrono::milliseconds(20);
  t.routes.add("GET", "/next", Handler([&](Request&) { return TestRoutes::make("next"); }));
  t.start();
  auto holder = t.client();
  holder.send("GET /t/hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  held.wait();
  CHECK(t.client().get("/t/late").status == 504);
  release.set();
  CHECK(holder.receive().body == "held");
  CHECK(t.client().get("/t/next").body == "next");
  CHECK_FALSE(ran);
}

TEST_CASE("a client that goes away is told to its handler", "[http]") {
  TestServer t;
  Event pooled_started, pooled_saw, inline_started, inline_saw;
  t.routes.add("GET", "/pooled", Handler([&](Request& r) {
                 pooled_started.set();
                 eventually([&] { return r.cancel().cancelled(); });
                 pooled_saw.set();
                 return TestRoutes::make("nobody reads this");
               }));
  std::thread worker;
  t.routes.add(
      "GET", "/inline", InlineHandler([&](std::unique_ptr<Request> request, Reply reply) {
        worker = std::thread([&, request = std::move(request), reply = std::move(reply)]() mutable {
          inline_started.set();
          eventually([&] { return request->cancel().cancelled(); });
          inline_saw.set();
          reply(TestRoutes::make("nobody reads this"));
        });
      }));
  t.start();
  auto one = t.client(), two = t.client();
  one.send("GET /t/pooled HTTP/1.1\r\nHost: localhost\r\n\r\n");
  two.send("GET /t/inline HTTP/1.1\r\nHost: localhost\r\n\r\n");
  pooled_started.wait(), inline_started.wait();
  one.reset();
  two.close();
  pooled_saw.wait(), inline_saw.wait();
  worker.join();
}

TEST_CASE("replies come from any thread, in any order", "[http]") {
  TestServer t;
  std::mutex mutex;
  std::vector<std::pair<std::unique_ptr<Request>, Reply>> waiting;
  t.routes.add("GET", "/wait/{n}",
               InlineHandler([&](std::unique_ptr<Request> request, Reply reply) {
                 const std::lock_guard lock(mutex);
                 waiting.emplace_back(std::move(request), std::move(reply));
               }));
  t.start();
  std::vector<Client> clients;
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back(t.port());
    clients.back().send("GET /t/wait/" + std::to_string(i) +
                        " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  eventually([&] {
    const std::lock_guard lock(mutex);
    return waiting.size() == 50;
  });
  std::vector<std::thread> threads;
  for (int k = 0; k < 4; ++k)
    threads.emplace_back([&, k] {
      for (std::size_t i = static_cast<std::size_t>(k); i < 50; i += 4) {
        auto& [request, reply] = waiting[49 - i];
        reply(TestRoutes::make(std::string(request->segment("n"))));
        reply(TestRoutes::make("again"));  // the second does nothing
      }
    });
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < 50; ++i)
    CHECK(clients[static_cast<std::size_t>(i)].receive().body == std::to_string(i));
  waiting.clear();
}

TEST_CASE("stopping answers what is in flight and closes the rest", "[http]") {
  TestServer t;
  Event started, release;
  t.routes.add("GET", "/hold", Handler([&](Request&) {
                 started.set();
                 release.wait();
                 return TestRoutes::make("held");
               }));
  t.start();
  auto idle = t.client();
  CHECK(idle.get("/healthz").status == 200);
  auto busy = t.client();
  busy.send("GET /t/hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
  started.wait();
  const auto port = t.port();
  bool clean = false;
  std::thread stopper([&] { clean = t.server->stop(std::chrono::minutes(1)); });
  CHECK(idle.closed());
  CHECK_FALSE(Client(port).connected());  // the listener went first
  release.set();
  const auto answer = busy.receive();
  CHECK(answer.body == "held");
  CHECK(answer.headers.at("connection") == "close");
  CHECK(busy.closed());
  stopper.join();
  CHECK(clean);
}

TEST_CASE("stopping cuts off what outlasts the deadline", "[http]") {
  TestServer t;
  Event started;
  std::unique_ptr<Reply> kept;
  t.routes.add("GET", "/never", InlineHandler([&](std::unique_ptr<Request>, Reply reply) {
                 kept = std::make_unique<Reply>(std::move(reply));
                 started.set();
               }));
  Event pooled;
  t.routes.add("GET", "/cancel", Handler([&](Request& r) {
                 pooled.set();
                 eventually([&] { return r.cancel().cancelled(); });
                 return TestRoutes::make("late");
               }));
  t.start();
  auto client = t.client(), other = t.client();
  client.send("GET /t/never HTTP/1.1\r\nHost: localhost\r\n\r\n");
  other.send("GET /t/cancel HTTP/1.1\r\nHost: localhost\r\n\r\n");
  started.wait(), pooled.wait();
  CHECK_FALSE(t.server->stop(std::chrono::milliseconds(10)));
  CHECK(client.closed());
  t.server.reset();
  (*kept)(TestRoutes::make("to nobody"));  // long after the server has gone
}
