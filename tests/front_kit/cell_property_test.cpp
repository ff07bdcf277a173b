// What is printed as a cell is read back; any text is read without harm.
#include <algorithm>
#include <random>

#include "podium/front_kit/cell.hpp"
#include "support.hpp"

using namespace podium::front;

namespace {

/// Pieces that a reader could trip over; no line ends, which end a command.
std::string awkward(std::mt19937& random, unsigned most) {
  static const char* pieces[] = {"a", "Z",    "7",  "'",  "\"", "`",  ",",    "(",         ")",
                                 " ", "\t",   "as", "=",  "-",  "#",  "live", "\u00fc",    ";",
                                 "_", "as b", ":",  "--", ".",  "\r", "''",   "\U0001f600"};
  std::string out;
  for (auto n = 1 + random() % most; n > 0; --n) out += pieces[random() % std::size(pieces)];
  return out;
}

std::string quoted(const std::string& text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

/// A command as somebody types it, and what it is.
struct Typed {
  std::string text;
  Command means;
};

Typed command(std::mt19937& random) {
  static const char* names[] = {"best", "_x", "a-1", "B", "live", "as"};
  Typed typed;
  typed.means.line = "verb";
  for (auto n = random() % 4; n > 0; --n)
    typed.means.line += " " + quoted(awkward(random, 5), random() % 2 ? '\'' : '"');
  typed.text = typed.means.line;
  const auto blanks = [&] { return std::string(1 + random() % 2, random() % 4 ? ' ' : '\t'); };
  const bool named = random() % 2, live = random() % 2, first = random() % 2;
  if (live && first) typed.text += blanks() + "live";
  if (named) {
    typed.means.name = names[random() % 4];
    typed.text += blanks() + "as" + blanks() + typed.means.name;
  }
  if (live && !first) typed.text += blanks() + "live";
  typed.means.live = live;
  if (random() % 3 == 0) typed.text += blanks();
  return typed;
}

bool well_formed(const std::vector<Word>& words, std::size_t size) {
  std::size_t before = 0;
  for (const Word& word : words) {
    if (word.begin < before || word.end <= word.begin || word.end > size) return false;
    before = word.end;
  }
  return true;
}

}  // namespace

TEST_CASE("what is printed as a cell is read back") {
  std::mt19937 random(20261128);
  for (int round = 0; round < 3000; ++round) {
    std::vector<Typed> typed;
    std::string cell;
    for (auto n = random() % 5; n > 0; --n) {
      if (random() % 4 == 0) cell += random() % 2 ? "  \n" : "# " + awkward(random, 4) + "\n";
      typed.push_back(command(random));
      typed.back().means.at = cell.size();
      cell += typed.back().text + "\n";
    }
    if (!cell.empty() && random() % 2) cell.pop_back();
    CAPTURE(cell);
    const auto commands = commands_of(cell);
    REQUIRE(commands.size() == typed.size());
    for (std::size_t i = 0; i < typed.size(); ++i) {
      CHECK(commands[i].line == typed[i].means.line);
      CHECK(commands[i].name == typed[i].means.name);
      CHECK(commands[i].live == typed[i].means.live);
      CHECK(commands[i].at == typed[i].means.at);
      CHECK(command_at(cell, typed[i].means.at).at == typed[i].means.at);
    }
  }
}

TEST_CASE("a text in quotes is one word, whatever is in it") {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = awkward(random, 8);
    const char quote = random() % 2 ? '\'' : '"';
    const std::string line = "say " + quoted(text, quote) + " more";
    CAPTURE(line);
    const auto words = words_of(line);
    REQUIRE(words.size() == 3);
    CHECK(words[1].text == text);
    CHECK(words[1].quoted);
    CHECK(line.substr(words[1].begin, words[1].end - words[1].begin) == quoted(text, quote));
  }
}

TEST_CASE("a command on several lines is the same in one; its places are those of the cell") {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    const Typed typed = command(random);
    std::string cell = typed.text;
    // Only between words: a line that ends within quotes is the text's.
    std::vector<std::size_t> gaps;
    for (const Word& word : words_of(cell))
      if (word.begin > 0) gaps.push_back(word.begin);
    if (gaps.empty()) continue;
    const std::size_t gap = gaps[random() % gaps.size()];
    cell.insert(gap, "\\\n");
    CAPTURE(cell);
    const auto commands = commands_of(cell);
    REQUIRE(commands.size() == 1);
    CHECK(commands[0].name == typed.means.name);
    CHECK(commands[0].live == typed.means.live);
    const auto words = words_of(commands[0].line), same = words_of(typed.means.line);
    REQUIRE(words.size() == same.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      CHECK(words[i].text == same[i].text);
      CHECK(cell.substr(words[i].begin, words[i].end - words[i].begin) ==
            typed.means.line.substr(same[i].begin, same[i].end - same[i].begin));
    }
    CHECK_FALSE(is_whole(cell.substr(0, gap + 1)));
    CHECK(is_whole(cell));
  }
}

TEST_CASE("any text is read without harm") {
  std::mt19937 random(13);
  for (int round = 0; round < 5000; ++round) {
    std::string cell;
    for (auto n = random() % 12; n > 0; --n)
      cell += random() % 5 == 0   ? "\n"
              : random() % 9 == 0 ? "\\\n"
              : random() % 9 == 0 ? std::string(1, static_cast<char>(random()))
                                  : awkward(random, 2);
    CAPTURE(cell);
    std::size_t before = 0;
    for (const Command& c : commands_of(cell)) {
      CHECK(c.at >= before);
      CHECK(c.at + c.line.size() <= cell.size() + 1);
      CHECK(well_formed(words_of(c.line), c.line.size()));
      CHECK_FALSE(words_of(c.line).empty());
      before = c.at + c.line.size();
    }
    for (std::size_t byte = 0; byte <= cell.size() + 1; ++byte) {
      const Command c = command_at(cell, byte);
      CHECK(c.at <= byte);
      CHECK(c.at + c.line.size() <= cell.size() + 1);
    }
  }
}
