#pragma once
// The address of a task table: its grammar, written and read here alone, so that pages, kernels and
// the command line agree. docs/table-address.md has the grammar.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/views/address_atoms.hpp"
#include "services/views/state.hpp"

namespace podium::host {

/// What an address says, its view's part included.
struct TableAddress {
  TableScope scope = TableScope::project;  ///< `subprojects` or not; whose is in the path
  std::string view;                        ///< id of a saved view, or ""
  ViewState state;
  std::vector<std::string> selection;  ///< task ids, at most 50
  std::string tab;
};

constexpr std::size_t longest_query = 1800;  ///< longer ones are kept by the server (`vh`)
constexpr std::size_t most_selected = 50;

/// The query string, without '?', as differences from `base`: the view's state, or the usual one.
std::string encode_address(const TableAddress&, const ViewState& base, const Table&);

struct DecodedAddress {
  TableAddress address;
  std::vector<std::string> notices;  ///< one sentence for each part that was passed over
};
/// Reads the raw query string, nothing in it decoded yet. `base_of` gives the state of a view's id
/// ("" is the usual one), or nothing when there is no such view. What it does not understand is
/// passed over with a notice.
DecodedAddress decode_address(std::string_view query, const Table&,
                              FunctionRef<std::optional<ViewState>(const std::string&)> base_of);

/// The raw value of a parameter of a query string.
std::optional<std::string_view> parameter_of(std::string_view query, std::string_view name);

}  // namespace podium::host
