// Texts: validity, numbers, folding, patterns.
#include "podium/storage_kit/text.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "support.hpp"

using namespace podium;
using namespace podium::kit;
using podium::test::error_of;

TEST_CASE("valid_text takes UTF-8 and nothing else") {
  for (const std::string_view good :
       {"", "a", "abcdefgh", "abcdefghi", "\x01\x7f", "ü", "日本語のテキスト", "\xF0\x9F\x98\x80",
        "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "plain text, then ü, then plain text again"}) {
    INFO(good);
    CHECK(valid_text(good));
  }
  using namespace std::string_view_literals;
  for (const std::string_view bad : {"\0"sv,
                                     "abc\0"sv,
                                     "abcdefg\0"sv,
                                     "abcdefgh\0ijklmnop"sv,
                                     "\x80"sv,
                                     "\xBF"sv,
                                     "\xC0\x80"sv,
                                     "\xC1\xBF"sv,
                                     "\xC2"sv,
                                     "\xC2 "sv,
                                     "\xE0\x80\x80"sv,
                                     "\xE0\x9F\xBF"sv,
                                     "\xED\xA0\x80"sv,
                                     "\xED\xBF\xBF"sv,
                                     "\xE2\x82"sv,
                                     "\xE2\x82 "sv,
                                     "\xF0\x80\x80\x80"sv,
                                     "\xF0\x8F\xBF\xBF"sv,
                                     "\xF4\x90\x80\x80"sv,
                                     "\xF5\x80\x80\x80"sv,
                                     "\xFF"sv,
                                     "\xFE"sv,
                                     "\xF0\x9F\x98"sv,
                                     "abcdefgh\xF0\x9F\x98"sv,
                                     "abcdefghijklmno\x80pqrstuvw"sv}) {
    INFO(bad.size());
    CHECK_FALSE(valid_text(bad));
  }
}

TEST_CASE("number_of reads finite decimals") {
  const auto is = [](std::string_view text, double value) {
    INFO(text);
    const auto number = number_of(text);
    REQUIRE(number.has_value());
    CHECK(*number == value);
    CHECK_FALSE((value == 0 && std::signbit(*number)));
  };
  is("0", 0);
  is("-0", 0);
  is("-0.0e5", 0);
  is("+7", 7);
  is("0.1", 0.1);
  is("1e-1", 0.1);
  is("1E-1", 0.1);
  is("+1.50e+2", 150);
  is("-12.5", -12.5);
  is("007", 7);
  is("9223372036854775807", 9223372036854775807.0);
  is("1.7976931348623157e308", std::numeric_limits<double>::max());
  is("-1.7976931348623157e308", -std::numeric_limits<double>::max());
  is("4.9406564584124654e-324", std::numeric_limits<double>::denorm_min());
  is("2.2250738585072014e-308", std::numeric_limits<double>::min());
  is("1e-400", 0);
  is("-1e-400", 0);
  is("0.0000001e-400", 0);
  is("1e-99999999999999999999999", 0);
  is("0e99999999999999999999999", 0);
  is("0.000e999", 0);
  is("1" + std::string(200, '0') + "e-200", 1);
  is("0." + std::string(400, '0') + "1", 0);
  is("0." + std::string(400, '0') + "1e401", 1);
  for (const std::string& text : {std::string(),
                                  std::string("nan"),
                                  std::string("NaN"),
                                  std::string("inf"),
                                  std::string("-Infinity"),
                                  std::string("0x1"),
                                  std::string(" 1"),
                                  std::string("1 "),
                                  std::string("1e"),
                                  std::string("1e+"),
                                  std::string("."),
                                  std::string(".5"),
                                  std::string("5."),
                                  std::string("5.e1"),
                                  std::string("+"),
                                  std::string("-"),
                                  std::string("+-1"),
                                  std::string("--1"),
                                  std::string("1_000"),
                                  std::string("1,5"),
                                  std::string("1e5.0"),
                                  std::string("1f"),
                                  std::string("1\0", 2),
                                  std::string("１"),
                                  std::string("1e309"),
                                  std::string("-1e309"),
                                  std::string("1e99999999999999999999999"),
                                  "1" + std::string(400, '0'),
                                  std::string("0.001e9999"),
                                  std::string("adam")}) {
    INFO(text);
    CHECK_FALSE(number_of(text).has_value());
  }
}

TEST_CASE("code points are counted and cut whole") {
  CHECK(count_code_points("") == 0);
  CHECK(count_code_points("aüß日\xF0\x9F\x98\x80") == 5);
  CHECK(first_code_points("aüß日\xF0\x9F\x98\x80", 0).empty());
  CHECK(first_code_points("aüß日\xF0\x9F\x98\x80", 2) == "aü");
  CHECK(first_code_points("aüß日\xF0\x9F\x98\x80", 4) == "aüß日");
  CHECK(first_code_points("aüß日\xF0\x9F\x98\x80", 5) == "aüß日\xF0\x9F\x98\x80");
  CHECK(first_code_points("abc", 64) == "abc");
  CHECK(count_code_points(first_code_points(std::string(100, 'x'), 64)) == 64);
}

TEST_CASE("folding is Unicode's, not ASCII's") {
  CHECK(fold("HELLO World 1_%") == "hello world 1_%");
  CHECK(fold("ÄÖÜ") == "äöü");
  CHECK(fold("Straße") == "strasse");
  CHECK(fold("STRASSE") == "strasse");
  CHECK(fold("ΣΊΣΥΦΟΣ") == fold("σίσυφος"));
  CHECK(fold("ДА") == "да");
  CHECK(fold("\xEF\xAC\x81") == "fi");  // the ligature folds fully
  CHECK(fold("²") == "²");              // compatibility mappings are not made
  CHECK(fold("\xC3") == "\xC3");        // what is no UTF-8 stays, without a crash
}

namespace {

bool like(std::string_view pattern, std::string_view text) {
  return Pattern(Filter::Op::like, pattern).matches(text);
}
bool ilike(std::string_view pattern, std::string_view text) {
  return Pattern(Filter::Op::ilike, pattern).matches(text);
}

/// LIKE by the book, over code points.
bool slow_like(const std::u32string& p, std::size_t i, const std::u32string& t, std::size_t j) {
  if (i == p.size()) return j == t.size();
  if (p[i] == U'%') {
    for (std::size_t k = j; k <= t.size(); ++k)
      if (slow_like(p, i + 1, t, k)) return true;
    return false;
  }
  return j < t.size() && (p[i] == U'_' || p[i] == t[j]) && slow_like(p, i + 1, t, j + 1);
}

std::string utf8(const std::u32string& text) {
  std::string out;
  for (const char32_t c : text) {
    if (c < 0x80) {
      out.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
      out.push_back(static_cast<char>(0xC0 | (c >> 6)));
      out.push_back(static_cast<char>(0x80 | (c & 63)));
    } else {
      out.push_back(static_cast<char>(0xE0 | (c >> 12)));
      out.push_back(static_cast<char>(0x80 | ((c >> 6) & 63)));
      out.push_back(static_cast<char>(0x80 | (c & 63)));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("LIKE") {
  CHECK(like("", ""));
  CHECK_FALSE(like("", "a"));
  CHECK(like("%", ""));
  CHECK(like("%%", "abc"));
  CHECK(like("abc", "abc"));
  CHECK_FALSE(like("abc", "ABC"));
  CHECK_FALSE(like("abc", "abcd"));
  CHECK(like("a%", "a"));
  CHECK(like("%c", "abc"));
  CHECK_FALSE(like("%c", "abcd"));
  CHECK(like("%b%", "abc"));
  CHECK(like("a_c", "abc"));
  CHECK(like("a_c", "aüc"));
  CHECK(like("_", "日"));
  CHECK_FALSE(like("__", "日"));
  CHECK(like("%_ü", "abü"));
  CHECK_FALSE(like("ab%ba", "aba"));
  CHECK(like("ab%ba", "abba"));
  CHECK(like("%\\%", "a\\b"));  // there is no escape
  CHECK(like("%a_b%c_",
             "xxaab--a.bczc"
             "d"));
  CHECK(like("resnet%", "resnet-50"));
}

TEST_CASE("ILIKE folds by Unicode") {
  CHECK(ilike("%ÜBER%", "drüber"));
  CHECK(ilike("straSSE", "Straße"));
  CHECK(ilike("ΣΊΣΥΦΟΣ", "σίσυφος"));
  CHECK_FALSE(ilike("abc", "abd"));
  CHECK(ilike("A_C%", "aÜcX"));
}

TEST_CASE("LIKE agrees with the book on random patterns and texts") {
  std::mt19937 random(20261124);
  const std::u32string letters = U"abü日";
  for (int round = 0; round < 20000; ++round) {
    std::u32string p, t;
    for (auto n = random() % 7; n > 0; --n) {
      const auto k = random() % 7;
      p.push_back(k < 2 ? U'%' : k < 4 ? U'_' : letters[random() % letters.size()]);
    }
    for (auto n = random() % 8; n > 0; --n) t.push_back(letters[random() % letters.size()]);
    INFO(utf8(p) << " on " << utf8(t));
    REQUIRE(like(utf8(p), utf8(t)) == slow_like(p, 0, t, 0));
  }
}

TEST_CASE("patterns made to explode do not") {
  // A matcher that backtracks into each % would need longer than the age of the universe.
  std::string pattern, underscores;
  for (int i = 0; i < 100; ++i) pattern += "%a";
  for (int i = 0; i < 100; ++i) underscores += "%a_";
  const std::string text(100000, 'a');
  CHECK(like(pattern + "%", text));
  CHECK_FALSE(like(pattern + "%b", text));
  CHECK_FALSE(ilike(pattern + "b%", text));
  CHECK_FALSE(like(underscores + "%b_", text));
  CHECK_FALSE(like("%" + std::string(50, 'a') + "b%", text));
  CHECK_FALSE(Pattern(Filter::Op::matches, "(a*)*(a|aa)+b").matches(text));
}

TEST_CASE("matches is RE2, unanchored") {
  const Pattern pattern(Filter::Op::matches, "^v\\d+|fin.l");
  CHECK(pattern.matches("v12"));
  CHECK(pattern.matches("the final one"));
  CHECK(pattern.matches("finül"));
  CHECK_FALSE(pattern.matches("x v12"));
  const Error e = error_of([] { Pattern(Filter::Op::matches, "a(b"); });
  CHECK(e.code() == ErrorCode::invalid);
  CHECK(std::string(e.what()).find("a(b") != std::string::npos);
  CHECK(error_of([] { Pattern(Filter::Op::matches, "(a)\\1"); }).code() == ErrorCode::invalid);
  CHECK(error_of([] { Pattern(Filter::Op::compare, "a"); }).code() == ErrorCode::misuse);
}

TEST_CASE("a LIKE tells what its matches start with") {
  CHECK(Pattern(Filter::Op::like, "abc").prefix() == "abc");
  CHECK(Pattern(Filter::Op::like, "abc%d").prefix() == "abc");
  CHECK(Pattern(Filter::Op::like, "ab_c%").prefix() == "ab");
  CHECK(Pattern(Filter::Op::like, "%abc").prefix().empty());
  CHECK(Pattern(Filter::Op::ilike, "abc%").prefix().empty());
  CHECK(Pattern(Filter::Op::matches, "^abc").prefix().empty());
  Pattern moved = Pattern(Filter::Op::like, "abc%");
  moved = Pattern(Filter::Op::like, "xy%");
  CHECK(moved.prefix() == "xy");
}
