#include "colors.hpp"

#include <algorithm>

#include "podium/plugin.hpp"
#include "podium/service/tasks.hpp"

namespace podium::comparison {
namespace {

constexpr const char* collection_name = "comparison/colors";

}  // namespace

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
