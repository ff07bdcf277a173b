#pragma once
// How a table is set up: what a view keeps and an address tells.
#include <optional>
#include <string>
#include <vector>

#include "podium/json.hpp"
#include "services/table/table.hpp"

namespace podium {
class Members;
}

namespace podium::host {

struct ViewColumn {
  std::string name;                ///< as `TableQuestion::columns`; unknown ones are kept
  std::optional<int> width = {};   ///< pixels
  std::optional<int> digits = {};  ///< significant digits of its floats
  bool hidden = false;
  bool pinned = false;
  bool exact = false;  ///< floats in full
  bool operator==(const ViewColumn&) const = default;
};

struct ViewState {
  std::vector<ViewColumn> columns;  ///< in their order, hidden ones too
  std::vector<std::string> order;   ///< "NAME" or "NAME desc"
  std::string filter;               ///< text of the query language
  std::vector<ColumnFilter> filters;
  std::string search;
  TableArchived archived = TableArchived::by_filter;
  std::optional<int> digits = {};  ///< significant digits of all floats
};

/// The state of a table that nobody has changed.
ViewState usual_state();

/// Takes the members of a state's object; names that are known become canonical, those that are not
/// are kept. Throws `invalid` for what is no state, a filter that does not parse among it.
ViewState read_view_state(Members&, const Table&);
/// The object that `read_view_state` reads.
Json json_of(const ViewState&);
bool same(const ViewState&, const ViewState&);
/// One sentence for each part that the table does not know (any more).
std::vector<std::string> notices_of(const ViewState&, const Table&);

/// Splits "NAME [asc|desc]"; the name canonical.
struct OrderItem {
  std::string name;
  bool descending = false;
};
OrderItem order_item_of(const std::string&, const Table&);
std::string text_of(const OrderItem&);

std::string view_state_schema();

}  // namespace podium::host
