#pragma once
// Reading the task table's question out of a body.
#include <string>
#include <vector>

#include "podium/http/input.hpp"
#include "services/table/table.hpp"

namespace podium::host {

/// Takes `project`, `scope`, `archived`, `filter`, `bind`, `filters` and `search`.
TableQuestion read_table_question(Members&);
/// Takes `order` and `columns` into the question; an absent `columns` are `usual`.
void read_table_columns(Members&, TableQuestion&, std::vector<std::string> usual);
/// One object of `filters`.
ColumnFilter column_filter_of(const Json&, const std::string& path);
/// The object that `column_filter_of` reads.
Json json_of(const ColumnFilter&);
/// A text, number, flag, or null.
Value value_of_json(const Json&, const std::string& path);
Json json_of(const Value&);

/// The schemas' members of these, for the OpenAPI document.
std::string table_question_members();
std::string table_columns_members();
std::string column_filters_schema();

}  // namespace podium::host
