// Small parts: texts in Python's notation, URIs and paths, names and limits, page tokens.
#include <cmath>
#include <limits>

#include "artifact_store.hpp"
#include "errors.hpp"
#include "model_metrics.hpp"
#include "page_token.hpp"
#include "python_text.hpp"
#include "support.hpp"
#include "uri.hpp"
#include "validation.hpp"
#include "vocabulary.hpp"

using namespace podium;
using namespace podium::mlflow;
using podium::test::error_of;

TEST_CASE("texts are quoted as Python quotes them") {
  CHECK(repr(std::string_view("a")) == "'a'");
  CHECK(repr(std::string_view("it's")) == "\"it's\"");
  CHECK(repr(std::string_view("a\"b'")) == "'a\"b\\''");
  CHECK(repr(std::string_view("a\n\x01\\")) == "'a\\n\\x01\\\\'");
  CHECK(json_text("\xc3\xa9?") == "\"\\u00e9?\"");
  CHECK(json_text("\xf0\x9f\x98\x80") == "\"\\ud83d\\ude00\"");
}

TEST_CASE("numbers are spelled as Python spells them") {
  CHECK(repr(1.0) == "1.0");
  CHECK(repr(-0.1) == "-0.1");
  CHECK(repr(1e16) == "1e+16");
  CHECK(repr(1e15) == "1000000000000000.0");
  CHECK(repr(1e-5) == "1e-05");
  CHECK(repr(0.0001) == "0.0001");
  CHECK(repr(123456.789) == "123456.789");
  CHECK(repr(1.5e300) == "1.5e+300");
  CHECK(repr(std::nan("")) == "nan");
  CHECK(repr(-HUGE_VAL) == "-inf");
  CHECK(repr(0.0) == "0.0");
}

TEST_CASE("numbers are read as Python reads them") {
  CHECK(whole_number(" +1_000 ") == 1000);
  CHECK(whole_number("-7") == -7);
  CHECK_FALSE(whole_number("1__0"));
  CHECK_FALSE(whole_number("1.0"));
  CHECK_FALSE(whole_number("+-1"));
  CHECK_FALSE(whole_number(""));
  CHECK(real_number("1e3") == 1000.0);
  CHECK(real_number(" .5 ") == 0.5);
  CHECK(real_number("-Infinity") == -HUGE_VAL);
  CHECK(real_number("1e400") == HUGE_VAL);
  CHECK(std::isnan(*real_number("NaN")));
  CHECK_FALSE(real_number("0x10"));
  CHECK_FALSE(real_number("x"));
}

TEST_CASE("code points are counted and cut whole") {
  const std::string text = "a\xc3\xa9\xf0\x9f\x98\x80z";
  CHECK(code_points(text) == 4);
  CHECK(first_code_points(text, 3) == "a\xc3\xa9\xf0\x9f\x98\x80");
  CHECK(first_code_points(text, 2) == "a\xc3\xa9");
  CHECK(first_code_points(text, 9) == text);
  CHECK(first_code_points(text, 0).empty());
}

TEST_CASE("paths are normalised as POSIX says") {
  CHECK(normal_path("a//b/./c/") == "a/b/c");
  CHECK(normal_path("") == ".");
  CHECK(normal_path("../a/..") == "..");
  CHECK(normal_path("/..//a") == "/a");
  CHECK(normal_path("//a") == "//a");
  CHECK(normal_path("///a") == "/a");
}

TEST_CASE("names of metrics, params and tags") {
  for (const char* good :
       {"a", "a/b", "a b", "a.b-c:d_e", "\xc3\xa9t\xc3\xa9", "\xe5\xad\xa6/\xd9\xa3"}) {
    INFO(good);
    CHECK_NOTHROW(check_name(good, "key"));
  }
  for (const char* bad :
       {"a//b", "./a", "a/", "/a", "..", "../a", ".", "", "a?", "a\tb", "\xf0\x9f\x98\x80"}) {
    INFO(bad);
    CHECK_THROWS_AS(check_name(bad, "key"), Error);
  }
  CHECK(
      std::string(error_of([] { check_name("a//b", "metrics[0].name"); }).what()) ==
      "Invalid value \"a//b\" for parameter 'metrics[0].name' supplied: Names may be treated as "
      "files in certain cases, "
      "and must not resolve to other names when treated as such. This name would resolve to 'a/b'");
}

TEST_CASE("lengths are limits of code points") {
  std::string key;
  for (int i = 0; i < 250; ++i) key += "\xc3\xa9";
  CHECK_NOTHROW(check_metric(key, 1, 1, ""));
  CHECK(std::string(error_of([&] { check_metric(key + "x", 1, 1, ""); }).what()) ==
        "'Metric name' exceeds the maximum length of 250 characters");
  const std::string value(7000, 'x');
  CHECK(checked_param("p", value, "").size() == 6000);
  CHECK(checked_tag("t", value + value, "").size() == 8000);
  CHECK_THROWS_AS(check_experiment_tag("t", std::string(20001, 'x')), Error);
}

