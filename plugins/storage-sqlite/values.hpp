#pragma once
// Values of fields: checked against the declaration, bound, compared with what is stored.
#include "catalog.hpp"
#include "podium/storage_kit/values.hpp"
#include "podium/store/filter.hpp"
#include "sqlite.hpp"

namespace podium::sqlite {

/// Throws `invalid`, naming the field, when a value does not fit it or a text is not valid.
void check_value(const CollectionInfo&, const FieldInfo&, const Value&);
/// Throws `invalid`, saying what the text is, unless it is valid UTF-8 without U+0000.
void check_text(std::string_view text, std::string_view what);

inline bool missing(const Value& value) noexcept {
  return std::holds_alternative<std::monostate>(value);
}

/// Binds a checked value's columns in the order of a table (value, then rank or number) from
/// parameter `at` on; returns the next parameter.
int bind_value(Statement&, int at, const FieldInfo&, const Value&);
/// The same in the order of an index (rank or number first).
int bind_key_value(Statement&, int at, const FieldInfo&, const Value&);
/// Whether a row, selected as CollectionInfo::columns, has the value.
bool holds(const Statement& row, const FieldInfo&, const Value&);
/// A field of a row, selected so. Texts are valid until the next step.
kit::Seen seen(const Statement& row, const FieldInfo&);

}  // namespace podium::sqlite
