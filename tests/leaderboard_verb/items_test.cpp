#include "verb/items.hpp"

#include <array>
#include <string>

#include "support.hpp"

namespace podium::test {
namespace {

using leaderboard::as_word;
using leaderboard::Item;
using leaderboard::items_of;

constexpr std::array<std::string_view, 2> directions = {"max", "min"};

/// "acc[max] loss[min]" of a list as it stands in a line.
std::string read(const std::string& line) {
  std::vector<CommandWord> words;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == ' ' || line[at] == ',') {
      ++at;
      continue;
    }
    CommandWord w;
    w.position = static_cast<std::int64_t>(at);
    w.quoted = line[at] == '\'';
    const std::size_t end = w.quoted ? line.find('\'', at + 1) + 1
                                     : std::min(line.find_first_of(" ,", at), line.size());
    w.text = w.quoted ? line.substr(at + 1, end - at - 2) : line.substr(at, end - at);
    words.push_back(w);
    at = end;
  }
  std::string out;
  for (const Item& item : items_of(line, words, directions)) {
    out += (out.empty() ? "" : " ") + item.name.text;
    for (const CommandWord& word : item.words) out += "[" + word.text + "]";
  }
  return out;
}

TEST_CASE("words behind a name say more of it, behind a comma they are names") {
  CHECK(read("acc") == "acc");
  CHECK(read("acc max") == "acc[max]");
  CHECK(read("acc max, loss min") == "acc[max] loss[min]");
  CHECK(read("acc MAX loss") == "acc[max] loss");
  CHECK(read("acc, loss") == "acc loss");
  CHECK(read("acc loss") == "acc loss");
  CHECK(read("max") == "max");
  CHECK(read("max max") == "max[max]");
  CHECK(read("acc, max") == "acc max");
  CHECK(read("acc , max min") == "acc max[min]");
  CHECK(read("acc 'max'") == "acc max");
  CHECK(read("acc max min") == "acc[max][min]");
}

TEST_CASE("a word in quotes where it could be something else") {
  const std::vector<std::string> keywords = {"trust", "group by"};
  CHECK(as_word("plain", keywords) == "plain");
  CHECK(as_word("trust", keywords) == "'trust'");
  CHECK(as_word("Trust", keywords) == "'Trust'");
  CHECK(as_word("group", keywords) == "'group'");
  CHECK(as_word("two words", keywords) == "'two words'");
  CHECK(as_word("it's", keywords) == "'it''s'");
  CHECK(as_word("a,b", keywords) == "'a,b'");
  CHECK(as_word("", keywords) == "''");
}

}  // namespace
}  // namespace podium::test
