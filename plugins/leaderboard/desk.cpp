#include "desk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "definition_json.hpp"
#include "log.hpp"
#include "podium/http/input.hpp"
#include "podium/principal.hpp"
#include "podium/service/projects.hpp"
#include "telling.hpp"
#include "view.hpp"

namespace podium::leaderboard {
namespace {

constexpr std::size_t longest_name = 200;

std::string new_link() {
  std::random_device device;
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < 2; ++i)
    for (std::uint32_t bits = device(), n = 0; n < 8; ++n, bits >>= 4)
      out.push_back(hex[bits & 15]);
  return out;
}

void check_name(const std::string& name) {
  if (name.empty() || input::count_code_points(name) > longest_name)
    throw Error(ErrorCode::invalid,
                "a board needs a name of 1 to " + std::to_string(longest_name) + " characters")
        .in("name");
}

Error taken(const std::string& name) {
  return Error(ErrorCode::exists, "there is a board '" + name + "' in the project already")
      .in("name");
}

Error no_board(std::string_view id) {
  return Error(ErrorCode::not_found, "there is no board '" + std::string(id.substr(0, 60)) + "'");
}

std::int64_t revision_of(Transaction& t, const Ids& ids, Ordinal board) {
  static const std::vector<Column> columns = {value_of(field("revision"))};
  std::int64_t out = 0;
  t.get(ids.boards, board, columns, [&](const Row& row) { out = cell::integer(row.cell(0)); });
  return out;
}

void conflict_unless(bool same) {
  if (!same)
    throw Error(ErrorCode::conflict, "it was changed meanwhile; read it again and repeat")
        .in("If-Match");
}

}  // namespace

std::optional<Board> Desk::one(const Principal& who, Filter filter) const {
  const Store& store = context().store();
  Query q;
  q.collection = Ids(store).boards;
  q.columns = board_columns();
  q.filter = all_of({context().access().visible(who, "leaderboard/boards"), std::move(filter)});
  q.limit = 2;
  std::optional<Board> found;
  bool several = false;
  store.query(q, [&](const Row& row) {
    several = found.has_value();
    found = board_of(row);
    return true;
  });
  if (several)
    throw Error(ErrorCode::invalid,
                "several boards have the name '" + found->name + "'; say which project")
        .in("board");
  // A board is seen by who sees its project.
  if (found && !context().projects().get(store, who, found->project, {}, [](const Row&) {}))
    found.reset();
  return found;
}

Board Desk::require(const Principal& who, std::string_view id) const {
  const Store& store = context().store();
  auto board = one(who, eq(record_ordinal(), store.find(Ids(store).boards, id)));
  if (!board) throw no_board(id);
  return std::move(*board);
}

Board Desk::by_link(const Principal& who, std::string_view link) const {
  auto board = one(who, eq(field("link"), std::string(link)));
  if (!board) throw no_board(link);
  return std::move(*board);
}

