// Answers that are pushed, and what their users are told.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

struct User final : ChannelUser {
  void opened(std::shared_ptr<Channel> given) override {
    if (throws) throw std::runtime_error("not today");
    channel = std::move(given);
    open.set();
  }
  void drained() override { empty.set(); }
  void closed() noexcept override { over.set(); }

  bool throws = false;
  std::shared_ptr<Channel> channel;
  Event open, empty, over;
};

struct Pushing : TestServer {
  Pushing() {
    routes.add("GET", "/push", InlineHandler([this](std::unique_ptr<Request>, Reply reply) {
                 reply(response(200));
               }));
    routes.add("GET", "/socket", InlineHandler([this](std::unique_ptr<Request>, Reply reply) {
                 reply(response(101));
               }));
    start();
  }
  Response response(int status) const {
    Response out;
    out.status = status;
    out.content_type = "text/event-stream";
    out.channel = user;
    return out;
  }
  std::shared_ptr<User> user = std::make_shared<User>();
};

}  // namespace

TEST_CASE("a pushed answer goes out as it is sent, and ends when it is closed") {
  Pushing server;
  auto client = server.client();
  client.send("GET /t/push HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server.user->open.wait();
  CHECK(server.user->channel->send("one "));
  server.user->empty.wait();
  CHECK(server.user->channel->queued() == 0);
  CHECK(server.user->channel->send("two"));
  server.user->channel->close();
  const auto answer = client.receive();
  CHECK(answer.status == 200);
  CHECK(answer.body == "one two");
  CHECK(answer.complete);
  server.user->over.wait();
  CHECK(!server.user->channel->send("late"));
}

TEST_CASE("who pushes hears that the client has gone, and that nobody reads") {
  Pushing server;
  Client client(server.port(), 4096);
  client.send("GET /t/push HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server.user->open.wait();
  const std::string piece(64 * 1024, 'x');
  int sent = 0;
  while (server.user->channel->send(piece)) ++sent;  // a limit holds what one client can cost
  CHECK(sent > 16);
  CHECK(server.user->channel->queued() > 1024 * 1024);
  client.reset();
  server.user->over.wait();
}

TEST_CASE("a user that throws ends its channel and is counted") {
  Pushing server;
  server.user->throws = true;
  auto client = server.client();
  const auto answer = client.get("/t/push");
  CHECK(answer.body.empty());
  server.user->over.wait();
  CHECK(server.owner.faults == 1);
}

TEST_CASE("a channel that cannot open is closed") {
  Pushing server;
  auto client = server.client();
  SECTION("HEAD") {
    const auto answer =
        client.ask("HEAD /t/push HTTP/1.1\r\nHost: localhost\r\n\r\n", /*head_only=*/true);
    CHECK(answer.status == 200);
  }
  SECTION("a handshake that is none") { CHECK(client.get("/t/socket").status == 400); }
  server.user->over.wait();
  CHECK(!server.user->channel);
}

TEST_CASE("a server that stops ends what is pushed") {
  Pushing server;
  auto client = server.client();
  client.send("GET /t/push HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server.user->open.wait();
  CHECK(server.server->stop(std::chrono::seconds(30)));
  CHECK(client.receive().complete);
  server.user->over.wait();
}
