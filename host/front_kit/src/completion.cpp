#include "podium/front_kit/completion.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/front_kit/cell.hpp"

namespace podium::front {

Completion completion_of(const Json& answer, std::string_view line, std::size_t cursor,
                         std::span<const OwnWord> own) {
  cursor = std::min(cursor, line.size());
  Completion found{cursor, cursor, {}};
  if (answer.is_object()) {
    found.end = std::min(answer.at("end").get<std::size_t>(), line.size());
    found.begin = std::min(answer.at("start").get<std::size_t>(), found.end);
    for (const Json& m : answer.at("matches"))
      found.matches.push_back({m.at("text"), m.value("kind", ""), m.value("note", "")});
  }
  // The own words stand where a verb does.
  const std::string_view typed = line.substr(0, cursor);
  const auto words = words_of(typed);
  if (words.size() > 1 || (words.size() == 1 && words[0].end != typed.size())) return found;
  const std::size_t begin = words.empty() ? typed.size() : words[0].begin;
  if (found.matches.empty()) found.begin = begin;
  for (const OwnWord& word : own)
    if (std::string_view(word.text).starts_with(typed.substr(begin)))
      found.matches.push_back({word.text, "verb", word.note});
  return found;
}

std::string common_beginning(const Completion& found, std::string_view line) {
  if (found.matches.empty()) return {};
  std::string common = found.matches.front().text;
  for (const auto& match : found.matches)
    common.resize(static_cast<std::size_t>(
        std::mismatch(common.begin(), common.end(), match.text.begin(), match.text.end()).first -
        common.begin()));
  // Never a part of a character.
  if (common.size() < found.matches.front().text.size())
    while (!common.empty() &&
           (static_cast<unsigned char>(found.matches.front().text[common.size()]) & 0xc0) == 0x80)
      common.pop_back();
  const std::string_view typed = line.substr(found.begin, found.end - found.begin);
  const bool more = common.size() > typed.size() && common.starts_with(typed);
  return more || found.matches.size() == 1 ? common : std::string();
}

}  // namespace podium::front