Board Desk::named(const Principal& who, std::string_view where, std::string_view id_or_name) const {
  const Store& store = context().store();
  std::vector<Filter> arms = {eq(field("name"), std::string(id_or_name))};
  if (!where.empty()) arms.push_back(eq(field("project"), project(who, where)));
  if (auto board = one(who, all_of(std::move(arms)))) return std::move(*board);
  const bool number = !id_or_name.empty() && id_or_name.size() <= 18 &&
                      std::all_of(id_or_name.begin(), id_or_name.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (number)
    if (auto board = one(who, eq(record_ordinal(), store.find(Ids(store).boards, id_or_name))))
      return std::move(*board);
  throw no_board(id_or_name);
}

Page Desk::list(const Principal& who, Ordinal project, std::uint64_t limit,
                const std::string& cursor, const std::function<void(const Board&)>& sink) const {
  const Store& store = context().store();
  Query q;
  q.collection = Ids(store).boards;
  q.columns = board_columns();
  q.filter = context().access().visible(who, "leaderboard/boards");
  if (project != 0) q.filter = all_of({q.filter, eq(field("project"), project)});
  if (const Filter seen = context().access().visible(who, "projects"); seen.op != Filter::Op::all) {
    const auto projects = context().projects().ids(store, who, {}, {});
    q.filter = all_of(
        {q.filter, in(field("project"), std::vector<Value>(projects.begin(), projects.end()))});
  }
  q.order = {{field("name"), false, false}};
  q.limit = limit;
  q.cursor = cursor;
  return store.query(q, [&](const Row& row) {
    sink(board_of(row));
    return true;
  });
}

Ordinal Desk::project(const Principal& who, std::string_view id_or_name) const {
  const Projects& projects = context().projects();
  const Store& store = context().store();
  const bool number = !id_or_name.empty() && id_or_name.size() <= 18 &&
                      std::all_of(id_or_name.begin(), id_or_name.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (number)
    if (const Ordinal o = projects.find(store, who, id_or_name); o != 0) return o;
  const auto found = projects.ids(store, who, eq(field("name"), std::string(id_or_name)), {}, {});
  if (found.empty())
    throw Error(ErrorCode::not_found,
                "there is no project '" + std::string(id_or_name.substr(0, 60)) + "'")
        .in("project");
  return found.front();
}

std::pair<std::string, std::string> Desk::project_names(const Board& board) const {
  static const std::vector<Column> columns = {value_of(field("name"))};
  const Store& store = context().store();
  std::pair<std::string, std::string> out;
  store.get(store.collection("projects"), board.project, columns, [&](const Row& row) {
    out = {std::string(row.id()), cell::text(row.cell(0))};
  });
  return out;
}

/// Refuses what cannot be read, and names the data sets that were asked for without a digest.
void Desk::settle(const Principal& who, Ordinal project, Definition& d) const {
  const Store& store = context().store();
  const Ids ids(store);
  const auto projects = projects_of(store, ids, project, d.subprojects);
  Reading(context(), ids, std::make_shared<const Definition>(d), {}, projects);
  for (std::size_t i = 0; i < d.datasets.size(); ++i) {
    DatasetChoice& c = d.datasets[i];
    const std::string member = "definition.datasets[" + std::to_string(i) + "].name";
    if (c.digest.empty()) {
      Query q;
      q.collection = ids.datasets;
      q.filter =
          all_of({context().access().visible(who, "datasets"), eq(field("name"), c.name),
                  in(field("project"), std::vector<Value>(projects.begin(), projects.end()))});
      q.order = {{field("created"), true, false}, {record_ordinal(), true, false}};
      q.columns = {value_of(field("digest"))};
      q.limit = 1;
      store.query(q, [&](const Row& row) {
        c.digest = cell::text(row.cell(0));
        return true;
      });
      if (c.digest.empty())
        throw Error(ErrorCode::invalid, "there is no data set '" + c.name +
                                            "' in the project; name its digest if it is to come")
            .in(member);
    }
    for (std::size_t j = 0; j < i; ++j)
      if (d.datasets[j].name == c.name && d.datasets[j].digest == c.digest)
        throw Error(ErrorCode::invalid, "the data set '" + c.name + "' is there twice").in(member);
  }
}

Board Desk::add(const Principal& who, Draft draft) const {
  context().access().require(who, "board.write");
  Store& store = context().store();
  const Ids ids(store);
  Ordinal place = draft.project ? project(who, *draft.project) : 0;
  if ((draft.definition ? 1 : 0) + (draft.from_template ? 1 : 0) + (draft.view ? 1 : 0) != 1)
    throw Error(ErrorCode::invalid, "a board needs one of 'definition', 'template' and 'view'")
        .in("definition");
  Value revision;
  Definition d;
  if (draft.definition) d = std::move(*draft.definition);
  if (draft.view) {
    ViewBoard view = board_of_view(context(), ids, who, *draft.view);
    const Ordinal of_view = project(who, view.project);
    if (place != 0 && place != of_view)
      throw Error(ErrorCode::invalid, "the view is of another project").in("project");
    place = of_view;
    if (!draft.name) draft.name = view.name;
    d = std::move(view.definition);
  }
  if (place == 0) throw Error(ErrorCode::invalid, "a board needs a 'project'").in("project");
  if (!draft.name) throw Error(ErrorCode::invalid, "a board needs a 'name'").in("name");
  check_name(*draft.name);
  if (draft.from_template) {
    const auto made_from = project_template(who, place);
    if (!made_from)
      throw Error(ErrorCode::invalid, "the project has no template for boards yet").in("template");
    d = *made_from->definition;
    revision = made_from->revision;
  }
  settle(who, place, d);
  const std::string body = body_of(draft.description.value_or(""), d), name = *draft.name,
                    link = new_link(), user = who.id;
  const std::int64_t at = now();
  Ordinal made = 0;
  try {
    made = store.write([&](Transaction& t) {
      NewRecord record;
      record.content.set("project", place)
          .set("name", name)
          .set("user", user)
          .set("link", link)
          .set("created", at)
          .set("updated", at)
          .set("revision", std::int64_t{1})
          .set("template_revision", revision)
          .set("events", std::int64_t{0});
      record.content.body = body;
      return t.insert(ids.boards, record);
    });
  } catch (const Error& e) {
    if (e.code() != ErrorCode::exists) throw;
    throw taken(name);
  }
  return *one(who, eq(record_ordinal(), made));
}

/// Changes a board in the transaction that writes the history of what it was until then. Who looks
/// at it waits meanwhile, so that nothing is seen between the two.
void Desk::tell_and(const Board& before,
                    FunctionRef<void(Transaction&, std::int64_t at)> change) const {
  Store& store = context().store();
  const Ids ids(store);
  const auto live = library_.current(before);
  const auto told = library_.told(before.ordinal);
  for (;;) {
    const std::lock_guard lock(live->mutex);
    Telling telling;
    try {
      store.read([&](const Reader& reader) {
        live->catch_up(reader);
        const std::lock_guard hold(told->mutex);
        told->replica.catch_up(reader, ids);
        telling = to_tell(reader, ids, before, *live, told->replica, nullptr, now());
      });
    } catch (const Error& e) {
      // It cannot be worked out any more (a project that its filter names is gone), which is why it
      // is changed.
      if (e.code() != ErrorCode::invalid && e.code() != ErrorCode::not_found) throw;
      store.write([&, at = now()](Transaction& t) { change(t, at); });
      return;
    }
    const bool written = store.write([&, at = now()](Transaction& t) {
      if (!telling.events.empty() && !still_to_tell(t, ids, telling)) {
        conflict_unless(revision_of(t, ids, before.ordinal) == before.revision);
        return false;  // the listener told it meanwhile: then anew
      }
      if (telling.complete) change(t, at);  // it may be refused, so it comes first
      if (!telling.events.empty()) tell(t, ids, telling);
      return true;
    });
    if (written) live->seen().clear();
    if (written && telling.complete) return;
  }
}

Board Desk::edit(const Principal& who, const Board& before, Draft draft,
                 std::optional<std::int64_t> version) const {
  context().access().require(who, "board.write");
  Store& store = context().store();
  const Ids ids(store);
  conflict_unless(!version || *version == before.version);
  if (draft.name) check_name(*draft.name);
  Definition d = *before.definition;
  if (draft.definition) {
    d = std::move(*draft.definition);
    settle(who, before.project, d);
  }
  const bool other = d != *before.definition;
  const std::string name = draft.name.value_or(before.name),
                    body = body_of(draft.description.value_or(before.description), d);
  if (!other && name == before.name &&
      draft.description.value_or(before.description) == before.description)
    return before;
  const auto change = [&](Transaction& t, std::int64_t at) {
    Patch patch;
    patch.set("name", name).set("updated", at);
    if (other) patch.set("revision", before.revision + 1);
    patch.body = body;
    t.update_version(ids.boards, before.ordinal, before.version, patch);
  };
  try {
    if (other)
      tell_and(before, change);
    else
      store.write([&, at = now()](Transaction& t) { change(t, at); });
  } catch (const Error& e) {
    if (e.code() != ErrorCode::exists) throw;
    throw taken(name);
  }
  return *one(who, eq(record_ordinal(), before.ordinal));
}

void Desk::remove(const Principal& who, const Board& board,
                  std::optional<std::int64_t> version) const {
  context().access().require(who, "board.write");
  Store& store = context().store();
  const Ids ids(store);
  store.write([&](Transaction& t) {
    const Filter still = version ? eq(record_version(), *version) : Filter{};
    conflict_unless(t.erase(ids.boards, std::span<const Ordinal>(&board.ordinal, 1), still) != 0);
  });
  library_.forget(board.ordinal);
}

Board Desk::unsaved(const Principal& who, std::string_view place, Definition d) const {
  Board board;
  board.project = project(who, place);
  settle(who, board.project, d);
  board.definition = std::make_shared<const Definition>(std::move(d));
  return board;
}

std::optional<Template> Desk::project_template(const Principal& who, Ordinal place) const {
  const Store& store = context().store();
  Query q;
  q.collection = Ids(store).templates;
  q.filter = all_of(
      {context().access().visible(who, "leaderboard/templates"), eq(field("project"), place)});
  for (const char* name : {"revision", "updated", "user"})
    q.columns.push_back(value_of(field(name)));
  q.columns.push_back(value_of(record_body()));
  std::optional<Template> out;
  store.query(q, [&](const Row& row) {
    out.emplace();
    out->ordinal = row.ordinal();
    out->version = row.version();
    out->revision = cell::integer(row.cell(0), 1);
    out->updated = cell::integer(row.cell(1));
    out->user = cell::text(row.cell(2));
    const Json body = Json::parse(cell::text(row.cell(3)));
    out->definition =
        std::make_shared<const Definition>(read_definition(body.at("definition"), "definition"));
    return true;
  });
  return out;
}

Template Desk::put_template(const Principal& who, Ordinal place, Definition d,
                            const std::function<void(std::int64_t)>& precondition) const {
  context().access().require(who, "board.write");
  Store& store = context().store();
  const Ids ids(store);
  settle(who, place, d);
  const auto before = project_template(who, place);
  precondition(before ? before->version : 0);
  const std::string body = body_of("", d), user = who.id;
  const std::int64_t at = now();
  try {
    store.write([&](Transaction& t) {
      Patch content;
      content.set("user", user)
          .set("updated", at)
          .set("revision", before ? before->revision + 1 : std::int64_t{1});
      content.body = body;
      if (before) {
        t.update_version(ids.templates, before->ordinal, before->version, content);
        return;
      }
      NewRecord record{{}, content};
      record.content.set("project", place);
      t.insert(ids.templates, record);
    });
  } catch (const Error& e) {
    if (e.code() != ErrorCode::exists) throw;
    conflict_unless(false);
  }
  return *project_template(who, place);
}

std::vector<TemplateDifference> Desk::differences(const Principal& who, const Board& board) const {
  const auto made_from = project_template(who, board.project);
  if (!made_from) throw Error(ErrorCode::not_found, "the project has no template for boards");
  const Json mine = json_of(*board.definition), theirs = json_of(*made_from->definition);
  std::vector<TemplateDifference> out;
  Json members = mine;
  members.update(theirs);
  for (const auto& [member, value] : members.items()) {
    const Json a = mine.value(member, Json()), b = theirs.value(member, Json());
    if (a != b) out.push_back({member, a.dump(), b.dump()});
  }
  return out;
}

void Desk::look(const Principal& who, const Board& board, std::optional<std::int64_t> at,
                FunctionRef<void(const Ranking&)> show) const {
  const Filter visible = context().access().visible(who, "tasks");
  const bool all = visible.op == Filter::Op::all;
  if (at) {
    look_back(context(), library_, board, visible, *at, show);
    return;
  }
  if (all && board.ordinal != 0) {
    look_at_saved(board, show);
    return;
  }
  // What a caller sees of a saved board is a state that it had: its history tells of it.
  const auto whole = board.ordinal != 0 ? library_.current(board) : nullptr;
  std::unique_lock<std::mutex> hold;
  if (whole && whole->ready) hold = std::unique_lock(whole->mutex);
  const auto live = library_.make(board.project, board.definition, visible);
  const std::lock_guard lock(live->mutex);
  context().store().read([&](const Reader& reader) {
    if (hold) whole->catch_up(reader);
    live->catch_up(reader);
  });
  if (hold) hold.unlock();
  show({live->engine(), false, false, {}, board.revision});
}

/// By the definition that it has when it is looked at.
void Desk::look_at_saved(const Board& asked, FunctionRef<void(const Ranking&)> show) const {
  const Ids ids(context().store());
  for (Board board = asked;;) {
    const Library::Found found = library_.find(board);
    const std::lock_guard lock(found.live->mutex);
    std::optional<Board> other;
    context().store().read([&](const Reader& reader) {
      static const std::vector<Column> columns = {value_of(field("revision"))};
      std::int64_t revision = board.revision;
      reader.get(ids.boards, board.ordinal, columns,
                 [&](const Row& row) { revision = cell::integer(row.cell(0)); });
      if (revision != board.revision)
        reader.get(ids.boards, board.ordinal, board_columns(),
                   [&](const Row& row) { other = board_of(row); });
      if (!other) found.live->catch_up(reader);
    });
    if (other) {
      board = std::move(*other);
      continue;
    }
    show({found.live->engine(),
          found.stale,
          false,
          {},
          found.stale ? found.revision : board.revision});
    return;
  }
}

}  // namespace podium::leaderboard
