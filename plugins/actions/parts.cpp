#include "parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/http/json_writer.hpp"

namespace podium::actions {
namespace {

bool begins_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

std::string Parameters::text(const char* name) const {
  const auto at = json_.find(name);
  return at != json_.end() && at->is_string() ? at->get<std::string>() : std::string();
}

bool Parameters::flag(const char* name, bool otherwise) const {
  const auto at = json_.find(name);
  return at != json_.end() && at->is_boolean() ? at->get<bool>() : otherwise;
}

std::int64_t Parameters::integer(const char* name, std::int64_t otherwise) const {
  const auto at = json_.find(name);
  return at != json_.end() && at->is_number_integer() ? at->get<std::int64_t>() : otherwise;
}

std::vector<std::string> Parameters::texts(const char* name) const {
  std::vector<std::string> out;
  if (const auto at = json_.find(name); at != json_.end() && at->is_array())
    for (const Json& item : *at)
      if (item.is_string()) out.push_back(item.get<std::string>());
  return out;
}

std::vector<std::pair<std::string, std::string>> Parameters::entries(const char* name) const {
  std::vector<std::pair<std::string, std::string>> out;
  if (const auto at = json_.find(name); at != json_.end() && at->is_object())
    for (const auto& [key, value] : at->items())
      if (value.is_string()) out.emplace_back(key, value.get<std::string>());
  return out;
}

std::string text_of(Transaction& t, CollectionId c, Ordinal o, const char* name) {
  const Column column = value_of(field(name));
  std::string out;
  t.get(c, o, std::span(&column, 1), [&](const Row& row) {
    const Cell cell = row.cell(0);
    if (const auto* text = std::get_if<std::string_view>(&cell)) out = *text;
  });
  return out;
}

Ordinal reference_of(Transaction& t, CollectionId c, Ordinal o, const char* name) {
  const Column column = value_of(field(name));
  Ordinal out = 0;
  t.get(c, o, std::span(&column, 1), [&](const Row& row) {
    const Cell cell = row.cell(0);
    if (const auto* ordinal = std::get_if<std::int64_t>(&cell)) out = *ordinal;
  });
  return out;
}

std::string id_of(Transaction& t, CollectionId c, Ordinal o) {
  std::string out;
  t.get(c, o, {}, [&](const Row& row) { out = row.id(); });
  return out;
}

Ordinal find_project(Transaction& t, const Projects& projects, std::string_view id_or_name) {
  const bool number = !id_or_name.empty() && id_or_name.size() <= 18 &&
                      std::all_of(id_or_name.begin(), id_or_name.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (number)
    if (const Ordinal o = t.find(projects.collection(), id_or_name); o != 0) return o;
  Ordinal found = 0;
  t.query(projects.collection(), KeyRange{"name", {std::string(id_or_name)}}, 1, {},
          [&](const Row& row) {
            found = row.ordinal();
            return false;
          });
  return found;
}

Error no_project(std::string_view id_or_name) {
  return Error(ErrorCode::not_found,
               "no project has the id or name '" + std::string(id_or_name) + "'")
      .in("project");
}

std::string count_of(std::int64_t n, std::string_view one) {
  return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i)
    out += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return out;
}

std::size_t code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string cut(std::string text, std::size_t most) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (begins_character(text[i]) && seen++ == most) {
      text.resize(i);
      break;
    }
  return text;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '_' || c == '-' || c == '.';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string json_of(std::string_view name, std::string_view text) {
  std::string out;
  JsonWriter(out).object().key(name).value(text).end_object();
  return out;
}

}  // namespace podium::actions
