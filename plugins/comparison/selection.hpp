#pragma once
// Which tasks are compared: named ones, or a question; and how each is shown.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/function.hpp"
#include "podium/principal.hpp"
#include "podium/query.hpp"
#include "podium/store/reader.hpp"

namespace podium {
class JsonWriter;
class Members;
class PluginContext;
}  // namespace podium

namespace podium::comparison {

/// How many tasks are compared side by side, and how many when nobody says which.
inline constexpr std::size_t most_compared = 200, usually_compared = 100;
/// How many a chart of points or lines shows (a line or a point a task).
inline constexpr std::size_t most_charted = 2000;

/// Tasks as a body asks for them: by ids, or all that match, the first `limit` in `order`.
struct Selection {
  std::vector<std::string> ids = {};  ///< not empty: these, in this order, and nothing below counts
  std::optional<std::string> project = {};  ///< an id, else a name
  bool subprojects = false;                 ///< those below it, too
  std::optional<bool> archived = {};  ///< missing: no, unless the filter speaks of it, or `both`
  bool both = false;
  std::string filter = {};  ///< text of the query language
  std::vector<QueryLanguage::Binding> bindings = {};
  std::string search = {};  ///< in name or description without regard to case, or the id
  std::vector<std::string> order = {};  ///< "NAME [ASC|DESC]"; newest first when empty
  std::uint64_t limit = usually_compared;
};

/// The members `tasks`, or `project`, `scope`, `archived`, `filter`, `bind`, `search`, `order` and
/// `limit`. Throws `invalid` that names the member.
Selection read_selection(Members& body, std::size_t most = most_compared);
/// The same as members of a JSON Schema's "properties".
std::string selection_schema(std::size_t most = most_compared);

/// A task that is compared.
struct ComparedTask {
  Ordinal ordinal = 0;
  Ordinal project = 0;
  std::int64_t version = 0;
  std::string id, name, state;
  std::string project_id;
  std::string
      label;  ///< the name; with " .id6" (the last six of the id) where another has the name
  std::string color;  ///< "#rrggbb": the same wherever the task is shown
  std::optional<std::int64_t> started;
};

struct Selected {
  std::vector<ComparedTask> tasks;   ///< each once
  std::vector<std::string> missing;  ///< ids that are not there, or not for this caller
  bool more = false;                 ///< more match than are taken
};

/// The tasks of a selection that the caller may see. Throws `invalid` for a filter or an order that
/// cannot be read (with member and position), `not_found` for a project that is not there,
/// `too_expensive`.
Selected select(PluginContext&, const Reader&, const Principal&, const Selection&);
/// The same of tasks that are known already (a verb's).
Selected select(PluginContext&, const Reader&, const Principal&, std::span<const Ordinal>);

/// Reads columns of the tasks; the sink gets the index of each that is still there, with its row.
void read_tasks(PluginContext&, const Reader&, const Principal&, std::span<const ComparedTask>,
                std::span<const Column>, FunctionRef<void(std::size_t, const Row&)>);

/// The members `tasks`, `missing` and `more` of every answer, into an object that is open.
void write_selected(JsonWriter&, const Selected&);
/// The same as members of a JSON Schema's "properties".
std::string selected_schema();

/// Values of named columns of tasks: what scatter plots, boxes, parallel axes and importance draw.
struct Frame {
  struct Column {
    std::string name;  ///< as it was asked for
    Path path;
    std::vector<Value> values;                   ///< one a task; monostate is missing
    std::vector<std::optional<double>> numbers;  ///< of each value that is, or spells, a number
  };
  std::vector<Column> columns;
  /// Every value that is there is a number.
  static bool numeric(const Column&);
};

/// Columns by names of the query language ("params.lr", "metrics.acc.max", "state"). Throws
/// `invalid` in `member`[i].
Frame read_frame(PluginContext&, const Reader&, const Principal&,
                 std::span<const ComparedTask> tasks, std::span<const std::string> names,
                 std::string_view member = "names");

/// A value as the text that people read: numbers in their shortest form, "true", "false"; "" when
/// missing.
std::string text_of(const Value&);

}  // namespace podium::comparison
