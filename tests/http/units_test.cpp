// The parts that need no socket.
#include <zlib.h>

#include <atomic>
#include <thread>

#include "fixture.hpp"
#include "http/answer.hpp"
#include "http/gzip.hpp"
#include "http/host_rules.hpp"
#include "http/metrics.hpp"
#include "http/parser.hpp"
#include "http/percent.hpp"
#include "http/pool.hpp"
#include "http/problem.hpp"
#include "podium/http/json_depth.hpp"

using namespace podium;
using namespace podium::host;

TEST_CASE("percent-decoding happens once", "[http]") {
  CHECK(percent_decode("/a%2Fb%20c") == "/a/b c");
  CHECK(percent_decode("%252e") == "%2e");
  CHECK(percent_decode("a+b") == "a+b");
  CHECK(percent_decode("a+b", true) == "a b");
  for (const auto* bad : {"%", "%2", "%zz", "a%0", "%00", "x%2"}) CHECK_FALSE(percent_decode(bad));
  const auto query = parse_query("a=1&a=2&b&=c&d=%26%3D+x&&");
  REQUIRE(query);
  CHECK(*query == std::vector<std::pair<std::string, std::string>>{
                      {"a", "1"}, {"a", "2"}, {"b", ""}, {"", "c"}, {"d", "&= x"}});
  CHECK_FALSE(parse_query("a=%4"));
}

TEST_CASE("hosts that are answered", "[http]") {
  const HostRules standard({}, {});
  for (const auto* host :
       {"localhost", "localhost:5000", "LocalHost:1", "127.0.0.1", "127.0.0.1:80", "[::1]",
        "[::1]:80", "0.0.0.0:5000", "192.168.1.2", "10.0.0.1:5000", "172.16.0.1",
        "172.31.255.255:1", "[fc00::1]:80", "[fd12:3456::1]"})
    CHECK(standard.host_allowed(host));
  for (const auto* host :
       {"", "evil.example", "localhost.evil.example", "10.evil.example", "8.8.8.8", "172.32.0.1",
        "172.15.0.1", "192.169.0.1", "localhost:80@evil", "[2001:db8::1]", "127.0.0.1.evil.example",
        "localhost:x"})
    CHECK_FALSE(standard.host_allowed(host));
  const HostRules own({"ml.example.com", "*.lab.example", "10.*:8080"}, {});
  CHECK(own.host_allowed("ml.example.com"));
  CHECK(own.host_allowed("ml.example.com:5000"));
  CHECK(own.host_allowed("a.lab.example:1"));
  CHECK(own.host_allowed("10.1.2.3:8080"));
  CHECK_FALSE(own.host_allowed("localhost"));
  CHECK_FALSE(own.host_allowed("xml.example.com"));
  CHECK(HostRules({"*"}, {}).host_allowed("any.thing"));

  const HostRules origins({}, {"https://ui.example.com"});
  for (const auto* origin : {"http://localhost", "http://localhost:3000", "http://127.0.0.1:1",
                             "http://[::1]:5", "https://ui.example.com"})
    CHECK(origins.origin_allowed(origin));
  for (const auto* origin :
       {"null", "http://evil.example", "https://ui.example.com.evil", "http://localhost.evil",
        "http://ui.example.com", "http://192.168.1.1"})
    CHECK_FALSE(origins.origin_allowed(origin));
  CHECK(HostRules({}, {"*"}).origin_allowed("http://any"));
}

TEST_CASE("ranges", "[http]") {
  using Kind = ByteRange::Kind;
  struct Row {
    const char* header;
    std::uint64_t size;
    Kind kind;
    std::uint64_t offset, length;
  };
  const std::vector<Row> rows = {{"bytes=0-4", 10, Kind::part, 0, 5},
                                 {"bytes=5-", 10, Kind::part, 5, 5},
                                 {"bytes=-3", 10, Kind::part, 7, 3},
                                 {"bytes=-30", 10, Kind::part, 0, 10},
                                 {"bytes=0-0", 10, Kind::part, 0, 1},
                                 {"bytes=9-9", 10, Kind::part, 9, 1},
                                 {"bytes=5-100", 10, Kind::part, 5, 5},
                                 {"bytes=10-", 10, Kind::unsatisfiable, 0, 0},
                                 {"bytes=10-20", 10, Kind::unsatisfiable, 0, 0},
                                 {"bytes=-0", 10, Kind::unsatisfiable, 0, 0},
                                 {"bytes=0-", 0, Kind::unsatisfiable, 0, 0},
                                 {"bytes=-1", 0, Kind::unsatisfiable, 0, 0},
                                 {"bytes=4-2", 10, Kind::none, 0, 0},
                                 {"bytes=a-2", 10, Kind::none, 0, 0},
                                 {"bytes=0-1,3-4", 10, Kind::none, 0, 0},
                                 {"items=0-1", 10, Kind::none, 0, 0},
                                 {"bytes=", 10, Kind::none, 0, 0},
                                 {"bytes=-", 10, Kind::none, 0, 0},
                                 {"bytes=18446744073709551616-", 10, Kind::none, 0, 0}};
  for (const auto& row : rows) {
    INFO(row.header << " of " << row.size);
    const auto range = parse_range(row.header, row.size);
    CHECK(range.kind == row.kind);
    CHECK(range.offset == row.offset);
    CHECK(range.size == row.length);
  }
}

