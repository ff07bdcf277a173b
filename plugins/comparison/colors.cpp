#include "colors.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "hash.hpp"
#include "podium/plugin.hpp"
#include "podium/service/tasks.hpp"

namespace podium::comparison {
namespace {

constexpr const char* collection_name = "comparison/colors";

/// Mixed once more: ids that were made one after the other are alike.
std::uint64_t mixed_hash(std::string_view text) {
  std::uint64_t h = hash_of(text);
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  return h;
}

std::string hex(double red, double green, double blue) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "#";
  for (const double part : {red, green, blue}) {
    const auto byte = static_cast<unsigned>(std::lround(std::clamp(part, 0.0, 1.0) * 255));
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

}  // namespace

std::string color_of(std::string_view text) {
  const std::uint64_t h = mixed_hash(text);
  const double hue = static_cast<double>(h % 3600) / 600;  // 0 to 6
  constexpr std::array lightness = {0.40, 0.48, 0.56};
  constexpr std::array saturation = {0.55, 0.80};
  const double l = lightness[(h >> 20) % lightness.size()];
  const double s = saturation[(h >> 40) % saturation.size()];
  // From hue, saturation and lightness: the strongest part, the middle one and the weakest.
  const double chroma = (1 - std::abs(2 * l - 1)) * s, weakest = l - chroma / 2;
  const double middle = weakest + chroma * (1 - std::abs(std::fmod(hue, 2) - 1));
  const double strongest = weakest + chroma;
  switch (static_cast<int>(hue)) {
    case 0:
      return hex(strongest, middle, weakest);
    case 1:
      return hex(middle, strongest, weakest);
    case 2:
      return hex(weakest, strongest, middle);
    case 3:
      return hex(weakest, middle, strongest);
    case 4:
      return hex(middle, weakest, strongest);
    default:
      return hex(strongest, weakest, middle);
  }
}

std::optional<std::string> normal_color(std::string_view text) {
  if (text.size() != 7 || text.front() != '#') return std::nullopt;
  std::string out(text);
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i] >= 'A' && out[i] <= 'F') out[i] = static_cast<char>(out[i] - 'A' + 'a');
    if (!((out[i] >= '0' && out[i] <= '9') || (out[i] >= 'a' && out[i] <= 'f')))
      return std::nullopt;
  }
  return out;
}

Collection colors_collection() {
  Collection c;
  c.name = collection_name;
  c.sequence = true;
  Field task;
  task.name = "task";
  task.type = Type::reference;
  task.target = "tasks";
  task.on_erase = OnErase::cascade;
  Field color;
  color.name = "color";
  c.fields = {task, color};
  c.keys = {{"task", {"task"}, true}};
  c.readers = "all";
  return c;
}

std::map<Ordinal, std::string> kept_colors(PluginContext& context, const Reader& reader,
                                           const Principal& who, std::span<const Ordinal> tasks) {
  std::map<Ordinal, std::string> out;
  if (tasks.empty()) return out;
  Query query;
  query.collection = context.store().collection(collection_name);
  query.filter = all_of({context.access().visible(who, collection_name),
                         in(field("task"), {tasks.begin(), tasks.end()})});
  query.columns = {value_of(field("task")), value_of(field("color"))};
  reader.query(query, [&](const Row& row) {
    const Cell task = row.cell(0), color = row.cell(1);
    const auto* ordinal = std::get_if<std::int64_t>(&task);
    const auto* text = std::get_if<std::string_view>(&color);
    if (ordinal != nullptr && text != nullptr) out.emplace(*ordinal, *text);
    return true;
  });
  return out;
}

void keep_colors(PluginContext& context, const Principal& who,
                 const std::vector<std::pair<std::string, std::optional<std::string>>>& colors) {
  Store& store = context.store();
  const CollectionId kept = store.collection(collection_name);
  // A colour is nobody's but the reader's: it is no change of the task, which may be published.
  std::vector<std::pair<Ordinal, std::optional<std::string>>> wanted;
  for (const auto& [id, color] : colors) {
    const Ordinal task = context.tasks().find(store, who, id);
    if (task == 0)
      throw Error(ErrorCode::not_found, "there is no task '" + id + "'").in("colors." + id);
    wanted.emplace_back(task, color);
  }
  store.write([&store, kept, wanted](Transaction& t) {
    for (const auto& [task, color] : wanted) {
      std::vector<Ordinal> there;
      t.query(kept, {"task", {task}, {}, {}, false}, 1, {}, [&](const Row& row) {
        there.push_back(row.ordinal());
        return true;
      });
      if (!color) {
        t.erase(kept, there);
      } else if (there.empty()) {
        NewRecord record;
        record.content.set("task", task).set("color", *color);
        t.insert(kept, record);
      } else {
        Patch patch;
        patch.set("color", *color);
        t.update(kept, there, {}, patch);
      }
    }
  });
}

}  // namespace podium::comparison
