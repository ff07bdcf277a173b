// Heads, answers, errors, and what is on every answer.
#include <httplib.h>
#include <zlib.h>

#include <algorithm>
#include <set>
#include <thread>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

std::string inflate_all(std::string_view packed) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out;
  char buffer[16 * 1024];
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, sizeof buffer - stream.avail_out);
  }
  inflateEnd(&stream);
  CHECK(result == Z_STREAM_END);
  return out;
}

}  // namespace

TEST_CASE("both lanes answer, and every answer is framed", "[http]") {
  TestServer t;
  t.routes.inline_text("/inline", "in");
  t.routes.add("GET", "/pooled/{id}", Handler([](Request& r) {
                 auto response = TestRoutes::make(
                     std::string(r.segment("id")) + "|" + std::string(r.query("q").value_or("-")) +
                     "|" + std::string(r.header("X-Test")) + "|" + std::string(r.path()) + "|" +
                     r.who().id + "|" + std::string(r.remote_address()));
                 response.headers.emplace_back("X-Own", "1");
                 response.headers.emplace_back("Content-Length", "99999");  // the server's to say
                 return response;
               }));
  t.start();
  auto client = t.client();
  const auto first = client.get("/t/inline");
  CHECK(first.status == 200);
  CHECK(first.body == "in");
  CHECK(first.headers.at("content-type") == "text/plain");
  CHECK(first.headers.at("content-length") == "2");
  CHECK(first.headers.at("x-content-type-options") == "nosniff");
  CHECK(first.headers.at("x-frame-options") == "SAMEORIGIN");
  CHECK(first.headers.at("date").size() == 29);
  CHECK(first.headers.count("connection") == 0);
  const auto second = client.get("/t/pooled/a%20b%2Fc?q=%26+x&z", "x-test: y\r\n");
  CHECK(second.body == "a b/c|& x|y|/t/pooled/a b/c|local|127.0.0.1");
  CHECK(second.headers.at("x-own") == "1");
  CHECK(second.headers.at("content-length") == std::to_string(second.body.size()));
  CHECK(client.get("http://localhost/t/inline").body == "in");  // as a proxy is asked
}

