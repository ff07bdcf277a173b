#include "catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "podium/error.hpp"

namespace podium::sqlite {
namespace {

template <class T>
const T* named(const std::vector<T>& items, std::string_view name) noexcept {
  for (const T& item : items)
    if (item.name == name) return &item;
  return nullptr;
}

void add_fields(CollectionInfo& info) {
  int position = 0;
  const auto add = [&](std::string_view column) {
    if (position > 0) info.columns += ", ";
    info.columns += column;
    return position++;
  };
  add("rid");
  if (!info.declaration.sequence) info.id_position = add("id");
  info.version_position = add("ver");
  for (const Field& declared : info.declaration.fields) {
    FieldInfo field;
    field.index = info.fields.size();
    field.name = declared.name;
    field.type = declared.type;
    field.on_erase = declared.on_erase;
    field.derived = declared.derived;
    field.column = "f_" + declared.name;
    if (declared.type == Type::real) field.extra = "r_" + declared.name;
    if (declared.type == Type::scalar) field.extra = "n_" + declared.name;
    field.position = add(field.column);
    if (!field.extra.empty()) add(field.extra);
    info.fields.push_back(std::move(field));
  }
  if (info.declaration.body) info.body_position = add("body");
  info.select_row = fmt::format("SELECT {} FROM {} WHERE rid = ?", info.columns, info.table);
  std::string values = "?";
  for (int i = 1; i < position; ++i) values += ", ?";
  info.insert_row =
      fmt::format("INSERT INTO {} ({}) VALUES ({})", info.table, info.columns, values);
}

void resolve(CollectionInfo& info) {
  const Collection& declared = info.declaration;
  const auto number = static_cast<int>(info.id);
  info.table = fmt::format("t{}", number);
  add_fields(info);
  for (const Key& key : declared.keys) {
    KeyInfo resolved{key.name, {}, key.unique, fmt::format("k{}_{}", number, key.name)};
    for (const std::string& name : key.fields) resolved.fields.push_back(info.field(name).index);
    info.keys.push_back(std::move(resolved));
  }
  for (const FieldInfo& field : info.fields)
    if (field.type == Type::reference)
      info.reference_keys.push_back(
          {field.name, {field.index}, false, info.reference_index(field)});
  for (const Map& map : declared.maps)
    info.maps.push_back({map.name, map.indexed, fmt::format("m{}_{}", number, map.name),
                         map.indexed ? fmt::format("x{}_{}", number, map.name) : std::string()});
  for (const Series& one : declared.series)
    info.series.push_back({one.name, one.last, fmt::format("s{}_{}", number, one.name),
                           fmt::format("y{}_{}", number, one.name),
                           fmt::format("p{}_{}", number, one.name),
                           fmt::format("c{}_{}", number, one.name)});
  if (!declared.partition.empty()) info.partition = &info.field(declared.partition);
}

}  // namespace

const FieldInfo& CollectionInfo::field(std::string_view name) const {
  if (const auto* found = named(fields, name)) return *found;
  return fields[static_cast<std::size_t>(&kit::field_of(declaration, name) -
                                         declaration.fields.data())];
}
const KeyInfo& CollectionInfo::key(std::string_view name) const {
  if (const auto* found = named(keys, name)) return *found;
  if (const auto* found = named(reference_keys, name)) return *found;
  return keys[static_cast<std::size_t>(&kit::key_of(declaration, name) - declaration.keys.data())];
}
const MapInfo& CollectionInfo::map(std::string_view name) const {
  if (const auto* found = named(maps, name)) return *found;
  return maps[static_cast<std::size_t>(&kit::map_of(declaration, name) - declaration.maps.data())];
}
const SeriesInfo& CollectionInfo::one_series(std::string_view name) const {
  if (const auto* found = named(series, name)) return *found;
  return series[static_cast<std::size_t>(&kit::series_of(declaration, name) -
                                         declaration.series.data())];
}
const MapInfo* CollectionInfo::find_map(std::string_view name) const noexcept {
  return named(maps, name);
}
const SeriesInfo* CollectionInfo::find_series(std::string_view name) const noexcept {
  return named(series, name);
}
std::string CollectionInfo::reference_index(const FieldInfo& field) const {
  return fmt::format("r{}_{}", static_cast<int>(id), field.name);
}

std::string key_columns(const FieldInfo& field) {
  return field.extra.empty() ? field.column : field.extra + ", " + field.column;
}

Catalog::Catalog(std::vector<Stored> collections) {
  for (Stored& stored : collections) {
    auto info = std::make_unique<CollectionInfo>();
    info->id = stored.id;
    info->declared = stored.declared;
    info->declaration = std::move(stored.declaration);
    const auto number = static_cast<std::size_t>(stored.id);
    if (by_id_.size() <= number) by_id_.resize(number + 1);
    by_id_[number] = info.get();
    by_name_.emplace(info->declaration.name, info.get());
    collections_.push_back(std::move(info));
  }
  for (auto& info : collections_) resolve(*info);
  for (auto& info : collections_) {
    for (FieldInfo& field : info->fields) {
      if (field.type != Type::reference) continue;
      const std::string& target = info->declaration.fields[field.index].target;
      const auto found = by_name_.find(target);
      if (found == by_name_.end())
        throw Error(ErrorCode::invalid,
                    fmt::format("the reference '{}' of '{}' points at '{}', which is not declared",
                                field.name, info->declaration.name, target));
      field.target = found->second->id;
      if (field.on_erase == OnErase::cascade) info->cascades.push_back(&field);
      at(field.target);
      for (auto& other : collections_)
        if (other->id == field.target)
          other->referrers.push_back({info->id, field.index, field.on_erase});
    }
  }
}

const CollectionInfo& Catalog::at(CollectionId id) const {
  const auto number = static_cast<std::size_t>(id);
  if (number >= by_id_.size() || by_id_[number] == nullptr)
    throw Error(ErrorCode::not_found, fmt::format("no collection has the handle {}", number));
  return *by_id_[number];
}

const CollectionInfo* Catalog::find(std::string_view name) const noexcept {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const Collection& Catalog::by_name(std::string_view name) const {
  if (const CollectionInfo* found = find(name)) return found->declaration;
  std::vector<std::string> names;
  for (const auto& info : collections_) names.push_back(info->declaration.name);
  const std::string near = kit::nearest(name, names);
  throw Error(ErrorCode::invalid,
              fmt::format("there is no collection '{}'{}", name,
                          near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

}  // namespace podium::sqlite
