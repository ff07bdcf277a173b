#include "source.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "podium/plugin.hpp"
#include "podium/service/tasks.hpp"

namespace podium::comparison {
namespace {

constexpr std::array fields_of_source = {"source_type", "source_name", "repository",
                                         "branch",      "commit",      "source_tag",
                                         "entry_point", "working_dir", "binary"};

std::string_view trimmed(std::string_view text) {
  constexpr const char* blanks = " \t\r";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void finish(ComparedFact& f, std::size_t tasks) {
  f.values.resize(tasks);
  f.equal = std::all_of(f.values.begin(), f.values.end(),
                        [&](const auto& v) { return v == f.values.front(); });
}

/// Members of the body, of a kind that the task's service keeps; anything else is nothing.
void read_body(std::string_view body, std::optional<std::string>& diff,
               std::map<std::string, std::string>& requirements) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return;
  if (const auto at = json.find("diff"); at != json.end() && at->is_string())
    diff = at->get<std::string>();
  const auto at = json.find("requirements");
  if (at == json.end() || !at->is_object()) return;
  for (const auto& [kind, text] : at->items())
    if (text.is_string()) requirements[kind] = text.get<std::string>();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> packages_of(std::string_view requirements) {
  std::vector<std::pair<std::string, std::string>> out;
  for (std::string_view line : lines_of(requirements)) {
    line = trimmed(line);
    if (line.starts_with("- ")) line = trimmed(line.substr(2));  // as conda lists them
    for (const char* comment : {" #", "\t#"}) line = line.substr(0, line.find(comment));
    line = trimmed(line);
    if (line.empty() || !letter_or_digit(line.front())) continue;  // comments, options
    std::size_t end = 0;
    while (end < line.size() &&
           (letter_or_digit(line[end]) || line[end] == '-' || line[end] == '_' || line[end] == '.'))
      ++end;
    std::string name(line.substr(0, end));
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      if (c == '_' || c == '.') c = '-';
    }
    std::string_view rest = trimmed(line.substr(end));
    if (rest.starts_with("===")) {
      rest = trimmed(rest.substr(3));
    } else if (rest.starts_with("==")) {
      rest = trimmed(rest.substr(2));
    } else if (rest.starts_with("=") || rest.starts_with("@")) {
      rest = trimmed(rest.substr(1));
    } else if (!rest.empty() && std::string_view("<>!~[;").find(rest.front()) == rest.npos) {
      continue;  // no requirement, but a sentence
    }
    out.emplace_back(std::move(name), std::string(rest));
  }
  return out;
}

ComparedSource read_source(PluginContext& context, const Reader& reader, const Principal& who,
                           const Selected& selected, const std::optional<std::size_t>& baseline) {
  const std::size_t n = selected.tasks.size();
  std::vector<Column> columns;
  for (const char* name : fields_of_source) columns.push_back(value_of(field(name)));
  columns.push_back(value_of(record_body()));
  ComparedSource out;
  for (const char* name : fields_of_source) {
    ComparedFact& f = out.fields.emplace_back();
    f.name = name;
    f.values.resize(n);
  }
  std::vector<std::optional<std::string>> diffs(n);
  std::map<std::pair<std::string, std::string>, ComparedFact> packages;
  read_tasks(context, reader, who, selected.tasks, columns, [&](std::size_t task, const Row& row) {
    for (std::size_t f = 0; f < fields_of_source.size(); ++f) {
      const Value value = owned(row.cell(f));
      if (!std::holds_alternative<std::monostate>(value))
        out.fields[f].values[task] = text_of(value);
    }
    std::map<std::string, std::string> requirements;
    const Cell body = row.cell(fields_of_source.size());
    if (const auto* text = std::get_if<std::string_view>(&body))
      read_body(*text, diffs[task], requirements);
    for (const auto& [kind, text] : requirements)
      for (auto& [name, version] : packages_of(text)) {
        ComparedFact& f = packages[{kind, name}];
        f.kind = kind;
        f.name = name;
        f.values.resize(n);
        f.values[task] = std::move(version);
      }
  });
  for (ComparedFact& f : out.fields) finish(f, n);
  std::erase_if(out.fields, [](const ComparedFact& f) {
    return std::none_of(f.values.begin(), f.values.end(), [](const auto& v) { return v; });
  });
  for (auto& [key, f] : packages) {
    finish(f, n);
    out.packages.push_back(std::move(f));
  }
  out.diff = compare_texts(diffs, baseline);
  return out;
}

}  // namespace podium::comparison
