#include "labels.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tables.hpp"

namespace podium::leaderboard {
namespace {

constexpr std::size_t most_columns = 12;

}  // namespace

std::string label_text(const Json& label) {
  if (label.contains("team")) return label["team"].get<std::string>();
  if (label.contains("name")) return label["name"].get<std::string>();
  std::string out;
  for (const char* member : {"tags", "params"})
    if (const auto at = label.find(member); at != label.end())
      for (const auto& [key, value] : at->items())
        out += (out.empty() ? "" : ", ") + key + "=" +
               (value.is_null() ? std::string("none") : value.get<std::string>());
  return out.empty() ? "all" : out;
}

LabelColumns::LabelColumns(const Definition& d, const Json& rows) {
  const auto all_have = [&](const char* member) {
    return std::all_of(rows.begin(), rows.end(),
                       [&](const Json& row) { return row.at("label").contains(member); });
  };
  // Rows of the past may be of another definition.
  if (d.kind == Kind::teams || d.kind == Kind::tasks) {
    const bool teams = d.kind == Kind::teams;
    const bool fit = all_have(teams ? "team" : "task");
    shape_ = !fit ? Shape::whole : teams ? Shape::team : Shape::task;
    return;
  }
  const auto add = [&](const char* member, const std::string& key) {
    if (std::find(parts_.begin(), parts_.end(), std::pair(std::string(member), key)) ==
        parts_.end())
      parts_.emplace_back(member, key);
  };
  for (const std::string& key : d.group_by.tags) add("tags", key);
  for (const std::string& key : d.group_by.params) add("params", key);
  for (const Json& row : rows) {
    const Json& label = row.at("label");
    if (label.contains("team") || label.contains("task")) shape_ = Shape::whole;
    for (const char* member : {"tags", "params"})
      if (const auto at = label.find(member); at != label.end())
        for (const auto& [key, value] : at->items()) add(member, key);
  }
  if (parts_.size() > most_columns) shape_ = Shape::whole;
}

void LabelColumns::declare(AnswerTable& table) const {
  switch (shape_) {
    case Shape::parts:
      for (const auto& [member, key] : parts_) table.column(member + "." + key);
      break;
    case Shape::whole:
      table.column("label");
      break;
    case Shape::team:
      table.column("team");
      break;
    case Shape::task:
      table.column("id", CellType::id).column("name");
      break;
  }
}

void LabelColumns::append(std::vector<Value>& row, const Json& label) const {
  const auto text = [&](const Json* value) {
    row.push_back(value != nullptr && value->is_string() ? Value{value->get<std::string>()}
                                                         : Value{});
  };
  const auto member_of = [](const Json& object, const std::string& member) -> const Json* {
    const auto at = object.find(member);
    return at == object.end() ? nullptr : &*at;
  };
  switch (shape_) {
    case Shape::parts:
      for (const auto& [member, key] : parts_) {
        const Json* map = member_of(label, member);
        text(map != nullptr ? member_of(*map, key) : nullptr);
      }
      break;
    case Shape::whole:
      row.emplace_back(label_text(label));
      break;
    case Shape::team:
      text(member_of(label, "team"));
      break;
    case Shape::task:
      text(member_of(label, "task"));
      text(member_of(label, "name"));
      break;
  }
}

}  // namespace podium::leaderboard
