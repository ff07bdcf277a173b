#include "services/access/access.hpp"

#include <string>

namespace podium::host {

Filter OpenAccess::visible(const Principal& who, std::string_view collection) const {
  who.mark_checked();
  if (collection.find('/') == std::string_view::npos) return {};
  if (store_.declaration(store_.collection(collection)).readers == "all") return {};
  return none();
}

void OpenAccess::require(const Principal& who, std::string_view permission) const {
  if (who.may(permission)) return;
  throw Error(ErrorCode::denied, "'" + who.id + "' lacks the permission '" +
                                     std::string(permission) + "'; ask an administrator for it");
}

}  // namespace podium::host
