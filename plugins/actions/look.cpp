// details, full-screen, manage-queue, share, download: what shows or links and changes nothing.
#include <fmt/format.h>

#include "actions.hpp"
#include "parts.hpp"

namespace podium::actions {
namespace {

/// What an address needs to know of a task.
struct Place {
  std::string id, project, queue;  ///< ids
  bool archived = false;
};

class LookAction : public Action {
 public:
  LookAction(std::string id, PluginContext& context) : Action(std::move(id)), context_(context) {}

  /// All the tasks of a call are asked for at once: `most` is not above `block`.
  ActionResult invoke(std::span<const ActionTarget> targets, const ActionCall& call) override {
    ActionResult result;
    std::vector<Place> places;
    for (const ActionTarget& target : targets) {
      result.items.push_back(done(target));
      if (auto place = find(target, call.who)) {
        places.push_back(std::move(*place));
      } else {
        result.items.back().error = ErrorCode::not_found;
        result.items.back().message = "the task does not exist any more";
      }
    }
    if (!places.empty()) result.open_url = address(places, targets, call);
    return result;
  }

 protected:
  virtual std::string address(const std::vector<Place>&, std::span<const ActionTarget>,
                              const ActionCall&) const = 0;

  static ActionSpec look(const char* label, const char* tooltip, const char* icon, int order,
                         std::size_t most) {
    ActionSpec s;
    s.label = label;
    s.tooltip = tooltip;
    s.icon = icon;
    s.group = "look";
    s.order = order;
    s.permission = "task.read";
    s.writes = false;
    s.most = most;
    s.block = most;
    return s;
  }

 private:
  std::optional<Place> find(const ActionTarget& target, const Principal& who) const {
    static const std::vector<Column> columns = {
        value_of(field("project")), value_of(field("queue")), value_of(field("archived"))};
    std::optional<Place> place;
    Ordinal project = 0, queue = 0;
    const Store& store = context_.store();
    context_.tasks().get(store, who, target.ordinal, columns, [&](const Row& row) {
      place.emplace();
      place->id = row.id();
      const auto reference = [&](std::size_t i) {
        const Cell cell = row.cell(i);
        const auto* o = std::get_if<std::int64_t>(&cell);
        return o ? *o : 0;
      };
      project = reference(0);
      queue = reference(1);
      const Cell archived = row.cell(2);
      const auto* flag = std::get_if<bool>(&archived);
      place->archived = flag && *flag;
    });
    if (!place) return place;
    context_.projects().get(store, who, project, {},
                            [&](const Row& row) { place->project = row.id(); });
    if (queue != 0)
      context_.queues().get(store, who, queue, {},
                            [&](const Row& row) { place->queue = row.id(); });
    return place;
  }

  PluginContext& context_;
};

std::string page_of(const Place& place) {
  return "/p/" + percent_encoded(place.project) + "/t/" + percent_encoded(place.id);
}

/// The table in which the tasks are selected (docs/table-address.md).
std::string table_of(const std::vector<Place>& places) {
  bool one_project = true, archived = false, living = false;
  std::string ids;
  for (const Place& p : places) {
    one_project = one_project && p.project == places.front().project;
    (p.archived ? archived : living) = true;
    ids += (ids.empty() ? "" : ",") + percent_encoded(p.id);
  }
  std::string out =
      one_project ? "/p/" + percent_encoded(places.front().project) + "/tasks?" : "/tasks?";
  if (archived) out += living ? "archived=both&" : "archived=yes&";
  return out + "sel=" + ids;
}

class Details final : public LookAction {
 public:
  explicit Details(PluginContext& context) : LookAction("details", context) {}
  ActionSpec spec() const override {
    return look("Details", "Shows a task beside the list", "details", 10, 1);
  }

 protected:
  std::string address(const std::vector<Place>& places, std::span<const ActionTarget>,
                      const ActionCall&) const override {
    return table_of(places) + "&tab=info";
  }
};

class FullScreen final : public LookAction {
 public:
  explicit FullScreen(PluginContext& context) : LookAction("full-screen", context) {}
  ActionSpec spec() const override {
    return look("View full screen", "Shows a task on a page of its own", "full-screen", 20, 1);
  }

 protected:
  std::string address(const std::vector<Place>& places, std::span<const ActionTarget>,
                      const ActionCall&) const override {
    return page_of(places.front());
  }
};

class ManageQueue final : public LookAction {
 public:
  explicit ManageQueue(PluginContext& context) : LookAction("manage-queue", context) {}
  ActionSpec spec() const override {
    ActionSpec s = look("Manage queue",
                        "Shows the queue in which a pending task waits: its order, "
                        "and whether anybody takes from it",
                        "queue", 30, 1);
    s.when = "state = 'pending'";
    s.why_not = "Only a pending task is in a queue.";
    return s;
  }

 protected:
  std::string address(const std::vector<Place>& places, std::span<const ActionTarget>,
                      const ActionCall&) const override {
    const std::string& queue = places.front().queue;
    return queue.empty() ? "/queues" : "/queues/" + percent_encoded(queue);
  }
};

class Share final : public LookAction {
 public:
  explicit Share(PluginContext& context) : LookAction("share", context) {}
  ActionSpec spec() const override {
    // As many as an address has room for.
    return look("Share link", "Gives a link to tasks, for whoever may read them", "share", 40, 50);
  }

 protected:
  std::string address(const std::vector<Place>& places, std::span<const ActionTarget>,
                      const ActionCall&) const override {
    return places.size() == 1 ? page_of(places.front()) : table_of(places);
  }
};

class Download final : public LookAction {
 public:
  explicit Download(PluginContext& context) : LookAction("download", context) {}
  ActionSpec spec() const override {
    ActionSpec s =
        look("Export", "Gives a link to the tasks as CSV or JSON lines", "download", 50, 1000);
    s.parameters = R"json({
      "type": "object", "additionalProperties": false,
      "properties": {
        "format": {"type": "string", "enum": ["csv", "jsonl"], "default": "csv", "title": "Format"},
        "cols": {"type": "string", "pattern": "^[A-Za-z0-9_.,:~%*+-]*$", "maxLength": 4000, "title": "Columns",
                 "description": "As the table's address has them; the usual ones if not said"}
      }
    })json";
    return s;
  }

 protected:
  std::string address(const std::vector<Place>&, std::span<const ActionTarget> targets,
                      const ActionCall& call) const override {
    const Parameters given(call);
    // By ordinal: a thousand ids would be too long for an address.
    std::string ordinals;
    for (const ActionTarget& target : targets)
      ordinals += (ordinals.empty() ? "" : ",") + std::to_string(target.ordinal);
    std::string format = given.text("format");
    if (format.empty()) format = "csv";
    std::string out = "/api/v1/tasks/export?format=" + format + "&archived=both";
    if (const std::string cols = given.text("cols"); !cols.empty()) out += "&cols=" + cols;
    return out + "&where=ordinal%20in%20(" + ordinals + ")";
  }
};

}  // namespace

void add_look(Made& made, PluginContext& context) {
  made.push_back(std::make_unique<Details>(context));
  made.push_back(std::make_unique<FullScreen>(context));
  made.push_back(std::make_unique<ManageQueue>(context));
  made.push_back(std::make_unique<Share>(context));
  made.push_back(std::make_unique<Download>(context));
}

}  // namespace podium::actions