TEST_CASE("HEAD, OPTIONS, 404 and 405", "[http]") {
  TestServer t;
  t.routes.inline_text("/x", "text");
  t.start();
  auto client = t.client();
  const auto head = client.ask("HEAD /t/x HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-length") == "4");
  const auto options = client.ask("OPTIONS /t/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(options.status == 204);
  CHECK(options.headers.at("allow") == "GET, HEAD, OPTIONS");
  CHECK(options.headers.count("content-length") == 0);
  CHECK(client.ask("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 204);
  const auto missing = client.get("/t/none");
  CHECK(missing.status == 404);
  CHECK(missing.headers.at("content-type") == "application/problem+json");
  CHECK(missing.body.find("\"code\":\"not_found\"") != std::string::npos);
  const auto wrong = client.ask("DELETE /t/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(wrong.status == 405);
  CHECK(wrong.headers.at("allow") == "GET, HEAD, OPTIONS");
  CHECK(client.get("/t/x").status == 200);  // none of these ended the connection
}

TEST_CASE("a group's own error format holds below its prefix", "[http]") {
  TestServer t("acme.test", {}, true);
  t.routes.add("GET", "/throws",
               Handler([](Request&) -> Response { throw Error(ErrorCode::conflict, "no"); }));
  t.routes.add("POST", "/small", Handler([](Request&) { return Response{}; })).body_limit = 10;
  t.start();
  auto client = t.client();
  CHECK(client.get("/t/throws").body == "own 409 conflict /t/throws no");
  CHECK(client.get("/t/none").body == "own 404 not_found /t/none there is nothing at /t/none");
  CHECK(client.get("/t/small").body.find("own 405 invalid /t/small") == 0);
  CHECK(client.get("/elsewhere").headers.at("content-type") == "application/problem+json");
  const auto large =
      client.ask("POST /t/small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n");
  CHECK(large.body.find("own 413 too_large /t/small") == 0);
  CHECK(large.headers.at("connection") == "close");
}

TEST_CASE("what a handler throws is answered and told whose it is", "[http]") {
  TestServer t("acme.bad");
  t.routes.add("GET", "/std",
               Handler([](Request&) -> Response { throw std::runtime_error("oops"); }));
  t.routes.add("GET", "/int", Handler([](Request&) -> Response { throw 7; }));
  t.routes.add("GET", "/inline", InlineHandler([](std::unique_ptr<Request>, Reply) {
                 throw Error(ErrorCode::not_found, "no such thing");
               }));
  t.routes.add("GET", "/moved", InlineHandler([](std::unique_ptr<Request>, Reply reply) {
                 reply(TestRoutes::make("answered"));
                 throw std::runtime_error("too late");
               }));
  t.routes.add("GET", "/dropped", InlineHandler([](std::unique_ptr<Request>, Reply) {}));
  t.routes.add("GET", "/later", InlineHandler([](std::unique_ptr<Request>, Reply reply) {
                 std::thread([r = std::move(reply)]() mutable {
                   const Reply dropped = std::move(r);
                 }).detach();
               }));
  t.routes.add("GET", "/split", Handler([](Request&) {
                 auto response = TestRoutes::make("x");
                 response.headers.emplace_back("X-A", "1\r\nSet-Cookie: evil=1");
                 return response;
               }));
  t.routes.add("GET", "/status", Handler([](Request&) { return TestRoutes::make("x", 99); }));
  t.routes.add("GET", "/fail", InlineHandler([](std::unique_ptr<Request> request, Reply reply) {
                 request.reset();  // its own to destroy
                 reply.fail(Error(ErrorCode::busy, "later"));
               }));
  t.start();
  auto client = t.client();
  const auto thrown = client.get("/t/std");
  CHECK(thrown.status == 500);
  CHECK(thrown.body.find("plugin 'acme.bad' failed in GET /t/std: oops") != std::string::npos);
  CHECK(client.get("/t/int").body.find("unknown type") != std::string::npos);
  CHECK(client.get("/t/inline").status == 404);
  CHECK(client.get("/t/moved").body == "answered");
  CHECK(t.owner.faults == 3);
  const auto dropped = client.get("/t/dropped");
  CHECK(dropped.status == 500);
  CHECK(dropped.body.find("GET /t/dropped gave no answer") != std::string::npos);
  CHECK(client.get("/t/later").status == 500);
  const auto split = client.get("/t/split");
  CHECK(split.status == 500);
  CHECK(split.head.find("evil") == std::string::npos);
  CHECK(client.get("/t/status").status == 500);
  CHECK(client.get("/t/fail").status == 429);
  CHECK(t.owner.faults == 7);
}

TEST_CASE("a handler that forgets the object check is answered 500", "[http]") {
  host::ServerOptions options;
  options.require_object_check = true;
  TestServer t("acme.test", std::move(options));
  t.routes.add("GET", "/forgets", Handler([](Request&) { return TestRoutes::make("secret"); }),
               "task.read");
  t.routes.add("GET", "/checks", Handler([](Request& r) {
                 r.who().mark_checked();
                 return TestRoutes::make("ok");
               }),
               "task.read");
  t.routes.add("GET", "/copy", Handler([](Request& r) {
                 const Principal copy = r.who();
                 copy.mark_checked();
                 return TestRoutes::make("ok");
               }),
               "task.read");
  t.routes.add("GET", "/refuses", Handler([](Request&) { return TestRoutes::make("no", 404); }),
               "task.read");
  t.routes.add("GET", "/public", Handler([](Request&) { return TestRoutes::make("ok"); }));
  t.routes.add("GET", "/inline", InlineHandler([](std::unique_ptr<Request>, Reply reply) {
                 reply(TestRoutes::make("secret"));
               }),
               "task.read");
  t.start();
  auto client = t.client();
  for (const auto* path : {"/t/forgets", "/t/inline"}) {
    const auto answer = client.get(path);
    CHECK(answer.status == 500);
    CHECK(answer.body.find("secret") == std::string::npos);
    CHECK(answer.body.find("whether the caller may see") != std::string::npos);
  }
  CHECK(client.get("/t/checks").status == 200);
  CHECK(client.get("/t/copy").status == 200);
  CHECK(client.get("/t/refuses").status == 404);
  CHECK(client.get("/t/public").status == 200);
  // Every route of the host itself keeps the rule.
  for (const auto& entry : t.server->router()->entries())
    if (entry->group->owner->id.empty()) CHECK(client.get(entry->route.path).status == 200);
}

TEST_CASE("who calls, and what they may", "[http]") {
  host::ServerOptions options;
  options.require_object_check = false;
  options.authenticate = [](const Request& request) {
    const auto token = request.header("Authorization");
    if (token.empty()) throw Error(ErrorCode::unauthenticated, "say who you are");
    Principal who;
    who.id = std::string(token);
    who.permissions = {"task.read"};
    return who;
  };
  TestServer t("acme.test", std::move(options));
  const Handler answer = [](Request& r) { return TestRoutes::make(r.who().id); };
  t.routes.add("GET", "/read", answer, "task.read");
  t.routes.add("POST", "/write", answer, "task.write");
  t.start();
  auto client = t.client();
  CHECK(client.get("/t/read").status == 401);
  CHECK(client.get("/t/read", "Authorization: ann\r\n").body == "ann");
  const auto denied = client.ask(
      "POST /t/write HTTP/1.1\r\nHost: localhost\r\nAuthorization: ann\r\nContent-Length: "
      "0\r\n\r\n");
  CHECK(denied.status == 403);
  CHECK(denied.body.find("task.write") != std::string::npos);
}

TEST_CASE("the Host and Origin table", "[http]") {
  host::ServerOptions options;
  options.cors_allowed_origins = {"https://ui.example.com"};
  TestServer t("acme.test", std::move(options));
  for (const auto* method : {"GET", "POST"})
    t.routes.add(method, "/x", Handler([](Request&) { return TestRoutes::make("ok"); }));
  t.start();
  auto client = t.client();
  const auto ask = [&](std::string method, std::string host, std::string origin,
                       std::string path = "/t/x") {
    return client.ask(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" +
                      (origin.empty() ? "" : "Origin: " + origin + "\r\n") +
                      "Content-Length: 0\r\n\r\n");
  };
  CHECK(ask("GET", "localhost:5000", "").status == 200);
  CHECK(ask("GET", "192.168.1.7", "").status == 200);
  const auto rebound = ask("GET", "evil.example", "");
  CHECK(rebound.status == 403);
  CHECK(rebound.body == "Invalid Host header - possible DNS rebinding attack detected");
  CHECK(ask("GET", "", "").status == 403);
  CHECK(ask("GET", "evil.example", "", "/nothing").status == 403);  // before anything else is told
  CHECK(ask("GET", "evil.example", "", "/healthz").status == 200);
  CHECK(ask("GET", "evil.example", "", "/metrics").status == 403);
  CHECK(ask("GET", "evil.example", "", "/health").status == 404);
  const auto foreign = ask("POST", "localhost", "http://evil.example");
  CHECK(foreign.status == 403);
  CHECK(foreign.body == "Cross-origin request blocked");
  CHECK(ask("POST", "localhost", "null").status == 403);
  const auto reading = ask("GET", "localhost", "http://evil.example");
  CHECK(reading.status == 200);
  CHECK(reading.headers.count("access-control-allow-origin") == 0);
  for (const std::string origin :
       {"http://localhost:3000", "http://127.0.0.1", "https://ui.example.com"}) {
    const auto allowed = ask("POST", "localhost", origin);
    CHECK(allowed.status == 200);
    CHECK(allowed.headers.at("access-control-allow-origin") == origin);
    CHECK(allowed.headers.at("access-control-allow-credentials") == "true");
  }
  CHECK(ask("POST", "192.168.1.7:5000", "http://192.168.1.7:5000").status == 200);  // its own page
  CHECK(ask("POST", "192.168.1.7:5000", "http://192.168.1.7:6000").status == 403);
  const auto preflight = client.ask(
      "OPTIONS /t/x HTTP/1.1\r\nHost: localhost\r\nOrigin: https://ui.example.com\r\n"
      "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type, "
      "x-a\r\n\r\n");
  CHECK(preflight.status == 204);
  CHECK(preflight.headers.at("access-control-allow-origin") == "https://ui.example.com");
  CHECK(preflight.headers.at("access-control-allow-methods").find("POST") != std::string::npos);
  CHECK(preflight.headers.at("access-control-allow-headers") == "content-type, x-a");
}

TEST_CASE("pipelined requests are answered in order", "[http]") {
  TestServer t;
  t.routes.inline_text("/fast", "fast");
  t.routes.add("GET", "/slow", Handler([](Request&) { return TestRoutes::make("slow"); }));
  t.routes.add("POST", "/echo",
               Handler([](Request& r) { return TestRoutes::make(std::string(r.body())); }));
  t.start();
  auto client = t.client();
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    text +=
        "GET /t/" + std::string(i % 2 ? "fast" : "slow") + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    expected.push_back(i % 2 ? "fast" : "slow");
    const auto body = "body " + std::to_string(i);
    text += "POST /t/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body;
    expected.push_back(body);
  }
  REQUIRE(client.send(text));
  for (const auto& body : expected) REQUIRE(client.receive().body == body);
}

TEST_CASE("connections are kept as their clients ask", "[http]") {
  TestServer t;
  t.routes.inline_text("/x", "x");
  t.start();
  auto close = t.client();
  CHECK(close.get("/t/x", "Connection: close\r\n").headers.at("connection") == "close");
  CHECK(close.closed());
  auto old = t.client();
  CHECK(old.ask("GET /t/x HTTP/1.0\r\nHost: localhost\r\n\r\n").head.find("HTTP/1.0 200 OK") == 0);
  CHECK(old.closed());
  auto kept = t.client();
  const std::string ask = "GET /t/x HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";
  CHECK(kept.ask(ask).headers.at("connection") == "keep-alive");
  CHECK(kept.ask(ask).body == "x");
  auto half = t.client();
  half.send("GET /t/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  half.finish_sending();
  CHECK(half.receive().body == "x");
  CHECK(half.closed());
}

TEST_CASE("malformed requests end their connection and no other", "[http]") {
  TestServer t;
  t.routes.inline_text("/x", "x");
  t.start();
  auto bystander = t.client();
  for (const auto& [text, status] : std::vector<std::pair<std::string, int>>{
           {"GARBAGE\r\n\r\n", 400},
           {"GET /t/x HTTP/1.1\r\n\r\n", 400},
           {"GET /t/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
           {"GET /t/a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
           {"GET /t/x?a=%0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
           {"GET t/x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
           {"GET /t/x#y HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
           {"POST /t/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: "
            "chunked\r\n\r\nabc"
            "GET /t/secret HTTP/1.1\r\nHost: localhost\r\n\r\n",
            400},
           {"GET /t/x HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n",
            431},
           {"GET /t/x HTTP/1.1\r\nHost: localhost\r\n" +
                [] {
                  std::string fields;
                  for (int i = 0; i < 101; ++i) fields += "a: b\r\n";
                  return fields;
                }() +
                "\r\n",
            431}}) {
    INFO(text.substr(0, 60));
    auto client = t.client();
    const auto answer = client.ask(text);
    CHECK(answer.status == status);
    CHECK(answer.complete);
    CHECK(answer.headers.count("x-content-type-options") == 1);
    CHECK(bystander.get("/t/x").body == "x");
  }
  // What follows a refused message is never taken for a request.
  auto client = t.client();
  CHECK(client
            .ask("POST /t/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: "
                 "4\r\n\r\nabc"
                 "GET /t/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .status == 400);
  client.finish_sending();
  CHECK(client.closed());
}

TEST_CASE("large JSON is compressed for those who take it", "[http]") {
  TestServer t;
  std::string json = "[0";
  for (int i = 1; i < 40'000; ++i) json += "," + std::to_string(i);
  json += "]";
  for (const auto& [path, size] : std::vector<std::pair<std::string, std::size_t>>{
           {"/small", 1000}, {"/medium", 4000}, {"/large", json.size()}})
    t.routes.add(
        "GET", path,
        InlineHandler([body = json.substr(0, size)](std::unique_ptr<Request>, Reply reply) {
          Response response;
          response.body = body;
          reply(std::move(response));
        }));
  t.routes.add("GET", "/binary", Handler([&](Request&) {
                 auto response = TestRoutes::make(json);
                 response.content_type = "application/octet-stream";
                 return response;
               }));
  t.start();
  auto client = t.client();
  for (const auto& [path, size] : std::vector<std::pair<std::string, std::size_t>>{
           {"/t/medium", 4000}, {"/t/large", json.size()}}) {
    const auto packed = client.get(path, "Accept-Encoding: deflate, gzip\r\n");
    CHECK(packed.headers.at("content-encoding") == "gzip");
    CHECK(packed.headers.at("vary") == "Accept-Encoding");
    CHECK(packed.body.size() < size / 2);
    CHECK(inflate_all(packed.body) == json.substr(0, size));
    const auto plain = client.get(path);
    CHECK(plain.headers.count("content-encoding") == 0);
    CHECK(plain.headers.at("vary") == "Accept-Encoding");
    CHECK(plain.body == json.substr(0, size));
    CHECK(client.get(path, "Accept-Encoding: gzip;q=0\r\n").headers.count("content-encoding") == 0);
  }
  CHECK(client.get("/t/small", "Accept-Encoding: gzip\r\n").headers.count("content-encoding") == 0);
  CHECK(client.get("/t/binary", "Accept-Encoding: gzip\r\n").headers.count("content-encoding") ==
        0);
}

TEST_CASE("groups are added while the server runs, and refused whole", "[http]") {
  TestServer t;
  t.routes.inline_text("/x", "x");
  t.start();
  auto client = t.client();
  TestRoutes more("more", "/more");
  more.inline_text("/y", "y");
  CHECK(client.get("/more/y").status == 404);
  t.server->add(more, t.owner);
  CHECK(client.get("/more/y").body == "y");
  TestRoutes clash("clash", "/");
  clash.inline_text("clash", "never");
  clash.inline_text("t/x", "never");
  CHECK(error_of([&] { t.server->add(clash, t.owner); }).code() == ErrorCode::exists);
  CHECK(client.get("/clash").status == 404);
  CHECK(client.get("/t/x").body == "x");
}

TEST_CASE("the host's own routes", "[http]") {
  TestServer t("acme.counted");
  t.routes.inline_text("/x", "x");
  t.routes.add("GET", "/bad", Handler([](Request&) -> Response { throw 1; }));
  t.start();
  auto client = t.client();
  CHECK(client.get("/healthz").body == "ok\n");
  for (int i = 0; i < 3; ++i) client.get("/t/x");
  client.get("/t/bad");
  client.get("/t/none");
  const auto text = client.get("/metrics").body;
  for (const auto* line :
       {"podium_http_requests_total{method=\"GET\",route=\"/t/x\",status=\"200\"} 3\n",
        "podium_http_requests_total{method=\"GET\",route=\"/t/bad\",status=\"500\"} 1\n",
        "podium_http_requests_total{method=\"\",route=\"\",status=\"404\"} 1\n",
        "podium_http_request_seconds_count{method=\"GET\",route=\"/t/x\"} 3\n",
        "podium_http_connections 1\n", "podium_http_requests_in_flight 1\n",
        "podium_plugin_faults_total{plugin=\"acme.counted\"} 1\n",
        "podium_plugin_faults_total{plugin=\"host\"} 0\n"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("another client agrees", "[http]") {
  TestServer t;
  t.routes.add("POST", "/echo",
               Handler([](Request& r) { return TestRoutes::make(std::string(r.body())); }));
  t.routes.inline_text("/x", "x");
  t.start();
  httplib::Client client("127.0.0.1", t.port());
  client.set_keep_alive(true);
  for (int i = 0; i < 20; ++i) {
    const auto got = client.Get("/t/x");
    REQUIRE(got);
    CHECK(got->body == "x");
  }
  const std::string big(3'000'000, 'b');
  const auto posted = client.Post("/t/echo", big, "text/plain");
  REQUIRE(posted);
  CHECK(posted->body == big);
  std::size_t left = 100;
  const auto chunked = client.Post(
      "/t/echo",
      [&](std::size_t, httplib::DataSink& sink) {
        sink.write("0123456789", 10);
        if (--left == 0) sink.done();
        return true;
      },
      "text/plain");
  REQUIRE(chunked);
  CHECK(chunked->body.size() == 1000);
}

TEST_CASE("a port that is taken is refused with the reason", "[http]") {
  TestServer t;
  t.start();
  host::ServerOptions options;
  options.port = t.port();
  host::Server second(options);
  const auto error = error_of([&] { second.start(); });
  CHECK(error.code() == ErrorCode::unavailable);
  CHECK(std::string(error.what()).find("Address already in use") != std::string::npos);
}
