#include "podium/storage_kit/rows.hpp"

#include "podium/storage_kit/text.hpp"

namespace podium::kit {

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
