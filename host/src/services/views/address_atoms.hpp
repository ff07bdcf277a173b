#pragma once
// The smallest parts of a table's address: texts, values, words and names of columns, each so that
// nothing in it can be taken for the grammar's own signs.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/table/table.hpp"

namespace podium::host {

/// A text, percent-encoded.
std::string encode_atom(std::string_view text);
/// Percent-decoded; nothing for what is no UTF-8, or holds a NUL.
std::optional<std::string> decode_atom(std::string_view raw);

namespace address {

std::vector<std::string_view> split(std::string_view text, char by);

/// A text that stands alone behind a '=': readable signs stay.
std::string free_text(std::string_view text);

/// A value: a text that could be read as something else has a ' in front.
std::string value_atom(const Value&);
std::optional<Value> value_of_atom(std::string_view raw);
/// A word of a map, or none.
std::string word_atom(const std::optional<std::string>& word);
std::optional<std::optional<std::string>> word_of_atom(std::string_view raw);

/// A column: `p:lr`, `m:acc:max`, `n:...` for one that is not known.
std::string name_atoms(const std::string& name, const Table&);
/// The canonical name that atoms joined by ':' spell.
std::optional<std::string> name_of_atoms(std::string_view raw, const Table&);

}  // namespace address
}  // namespace podium::host
