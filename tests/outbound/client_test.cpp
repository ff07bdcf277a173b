// The outbound client against servers that answer well, badly, slowly and too much.
#include "outbound/client.hpp"

#include <zlib.h>

#include <future>

#include "servers.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::host;
using namespace podium::test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<HttpClient> client_for(const ScriptedServer& server) {
  return make_http_client({{server.origin()}, {}, {}});
}

IncomingAnswer get(HttpClient& client, std::string url, std::chrono::milliseconds limit = 30s,
                   std::size_t most = 1 << 20) {
  return client.send({"GET", std::move(url), {}, {}, limit, most}, Never());
}

/// What the client makes of an answer.
IncomingAnswer answer_to(std::string text, std::size_t most = 1 << 20) {
  ScriptedServer server([&](int socket, const std::string&) { say(socket, text); });
  return get(*client_for(server), server.origin() + "/", 30s, most);
}
ErrorCode refusal_of(std::string text, std::size_t most = 1 << 20) {
  return error_of([&] { (void)answer_to(std::move(text), most); }).code();
}

std::string header(const IncomingAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name) return value;
  return {};
}

}  // namespace

TEST_CASE("a request arrives as it was given, and its answer comes back") {
  std::string body;
  ScriptedServer server([&](int socket, const std::string&) {
    body.resize(7);
    (void)::recv(socket, body.data(), body.size(), MSG_WAITALL);
    say(socket,
        "HTTP/1.1 201 Created\r\nX-Kind: fine\r\nContent-Length: 5\r\nConnection: "
        "close\r\n\r\nhello");
  });
  const auto answer = client_for(server)->send({"POST",
                                                server.origin() + "/a%2Fb?x=%26",
                                                {{"X-Some", "thing"}, {"Content-Type", "text/x"}},
                                                "content",
                                                30s},
                                               Never());
  CHECK(answer.status == 201);
  CHECK(answer.body == "hello");
  CHECK(header(answer, "X-Kind") == "fine");
  CHECK(body == "content");
  const auto request = server.last_request();
  CHECK(request.starts_with("POST /a%2Fb?x=%26 HTTP/1.1\r\n"));
  for (const std::string& line :
       {"Host: 127.0.0.1:" + std::to_string(server.port()), std::string("X-Some: thing"),
        std::string("Content-Type: text/x"), std::string("Content-Length: 7"),
        std::string("Connection: close"), std::string("Accept-Encoding: identity")})
    CHECK(request.find("\r\n" + line + "\r\n") != request.npos);
}

TEST_CASE("each method is sent, and none but them") {
  ScriptedServer server([](int socket, const std::string&) {
    say(socket, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  });
  const auto client = client_for(server);
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}) {
    CHECK(client->send({method, server.origin() + "/"}, Never()).status == 204);
    CHECK(server.last_request().starts_with(std::string(method) + " / HTTP/1.1\r\n"));
  }
  for (const char* method : {"", "get", "CONNECT", "TRACE", "GET /x HTTP/1.1\r\nX: y"})
    CHECK(error_of([&] {
            (void)client->send({method, server.origin() + "/"}, Never());
          }).code() == ErrorCode::invalid);
}