TEST_CASE("the nesting of JSON", "[http]") {
  CHECK(json_depth_ok("[[]]", 2));
  CHECK_FALSE(json_depth_ok("[[[]]]", 2));
  CHECK(json_depth_ok(R"({"a":"[[[[","b":"\"[["})", 1));
  CHECK(json_depth_ok(R"(["\\",[1]])", 2));
  CHECK(json_depth_ok("[],[],[]", 1));
  CHECK(json_depth_ok("", 0));
  CHECK(json_depth_ok("\"\\", 0));
  CHECK_FALSE(json_depth_ok(std::string(100'000, '[')));
}

TEST_CASE("gzip and who takes it", "[http]") {
  const std::string text = [] {
    std::string t;
    for (int i = 0; i < 5000; ++i) t += "{\"value\":" + std::to_string(i) + "}";
    return t;
  }();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{1023}, std::size_t{1025}, text.size()}) {
    const auto packed = gzip(std::string_view(text).substr(0, size));
    REQUIRE(packed);
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string out(size + 1, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed->data()));
    stream.avail_in = static_cast<uInt>(packed->size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    CHECK(out == text.substr(0, size));
  }
  for (const auto* yes : {"gzip", "deflate, gzip", "GZIP;q=0.5", "br , gzip ; q=1.0"})
    CHECK(accepts_gzip(yes));
  for (const auto* no : {"", "identity", "gzip;q=0", "gzip;q=0.000", "x-gzip", "deflate"})
    CHECK_FALSE(accepts_gzip(no));
  CHECK(compressible("application/json; charset=utf-8"));
  CHECK(compressible("application/problem+json"));
  CHECK(compressible("text/html"));
  CHECK_FALSE(compressible("application/octet-stream"));
  CHECK_FALSE(compressible("image/png"));
}

TEST_CASE("an error becomes problem details", "[http]") {
  const auto plain = problem(Error(ErrorCode::not_found, "no \"x\""), 404);
  CHECK(plain.content_type == "application/problem+json");
  CHECK(
      plain.body ==
      R"({"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"no \"x\""})");
  const auto full =
      problem(Error(ErrorCode::invalid, "bad").in("filter").at(7).with(R"({"near":"acc"})"), 400);
  CHECK(
      full.body ==
      R"({"type":"about:blank","title":"Bad Request","status":400,"code":"invalid","detail":"bad",)"
      R"("field":"filter","position":7,"facts":{"near":"acc"}})");
  const auto conflict = problem(ConflictError("differs", {{"lr", "0.1", "0.2"}}), 409);
  CHECK(conflict.body.find(R"("conflicts":[{"key":"lr","old":"0.1","new":"0.2"}])") !=
        std::string::npos);
  const std::vector<std::pair<ErrorCode, int>> statuses = {
      {ErrorCode::invalid, 400},     {ErrorCode::unauthenticated, 401},
      {ErrorCode::denied, 403},      {ErrorCode::not_found, 404},
      {ErrorCode::exists, 409},      {ErrorCode::conflict, 409},
      {ErrorCode::gone, 410},        {ErrorCode::too_large, 413},
      {ErrorCode::busy, 429},        {ErrorCode::cancelled, 499},
      {ErrorCode::internal, 500},    {ErrorCode::misuse, 500},
      {ErrorCode::corrupt, 500},     {ErrorCode::unsupported, 501},
      {ErrorCode::unavailable, 503}, {ErrorCode::out_of_space, 507},
      {ErrorCode::timeout, 504},     {ErrorCode::too_expensive, 422},
      {ErrorCode::too_old, 410}};
  for (const auto& [code, status] : statuses) CHECK(http_status(code) == status);
}

TEST_CASE("dates of HTTP", "[http]") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("metrics in Prometheus' format", "[http]") {
  MetricRegistry registry;
  registry.counter("b_total", "Bees.", "kind=\"x\"").add(3);
  registry.counter("b_total", "Bees.", "kind=\"y\"").add();
  registry.value(MetricRegistry::Kind::gauge, "a", "An a.", [] { return 1.5; });
  auto& histogram = registry.histogram("h_seconds", "Time.");
  histogram.add(0.0004);
  histogram.add(0.3);
  histogram.add(100);
  const auto text = registry.render();
  CHECK(text.find(
            "# HELP a An a.\n# TYPE a gauge\na 1.5\n# HELP b_total Bees.\n# TYPE b_total counter\n"
            "b_total{kind=\"x\"} 3\nb_total{kind=\"y\"} 1\n") == 0);
  CHECK(text.find("h_seconds_bucket{le=\"0.0005\"} 1\n") != std::string::npos);
  CHECK(text.find("h_seconds_bucket{le=\"0.5\"} 2\n") != std::string::npos);
  CHECK(text.find("h_seconds_bucket{le=\"+Inf\"} 3\nh_seconds_sum 100.3004\nh_seconds_count 3\n") !=
        std::string::npos);
  CHECK(label_value("a\"b\\c\n") == "a\\\"b\\\\c\\n");
  StatusCounts counts;
  for (int i = 0; i < 20; ++i) counts.add(400 + i);
  counts.add(400);
  std::string out;
  counts.write(out, "n", "");
  CHECK(out.find("n{status=\"400\"} 2\n") == 0);
  CHECK(out.find("n{status=\"0\"} 8\n") != std::string::npos);
}

TEST_CASE("the pool starts threads on demand and holds an owner to its share", "[http]") {
  Pool::Limits limits;
  limits.threads = 8;
  limits.share = 2;
  limits.waiting = 3;
  Pool pool(limits);
  CHECK(pool.threads() == 0);
  int plugin = 0, host = 0;
  test::Event go;
  std::atomic<int> running{0}, most{0}, done{0};
  const auto job = [&] {
    return Pool::Job([&] {
      const int now = ++running;
      int seen = most.load();
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      go.wait();
      --running;
      ++done;
    });
  };
  for (int i = 0; i < 5; ++i) REQUIRE(pool.submit(&plugin, false, job()));
  CHECK_FALSE(pool.submit(&plugin, false, job()));     // two hold a thread, three wait
  REQUIRE(pool.submit_always(&plugin, false, job()));  // what goes on is never refused
  test::eventually([&] { return running == 2; });
  test::Event host_ran;
  REQUIRE(pool.submit(&host, true, [&] { host_ran.set(); }));
  host_ran.wait();  // although the plugin's calls came first
  go.set();
  test::eventually([&] { return done == 6; });
  CHECK(most == 2);
  CHECK(pool.threads() <= 3);
  pool.stop();
  CHECK_FALSE(pool.submit(&host, true, [] {}));
}

TEST_CASE("stopping the pool runs what is queued", "[http]") {
  std::atomic<int> done{0};
  {
    Pool::Limits limits;
    limits.threads = 2;
    limits.share = 1;
    Pool pool(limits);
    int owner = 0;
    for (int i = 0; i < 50; ++i) REQUIRE(pool.submit(&owner, false, [&] { ++done; }));
  }
  CHECK(done == 50);
}

namespace {

struct Parsed {
  RequestParser::Step step = RequestParser::Step::more;
  int status = 0;
  std::string body;
  RequestHead head;
};

/// Feeds a text in pieces of `at_once` bytes.
void parse(Parsed& out, std::string_view text, std::size_t at_once) {
  RequestParser parser({1024, 10});
  parser.begin(out.head);
  std::size_t begin = 0;
  bool in_head = true;
  for (std::size_t end = std::min(at_once, text.size());;
       end = std::min(end + at_once, text.size())) {
    if (in_head) {
      std::size_t used = 0;
      out.step = parser.head(text.substr(begin, end - begin), used);
      begin += used;
      if (out.step == RequestParser::Step::refused) break;
      if (out.step == RequestParser::Step::done) in_head = false;
    }
    if (!in_head) {
      if (!out.head.chunked) break;
      for (;;) {
        char room[7];
        std::size_t used = 0, got = 0;
        out.step = parser.chunks(text.substr(begin, end - begin), used, room, sizeof room, got);
        begin += used;
        out.body.append(room, got);
        if (out.step != RequestParser::Step::more || got < sizeof room) break;
      }
      if (out.step != RequestParser::Step::more) break;
    }
    if (end == text.size()) break;
  }
  if (out.step == RequestParser::Step::refused) out.status = parser.refusal().status;
}

}  // namespace

TEST_CASE("requests are parsed however they are cut", "[http]") {
  const std::string text =
      "POST /x?y=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-A:  b c \r\n\r\n"
      "5\r\nhello\r\n1;ext=1\r\n \r\n14\r\n01234567890123456789\r\n0\r\nTrailer: t\r\n\r\n";
  for (std::size_t at_once = 1; at_once <= text.size(); ++at_once) {
    INFO(at_once << " bytes at once");
    Parsed parsed;
    parse(parsed, text, at_once);
    REQUIRE(parsed.step == RequestParser::Step::done);
    CHECK(parsed.body == "hello 01234567890123456789");
    CHECK(parsed.head.method() == "POST");
    CHECK(parsed.head.target() == "/x?y=1");
    CHECK(parsed.head.field("x-a") == std::string_view("b c"));
    CHECK_FALSE(parsed.head.field("trailer"));
  }
}

TEST_CASE("the limit of a head counts its bytes, however they are cut", "[http]") {
  for (const std::size_t size : {1024, 1025})
    for (const std::size_t at_once : {1, 3, 100, 512, 1023, 2000}) {
      INFO(size << " bytes, " << at_once << " at once");
      std::string text = "GET / HTTP/1.1\r\nHost: h\r\nX:x\r\n\r\n";
      text.insert(text.find("X:") + 2, size - text.size(), ' ');
      REQUIRE(text.size() == size);
      Parsed parsed;
      parse(parsed, text, at_once);
      CHECK(parsed.step ==
            (size == 1024 ? RequestParser::Step::done : RequestParser::Step::refused));
      CHECK(parsed.status == (size == 1024 ? 0 : 431));
    }
}

TEST_CASE("requests that two readers could read differently are refused", "[http]") {
  struct Row {
    const char* name;
    std::string text;
    int status;
  };
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n", post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::vector<Row> rows = {
      {"length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
      {"the same length twice", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
      {"a list of lengths", post + "Content-Length: 5, 5\r\n\r\n", 400},
      {"a signed length", post + "Content-Length: +5\r\n\r\n", 400},
      {"a negative length", post + "Content-Length: -5\r\n\r\n", 400},
      {"a hexadecimal length", post + "Content-Length: 0x5\r\n\r\n", 400},
      {"an empty length", post + "Content-Length: \r\n\r\n", 400},
      {"a length that overflows", post + "Content-Length: 99999999999999999999\r\n\r\n", 400},
      {"two encodings", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"identity", post + "Transfer-Encoding: identity\r\n\r\n", 501},
      {"chunked, twice named", post + "Transfer-Encoding: chunked, chunked\r\n\r\n", 501},
      {"xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {"chunks of HTTP/1.0", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"a blank before the colon", get + "X : 1\r\n\r\n", 400},
      {"a folded field", get + "X: 1\r\n 2\r\n\r\n", 400},
      {"a length in a folded line", post + "X: 1\r\n\tContent-Length: 5\r\n\r\n", 400},
      {"a bare line feed", "GET / HTTP/1.1\nHost: h\n\n", 0},
      {"a bare line feed in a field", get + "X: 1\nY: 2\r\n\r\n", 400},
      {"NUL in a field", get + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"no name", get + ": 1\r\n\r\n", 400},
      {"two hosts", get + "Host: i\r\n\r\n", 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
      {"no version", "GET /\r\nHost: h\r\n\r\n", 400},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
      {"a blank in the path", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 505},
      {"a bad chunk", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n", 400},
      {"a chunk that is longer than told",
       post + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 400},
      {"a chunk's size that overflows",
       post + "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\nabc\r\n", 400},
      {"a signed chunk's size", post + "Transfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n", 400},
      {"a long header", get + "X: " + std::string(1100, 'x') + "\r\n\r\n", 431},
      {"a long target", "GET /" + std::string(1100, 'x') + " HTTP/1.1\r\n\r\n", 431},
      {"many fields",
       get +
           [] {
             std::string t;
             for (int i = 0; i < 10; ++i) t += "a: b\r\n";
             return t;
           }() +
           "\r\n",
       431},
      {"long trailers",
       post + "Transfer-Encoding: chunked\r\n\r\n0\r\n" +
           [] {
             std::string t;
             for (int i = 0; i < 60; ++i) t += "aaaaaaaaaa: bbbbbbbbbbb\r\n";
             return t;
           }() +
           "\r\n",
       431}};
  for (const auto& row : rows)
    for (const std::size_t at_once : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
      INFO(row.name << ", " << at_once << " bytes at once");
      Parsed parsed;
      parse(parsed, row.text, at_once);
      if (row.status == 0) {
        CHECK(parsed.step != RequestParser::Step::done);
        continue;
      }
      CHECK(parsed.step == RequestParser::Step::refused);
      CHECK(parsed.status == row.status);
    }
}
