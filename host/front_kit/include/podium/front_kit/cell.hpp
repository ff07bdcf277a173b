#pragma once
// What is typed into a cell: one command a line.
#include <string>
#include <string_view>
#include <vector>

namespace podium::front {

/// A word of a line with its place; a text in quotes is one word.
struct Word {
  std::string text;  ///< without quotes
  std::size_t begin = 0, end = 0;
  bool quoted = false;
};
std::vector<Word> words_of(std::string_view line);

/// A command with the words of the front end taken off its end.
struct Command {
  std::string line;    ///< for the host
  std::string name;    ///< `as NAME`: what its result is called
  bool live = false;   ///< `live`: its output follows what happens
  std::size_t at = 0;  ///< byte of the cell where it begins
};

/// The commands of a cell. A line that ends with a backslash goes on in the next one; empty ones
/// and those that begin with '#' are none.
std::vector<Command> commands_of(std::string_view cell);
/// Whether no line is to be continued.
bool is_whole(std::string_view cell);
/// The command that a byte of the cell stands in, its front end's words included; `at` tells where
/// its line begins.
Command command_at(std::string_view cell, std::size_t byte);

}  // namespace podium::front
