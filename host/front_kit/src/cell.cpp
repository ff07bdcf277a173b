#include "podium/front_kit/cell.hpp"

#include <algorithm>

namespace podium::front {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

/// Lines of a cell, continued ones as one; a backslash and the line's end become blanks, so that
/// places stay what they are.
struct Line {
  std::string text;
  std::size_t at = 0;
};
std::vector<Line> lines_of(std::string_view cell) {
  std::vector<Line> lines;
  std::size_t begin = 0;
  bool goes_on = false;
  while (begin <= cell.size()) {
    const std::size_t end = std::min(cell.find('\n', begin), cell.size());
    std::string text(cell.substr(begin, end - begin));
    if (!goes_on) lines.push_back({{}, begin});
    std::size_t last = text.size();
    while (last > 0 && is_blank(text[last - 1])) --last;
    goes_on = last > 0 && text[last - 1] == '\\';
    if (goes_on) text[last - 1] = ' ';
    lines.back().text += text;
    if (goes_on) lines.back().text += ' ';
    begin = end + 1;
  }
  return lines;
}

}  // namespace

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  std::size_t i = 0;
  while (true) {
    while (i < line.size() && is_blank(line[i])) ++i;
    if (i >= line.size()) return words;
    Word word;
    word.begin = i;
    while (i < line.size() && !is_blank(line[i])) {
      const char quote = line[i];
      if (quote != '\'' && quote != '"') {
        word.text += line[i++];
        continue;
      }
      word.quoted = true;
      for (++i; i < line.size(); ++i) {
        if (line[i] != quote) {
          word.text += line[i];
        } else if (i + 1 < line.size() && line[i + 1] == quote) {
          word.text += line[i++];
        } else {
          break;
        }
      }
      if (i < line.size()) ++i;
    }
    word.end = i;
    words.push_back(std::move(word));
  }
}

std::vector<Command> commands_of(std::string_view cell) {
  std::vector<Command> commands;
  for (const Line& line : lines_of(cell)) {
    std::vector<Word> words = words_of(line.text);
    if (words.empty() || line.text[words.front().begin] == '#') continue;
    Command command;
    command.at = line.at;
    while (words.size() > 1) {
      const Word& last = words.back();
      const Word& before = words[words.size() - 2];
      if (!command.live && !last.quoted && last.text == "live") {
        command.live = true;
        words.pop_back();
      } else if (command.name.empty() && words.size() > 2 && !last.quoted && !before.quoted &&
                 before.text == "as" && is_name(last.text)) {
        command.name = last.text;
        words.resize(words.size() - 2);
      } else {
        break;
      }
    }
    command.line = line.text.substr(0, words.back().end);
    commands.push_back(std::move(command));
  }
  return commands;
}

bool is_whole(std::string_view cell) {
  std::size_t last = cell.size();
  while (last > 0 && is_blank(cell[last - 1])) --last;
  return last == 0 || cell[last - 1] != '\\';
}

Command command_at(std::string_view cell, std::size_t byte) {
  Command found;
  for (const Line& line : lines_of(cell)) {
    if (line.at > byte) break;
    found.line = line.text;
    found.at = line.at;
  }
  return found;
}

}  // namespace podium::front
