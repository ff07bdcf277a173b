#include "facts.hpp"

#include <cmath>

#include "podium/http/json_writer.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"

namespace podium::custom {
namespace {

Json json_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) return std::string(*text);
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth;
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return *integer;
  if (const auto* real = std::get_if<double>(&cell)) {
    if (std::isfinite(*real)) return *real;
    std::string text;  // a text in quotes, as everywhere in podium's JSON
    append_json_number(text, *real);
    return Json::parse(text);
  }
  return nullptr;
}

Column column_of(const Name& name) {
  switch (name.kind) {
    case Name::Kind::param:
      return value_of(entry("params", name.key));
    case Name::Kind::tag:
      return value_of(entry("tags", name.key));
    case Name::Kind::property:
      return value_of(entry("properties", name.key));
    case Name::Kind::metric:
      return value_of(series("metrics", name.key, name.statistic));
    default:
      return value_of(name.key == "id" ? record_id() : field(name.key));
  }
}

bool is_project(const Name& name) { return name.kind == Name::Kind::task && name.key == "project"; }

}  // namespace

std::map<Ordinal, Facts> read_facts(PluginContext& context, const Principal& who,
                                    std::span<const Ordinal> tasks,
                                    const std::vector<Name>& names) {
  std::vector<const Name*> wanted;
  std::vector<Column> columns;
  for (const Name& name : names)
    if (name.of_task()) {
      wanted.push_back(&name);
      columns.push_back(column_of(name));
    }
  std::map<Ordinal, Facts> out;
  context.store().read([&](const Reader& reader) {
    out.clear();
    context.tasks().get(reader, who, tasks, columns, [&](const Row& row) {
      Facts& facts = out[row.ordinal()];
      for (std::size_t i = 0; i < wanted.size(); ++i)
        facts[wanted[i]->source] = json_of(row.cell(i));
      return true;
    });
    // A reference is an ordinal; what is told of a project is its id.
    std::map<Json, Json> ids;
    for (auto& [ordinal, facts] : out)
      for (const Name* name : wanted) {
        if (!is_project(*name)) continue;
        Json& value = facts[name->source];
        if (!value.is_number_integer()) continue;
        auto [id, fresh] = ids.emplace(value, nullptr);
        if (fresh)
          context.projects().get(reader, who, value.get<Ordinal>(), {},
                                 [&](const Row& row) { id->second = std::string(row.id()); });
        value = id->second;
      }
  });
  return out;
}

}  // namespace podium::custom
