#include "items.hpp"

#include <algorithm>

namespace podium::leaderboard {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool behind_a_comma(std::string_view line, std::int64_t position) {
  auto at = static_cast<std::size_t>(std::max<std::int64_t>(position, 0));
  at = std::min(at, line.size());
  while (at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\t' || line[at - 1] == '\n')) --at;
  return at > 0 && line[at - 1] == ',';
}

}  // namespace

std::vector<Item> items_of(std::string_view line, std::span<const CommandWord> list,
                           std::span<const std::string_view> known) {
  std::vector<Item> out;
  for (const CommandWord& word : list) {
    const std::string small = lower(word.text);
    const bool more = !out.empty() && !word.quoted && !behind_a_comma(line, word.position) &&
                      std::find(known.begin(), known.end(), small) != known.end();
    if (more)
      out.back().words.push_back({small, word.position, false});
    else
      out.push_back({word, {}});
  }
  return out;
}

std::string as_word(std::string_view text, std::span<const std::string> keywords) {
  const std::string small = lower(text);
  const bool keyword = std::any_of(keywords.begin(), keywords.end(), [&](const std::string& k) {
    return k == small ||
           (k.size() > small.size() && k.starts_with(small) && k[small.size()] == ' ');
  });
  const bool plain =
      !text.empty() && !keyword && text.find_first_of(" \t\r\n'\"`(),") == std::string_view::npos;
  if (plain) return std::string(text);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

}  // namespace podium::leaderboard
