#include "podium/storage_kit/rows.hpp"

#include "podium/storage_kit/text.hpp"

namespace podium::kit {

std::string text_of(const Cell& cell) {
  const auto* text = std::get_if<std::string_view>(&cell);
  return text ? std::string(*text) : std::string();
}

std::optional<std::int64_t> integer_of(const Cell& cell) {
  const auto* n = std::get_if<std::int64_t>(&cell);
  return n ? std::optional(*n) : std::nullopt;
}

std::int64_t integer_or(const Cell& cell, std::int64_t otherwise) {
  return integer_of(cell).value_or(otherwise);
}

bool flag_of(const Cell& cell) {
  const auto* flag = std::get_if<bool>(&cell);
  return flag != nullptr && *flag;
}

Column column_of(const Path& path) {
  if (path.kind == Path::Kind::map && path.key.empty()) return whole_map(path.name);
  return value_of(path);
}

Seen seen(const Row& row, std::size_t column, const Path& path) {
  Seen out;
  switch (path.kind) {
    case Path::Kind::id:
      out.cell = row.id();
      return out;
    case Path::Kind::ordinal:
      out.cell = row.ordinal();
      return out;
    case Path::Kind::version:
      out.cell = row.version();
      return out;
    case Path::Kind::map:
      out.dual = true;
      if (path.key.empty()) {
        if (!row.map(column).empty()) out.cell = std::string_view();
        return out;
      }
      out.cell = row.cell(column);
      if (const auto* text = std::get_if<std::string_view>(&out.cell))
        out.number = number_of(*text);
      return out;
    default:
      out.cell = row.cell(column);
      return out;
  }
}

}  // namespace podium::kit
