#include "tombstones.hpp"

#include <fmt/format.h>

namespace podium::sqlite {

void Tombstones::load(Connection& connection) {
  roots_.clear();
  Statement roots = connection.prepare("SELECT cid, rid FROM tombstones");
  while (roots.step())
    roots_.insert({static_cast<CollectionId>(roots.integer(0)), roots.integer(1)});
}

bool Tombstones::hide(Connection& connection, const Catalog& catalog, const CollectionInfo& info,
                      Ordinal ordinal) const {
  if (roots_.empty() || info.cascades.empty()) return false;
  // References may form rings; what was visited is not visited again.
  std::set<std::pair<CollectionId, Ordinal>> seen{{info.id, ordinal}};
  std::vector<std::pair<CollectionId, Ordinal>> open{{info.id, ordinal}};
  while (!open.empty()) {
    const auto [collection, record] = open.back();
    open.pop_back();
    const CollectionInfo& at = catalog.at(collection);
    if (at.cascades.empty()) continue;
    std::string columns;
    for (const FieldInfo* field : at.cascades)
      columns += (columns.empty() ? "" : ", ") + field->column;
    Statement row =
        connection.prepare(fmt::format("SELECT {} FROM {} WHERE rid = ?", columns, at.table));
    if (!row.bind(record).step()) continue;
    for (std::size_t i = 0; i < at.cascades.size(); ++i) {
      const std::pair<CollectionId, Ordinal> target{at.cascades[i]->target,
                                                    row.integer(static_cast<int>(i))};
      if (target.second == 0) continue;
      if (roots_.count(target) != 0) return true;
      if (seen.insert(target).second) open.push_back(target);
    }
  }
  return false;
}

}  // namespace podium::sqlite
