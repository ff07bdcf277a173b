#include "text_diff.hpp"

#include <algorithm>
#include <random>

#include "podium/http/json_writer.hpp"
#include "support.hpp"

using namespace podium::comparison;

namespace {

using Lines = std::vector<std::string>;

Lines lines(std::string_view text) {
  Lines out;
  for (const auto line : lines_of(text)) out.emplace_back(line);
  return out;
}

/// What comes of the old text when the hunks are carried out.
Lines patched(const Lines& old_lines, const TextDiff& diff) {
  Lines out;
  std::size_t at = 0;
  for (const auto& hunk : diff.hunks) {
    REQUIRE(hunk.old_line - 1 >= at);
    for (; at < hunk.old_line - 1; ++at) out.push_back(old_lines[at]);
    CHECK(hunk.new_line == out.size() + 1);
    for (const std::string& line : hunk.lines) {
      const std::string text = line.substr(1);
      if (line[0] != '+') {
        REQUIRE(at < old_lines.size());
        CHECK(old_lines[at++] == text);
      }
      if (line[0] != '-') out.push_back(text);
    }
  }
  for (; at < old_lines.size(); ++at) out.push_back(old_lines[at]);
  return out;
}

/// The longest common subsequence, by the table.
std::size_t common(const Lines& a, const Lines& b) {
  std::vector<std::vector<std::size_t>> t(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t k = 1; k <= b.size(); ++k)
      t[i][k] = a[i - 1] == b[k - 1] ? t[i - 1][k - 1] + 1 : std::max(t[i - 1][k], t[i][k - 1]);
  return t[a.size()][b.size()];
}

}  // namespace

TEST_CASE("lines end with LF or CR LF, the last one as it likes") {
  CHECK(lines("") == Lines{});
  CHECK(lines("a") == Lines{"a"});
  CHECK(lines("a\n") == Lines{"a"});
  CHECK(lines("a\r\n\r\nb\r") == Lines{"a", "", "b\r"});
  CHECK(lines("\n\n") == Lines{"", ""});
}

TEST_CASE("a difference shows what is around it") {
  const TextDiff d = diff_texts("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nX\ne\nf\ng\n", 2);
  REQUIRE(d.hunks.size() == 1);
  CHECK((d.added == 1 && d.removed == 1 && !d.coarse));
  CHECK((d.hunks[0].old_line == 2 && d.hunks[0].new_line == 2));
  CHECK(d.hunks[0].lines == Lines{" b", " c", "-d", "+X", " e", " f"});
}

TEST_CASE("differences whose surroundings touch are one hunk, others are two") {
  const std::string old_text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  CHECK(diff_texts(old_text, "x\n2\n3\n4\n5\ny\n7\n8\n9\n", 2).hunks.size() == 1);
  const TextDiff two = diff_texts(old_text, "x\n2\n3\n4\n5\n6\ny\n8\n9\n", 2);
  REQUIRE(two.hunks.size() == 2);
  CHECK(two.hunks[0].lines == Lines{"-1", "+x", " 2", " 3"});
  CHECK(two.hunks[1].lines == Lines{" 5", " 6", "-7", "+y", " 8", " 9"});
  CHECK(two.hunks[1].old_line == 5);
}

TEST_CASE("equal texts have no hunks, an empty one has all lines") {
  CHECK(diff_texts("a\nb", "a\r\nb\n").hunks.empty());
  CHECK(diff_texts("", "").hunks.empty());
  const TextDiff d = diff_texts("", "a\nb");
  CHECK((d.added == 2 && d.removed == 0));
  CHECK(d.hunks[0].lines == Lines{"+a", "+b"});
}

TEST_CASE("the way is right and the shortest, for random texts") {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    Lines a, b;
    std::string old_text, new_text;
    const auto letters = random() % 5 + 1;
    for (auto [out, text] : {std::pair(&a, &old_text), std::pair(&b, &new_text)}) {
      const std::size_t n = random() % 25;
      for (std::size_t i = 0; i < n; ++i) {
        out->push_back(std::string(1, static_cast<char>('a' + random() % letters)));
        *text += out->back() + "\n";
      }
    }
    INFO(old_text << "--\n" << new_text);
    const std::size_t context = random() % 4;
    const TextDiff d = diff_texts(old_text, new_text, context);
    CHECK(patched(a, d) == b);
    CHECK(d.added + d.removed == a.size() + b.size() - 2 * common(a, b));
    for (std::size_t i = 1; i < d.hunks.size(); ++i) {
      // Hunks do not touch: else they were one.
      std::size_t old_count = 0;
      for (const auto& line : d.hunks[i - 1].lines) old_count += line[0] != '+';
      CHECK(d.hunks[i].old_line > d.hunks[i - 1].old_line + old_count);
    }
  }
}

TEST_CASE("texts that have nothing in common are said to be so") {
  std::string a, b;
  for (int i = 0; i < 3000; ++i) {
    a += "a" + std::to_string(i) + "\n";
    b += "b" + std::to_string(i) + "\n";
  }
  const TextDiff d = diff_texts("same\n" + a + "end\n", "same\n" + b + "end\n");
  CHECK((d.coarse && d.added == 3000 && d.removed == 3000));
  CHECK(patched(lines("same\n" + a + "end\n"), d) == lines("same\n" + b + "end\n"));
  std::string json;
  podium::JsonWriter w(json);
  write(w, d);
  CHECK(json.starts_with(R"({"added":3000,"removed":3000,"coarse":true,"hunks":[{"old":1,)"));
}
