#include "podium/front_kit/cell.hpp"

#include "support.hpp"

using namespace podium::front;

TEST_CASE("a cell is one command a line") {
  const auto commands = commands_of("tasks in vision\n\n# nothing\n  projects  \nhelp \\\n  tasks");
  REQUIRE(commands.size() == 3);
  CHECK(commands[0].line == "tasks in vision");
  CHECK(commands[1].line == "  projects");
  CHECK(words_of(commands[2].line).size() == 2);
  CHECK(commands_of("").empty());
  CHECK(commands_of(" \n\t\n#\n").empty());
}

TEST_CASE("places in a continued line are those of the cell") {
  const std::string cell = "projects\ntasks \\\n  in vision";
  const Command found = command_at(cell, cell.size());
  CHECK(found.at == 9);
  CHECK(found.line.size() == cell.size() - found.at);
  CHECK(found.line.substr(cell.find("vision") - found.at) == "vision");
  CHECK(command_at(cell, 3).line == "projects");
}

TEST_CASE("the words of the front end stand at the end") {
  struct {
    const char *line, *host, *name;
    bool live;
  } const examples[] = {
      {"tasks as best", "tasks", "best", false},
      {"tasks in vision live", "tasks in vision", "", true},
      {"tasks live as best", "tasks", "best", true},
      {"tasks as best live", "tasks", "best", true},
      {"note a text 'as best'", "note a text 'as best'", "", false},
      {"note a text 'live'", "note a text 'live'", "", false},
      {"tasks where name = 'x as y'", "tasks where name = 'x as y'", "", false},
      {"tasks as 7", "tasks as 7", "", false},
      {"as best", "as best", "", false},
      {"live", "live", "", false},
  };
  for (const auto& example : examples) {
    CAPTURE(example.line);
    const auto commands = commands_of(example.line);
    REQUIRE(commands.size() == 1);
    CHECK(commands[0].line == example.host);
    CHECK(commands[0].name == example.name);
    CHECK(commands[0].live == example.live);
  }
}

TEST_CASE("words with quotes") {
  const auto words = words_of("note 'it''s' \"a b\"c  d");
  REQUIRE(words.size() == 4);
  CHECK(words[1].text == "it's");
  CHECK(words[1].quoted);
  CHECK(words[2].text == "a bc");
  CHECK(words[3].text == "d");
  CHECK(words_of("note 'never ends").at(1).text == "never ends");
}

TEST_CASE("a line is whole unless a backslash ends it") {
  CHECK(is_whole("tasks"));
  CHECK(is_whole(""));
  CHECK_FALSE(is_whole("tasks \\"));
  CHECK_FALSE(is_whole("tasks \\  "));
}
