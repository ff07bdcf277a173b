// URLs, read strictly, and origins.
#include "outbound/url.hpp"

#include "support.hpp"

using namespace podium;
using namespace podium::host;

TEST_CASE("a URL is taken apart") {
  const Url plain = parse_url("https://Hooks.Example.com/a/b%20c?x=1&y=%2F");
  CHECK(plain.tls);
  CHECK(plain.host == "hooks.example.com");
  CHECK(plain.port == 443);
  CHECK(plain.target == "/a/b%20c?x=1&y=%2F");
  CHECK(origin_of(plain) == "https://hooks.example.com");
  const Url six = parse_url("http://[::1]:8080?x");
  CHECK_FALSE(six.tls);
  CHECK(six.address == parse_address("::1"));
  CHECK(six.target == "/?x");
  CHECK(authority_of(six) == "[::1]:8080");
  CHECK(origin_of(parse_url("HTTP://a_b.example:80")) == "http://a_b.example");
  CHECK(parse_url("http://127.0.0.1").address == parse_address("127.0.0.1"));
  CHECK(parse_url("http://a.example/x..y/...").target == "/x..y/...");
}

TEST_CASE("what readers could understand differently is no URL") {
  for (const char* text : {"",
                           "/",
                           "//example.com",
                           "example.com",
                           "ftp://example.com/",
                           "file:///etc/passwd",
                           "https:/example.com",
                           "https:example.com",
                           "javascript://example.com/",
                           "https://",
                           "https:///x",
                           "https://?x",
                           "https://user@example.com/",
                           "https://user:word@example.com/",
                           "https://example.com@evil.example/",
                           "https://example.com/#part",
                           "https://example.com#@evil/",
                           "https://example.com\\@evil.example/",
                           "https://example.com\\evil",
                           "https://exa mple.com/",
                           "https://example.com /",
                           " https://example.com/",
                           "https://example.com/a b",
                           "https://example.com/\r\nHost: evil",
                           "https://example.com/\n",
                           "https://example.com/\t",
                           "https://example.com./",
                           "https://.example.com/",
                           "https://a..example/",
                           "https://-a.example/",
                           "https://a-.example/",
                           "https://ex%61mple.com/",
                           "https://example.com:/",
                           "https://example.com:0/",
                           "https://example.com:65536/",
                           "https://example.com:080/",
                           "https://example.com:+80/",
                           "https://example.com:80:80/",
                           "https://example.com:x/",
                           "http://2130706433/",
                           "http://0x7f000001/",
                           "http://0x7f.1/",
                           "http://127.1/",
                           "http://0177.0.0.1/",
                           "http://127.0.0.1./",
                           "http://127.0.0.01/",
                           "http://1.2.3.4.5/",
                           "http://a.0x7f/",
                           "http://a.1/",
                           "http://256.1.1.1/",
                           "http://[::1/",
                           "http://::1/",
                           "http://[::1]x/",
                           "http://[127.0.0.1]/",
                           "http://[fe80::1%25lo]/",
                           "http://[]/",
                           "https://example.com/a%",
                           "https://example.com/a%2",
                           "https://example.com/a%zz",
                           "https://example.com/<b>",
                           "https://example.com/\"",
                           "https://example.com/{x}",
                           "https://example.com/../x",
                           "https://example.com/a/..",
                           "https://example.com/./a",
                           "https://example.com/%2e%2E/x",
                           "https://example.com/.%2e",
                           "https://b\xc3\xbc"
                           "cher.example/",
                           "https://example.com/\xc3\xbc",
                           "https://example.com/a\x7f"}) {
    INFO(text);
    const Error e = test::error_of([&] { (void)parse_url(text); });
    CHECK(e.code() == ErrorCode::invalid);
    const std::string said = e.what();
    CHECK(said.find("evil") == said.npos);
    CHECK(said.find("word") == said.npos);
  }
  CHECK_THROWS_AS(parse_url(std::string_view("https://example.com/\0", 21)), Error);
  CHECK_THROWS_AS(parse_url("https://example.com/" + std::string(9000, 'a')), Error);
  CHECK_THROWS_AS(parse_url("https://" + std::string(64, 'a') + ".example/"), Error);
}

TEST_CASE("an origin matches itself, and a star all below a name") {
  struct Case {
    const char* origin;
    const char* url;
    bool matches;
  };
  const Case cases[] = {
      {"https://a.example", "https://a.example/x", true},
      {"https://a.example", "https://A.EXAMPLE:443/x", true},
      {"https://a.example", "http://a.example/x", false},
      {"https://a.example", "https://a.example:8443/", false},
      {"https://a.example:8443", "https://a.example:8443/", true},
      {"https://a.example", "https://b.a.example/", false},
      {"https://a.example", "https://a.example.evil.example/", false},
      {"https://*.a.example", "https://b.a.example/", true},
      {"https://*.a.example", "https://c.b.a.example/", true},
      {"https://*.a.example", "https://a.example/", false},
      {"https://*.a.example", "https://ba.example/", false},
      {"https://*.a.example", "https://evila.example/", false},
      {"http://127.0.0.1:8080", "http://127.0.0.1:8080/", true},
      {"http://127.0.0.1:8080", "http://127.0.0.2:8080/", false},
      {"http://[::1]:8080", "http://[0:0::1]:8080/", true},
      {"http://127.0.0.1", "http://[::ffff:127.0.0.1]/", false},
  };
  for (const Case& c : cases) {
    INFO(c.origin << " " << c.url);
    CHECK(parse_origin(c.origin).matches(parse_url(c.url)) == c.matches);
  }
  for (const char* wrong :
       {"", "*", "a.example", "https://*", "https://*.", "https://*.*.example",
        "https://a.*.example", "https://*.127.0.0.1", "https://a.example/", "https://a.example/x",
        "https://a.example?x", "https://u@a.example", "ws://a.example", "https://a.example#x"}) {
    INFO(wrong);
    CHECK(test::error_of([&] { (void)parse_origin(wrong); }).code() == ErrorCode::invalid);
  }
}
