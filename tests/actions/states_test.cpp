// Every action by every state, living and archived: what comes of it, or why not.
#include <map>

#include "world.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

constexpr TaskState states[] = {draft, pending, running, completed, failed, aborted, published};

// The state afterwards by its letter, draft Pending running completed failed aborted pUblished:
//   d p r c f a u, '-' gone, '.' refused by `when`, '!' refused by the service.
// (A pending task of these was aborted before.)
struct Case {
  const char* action;
  Json parameters;
  const char* living;
  const char* archived;
};

const std::vector<Case>& table() {
  // clang-format off
  static const std::vector<Case> rows = {
      //                                             dprcfau    dprcfau
      {"details", nullptr,                          "dprcfau", "dprcfau"},
      {"full-screen", nullptr,                      "dprcfau", "dprcfau"},
      {"share", nullptr,                            "dprcfau", "dprcfau"},
      {"download", nullptr,                         "dprcfau", "dprcfau"},
      {"manage-queue", nullptr,                     ".p.....", ".p....."},
      {"enqueue", nullptr,                          "p....p.", "......."},
      {"requeue", {{"queue", "other"}},             ".p.....", ".p....."},
      {"retry", nullptr,                            "....p..", "......."},
      {"dequeue", nullptr,                          ".a.....", ".a....."},
      {"reset", nullptr,                            "...ddd.", "......."},
      {"abort", nullptr,                            ".aa....", ".aa...."},
      {"publish", nullptr,                          "...uuu.", "......."},
      {"tag", {{"tags", {"good"}}},                 "dprcfau", "dprcfau"},
      {"untag", {{"keys", {"there"}}},              "dprcfau", "dprcfau"},
      {"move", {{"project", "elsewhere"}},          "dprcfau", "dprcfau"},
      {"rename", {{"name", "another"}},             "dprcfau", "dprcfau"},
      {"clone", nullptr,                            "dprcfau", "dprcfau"},
      {"clone-grid", {{"grid", {"lr=1,2"}}},        "dprcfau", "dprcfau"},
      {"archive", nullptr,                          "daacfau", "......."},
      {"unarchive", nullptr,                        ".......", "dprcfau"},
      {"delete", nullptr,                           "-......", "-..---!"},
      {"delete", {{"used_too", true}},              "-......", "-..----"},
  };
  // clang-format on
  return rows;
}

char letter(const std::string& state) { return state == "published" ? 'u' : state.front(); }

struct Fixture : World {
  Fixture() {
    project("elsewhere");
    queue("other");
  }
  /// A task of each state, living, then archived.
  std::vector<std::string> one_of_each(const std::string& name) {
    const Ordinal p = project(name);
    std::vector<std::string> ids;
    for (const bool archived : {false, true})
      for (const TaskState s : states) {
        ids.push_back(task_in(p, s));
        with(ids.back(), [&](Transaction& t, const Tasks::Head& head) {
          tasks().edit(t, me, head, Patch().put("tags", "there", "yes"));
        });
        if (archived) flag_archived(ids.back());
      }
    return ids;
  }
  char now(const std::string& id) const { return there(id) ? letter(state(id)) : '-'; }
};

}  // namespace

TEST_CASE("every action in every state, living and archived") {
  Fixture h;
  int n = 0;
  for (const Case& row : table()) {
    const Json spec = h.spec(row.action);
    const auto ids = h.one_of_each("each " + std::to_string(++n));
    const std::string expected = std::string(row.living) + row.archived;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::string& id = ids[i];
      const bool archived = i >= std::size(states);
      const std::string before = h.state(id);
      INFO(row.action << " of a task that is " << before << (archived ? " and archived" : ""));
      const char want = expected[i];
      const Json one = {{"ids", {id}}};
      CHECK(h.available(row.action, one) == (want == '.' ? 0 : 1));
      if (want == '.') {
        CHECK(h.refused(row.action, id, row.parameters) ==
              "conflict: " + spec.at("why_not").get<std::string>());
        CHECK(h.now(id) == letter(before));
        CHECK(h.archived(id) == archived);
        continue;
      }
      if (want == '!') {
        CHECK_THAT(h.refused(row.action, id, row.parameters),
                   Catch::Matchers::StartsWith("conflict: "));
        CHECK(h.now(id) == letter(before));
        continue;
      }
      // A dry run says that it would go and changes nothing.
      const auto version = h.task_cell(id, record_version());
      h.ok(row.action, id, row.parameters, {{"dry_run", true}});
      CHECK(h.task_cell(id, record_version()) == version);
      h.ok(row.action, id, row.parameters, {{"why", "as the table says"}});
      CHECK(h.now(id) == want);
      if (want == '-') continue;
      const std::string action = row.action;
      CHECK(h.archived(id) == (action == "archive" || (archived && action != "unarchive")));
      if (!spec.at("writes").get<bool>() || action.starts_with("clone")) continue;
      // The reason is in the history.
      bool told = false;
      for (const auto& event : h.history(id)) told = told || event.why == "as the table says";
      CHECK(told);
    }
  }
}

TEST_CASE("what is available is what a run over a filter then does") {
  Fixture h;
  int n = 0;
  for (const Case& row : table()) {
    if (h.spec(row.action).at("most") != 0) continue;
    INFO(row.action);
    const std::string name = "all " + std::to_string(++n);
    const auto ids = h.one_of_each(name);
    const Json selection = {{"project", h.project_of(ids.front())}};
    const std::string expected = std::string(row.living) + row.archived;
    const auto offered = 14 - std::count(expected.begin(), expected.end(), '.');
    const auto refused = std::count(expected.begin(), expected.end(), '!');
    CHECK(h.available(row.action, selection) == offered);
    for (const bool dry : {true, false}) {
      const Json answer = h.run(row.action, selection, row.parameters, {{"dry_run", dry}});
      INFO(answer.dump());
      CHECK(answer.at("matched") == 14);
      CHECK(answer.at("skipped") == 14 - offered);
      CHECK(answer.at("failed_count") == refused);
      CHECK(answer.at("succeeded_count") == offered - refused);
    }
  }
}

TEST_CASE("actions tell what they are") {
  Fixture h;
  const Json actions = h.call("GET", "/api/v1/tasks/actions").at("actions");
  std::map<std::string, std::vector<int>> orders;
  CHECK(actions.size() == 22);
  for (const Json& a : actions) {
    INFO(a.dump());
    CHECK(a.at("plugin") == "actions");
    for (const char* member : {"label", "tooltip", "icon", "group", "permission"})
      CHECK(!a.at(member).get<std::string>().empty());
    CHECK(a.at("when").get<std::string>().empty() == a.at("why_not").get<std::string>().empty());
    if (a.at("destructive").get<bool>()) {
      CHECK(!a.at("confirm").get<std::string>().empty());
      CHECK(a.at("previews") == true);
    }
    auto& taken = orders[a.at("group")];
    CHECK(std::find(taken.begin(), taken.end(), a.at("order").get<int>()) == taken.end());
    taken.push_back(a.at("order"));
    if (a.at("parameters").is_null()) continue;
    for (const auto& [name, property] : a.at("parameters").at("properties").items()) {
      INFO(name);
      CHECK(!property.value("title", "").empty());
    }
  }
}
