#include "parameters.hpp"

#include <algorithm>
#include <map>

#include "podium/plugin.hpp"
#include "podium/service/tasks.hpp"

namespace podium::comparison {
namespace {

constexpr const char* texts_map = "configuration";

/// What texts of all tasks may take at once; a comparison of more is no page.
constexpr std::size_t most_bytes = 64 << 20;

struct Kept {
  std::optional<std::string> text;
  std::optional<double> number;
};

/// Texts that spell the same number are the same.
bool same(const Kept& a, const Kept& b) {
  return a.text == b.text || (a.number && b.number && *a.number == *b.number);
}

/// The index of what a task is held against.
std::size_t against(const std::vector<Kept>& kept, const std::optional<std::size_t>& baseline) {
  if (baseline) return *baseline;
  const auto first = std::find_if(kept.begin(), kept.end(), [](const Kept& k) { return k.text; });
  return static_cast<std::size_t>(first - kept.begin());
}

ComparedEntry compare(std::string map, std::string key, const std::vector<Kept>& kept,
                      const std::optional<std::size_t>& baseline) {
  ComparedEntry e;
  e.map = std::move(map);
  e.key = std::move(key);
  const Kept& held = kept[against(kept, baseline)];
  for (const Kept& k : kept) {
    e.values.push_back(k.text);
    e.differs.push_back(!same(k, held));
  }
  e.equal = std::none_of(e.differs.begin(), e.differs.end(), [](bool d) { return d; });
  return e;
}

}  // namespace

ComparedText compare_texts(const std::vector<std::optional<std::string>>& texts,
                           const std::optional<std::size_t>& baseline) {
  ComparedText out;
  std::vector<Kept> kept;
  for (const auto& text : texts) kept.push_back({text, {}});
  const std::size_t held = against(kept, baseline);
  for (const auto& text : texts) {
    out.has.push_back(text.has_value());
    const bool nothing = held == texts.size();
    out.differs.push_back(!nothing && text != texts[held]);
    out.diffs.emplace_back();
    if (text && !nothing && texts[held] && *text != *texts[held])
      out.diffs.back() = diff_texts(*texts[held], *text);
  }
  out.equal = std::none_of(out.differs.begin(), out.differs.end(), [](bool d) { return d; });
  return out;
}

ComparedParameters read_parameters(PluginContext& context, const Reader& reader,
                                   const Principal& who, const Selected& selected,
                                   const ParametersQuestion& asked) {
  std::vector<Column> columns;
  for (const std::string& map : asked.maps) columns.push_back(whole_map(map));
  std::vector<std::map<std::string, std::vector<Kept>>> found(columns.size());
  std::size_t bytes = 0;
  read_tasks(context, reader, who, selected.tasks, columns, [&](std::size_t task, const Row& row) {
    for (std::size_t c = 0; c < columns.size(); ++c)
      for (const MapEntry& e : row.map(c)) {
        auto& kept = found[c][std::string(e.key)];
        kept.resize(selected.tasks.size());
        kept[task] = {std::string(e.text), e.number};
        bytes += e.text.size();
      }
    if (bytes > most_bytes)
      throw Error(ErrorCode::too_large,
                  "these tasks have more than 64 MiB of texts; compare fewer of them, or other "
                  "'maps'")
          .in("maps");
  });
  ComparedParameters out;
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (auto& [key, kept] : found[c]) {
      if (asked.maps[c] != texts_map) {
        ComparedEntry e = compare(asked.maps[c], key, kept, asked.baseline);
        if (!asked.differing || !e.equal) out.entries.push_back(std::move(e));
        continue;
      }
      std::vector<std::optional<std::string>> texts;
      for (Kept& k : kept) texts.push_back(std::move(k.text));
      ComparedText t = compare_texts(texts, asked.baseline);
      t.map = asked.maps[c];
      t.key = key;
      if (!asked.differing || !t.equal) out.texts.push_back(std::move(t));
    }
  return out;
}

std::optional<std::size_t> baseline_of(const Selected& selected,
                                       const std::optional<std::string>& id) {
  if (!id) return std::nullopt;
  for (std::size_t t = 0; t < selected.tasks.size(); ++t)
    if (selected.tasks[t].id == *id) return t;
  throw Error(ErrorCode::not_found, "the baseline '" + *id + "' is not among the compared tasks")
      .in("baseline");
}

}  // namespace podium::comparison