TEST_CASE("URIs come apart") {
  const Uri uri = parse_uri("S3://bucket:9/p/q?x=y#f");
  CHECK(uri.scheme == "s3");
  CHECK(uri.authority == "bucket:9");
  CHECK(uri.path == "/p/q");
  CHECK(uri.query == "x=y");
  CHECK(uri.fragment == "f");
  CHECK(parse_uri("/tmp/a").scheme.empty());
  CHECK(parse_uri("mlflow-artifacts:/0/a").path == "/0/a");
  CHECK(parse_uri("a b:c").scheme.empty());
}

TEST_CASE("artifact paths that lead elsewhere are refused, however they are encoded") {
  CHECK(safe_path("a/b%20c") == "a/b c");
  CHECK(safe_path("").empty());
  CHECK(safe_path("a\nb") == "a%0Ab");
  for (const char* bad :
       {"../a", "a/../b", "..%2fa", "%2e%2e/a", "%252e%252e%252fa", "/etc/passwd", "%2fetc", "a\\b",
        "a%5cb", "a#b", "file:///etc/passwd", "FILE:/x", "c:/x", "..",
        "%25252525252525252525252525252525252e%25252525252525252525252525252e"}) {
    INFO(bad);
    CHECK(std::string(error_of([&] { safe_path(bad); }).what()) == "Invalid path");
  }
}

TEST_CASE("page tokens are ours or refused") {
  CHECK(cursor_of(page_token("abc:\x7f")) == "abc:\x7f");
  CHECK(cursor_of("").empty());
  CHECK(std::string(error_of([] { cursor_of("xx"); }).what()) ==
        "Invalid page token, could not base64-decode");
  CHECK(std::string(error_of([] { cursor_of("eyJvZmZzZXQiOiAxfQ=="); }).what()) ==
        "Invalid page token, decoded value=b'{\"offset\": 1}'");
  CHECK_THROWS_AS(cursor_of(page_token("")), Error);
}

TEST_CASE("patterns take time in proportion") {
  CHECK(matches_pattern("FINISHED", "F%D", false));
  CHECK(matches_pattern("FINISHED", "f_n%", true));
  CHECK_FALSE(matches_pattern("FINISHED", "f%", false));
  CHECK_FALSE(matches_pattern("FINISHED", std::string(50'000, '%') + "x", false));
}

TEST_CASE("scopes of model metrics come apart again") {
  for (const auto& [name, digest, run] :
       {std::tuple{"d", "x", "r"}, {"", "", "r"}, {"a@b", "x", ""}, {"", "", ""}, {"n", "", "r"}}) {
    const std::string scope = scope_text(name, digest, run);
    const ScopeParts parts = scope_parts(scope);
    CHECK(parts.dataset_name == name);
    CHECK(parts.dataset_digest == digest);
    CHECK(parts.run_id == run);
  }
}

TEST_CASE("errors carry MLflow's code, class and state") {
  const Response r = answer(error(Code::invalid_state, "no"), 409);
  CHECK(r.status == 500);
  CHECK(
      r.body ==
      R"({"error_code":"INVALID_STATE","message":"no","sqlstate":"XXM00","error_class":"CLIENT_INTERNAL_ERROR"})");
  CHECK(answer(translated(Error(ErrorCode::exists, "x")), 409).status == 400);
  CHECK(answer(Error(ErrorCode::too_large, "x"), 413).status == 413);
  CHECK(answer(Error(ErrorCode::not_found, "x"), 404).content_type == "text/html; charset=utf-8");
  CHECK(answer(Error(ErrorCode::not_found, "x"), 405).body.find("error_code") == std::string::npos);
  CHECK(answer(missing("x"), 404).body.find("RESOURCE_DOES_NOT_EXIST") != std::string::npos);
}

TEST_CASE("files are sent as attachments with a type") {
  CHECK(content_type_of("a/MLmodel") == "text/plain");
  CHECK(content_type_of("a.PNG") == "image/png");
  CHECK(content_type_of("a.yaml") == "text/plain");
  CHECK(content_type_of("model.pkl") == "application/octet-stream");
  CHECK(content_disposition("a.txt") == "attachment; filename=a.txt");
  CHECK(content_disposition("a \"b\".txt") == "attachment; filename=\"a \\\"b\\\".txt\"");
  CHECK(content_disposition("\xc3\xa9.txt") ==
        "attachment; filename=download.txt; filename*=UTF-8''%C3%A9.txt");
}
