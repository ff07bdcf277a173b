#include "names.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace podium::chart_kit {
namespace {

/// The length of the character that begins at `text[at]`, or 0 when it is not valid UTF-8.
std::size_t length_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  const unsigned char second = byte(at + 1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return length;
}

/// Of two or three bytes: C1 controls, line and paragraph separators, and what turns the direction.
bool unwanted(std::string_view character) {
  if (character.size() == 2) return character[0] == '\xc2' && character[1] < '\xa0';
  if (character.size() != 3 || character[0] != '\xe2') return false;
  const auto last = static_cast<unsigned char>(character[2]);
  if (character[1] == '\x80') return (last >= 0xa8 && last <= 0xae) || last == 0x8e || last == 0x8f;
  return character[1] == '\x81' && last >= 0xa6 && last <= 0xa9;
}

}  // namespace

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = length_at(text, i);
    if (length == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD
      ++i;
      continue;
    }
    const std::string_view character = text.substr(i, length);
    const auto byte = static_cast<unsigned char>(character[0]);
    if (byte < 0x20 || byte == 0x7f || (length > 1 && unwanted(character)))
      out += ' ';
    else
      out += character;
    i += length;
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t most) {
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) begins.push_back(i);
  if (begins.size() <= most) return std::string(text);
  const std::size_t tail = (most - 1) / 2, head = most - 1 - tail;
  return std::string(text.substr(0, begins[head])) + "…" +
         std::string(text.substr(begins[begins.size() - tail]));
}

Names names_of(const std::vector<const Subject*>& subjects) {
  Names names;
  std::unordered_map<std::string, int> full, shown;
  for (const Subject* s : subjects) names.full.push_back(clean(s->label));
  for (const std::string& name : names.full) ++full[name];
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const std::string id = clean(subjects[i]->id);
    if (names.full[i].empty() || full[names.full[i]] > 1)
      names.full[i] += (names.full[i].empty() ? "" : ".") +
                       id.substr(id.size() - std::min<std::size_t>(id.size(), 6));
    const std::string& color = subjects[i]->color;
    names.colors.push_back(color.empty() ? color_of(subjects[i]->id) : color);
  }
  for (const std::string& name : names.full) names.shown.push_back(shortened(name));
  std::set<std::string> taken;
  for (std::string& name : names.shown) {
    const std::string wanted = name;
    for (int n = 2; !taken.insert(name).second; ++n) name = wanted + " #" + std::to_string(n);
  }
  return names;
}

Names names_of(const std::vector<Subject>& subjects) {
  std::vector<const Subject*> pointers;
  pointers.reserve(subjects.size());
  for (const Subject& s : subjects) pointers.push_back(&s);
  return names_of(pointers);
}

}  // namespace podium::chart_kit