TEST_CASE("a redirect is an answer, never followed") {
  ScriptedServer other([](int socket, const std::string&) {
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  for (const char* status : {"301 Moved", "302 Found", "303 See Other", "307 T", "308 P"}) {
    const auto answer =
        answer_to("HTTP/1.1 " + std::string(status) + "\r\nLocation: " + other.origin() +
                  "/\r\nContent-Length: 0\r\n\r\n");
    CHECK(answer.status == std::stoi(status));
    CHECK(header(answer, "Location") == other.origin() + "/");
  }
  CHECK(other.connections() == 0);
}

TEST_CASE("answers of every form are read") {
  CHECK(answer_to(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            .body == "abcde");
  CHECK(answer_to("HTTP/1.0 200 OK\r\n\r\nuntil the end").body == "until the end");
  CHECK(answer_to("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n").status == 304);
  CHECK(answer_to("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno").status == 500);
  CHECK(answer_to("HTTP/1.1 599 Odd\r\nContent-Length: 2\r\n\r\nno").body == "no");
}

TEST_CASE("what is no answer, or a part of one, is no answer") {
  for (const char* text :
       {"", "nonsense", "\r\n\r\n", "SSH-2.0-OpenSSH_9\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    INFO(text);
    CHECK(refusal_of(text) == ErrorCode::unavailable);
  }
}

TEST_CASE("too much is refused, however it is sent") {
  const std::string big(2000, 'x');
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  CHECK(refusal_of(ok + "Content-Length: 2000\r\n\r\n" + big, 1000) == ErrorCode::too_large);
  CHECK(refusal_of(ok + "\r\n" + big, 1000) == ErrorCode::too_large);
  CHECK(refusal_of(ok + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + big + "\r\n0\r\n\r\n",
                   1000) == ErrorCode::too_large);
  CHECK(answer_to(ok + "Content-Length: 2000\r\n\r\n" + big, 2000).body == big);
  CHECK(refusal_of(ok + "X: " + std::string(10'000, 'x') + "\r\n\r\n") == ErrorCode::too_large);
  CHECK(refusal_of("HTTP/1.1 200 " + std::string(10'000'000, 'x')) == ErrorCode::too_large);
  CHECK(refusal_of(std::string(1'000'000, 'x')) == ErrorCode::too_large);
  // Endless: headers, chunks without content, extensions of a chunk.
  for (const auto& [begin, part] : {std::pair<std::string, std::string>{ok, "X: y\r\n"},
                                    {ok + "Transfer-Encoding: chunked\r\n\r\n1;", big}}) {
    ScriptedServer server([&, begin = begin, part = part](int socket, const std::string&) {
      if (!say(socket, begin)) return;
      while (say(socket, part)) {
      }
    });
    CHECK(error_of([&] { (void)get(*client_for(server), server.origin() + "/"); }).code() ==
          ErrorCode::too_large);
  }
}

TEST_CASE("a compressed answer is left as it is, so that it cannot grow") {
  const std::string zeros(1'000'000, '\0');
  std::string packed(zeros.size(), '\0');
  uLongf size = packed.size();
  REQUIRE(::compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                     reinterpret_cast<const Bytef*>(zeros.data()), zeros.size()) == Z_OK);
  packed.resize(size);
  for (const char* encoding : {"deflate", "gzip", "br"}) {
    const auto answer =
        answer_to("HTTP/1.1 200 OK\r\nContent-Encoding: " + std::string(encoding) +
                      "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + packed,
                  10'000);
    CHECK(answer.body == packed);
  }
}

TEST_CASE("the time limit holds over all phases") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
  const std::vector<ScriptedServer::Script> slow = {
      [](int socket, const std::string&) {  // says nothing
        char byte;
        while (::recv(socket, &byte, 1, 0) > 0) {
        }
      },
      [](int socket, const std::string&) { dribble(socket, "HTTP/1.1 200 OK\r\n"); },
      [](int socket, const std::string&) {
        if (say(socket, "HTTP/1.1 200 OK\r\n")) dribble(socket, "X-A: b\r\n");
      },
      [&](int socket, const std::string&) {
        if (say(socket, head)) dribble(socket, "x");
      },
      [](int socket, const std::string&) {
        if (say(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
          dribble(socket, "1\r\nx\r\n");
      },
  };
  for (const auto& script : slow) {
    ScriptedServer server(script);
    CHECK(error_of([&] { (void)get(*client_for(server), server.origin() + "/", 200ms); }).code() ==
          ErrorCode::timeout);
  }
}

TEST_CASE("a server that does not read cannot hold a large request") {
  std::promise<void> over;
  auto wait = over.get_future();
  ScriptedServer server([&](int, const std::string&) { wait.wait(); });
  const auto code =
      error_of([&] {
        (void)client_for(server)->send(
            {"POST", server.origin() + "/", {}, std::string(50'000'000, 'x'), 300ms}, Never());
      }).code();
  over.set_value();
  CHECK(code == ErrorCode::timeout);
}

TEST_CASE("a look-up that hangs, fails or is cancelled ends the call") {
  std::promise<void> over;
  const auto hang = over.get_future().share();
  OutboundOptions options{{"http://slow.example", "http://none.example"}, {}, {}};
  options.look_up = [hang](const std::string& name) -> std::vector<Address> {
    if (name == "none.example") return {};
    hang.wait();
    return {*parse_address("8.8.8.8")};
  };
  const auto client = make_http_client(options);
  CHECK(error_of([&] { (void)get(*client, "http://slow.example/", 100ms); }).code() ==
        ErrorCode::timeout);
  Flag flag;
  flag.set = true;
  CHECK(error_of([&] {
          (void)client->send({"GET", "http://slow.example/"}, flag);
        }).code() == ErrorCode::cancelled);
  CHECK(error_of([&] { (void)get(*client, "http://none.example/"); }).code() ==
        ErrorCode::unavailable);
  over.set_value();
}

TEST_CASE("a call is cancelled while it waits for the answer") {
  Flag flag;
  ScriptedServer server([&](int socket, const std::string&) {
    flag.set = true;
    char byte;
    while (::recv(socket, &byte, 1, 0) > 0) {
    }
  });
  CHECK(error_of([&] {
          (void)client_for(server)->send({"GET", server.origin() + "/", {}, {}, 60s}, flag);
        }).code() == ErrorCode::cancelled);
}

TEST_CASE("nothing is called that is not listed") {
  ScriptedServer server(
      [](int socket, const std::string&) { say(socket, "HTTP/1.1 204 No Content\r\n\r\n"); });
  const std::string port = std::to_string(server.port());
  const auto none = make_http_client({});
  const Error e =
      error_of([&] { (void)get(*none, server.origin() + "/secret-path?secret-query"); });
  CHECK(e.code() == ErrorCode::denied);
  CHECK(std::string(e.what()).find("outbound_allow") != std::string::npos);
  CHECK(std::string(e.what()).find("secret") == std::string::npos);
  const auto client = client_for(server);
  for (const std::string& url :
       {"https://127.0.0.1:" + port + "/", std::string("http://127.0.0.1/"),
        "http://127.0.0.2:" + port + "/", "http://localhost:" + port + "/", "http://[::1]:" + port,
        "http://[::ffff:127.0.0.1]:" + port, "http://0.0.0.0:" + port + "/"}) {
    INFO(url);
    CHECK(error_of([&] { (void)get(*client, url); }).code() == ErrorCode::denied);
    CHECK(error_of([&] { client->check(url); }).code() == ErrorCode::denied);
  }
  CHECK(server.connections() == 0);
  client->check(server.origin() + "/x");
}

TEST_CASE("a name that leads to a forbidden address is refused, all its addresses being checked") {
  ScriptedServer server(
      [](int socket, const std::string&) { say(socket, "HTTP/1.1 204 No Content\r\n\r\n"); });
  const std::string origin = "http://hooks.example:" + std::to_string(server.port());
  int asked = 0;
  std::vector<std::string> addresses;
  OutboundOptions options{{origin}, {}, {}};
  options.look_up = [&](const std::string&) {
    ++asked;
    std::vector<Address> out;
    for (const auto& a : addresses) out.push_back(*parse_address(a));
    return out;
  };
  const auto client = make_http_client(options);
  const std::vector<std::vector<std::string>> forbidden = {{"127.0.0.1"},
                                                           {"10.1.2.3"},
                                                           {"172.16.0.1"},
                                                           {"192.168.1.1"},
                                                           {"169.254.169.254"},
                                                           {"100.64.0.1"},
                                                           {"0.0.0.0"},
                                                           {"224.0.0.1"},
                                                           {"::1"},
                                                           {"fd00::1"},
                                                           {"fe80::1"},
                                                           {"::ffff:127.0.0.1"},
                                                           {"::127.0.0.1"},
                                                           {"64:ff9b::7f00:1"},
                                                           {"2002:7f00:1::"},
                                                           {"ff02::1"},
                                                           {"8.8.8.8", "127.0.0.1"}};
  for (const auto& list : forbidden) {
    INFO(list.back());
    addresses = list;
    const Error e = error_of([&] { (void)get(*client, origin + "/"); });
    CHECK(e.code() == ErrorCode::denied);
    CHECK(std::string(e.what()).find("outbound_networks") != std::string::npos);
  }
  CHECK(server.connections() == 0);
  client->check(origin + "/");  // the name alone could be called

  SECTION("unless the network is listed; the name is looked up once and keeps its place in Host") {
    options.networks = {"127.0.0.0/8"};
    asked = 0;
    addresses = {"127.0.0.1"};
    CHECK(get(*make_http_client(options), origin + "/").status == 204);
    CHECK(asked == 1);
    CHECK(server.last_request().find("Host: hooks.example:") != std::string::npos);
    addresses = {"127.0.0.1", "10.0.0.1"};
    CHECK(error_of([&] { (void)get(*make_http_client(options), origin + "/"); }).code() ==
          ErrorCode::denied);
  }
  SECTION("the next address is tried where the first refuses") {
    options.networks = {"127.0.0.0/8", "::1"};
    addresses = {"::1", "127.0.0.1"};
    CHECK(get(*make_http_client(options), origin + "/").status == 204);
  }
}

TEST_CASE("a port that nobody listens on is unavailable") {
  std::string origin;
  {
    ScriptedServer server([](int, const std::string&) {});
    origin = server.origin();
  }
  CHECK(error_of([&] {
          (void)get(*make_http_client({{origin}, {}, {}}), origin + "/");
        }).code() == ErrorCode::unavailable);
}

TEST_CASE("headers cannot be smuggled in") {
  ScriptedServer server(
      [](int socket, const std::string&) { say(socket, "HTTP/1.1 204 No Content\r\n\r\n"); });
  const auto client = client_for(server);
  const std::pair<std::string, std::string> wrong[] = {{"X", "secret\r\nHost: evil"},
                                                       {"X", "secret\n"},
                                                       {"X", std::string("a\0b", 3)},
                                                       {"X", "\x7f"},
                                                       {"", "x"},
                                                       {"X Y", "x"},
                                                       {"X:Y", "x"},
                                                       {"X\r\nY", "x"},
                                                       {"Host", "evil"},
                                                       {"content-length", "0"},
                                                       {"Transfer-Encoding", "chunked"},
                                                       {"Connection", "keep-alive"},
                                                       {"X", std::string(70'000, 'x')}};
  for (const auto& [name, value] : wrong) {
    INFO(name);
    const Error e = error_of([&] {
      (void)client->send({"GET", server.origin() + "/", {{name, value}}}, Never());
    });
    CHECK(e.code() == ErrorCode::invalid);
    CHECK(std::string(e.what()).find("secret") == std::string::npos);
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("the environment's proxy is not used") {
  ScriptedServer proxy([](int socket, const std::string&) {
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
  });
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy"})
    ::setenv(name, proxy.origin().c_str(), 1);
  CHECK(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nself").body == "self");
  CHECK(proxy.connections() == 0);
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy"}) ::unsetenv(name);
}

TEST_CASE("settings that are wrong are named") {
  const auto allow = error_of([] { (void)make_http_client({{"example.com"}, {}, {}}); });
  CHECK(allow.code() == ErrorCode::invalid);
  CHECK(std::string(allow.what()).find("outbound_allow") != std::string::npos);
  const auto networks = error_of([] { (void)make_http_client({{}, {"10.0.0.1/8"}, {}}); });
  CHECK(std::string(networks.what()).find("outbound_networks") != std::string::npos);
}
